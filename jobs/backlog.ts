/**
 * How many entries may wait to be sealed, and how many people to be told to the ledger. A full disk must not mean that
 * the evidence of what is erased, or who would come back with a backup, stands in the database alone: above the limit
 * nothing is erased any more.
 */
import { OubliError } from '../base/errors.ts'
import { unsignedCount } from '../db/own/checkpoints.ts'
import { untoldCount } from '../db/own/tombstones.ts'
import { waitingCount } from '../db/own/waiting.ts'
import type { Pace } from '../engine/pace.ts'
import type { JobContext } from './context.ts'
import type { ReplayReport } from './replay-look.ts'
import { trySealAndTell } from './seal-and-tell.ts'

/** Why a run stops erasing. */
export const tooManyWait = 'too many entries wait to be sealed'
export const tooManyUntold = 'too many people are not told to the ledger'

export function isSealingStop(why: string | null): boolean {
  return why === tooManyWait || why === tooManyUntold
}

interface Waiting {
  /** Entries that no checkpoint vouches for. */
  readonly entries: number
  /** People who went, or were put back, and stand in no ledger. */
  readonly people: number
}

async function waitingNow({ database }: JobContext): Promise<Waiting> {
  return { entries: await unsignedCount(database), people: await untoldCount(database) }
}

function larger({ entries, people }: Waiting): number {
  return Math.max(entries, people)
}

/** Throws a `refused` error when more wait than may, and sealing and telling them does not help. */
export async function guardBacklog(ctx: JobContext): Promise<void> {
  const most = ctx.settings.evidence.waitingAtMost
  if (larger(await waitingNow(ctx)) <= most) return
  const why = await trySealAndTell(ctx)
  const waiting = await waitingNow(ctx)
  if (larger(waiting) <= most) return
  const { entries, people } = waiting
  const found = [
    ...(entries > most ? [`${entries} entries of evidence wait to be sealed`] : []),
    ...(people > most ? [`${people} people are not told to the ledger`] : []),
  ]
  throw new OubliError(
    'refused',
    'E_EVIDENCE_WAITS',
    `${found.join(' and ')}, at most ${most} may (evidence.waiting_at_most); trying it now ended with ${why ?? 'some left'}`,
    'Nothing is erased until they are. See that evidence.folder and its ledger/ can be written and their disk has space; the next run seals and tells first.',
  )
}

/**
 * For a replay. Nothing can be sealed before the database has all that was signed, which comes last: the entries
 * of everybody who goes again wait until then. Throws a `refused` error where they would be too many.
 */
export async function guardReplayBacklog(
  ctx: JobContext,
  { older, going }: Pick<ReplayReport, 'older' | 'going'>,
): Promise<void> {
  if (older === null) {
    await guardBacklog(ctx)
    return
  }
  const most = ctx.settings.evidence.waitingAtMost
  const waiting = await waitingCount(ctx.database)
  if (waiting + going <= most) return
  throw new OubliError(
    'refused',
    'E_EVIDENCE_WAITS',
    `${waiting} entries of evidence wait to be sealed and ${going} people go again, whose entries wait until the replay is through; at most ${most} may (evidence.waiting_at_most)`,
    `Nothing was changed. See that evidence.folder can be written and its disk has space for them, then allow as many for this one command: OUBLI_EVIDENCE_WAITING_AT_MOST=${waiting + going}.`,
  )
}

/** In the place of `sealingPace` while nothing can be sealed: only stops the writing. */
export async function unsealedPace(ctx: JobContext): Promise<(pace: Pace, perPerson: boolean) => Pace> {
  const most = ctx.settings.evidence.waitingAtMost
  let waiting = await waitingCount(ctx.database)
  return (pace) => ({
    ...pace,
    turn: async () => (waiting >= most ? tooManyWait : await pace.turn()),
    took: (sample) => {
      if (sample.end === 'committed') waiting += sample.done ?? sample.rows
      pace.took(sample)
    },
  })
}

/** Seals and tells on the way when much waits, and stops the writing when that does not help. */
export async function sealingPace(ctx: JobContext): Promise<(pace: Pace, perPerson: boolean) => Pace> {
  const most = ctx.settings.evidence.waitingAtMost
  let waiting = larger(await waitingNow(ctx))
  let sealAt = Math.ceil(most / 2)
  async function look(): Promise<string | null> {
    if (waiting < sealAt) return null
    await trySealAndTell(ctx)
    const left = await waitingNow(ctx)
    waiting = larger(left)
    // What could not be sealed is not tried again before every batch.
    sealAt = Math.min(most, Math.max(Math.ceil(most / 2), waiting + Math.ceil(most / 10)))
    if (waiting < most) return null
    return left.entries >= most ? tooManyWait : tooManyUntold
  }
  // Several writers wait for one and the same look: they would seal the same entries.
  let looking: Promise<string | null> | null = null
  const lookOnce = (): Promise<string | null> =>
    (looking ??= look().finally(() => {
      looking = null
    }))
  return (pace, perPerson) => ({
    ...pace,
    turn: async () => (await lookOnce()) ?? (await pace.turn()),
    took: (sample) => {
      if (sample.end === 'committed') waiting += perPerson ? (sample.done ?? sample.rows) : 1
      pace.took(sample)
    },
  })
}
