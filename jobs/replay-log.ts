/**
 * Gives the database back what the log has and it lost. The places come last, in their order, and the final
 * ones together with the entry that closes the replay: until then the database counts as older than its log.
 */
import type { Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import type { Entry } from '../audit/entry.ts'
import { entryFrom } from '../audit/entry-text.ts'
import type { DepartureLine, MarkLine } from '../audit/ledger.ts'
import { sealedSize, type EntryRow } from '../db/own/entries.ts'
import { putBack } from '../db/own/log-place.ts'
import { forgetDepartures, insertTombstones, type Tombstone } from '../db/own/tombstones.ts'
import { forgetPlaced } from '../db/own/waiting.ts'
import type { Session } from '../db/session.ts'
import { putEntries } from '../engine/evidence.ts'
import type { JobContext } from './context.ts'
import type { OutsideLog } from './outside-log.ts'
import type { Known } from './replay-ledger.ts'

const pageSize = 500

type Placed = EntryRow & { readonly index: number }

/**
 * Before anybody goes again: whoever does keeps the tombstone of the first time, and the entry behind it. The marks
 * come as well, or they would stand in the ledger alone, and a ledger that is lost could not be told again from here.
 */
export async function bringTombstones(ctx: JobContext, known: Known): Promise<void> {
  await committed(ctx, async (tx) => {
    // What the backup says of them was before they were put back.
    for (const { person, at } of known.putBack.values()) await forgetDepartures(tx, person, at)
  })
  let page: Tombstone[] = []
  const write = async (): Promise<void> => {
    const tombstones = page
    page = []
    await committed(ctx, (tx) => insertTombstones(tx, tombstones, true))
  }
  for (const tombstone of tombstonesIn(known)) {
    page.push(tombstone)
    if (page.length >= pageSize) await write()
  }
  if (page.length > 0) await write()
}

function* tombstonesIn({ people, putBack: back, kept }: Known): Generator<Tombstone> {
  for (const departures of people.values()) {
    const named = departures.filter(({ proof }) => proof !== null).map(({ line }) => line)
    for (const line of firstOfEach(named)) yield tombstone(line, line.policy)
  }
  for (const line of back.values()) yield tombstone(line, '')
  for (const requests of kept.values())
    for (const { line, request } of requests) yield tombstone(line, request)
}

function tombstone(line: DepartureLine | MarkLine, policy: string): Tombstone {
  const { person: hash, key: keyHash, kind, what: act, entry: entryId, at: erasedAt } = line
  return { hash, policy, act, keyHash, kind, entryId, erasedAt }
}

/** A line can stand twice, and somebody who was put back by hand can have gone twice. */
function firstOfEach<T extends { readonly policy: string }>(lines: readonly T[]): readonly T[] {
  return lines.filter((line, i) => lines.findIndex(({ policy }) => policy === line.policy) === i)
}

export async function bringLog(
  ctx: JobContext,
  log: OutsideLog,
  place: { readonly run: string; readonly asOf: Instant },
  closing: readonly Entry[],
): Promise<void> {
  const here = await sealedSize(ctx.database)
  let page: Placed[] = []
  if (here < log.checkpoint.size)
    for await (const { index, text } of log.entries()) {
      if (index < here) continue
      if (page.length === pageSize) {
        const full = page
        page = []
        await committed(ctx, (tx) => putBack(tx, full))
        await point('entries put back')
      }
      page.push(placed(index, text))
    }
  await committed(ctx, async (tx) => {
    await putBack(tx, page)
    await forgetPlaced(tx)
    await putEntries(tx, place, closing)
  })
  await point('restore reconciled')
}

function placed(index: number, text: string): Placed {
  const entry = entryFrom(text)
  // The log was read to its end before, and its root is the signed one.
  if (entry === null) throw new Error('the signed log holds an entry that is none')
  return {
    index,
    id: entry.id,
    runId: runOf(entry),
    createdAt: 'as_of' in entry ? entry.as_of : entry.t,
    leaf: text,
  }
}

function runOf(entry: Entry): string {
  if ('run' in entry) return entry.run
  if ('hold' in entry) return entry.hold
  return 'request' in entry ? entry.request : entry.id
}

async function committed(ctx: JobContext, work: (tx: Session) => Promise<void>): Promise<void> {
  const outcome = await ctx.database.transaction(work)
  if (outcome.state !== 'committed') throw outcome.error
}
