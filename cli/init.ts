import { resolve } from 'node:path'
import type { Command } from 'commander'
import { OubliError } from '../base/errors.ts'
import { initFromDatabase, type Proposed } from '../jobs/init.ts'
import { spaced } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'
import { describeCommand, language, settingsOf, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'

interface InitCommandOptions extends CommonOptions {
  readonly fromDb?: boolean
  readonly to?: string
}

/** `oubli init --from-db`: a first data map and policies that only observe. Reads the site, writes new files. */
export function addInit(program: Command, io: Io, done: Done): void {
  const command = program
    .command('init')
    .description('propose a data map and policies from the live tables; never overwrites a file')
    .option('--from-db', 'read the schema, and a small sample of each table, of the database in the settings')
    .option('--to <folder>', 'where the files go (default: policies in the settings)')
  describeCommand(command, 'oubli init --from-db --lang fr', [0, 1, 2]).action(
    async (options: InitCommandOptions) => {
      if (options.fromDb !== true)
        throw new OubliError(
          'settings',
          'E_INIT_SOURCE',
          'init: expected what to begin with, found nothing',
          'Run `oubli init --from-db`, which reads the tables and changes none of them; or copy policies/sample-shop.',
        )
      const lang = language(io, options)
      const to = options.to === undefined ? null : resolve(io.cwd, options.to)
      const proposed = await initFromDatabase(await settingsOf(io, options), { to, lang })
      if (options.json === true) io.out(JSON.stringify(proposed))
      else for (const line of linesOf(proposed, lang)) io.out(line)
      done(0)
    },
  )
}

interface Words {
  readonly wrote: string
  readonly left: string
  readonly people: string
  readonly columns: string
  readonly clocks: string
  readonly unmapped: string
  readonly unsure: string
  readonly nothing: string
  readonly end: (proposed: Proposed) => string
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    wrote: 'wrote',
    left: 'there already, left as it is:',
    people: 'people:',
    columns: 'new columns:',
    clocks: 'signs of life that no clock reads:',
    unmapped: 'speak of people, cannot be mapped as they are:',
    unsure: 'people or things, a person decides:',
    nothing: 'Nothing new: the data map mentions all that looks personal. Next: `oubli doctor`.',
    end: ({ difference, tables, kinds, todos }) =>
      difference
        ? `${kinds.length} new kind(s), ${todos} todo. Next: move what is right into the data map, then \`oubli lint\`.`
        : `${kinds.length} kinds in ${tables} tables, ${todos} todo. Next: read the data map with a developer, then \`oubli lint\` and \`oubli doctor\`.`,
  },
  fr: {
    wrote: 'écrit',
    left: 'existe déjà, laissé tel quel :',
    people: 'personnes :',
    columns: 'nouvelles colonnes :',
    clocks: 'signes de vie qu’aucune horloge ne lit :',
    unmapped: 'parlent de personnes, impossibles à décrire telles quelles :',
    unsure: 'personnes ou choses, à décider :',
    nothing: 'Rien de nouveau : la carte mentionne tout ce qui semble personnel. Ensuite : `oubli doctor`.',
    end: ({ difference, tables, kinds, todos }) =>
      difference
        ? `${kinds.length} nouvelle(s) catégorie(s), ${todos} todo. Ensuite : reportez ce qui est juste dans la carte, puis \`oubli lint\`.`
        : `${kinds.length} catégories dans ${tables} tables, ${todos} todo. Ensuite : relisez la carte avec un développeur, puis \`oubli lint\` et \`oubli doctor\`.`,
  },
}

function linesOf(proposed: Proposed, lang: Language): readonly string[] {
  const said = words[lang]
  const list = (title: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${spaced(lang, title)} ${names.join(', ')}`]
  const people = proposed.kinds.filter(({ person }) => person).map(({ table }) => table)
  const isNew = proposed.written.length + proposed.left.length > 0
  return [
    ...proposed.written.map((path) => `${said.wrote} ${path}`),
    ...proposed.left.map((path) => `${spaced(lang, said.left)} ${path}`),
    ...list(said.people, people),
    ...list(said.columns, proposed.columns),
    ...list(said.clocks, proposed.clocks),
    ...list(said.unmapped, proposed.unmapped),
    ...list(said.unsure, proposed.unsure),
    spaced(lang, isNew ? said.end(proposed) : said.nothing),
  ]
}
