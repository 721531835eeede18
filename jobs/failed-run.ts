/** What remains of a run that failed: its row, as far as the database still takes one, and the error that is told. */
import { OubliError, safeError } from '../base/errors.ts'
import { finishRun } from '../db/own/runs.ts'
import type { JobContext } from './context.ts'
import { toldFault } from './told-fault.ts'

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
  return toldFault(error instanceof PolicyFault ? error.error : error)
}

export function reasonOf(error: unknown): string {
  if (error instanceof PolicyFault) return `${error.policy}: ${reasonOf(error.error)}`
  return error instanceof OubliError ? error.code : (safeError(error).code ?? 'unexpected error')
}
