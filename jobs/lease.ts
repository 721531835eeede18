/** Holds the lease of a job while it works, and notices when it was lost. */
import { OubliError } from '../base/errors.ts'
import { DatabaseError } from '../db/database-error.ts'
import { beat, leaseHolder, lostLease, release, takeLease } from '../db/own/lease.ts'
import { leaseNow } from '../db/server-clock.ts'
import type { JobContext } from './context.ts'

/** A holder that has not been heard of for this long may be replaced. Milliseconds. */
const lifetime = 60_000
const beatsInLifetime = 3

export interface HeldLease {
  /** Of this holding alone: whoever takes it next, or again, has another. */
  readonly owner: string
  /** What every destructive transaction checks. */
  readonly fence: { readonly name: string; token: bigint }
  /** A word once no beat got through for a whole lifetime. Throws `E_FENCED` once somebody else has taken over. */
  readonly lost: () => string | null
  /** Asks the database. Throws `E_FENCED` when somebody else has taken over. */
  readonly stillOurs: () => Promise<void>
}

const mostTries = 3

/** The owner of whoever holds it and was heard of within a lifetime; null: nobody. */
export async function holderOf(
  { database, clock }: Pick<JobContext, 'database' | 'clock'>,
  name: string,
): Promise<string | null> {
  return await leaseHolder(database, name, await leaseNow(database, clock))
}

/** Somebody who holds the rows, or a whole SQLite file, for longer than one wait is no reason to end. */
async function patiently(ctx: JobContext, ask: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      await ask()
      return
    } catch (error) {
      const busy = error instanceof DatabaseError && error.kind === 'lock wait'
      if (!busy || tries === mostTries) throw error
      await ctx.ports.sleep(200)
    }
}

/** Throws a `busy` error when somebody else holds it. */
export async function withLease<T>(
  ctx: JobContext,
  name: string,
  work: (lease: HeldLease) => Promise<T>,
): Promise<T> {
  const owner = Buffer.from(ctx.ports.random(16)).toString('hex')
  const claim = async () => {
    const now = await leaseNow(ctx.database, ctx.clock)
    return { name, owner, now, ttlMs: lifetime }
  }
  const taken = await takeLease(ctx.database, await claim())
  if (taken === null)
    throw new OubliError(
      'busy',
      'E_BUSY',
      'another run holds the lease of this database',
      'Wait for it to end; `oubli status` shows it.',
    )
  let gone = false
  // One that fails is a hiccup of the line; the fence holds whatever becomes of the beats.
  let missed = 0
  const renew = async (): Promise<void> => {
    gone ||= !(await beat(ctx.database, await claim()))
    missed = 0
  }
  const lost = (): string | null => {
    if (gone) throw lostLease(name)
    return missed >= beatsInLifetime ? 'the lease could not be renewed' : null
  }
  const lease: HeldLease = {
    owner,
    fence: { name, token: taken.token },
    lost,
    stillOurs: async () => {
      await patiently(ctx, renew)
      lost()
    },
  }
  const timer = setInterval(() => {
    renew().catch(() => {
      missed += 1
    })
  }, lifetime / beatsInLifetime)
  timer.unref()
  try {
    return await work(lease)
  } finally {
    clearInterval(timer)
    await release(ctx.database, { name, owner }).catch(() => undefined)
  }
}
