/** What remains of a run that failed: its row, as far as the database still takes one, and the error that is told. */
import { OubliError, safeError } from '../base/errors.ts'
import { DatabaseError } from '../db/database-error.ts'
import { finishRun } from '../db/own/runs.ts'
import type { JobContext } from './context.ts'

/** Broke in the middle of what this policy does. */
export class PolicyFault extends Error {
  readonly policy: string
  readonly error: unknown

  constructor(policy: string, error: unknown) {
    super('a policy broke on the way')
    this.name = 'PolicyFault'
    this.policy = policy
    this.error = error
  }
}

/** Gives the error to throw. */
export async function failed(ctx: JobContext, run: string, error: unknown): Promise<unknown> {
  try {
    await finishRun(ctx.database, run, 'failed', await ctx.now(), reasonOf(error))
  } catch {
    // The database is gone; the first error says so.
  }
  return asFault(error instanceof PolicyFault ? error.error : error)
}

export function reasonOf(error: unknown): string {
  if (error instanceof PolicyFault) return `${error.policy}: ${reasonOf(error.error)}`
  return error instanceof OubliError ? error.code : (safeError(error).code ?? 'unexpected error')
}

const nothingHalf = 'No batch was left half done.'

/** A fault of the database as a person reads it, since it is no defect of ours. Anything else comes back as it is. */
function asFault(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error
  const told = (code: string, what: string, remedy: string): OubliError =>
    new OubliError('database', code, `${what} (${error.code})`, remedy)
  switch (error.kind) {
    case 'connection lost':
      return told(
        'E_DATABASE_LOST',
        'the database server went away during the run',
        `${nothingHalf} Once the server answers, run again: it goes on where this run stopped.`,
      )
    case 'not writable':
      return told(
        'E_NOT_WRITABLE',
        'the database does not take writes now',
        `${nothingHalf} Look whether it is read-only, became a replica, or has no room on its disk, then run again.`,
      )
    case 'killed':
      return told(
        'E_QUERY_KILLED',
        'a statement of the run was ended on the server, by hand or by its time limit',
        `${nothingHalf} Ask who ended it, then run again.`,
      )
    case 'lock wait':
      return told(
        'E_DATABASE_LOCKED',
        'somebody else held a lock of the database for longer than the run waits',
        `${nothingHalf} Look which other program holds it, then run again.`,
      )
    case 'deadlock':
    case 'no wait':
    case 'duplicate':
    case 'foreign key':
    case 'safe update':
    case 'other':
      return error
  }
}
