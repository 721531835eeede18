/** What every command shares: options, opening and closing, errors told in two lines, exit codes in the help. */
import { Option, type Command, type CommanderError } from 'commander'
import { OubliError, safeError, type ExitCode } from '../base/errors.ts'
import { loadSettings } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { openContext } from '../jobs/open.ts'
import type { JobContext } from '../jobs/context.ts'
import { toldFault } from '../jobs/told-fault.ts'
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
  3: 'partly done: interrupted by a signal or by oubli stop, or something was set aside, is still there, or could not be sealed yet',
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
    .addOption(
      new Option('--lang <language>', 'language of messages (default: from LANG)').choices(['en', 'fr']),
    )
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

/** An error that ended a command whose last line says why it stopped. */
class Stopped extends Error {
  readonly error: unknown

  constructor(error: unknown) {
    super('stopped')
    this.name = 'Stopped'
    this.error = error
  }
}

/** The same for a command whose last line says why it stopped, whatever ends it. */
export async function withReason(
  io: Io,
  options: CommonOptions,
  work: (ctx: JobContext) => Promise<void>,
): Promise<void> {
  try {
    await withContext(io, options, work)
  } catch (error) {
    throw new Stopped(error)
  }
}

/**
 * Two lines for a user's mistake; for a bug, codes and the place, never a message of somebody else's code.
 * With `--json` the same stands on standard output as the one document that a script waits for.
 */
export function tell(io: Io, thrown: unknown, json = false): ExitCode {
  const error = toldFault(thrown instanceof Stopped ? thrown.error : thrown)
  const told = error instanceof OubliError ? error : unexpected(error)
  const { code, message, remedy } = told
  const exit = told instanceof OubliError ? told.exitCode : 1
  io.err(`${code}  ${message}`)
  if (remedy !== '') io.err(told instanceof OubliError ? `  ${remedy}` : remedy)
  if (json) outError(io, { code, message, remedy, exit })
  else if (thrown instanceof Stopped) io.out(`why stopped: ${code}, ${message.split('\n', 1).join('')}`)
  return exit
}

/** Commander has said it on standard error already. */
export function tellUsage(io: Io, error: CommanderError, json: boolean): ExitCode {
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const said = error.code.startsWith('commander.help') ? 'a command is missing' : message
  if (json) outError(io, { code: 'E_USAGE', message: said, remedy: rest.join(' '), exit: 2 })
  return 2
}

interface ToldError {
  readonly code: string
  readonly message: string
  readonly remedy: string
  readonly exit: ExitCode
}

function outError(io: Io, error: ToldError): void {
  io.out(JSON.stringify({ error }))
}

function unexpected(error: unknown): Pick<ToldError, 'code' | 'message' | 'remedy'> {
  const safe = safeError(error)
  const what = `${safe.name}${safe.code === undefined ? '' : ` ${safe.code}`}`
  return {
    code: 'E_UNEXPECTED',
    message: `${what}: this is a defect of Oubli or of the database, not of your files`,
    remedy: safe.stack ?? '',
  }
}
