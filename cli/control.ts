import type { Command } from 'commander'
import { pauseRuns, resumeRuns, stopRun, type ControlAnswer } from '../jobs/control.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { nameOption } from './name-option.ts'
import { words, type Words } from './words.ts'

interface ControlOptions extends CommonOptions {
  readonly by?: string
}

interface Verb {
  readonly name: 'pause' | 'resume' | 'stop'
  readonly description: string
  readonly act: typeof pauseRuns
  readonly say: (answer: ControlAnswer) => readonly Words[]
}

const verbs: readonly Verb[] = [
  {
    name: 'pause',
    description: 'let runs that erase or alter, on any host, wait until `oubli resume`; mails go on',
    act: pauseRuns,
    say: ({ changed, run }) => [
      changed ? 'Paused until `oubli resume`.' : 'It was paused already.',
      run === null ? 'No run is at work.' : 'The run at work stops writing after the transaction at hand.',
    ],
  },
  {
    name: 'resume',
    description: 'end what `oubli pause` began',
    act: resumeRuns,
    say: ({ changed }) => [changed ? 'Resumed.' : 'Nothing was paused.'],
  },
  {
    name: 'stop',
    description: 'end the run at work, on any host, after its current transaction',
    act: stopRun,
    say: ({ run }) => [run === null ? 'No run is at work.' : 'The run ends after the transaction at hand.'],
  },
]

/** `oubli pause`, `resume` and `stop`: a run on any host hears them before its next transaction. */
export function addControl(program: Command, io: Io, done: Done): void {
  for (const { name, description, act, say } of verbs) {
    const command = program
      .command(name)
      .description(description)
      .option('--by <name>', 'who asks; stays in the database and is not verified')
    describeCommand(command, `oubli ${name} --by Ops`, [0, 1, 2, 4]).action(
      async (options: ControlOptions) => {
        await withContext(io, options, async (ctx) => {
          const by = options.by === undefined ? null : nameOption('--by', options.by)
          const answer = await act(ctx, by)
          const lang = language(io, options)
          if (options.json === true) io.out(JSON.stringify(answer))
          else for (const line of say(answer)) io.out(words(lang, line))
          done(0)
        })
      },
    )
  }
}
