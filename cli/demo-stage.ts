/** Where the demo plays: its folder, its voice, and the real command line to type into. */
import type { ExitCode } from '../base/errors.ts'
import type { DemoFolder } from './demo-folder.ts'
import type { Io } from './io.ts'
import type { CommandLine } from './main.ts'

export interface Typed {
  readonly lines: readonly string[]
  readonly code: ExitCode
}

export interface Stage {
  readonly io: Io
  readonly folder: DemoFolder
  readonly say: (line?: string) => void
  /** Runs a command of ours, shows it with its last lines, and gives all of them. */
  readonly type: (argv: readonly string[], show: number) => Promise<Typed>
  /** Runs a command of ours and shows nothing. */
  readonly quietly: (argv: readonly string[]) => Promise<Typed>
}

export function makeStage(io: Io, oubli: CommandLine, folder: DemoFolder): Stage {
  const say = (line = ''): void => {
    io.out(line)
  }
  const quietly = async (argv: readonly string[]): Promise<Typed> => {
    const lines: string[] = []
    const collect = (line: string): void => {
      lines.push(...line.split('\n'))
    }
    const code = await oubli([...argv, '--config', folder.settings], { ...io, out: collect, err: collect })
    return { lines, code }
  }
  const type = async (argv: readonly string[], show: number): Promise<Typed> => {
    const typed = await quietly(argv)
    say(`  $ oubli ${argv.map((part) => (part.includes(' ') ? `"${part}"` : part)).join(' ')}`)
    const shown = typed.lines.slice(Math.max(0, typed.lines.length - show))
    if (shown.length < typed.lines.length) say('    …')
    for (const line of shown) say(`    ${line}`)
    if (typed.code !== 0) say(`    (exit code ${typed.code})`)
    say()
    return typed
  }
  return { io, folder, say, type, quietly }
}
