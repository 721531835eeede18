/** The page `docs/settings.md`, made from the schema so that it cannot fall behind it. */
import { settingKeys, settingSections, type SettingKey, type SettingSection } from './keys.ts'

/** Markdown: every section with its keys, their variables, defaults and meaning. */
export function settingsReference(): string {
  const sections = settingSections.map(sectionText).filter((text) => text !== '')
  return `${[...introduction, ...sections].join('\n\n')}\n`
}

const introduction = [
  '# Settings',
  '<!-- Made from config/settings.ts; change it there. -->',
  'Settings stand in `config/oubli.yml`, or in the file that `--config` or `OUBLI_CONFIG` names. A variable of the environment wins over the file. An empty variable counts as not set. Every key has a default unless it says otherwise, and an unknown key is an error.',
  'Paths in the file are relative to the folder of the file; those in variables are relative to the working directory.',
  'Secrets stand in files that only their owner may read (`chmod 600`). A secret that systemd hands over (`LoadCredential=`) is found by its name in `$CREDENTIALS_DIRECTORY` when the key is not set.',
]

function sectionText(section: SettingSection): string {
  const keys = settingKeys.filter((key) => key.path.slice(0, -1).join('.') === section.path.join('.'))
  if (keys.length === 0) return ''
  const title = section.path.length === 0 ? 'At the top' : `\`${section.path.join('.')}\``
  return [`## ${title}`, section.description, keys.map(keyText).join('\n')].join('\n\n')
}

function keyText(key: SettingKey): string {
  const facts = [
    `expected: ${key.expects}`,
    key.default === null
      ? key.required
        ? 'must be set'
        : 'not set by default'
      : `default: \`${key.default}\``,
    `variable: \`${key.variable}\``,
    ...(key.secretVariable === null ? [] : [`or the secret itself in \`${key.secretVariable}\``]),
    ...(key.credential === null ? [] : [`credential: \`${key.credential}\``]),
  ]
  return `- **\`${key.path.at(-1) ?? ''}\`**: ${key.description} (${facts.join('; ')})`
}
