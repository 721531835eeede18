/** Settings for one start of the program: file, then environment, then flags; all problems at once. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { OubliError } from '../base/errors.ts'
import { crossProblems, isLoopback, keyProblems } from './check.ts'
import { packageRoot, readSecret, readTextIfThere } from './files.ts'
import { settingKeys, type SettingKey } from './keys.ts'
import { overlay, type Environment } from './overlay.ts'
import { warmUpFrom } from './mail-settings.ts'
import { paceFrom } from './pace-settings.ts'
import { credentialPath, withHidden } from './secrets.ts'
import { parseSettings, type SettingProblem } from './settings-text.ts'
import {
  settingsSchema,
  type MailSettings,
  type MysqlSettings,
  type Settings,
  type SettingsText,
} from './settings.ts'

export interface LoadInput {
  /** Path of the settings file; default `OUBLI_CONFIG`, else `config/oubli.yml` if it is there. */
  readonly file?: string
  readonly env: Environment
  /** Folder against which `file`, variables and flags are resolved. */
  readonly cwd: string
  /** Key name such as `log.level` → text. */
  readonly flags?: Readonly<Record<string, string>>
}

/**
 * Throws an OubliError `E_SETTINGS` that lists every problem with its place, or `E_SETTINGS_MISSING`. Secrets
 * are not read here: a command that needs none runs without.
 */
export async function loadSettings(input: LoadInput): Promise<Settings> {
  const asked = input.file ?? (input.env['OUBLI_CONFIG'] === '' ? undefined : input.env['OUBLI_CONFIG'])
  const path = resolve(input.cwd, asked ?? 'config/oubli.yml')
  const text = await readTextIfThere(path)
  if (text === null && asked !== undefined) throw missing(path)
  const parsed = parseSettings(shortPath(input.cwd, path), text ?? '')
  const laid = overlay(parsed.value, input.env, input.flags ?? {})
  const placeOf = (keys: readonly PropertyKey[]): string =>
    laid.origins.get(keys.map(String).join('.')) ?? (text === null ? 'settings' : parsed.placeOf(keys))
  const result = settingsSchema.safeParse(laid.value)
  refuse([
    ...parsed.problems,
    ...laid.problems,
    ...(result.success
      ? crossProblems(result.data, placeOf)
      : keyProblems(result.error.issues, laid.value, placeOf)),
  ])
  const home = text === null ? input.cwd : dirname(path)
  const pathOf: PathOf = (name) => {
    const key = settingKeys.find((each) => each.name === name)
    return key === undefined ? null : absolutePath(key, laid.value, laid.origins, input, home)
  }
  return settingsFrom(settingsSchema.parse(laid.value), pathOf, input.env, text === null ? null : path)
}

/** As a person would type it; only inside the folder that they stand in. */
function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

type PathOf = (name: string) => string | null

/** What was set, else what systemd hands over, else the default. */
function absolutePath(
  key: SettingKey,
  value: unknown,
  origins: ReadonlyMap<string, string>,
  input: LoadInput,
  home: string,
): string | null {
  let set: unknown = value
  for (const part of key.path)
    set = typeof set === 'object' && set !== null ? (set as Record<string, unknown>)[part] : undefined
  if (typeof set === 'string') return resolve(origins.has(key.name) ? input.cwd : home, set)
  const handed =
    key.credential === null ? null : credentialPath(input.env['CREDENTIALS_DIRECTORY'], key.credential)
  return handed ?? (key.default === null ? null : resolve(home, key.default))
}

