/** The `oubli` commands that the pages tell a reader to type. */
import { blocks } from './pages.ts'

export interface TypedCommand {
  readonly page: string
  readonly line: string
  /** Words and options after `oubli`, quotes taken off. */
  readonly argv: readonly string[]
}

/** From shell blocks, also inside crontab lines; what follows a redirection or `||` is not ours. */
export function typedCommands(): readonly TypedCommand[] {
  return ['sh', 'text', 'ini'].flatMap((language) =>
    blocks(language).flatMap(({ page, text }) =>
      text.split('\n').flatMap((line) => {
        const found = /(?:npx oubli|\$ oubli|dist\/cli\/main\.js) (.+)$/.exec(line)?.[1]
        if (found === undefined) return []
        const own = found.split(/ (?:>>|\|\||\|) ?/)[0] ?? ''
        const words = [...own.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
        return [{ page, line: line.trim(), argv: words }]
      }),
    ),
  )
}

/** The words that name the command: those before the first option that are plain. */
export function commandWords(argv: readonly string[], groups: ReadonlySet<string>): readonly string[] {
  const [first = '', second = ''] = argv
  return groups.has(first) ? [first, second] : [first]
}
