/**
 * Every failure that a person is meant to read. A message says where, what was expected, what was found;
 * the remedy says what to do. None carries a value of the site's rows. Anything else that is thrown is a
 * bug and keeps its stack.
 */

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** Exit code by class: settings and policy 2, refusal by a safety stop 4, lease held 5, evidence 6, else 1. `disk`: full or away. */
export type ErrorClass =
  'settings' | 'policy' | 'refused' | 'busy' | 'evidence' | 'database' | 'disk' | 'mail'

const exitCodes: Record<ErrorClass, ExitCode> = {
  settings: 2,
  policy: 2,
  refused: 4,
  busy: 5,
  evidence: 6,
  database: 1,
  disk: 1,
  mail: 1,
}

export class OubliError extends Error {
  readonly code: string
  readonly errorClass: ErrorClass
  readonly remedy: string

  constructor(errorClass: ErrorClass, code: string, message: string, remedy: string) {
    super(message)
    this.name = 'OubliError'
    this.code = code
    this.errorClass = errorClass
    this.remedy = remedy
  }

  get exitCode(): ExitCode {
    return exitCodes[this.errorClass]
  }
}

/** What may be told of an error that is not ours: its codes, never its message (drivers put values there). */
export interface SafeError {
  readonly name: string
  readonly code?: string
  readonly errno?: number
  readonly sqlState?: string
  /** Frames without the message line. */
  readonly stack?: string
}

export function safeError(error: unknown): SafeError {
  if (!(error instanceof Error)) return { name: typeof error }
  const driver = error as Error & { code?: unknown; errno?: unknown; sqlState?: unknown }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    name: error.name,
    ...(typeof driver.code === 'string' ? { code: driver.code } : {}),
    ...(typeof driver.errno === 'number' ? { errno: driver.errno } : {}),
    ...(typeof driver.sqlState === 'string' ? { sqlState: driver.sqlState } : {}),
    ...(frames.length > 0 ? { stack: frames.join('\n') } : {}),
  }
}
