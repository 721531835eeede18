/** What every command shares: options, opening and closing, errors told in two lines, exit codes in the help. */
import type { Command } from 'commander'
import { OubliError, safeError, type ExitCode } from '../base/errors.ts'
import { loadSettings } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { openContext } from '../jobs/open.ts'
import type { JobContext } from '../jobs/context.ts'
import type { Language } from '../policies/problem.ts'
import type { Io } from './io.ts'

export interface CommonOptions {
  readonly config?: string
  readonly json?: boolean
  readonly lang?: string
}

export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done (a slice done, with the rest on schedule, is done)',
  1: 'failed',
  2: 'usage, settings or policy error',
  3: 'partly done: interrupted by a signal, or something was set aside',
  4: 'refused by a safety stop, nothing was changed by what was refused',
  5: 'another run holds the lease',
  6: 'the evidence does not verify',
}

/** Adds the options that all commands know, an example and the exit codes to the help. */
export function describeCommand(command: Command, example: string, codes: readonly ExitCode[]): Command {
  const lines = codes.map((code) => `  ${code}  ${exitMeanings[code]}`)
  return command
    .option('-c, --config <file>', 'settings file (default: config/oubli.yml, or OUBLI_CONFIG)')
    .option('--json', 'one JSON document on standard output, for scripts')
    .option('--lang <en|fr>', 'language of messages (default: from LANG)')
    .addHelpText('after', `\nExample:\n  ${example}\n\nExit codes:\n${lines.join('\n')}`)
}

export function language(io: Io, options: CommonOptions): Language {
  const wanted = options.lang ?? io.env['LC_ALL'] ?? io.env['LC_MESSAGES'] ?? io.env['LANG'] ?? 'en'
  return /^fr/i.test(wanted) ? 'fr' : 'en'
}

export async function settingsOf(io: Io, options: CommonOptions): Promise<Settings> {
  return await loadSettings({
    ...(options.config === undefined ? {} : { file: options.config }),
    env: io.env,
    cwd: io.cwd,
  })
}

/** Opens everything for one command and closes it again, whatever happens. */
export async function withContext<T>(
  io: Io,
  options: CommonOptions,
  work: (ctx: JobContext) => Promise<T>,
): Promise<T> {
  const settings = await settingsOf(io, options)
  const ctx = await openContext(settings, {
    clock: io.clock,
    random: io.random,
    stop: io.stop,
    writeLog: io.err,
    ...(io.point === undefined ? {} : { point: io.point }),
  })
  try {
    return await work(ctx)
  } finally {
    await ctx.close()
  }
}

/** Two lines for a user's mistake; for a bug, codes and the place, never a message of somebody else's code. */
export function tell(io: Io, error: unknown): ExitCode {
  if (error instanceof OubliError) {
    io.err(`${error.code}  ${error.message}`)
    if (error.remedy !== '') io.err(`  ${error.remedy}`)
    return error.exitCode
  }
  const safe = safeError(error)
  io.err(
    `E_UNEXPECTED  ${safe.name}${safe.code === undefined ? '' : ` ${safe.code}`}: this is a defect of Oubli or of the database, not of your files`,
  )
  if (safe.stack !== undefined) io.err(safe.stack)
  return 1
}
