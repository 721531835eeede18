/** Holds the lease of a job while it works, and notices when it was lost. */
import { OubliError } from '../base/errors.ts'
import { beat, release, takeLease } from '../db/own/lease.ts'
import type { JobContext } from './context.ts'

/** A holder that has not been heard of for this long may be replaced. Milliseconds. */
const lifetime = 60_000

export interface HeldLease {
  /** What every destructive transaction checks. */
  readonly fence: { readonly name: string; token: bigint }
  /** A word once the lease could not be renewed. */
  readonly lost: () => string | null
}

/** Throws a `busy` error when somebody else holds it. */
export async function withLease<T>(
  ctx: JobContext,
  name: string,
  work: (lease: HeldLease) => Promise<T>,
): Promise<T> {
  const owner = Buffer.from(ctx.ports.random(16)).toString('hex')
  const taken = await takeLease(ctx.database, { name, owner, now: ctx.clock(), ttlMs: lifetime })
  if (taken === null)
    throw new OubliError(
      'busy',
      'E_BUSY',
      'another run holds the lease of this database',
      'Wait for it to end; `oubli status` shows it.',
    )
  let lost: string | null = null
  const lease: HeldLease = { fence: { name, token: taken.token }, lost: () => lost }
  const timer = setInterval(() => {
    beat(ctx.database, { name, owner, now: ctx.clock(), ttlMs: lifetime }).then(
      (kept) => {
        if (!kept) lost = 'the lease was lost'
      },
      () => {
        lost = 'the lease could not be renewed'
      },
    )
  }, lifetime / 3)
  timer.unref()
  try {
    return await work(lease)
  } finally {
    clearInterval(timer)
    await release(ctx.database, { name, owner }).catch(() => undefined)
  }
}