function settingsFrom(set: SettingsText, pathOf: PathOf, env: Environment, file: string | null): Settings {
  const policies = pathOf('policies') ?? ''
  const { evidence, limits, log, schedule } = set
  const settings = {
    file,
    policies,
    dataMap: pathOf('data_map') ?? join(policies, 'data-map.yml'),
    templates: pathOf('templates') ?? join(packageRoot(), 'templates'),
    evidence: {
      folder: pathOf('evidence.folder') ?? '',
      origin: evidence.origin,
      signingKeyFile: pathOf('evidence.signing_key_file') ?? '',
      secretFile: pathOf('evidence.secret_file') ?? '',
      verifierKey: evidence.verifier_key ?? null,
      waitingAtMost: evidence.waiting_at_most,
      sinks: {
        folder: pathOf('evidence.sinks.folder'),
        mail: evidence.sinks.mail ?? null,
        command: pathOf('evidence.sinks.command'),
      },
      tombstonesKept: evidence.tombstones_kept,
    },
    mail: mailFrom(set.mail, pathOf, env),
    schedule,
    limits: { runMinutes: limits.run_minutes },
    pace: paceFrom(set.pace, pathOf('pace.pause_file')),
    log: { format: log.format, level: log.level, file: pathOf('log.file') },
    heartbeatFile: pathOf('heartbeat_file'),
  }
  return withHidden(settings, 'database', () => databaseFrom(set.database, pathOf, env))
}

function mailFrom(mail: SettingsText['mail'], pathOf: PathOf, env: Environment): MailSettings {
  const { transport, host, port, tls, language } = mail
  const settings = {
    ...{ transport, host, port, tls, language },
    folder: pathOf('mail.folder') ?? '',
    user: mail.user ?? null,
    from: { name: mail.from.name ?? null, address: mail.from.address ?? null },
    replyTo: mail.reply_to ?? null,
    perMinute: mail.per_minute,
    connections: mail.connections,
    bounces: {
      folder: pathOf('mail.bounces.folder'),
      keptDays: mail.bounces.kept_days,
      noneBecause: mail.bounces.none_because ?? null,
    },
    warmUp: warmUpFrom(mail.warm_up),
    canary: mail.canary ?? null,
  }
  return withPassword(settings, 'mail.password_file', pathOf, env)
}

function databaseFrom(set: SettingsText['database'], pathOf: PathOf, env: Environment): Settings['database'] {
  const file = pathOf('database.sqlite')
  if (file !== null) return { client: 'sqlite', file }
  const { mysql } = set
  if (mysql === undefined) {
    throw new OubliError(
      'settings',
      'E_NO_DATABASE',
      'database: expected sqlite or mysql, found neither',
      'Name the database in the settings file; config/oubli.example.yml shows how.',
    )
  }
  const socket = pathOf('database.mysql.socket')
  const authority = pathOf('database.mysql.tls.ca_file')
  const local = socket !== null || isLoopback(mysql.host)
  const { host, port, user, database } = mysql
  const settings: MysqlSettings = {
    ...{ client: 'mysql', host, port, user, database },
    ...(socket === null ? {} : { socketPath: socket }),
    ...(set.own_schema === undefined ? {} : { ownSchema: set.own_schema }),
    tls:
      local && authority === null
        ? null
        : { verifyIdentity: true, ...(authority === null ? {} : { ca: pem(authority) }) },
  }
  return withPassword(settings, 'database.mysql.password_file', pathOf, env)
}

/** A variable wins over a file and a credential, as for every other setting; all are read on use only. */
function withPassword<T extends object>(target: T, name: string, pathOf: PathOf, env: Environment): T {
  const variable = settingKeys.find((key) => key.name === name)?.secretVariable ?? ''
  const path = pathOf(name)
  const value = env[variable] ?? ''
  if (value !== '') return withHidden(target, 'password', () => value)
  return path === null ? target : withHidden(target, 'password', () => readSecret(path))
}

function pem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new OubliError(
      'settings',
      'E_FILE_UNREADABLE',
      `${path}: expected certificates in PEM, found no readable file`,
      'Check database.mysql.tls.ca_file.',
    )
  }
}

function refuse(problems: readonly SettingProblem[]): void {
  if (problems.length === 0) return
  const lines = problems.map((problem) => `  ${problem.place}  ${problem.text}. ${problem.remedy}`)
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  throw new OubliError(
    'settings',
    'E_SETTINGS',
    `the settings have ${count}:\n${lines.join('\n')}`,
    'docs/settings.md describes every key; nothing was done.',
  )
}

function missing(path: string): OubliError {
  return new OubliError(
    'settings',
    'E_SETTINGS_MISSING',
    `${path}: expected the settings file, found none`,
    'Check the path, or copy config/oubli.example.yml there.',
  )
}
