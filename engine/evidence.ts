/** Turns what a batch did into entries and tombstones, written in the batch's own transaction. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { commitTo, keyText, keyTombstoneOf, tombstoneOf, type SubjectRef } from '../base/subject-ref.ts'
import {
  countText,
  minuteOf,
  newEntryId,
  type Entry,
  type RowsEntry,
  type TableCounts,
} from '../audit/entry.ts'
import { entryText } from '../audit/entry-text.ts'
import { insertEntry } from '../db/own/entries.ts'
import { insertTombstone } from '../db/own/tombstones.ts'
import type { Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts } from '../plan/facts.ts'
import type { EnginePorts } from './ports.ts'
import type { Counts } from './write.ts'

export interface BatchPlace {
  readonly run: string
  readonly asOf: Instant
  /** Starts before this instant were due. */
  readonly cutoff: Instant
}

/** One entry a person, one for a whole batch of rows that are not people. Returns their number. */
export async function writeEvidence(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  place: BatchPlace,
  done: readonly Facts[],
  counts: Counts,
): Promise<number> {
  if (!policy.subject) {
    await putEntry(tx, place, rowsEntry(ports, policy, place, counts))
    return 1
  }
  // Shuffled, so that the order of entries tells nothing about who stands behind one.
  for (const facts of shuffled(done, ports.random)) await writePerson(ports, tx, policy, place, facts, counts)
  return done.length
}

async function writePerson(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  place: BatchPlace,
  facts: Facts,
  counts: Counts,
): Promise<void> {
  const subject: SubjectRef = { kind: policy.kind, key: facts.key, identity: facts.identity }
  const own = counts.get(keyText(facts.key))
  const entry: Entry = {
    ...change(ports, policy, place),
    kind:
      policy.act.act === 'erase' || policy.act.act === 'archive' ? 'subject.erased' : 'subject.anonymised',
    subject: commitTo(subject, ports.random(32)).commitment,
    tables: own === undefined ? {} : tableCounts([own]),
  }
  await putEntry(tx, place, entry)
  await insertTombstone(tx, {
    hash: tombstoneOf(ports.secret, subject),
    keyHash: keyTombstoneOf(ports.secret, subject),
    kind: policy.kind,
    entryId: entry.id,
    erasedAt: isoInstant(place.asOf),
  })
}

function rowsEntry(ports: EnginePorts, policy: CompiledPolicy, place: BatchPlace, counts: Counts): RowsEntry {
  const kinds = {
    erase: 'rows.erased',
    anonymise: 'rows.anonymised',
    archive: 'rows.archived',
    'truncate fields': 'rows.truncated',
    'withdraw consent': 'rows.withdrawn',
  } as const
  return {
    ...change(ports, policy, place),
    kind: kinds[policy.act.act],
    batch: newEntryId(ports.random),
    tables: tableCounts([...counts.values()]),
  }
}

function change(ports: EnginePorts, policy: CompiledPolicy, place: BatchPlace) {
  return {
    v: '1',
    id: newEntryId(ports.random),
    t: minuteOf(place.asOf),
    tool: ports.toolVersion,
    run: place.run,
    policy: { id: policy.policy.id, terms: policy.termsHash },
    as_of: isoInstant(place.asOf),
    cutoff: isoInstant(place.cutoff),
  } as const
}

export async function putEntry(
  tx: Session,
  place: Pick<BatchPlace, 'run' | 'asOf'>,
  entry: Entry,
): Promise<void> {
  await insertEntry(tx, {
    id: entry.id,
    runId: place.run,
    createdAt: isoInstant(place.asOf),
    leaf: entryText(entry),
  })
}

export function tableCounts(all: readonly ReadonlyMap<string, ReadonlyMap<string, number>>[]): TableCounts {
  const sums: Record<string, Record<string, number>> = {}
  for (const one of all)
    for (const [table, acts] of one)
      for (const [act, rows] of acts) {
        const ofTable = (sums[table] ??= {})
        ofTable[act] = (ofTable[act] ?? 0) + rows
      }
  return Object.fromEntries(
    Object.entries(sums).map(([table, acts]) => [
      table,
      Object.fromEntries(Object.entries(acts).map(([act, rows]) => [act, countText(rows)])),
    ]),
  )
}

function shuffled<T>(list: readonly T[], random: (bytes: number) => Uint8Array): readonly T[] {
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const bytes = random(4)
    const j = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) % (i + 1)
    const held = copy[i]
    const other = copy[j]
    if (held !== undefined && other !== undefined) [copy[i], copy[j]] = [other, held]
  }
  return copy
}
