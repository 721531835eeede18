/** What closes every work that leaves evidence: seal it, then tell outside what a restored backup would forget. */
import type { Instant } from '../base/clock.ts'
import { OubliError, type ExitCode } from '../base/errors.ts'
import { DatabaseError } from '../db/database-error.ts'
import type { JobContext } from './context.ts'
import { tellLedger } from './ledger.ts'
import { seal } from './seal.ts'

/**
 * Somebody else seals, or died while sealing: all of it waits, and the run has done its work all the same.
 * `guarded`: the time of a run whose clock was guarded, by which the ledger may forget; null: it forgets nothing.
 */
export async function sealAndTell(ctx: JobContext, guarded: Instant | null = null): Promise<void> {
  try {
    await seal(ctx)
    await tellLedger(ctx, guarded)
  } catch (error) {
    if (!(error instanceof OubliError) || error.errorClass !== 'busy') throw error
    ctx.log.event('evidence.waits', {})
  }
}

/** What a person has to mend. `sealed`: the evidence is, and those who went are not told to the ledger. */
export interface Unsealed {
  readonly error: OubliError
  readonly sealed: boolean
}

/**
 * The same at the end of a run, whose work is committed: a disk that is full or away leaves its evidence waiting,
 * and undoes nothing. Null: nothing is to be mended.
 */
export async function sealAtEnd(ctx: JobContext, guarded: Instant | null = null): Promise<Unsealed | null> {
  let sealed = false
  try {
    await seal(ctx)
    sealed = true
    await tellLedger(ctx, guarded)
    return null
  } catch (error) {
    if (!(error instanceof OubliError)) throw error
    if (error.errorClass === 'busy') {
      ctx.log.event('evidence.waits', {})
      return null
    }
    if (!diskCodes.has(error.code)) throw error
    tellFault(ctx, sealed, error.code)
    return { error, sealed }
  }
}

function tellFault(ctx: JobContext, sealed: boolean, code: string): void {
  if (sealed) ctx.log.event('evidence.not-told', { code })
  else ctx.log.event('evidence.not-sealed', { code })
}

const diskCodes: ReadonlySet<string> = new Set(['E_FILE_UNWRITABLE', 'E_FILE_UNREADABLE'])

/**
 * For what stands whether or not it can be sealed now. Gives the code of what went wrong; null: nothing. A changed
 * log is thrown all the same; a full disk, a busy sealer, a deadlock may be over soon.
 */
export async function trySealAndTell(ctx: JobContext): Promise<string | null> {
  let sealed = false
  try {
    await seal(ctx)
    sealed = true
    await tellLedger(ctx, null)
    return null
  } catch (error) {
    const known = error instanceof OubliError || error instanceof DatabaseError
    if (!known || (error instanceof OubliError && error.errorClass === 'evidence')) throw error
    tellFault(ctx, sealed, error.code)
    return error.code
  }
}

interface End {
  readonly exit: ExitCode
  readonly whyStopped: string
}

/** What was done stands, and a part of its evidence is in the database alone: partly done, unless something is worse. */
export function withoutSeal({ exit, whyStopped }: End, { error, sealed }: Unsealed): End {
  const what = sealed ? 'not told to the ledger' : 'the evidence waits to be sealed'
  return { exit: exit === 0 ? 3 : exit, whyStopped: `${whyStopped}; ${what}: ${error.code}` }
}
