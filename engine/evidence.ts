/** Turns what a batch did into entries and tombstones, written in the batch's own transaction. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { commitTo, keyText, keyTombstoneOf, tombstoneOf, type SubjectRef } from '../base/subject-ref.ts'
import {
  minuteOf,
  newEntryId,
  type Entry,
  type RowsEntry,
  type SubjectEntry,
  type TableCounts,
} from '../audit/entry.ts'
import { entryText, personTexts } from '../audit/entry-text.ts'
import { sealOpening } from '../audit/sealed-opening.ts'
import { insertEntries, type EntryRow } from '../db/own/entries.ts'
import { insertOpenings, type StoredOpening } from '../db/own/openings.ts'
import { insertTombstones, renewTombstones, type Tombstone } from '../db/own/tombstones.ts'
import type { Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts } from '../plan/facts.ts'
import { receiptsEnd } from '../plan/receipts.ts'
import { verbs } from '../plan/verbs.ts'
import type { EnginePorts } from './ports.ts'
import { addSums, tableCounts, type Sums } from './tally.ts'
import type { Counts } from './write.ts'

export interface BatchPlace {
  readonly run: string
  readonly asOf: Instant
  /** Starts before this instant were due. */
  readonly cutoff: Instant
  /** Set by a replay, which repeats what was done: that keeps its tombstone. */
  readonly judgedBefore?: unknown
}

/** One entry a person, one for a whole batch of rows that are not people. */
export async function writeEvidence(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  place: BatchPlace,
  proofs: readonly PersonProof[],
  counts: Counts,
): Promise<void> {
  if (!policy.subject) {
    const sums: Sums = new Map()
    for (const ofRoot of counts.values()) addSums(sums, ofRoot)
    await putEntry(tx, place, rowsEntry(ports, policy, place, tableCounts(sums)))
    return
  }
  const textOf = personTexts(personEntry(ports, policy, place))
  const createdAt = isoInstant(place.asOf)
  const rows = proofs.map(({ root, id, commitment }): EntryRow => {
    const own = counts.get(root)
    return {
      ...{ id, runId: place.run, createdAt },
      leaf: textOf(id, commitment, own === undefined ? {} : tableCounts(own)),
    }
  })
  await insertEntries(tx, rows)
  const livesOn = !leavesNoRow(policy) && place.judgedBefore === undefined
  const put = livesOn ? renewTombstones : insertTombstones
  await put(
    tx,
    proofs.map(({ tombstone }) => tombstone),
  )
  await insertOpenings(
    tx,
    proofs.flatMap(({ opening }) => opening ?? []),
  )
}

/** What the evidence of one person says apart from the counts. */
export interface PersonProof {
  /** Key text. */
  readonly root: string
  /** Of the entry. */
  readonly id: string
  readonly commitment: string
  readonly tombstone: Tombstone
  /** Null where the policy gives no receipts: the salt is thrown away. */
  readonly opening: StoredOpening | null
}

/** Empty for rows that are not people. Most of the work, and none of it needs to know what was written. */
export function personProofs(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: BatchPlace,
  done: readonly Facts[],
): readonly PersonProof[] {
  if (!policy.subject) return []
  const end = receiptsEnd(policy, place.asOf)
  // Shuffled, so that the order of entries tells nothing about who stands behind one.
  return shuffled(done, ports.random).map((facts) => {
    const subject: SubjectRef = { kind: policy.kind, key: facts.key, identity: facts.identity }
    const id = newEntryId(ports.random)
    const { commitment, salt } = commitTo(subject, ports.random(32))
    const tombstone = tombstoneFor(ports, policy, subject, id, place.asOf)
    const opening = end === null ? null : openingFor(ports, subject, salt, tombstone, end)
    return { root: keyText(facts.key), id, commitment, tombstone, opening }
  })
}

export function leavesNoRow({ act: { act } }: CompiledPolicy): boolean {
  return act === 'erase' || act === 'archive'
}

/** What the entries of all people of a batch have in common. */
function personEntry(ports: EnginePorts, policy: CompiledPolicy, place: BatchPlace): SubjectEntry {
  return {
    ...change(ports, policy, place),
    kind: leavesNoRow(policy) ? 'subject.erased' : 'subject.anonymised',
    subject: '',
    tables: {},
  }
}

function tombstoneFor(
  ports: EnginePorts,
  policy: CompiledPolicy,
  subject: SubjectRef,
  entryId: string,
  at: Instant,
): Tombstone {
  return {
    hash: tombstoneOf(ports.secret, subject),
    policy: policy.policy.id,
    act: leavesNoRow(policy) ? 'erased' : 'anonymised',
    keyHash: keyTombstoneOf(ports.secret, subject),
    kind: subject.kind,
    entryId,
    erasedAt: isoInstant(at),
  }
}

function openingFor(
  { secret, random }: EnginePorts,
  subject: SubjectRef,
  salt: Uint8Array,
  { entryId, keyHash }: Tombstone,
  end: Instant,
): StoredOpening {
  const opening = { ...subject, salt: Buffer.from(salt).toString('hex') }
  return {
    entryId,
    keyHash,
    sealed: sealOpening(secret, entryId, opening, random),
    untilAt: isoInstant(end),
  }
}

/** An entry of a batch whose rows the database counts while it writes them. */
export interface FlatEntry {
  readonly id: string
  /** The text of the entry on both sides of the number. */
  readonly leaf: { readonly before: string; readonly after: string }
}

/** A number that no batch reaches, as long as the longest count that an entry may hold. */
const placeholder = '9223372036854775807'

export function flatEntry(ports: EnginePorts, policy: CompiledPolicy, place: BatchPlace): FlatEntry {
  const entry = rowsEntry(ports, policy, place, { [policy.table]: { [verbs[policy.act.act]]: placeholder } })
  const [before = '', after = ''] = entryText(entry).split(placeholder)
  return { id: entry.id, leaf: { before, after } }
}

export function leafWith({ leaf }: FlatEntry, rows: number): string {
  return `${leaf.before}${rows}${leaf.after}`
}

/** The number in a stored text of the entry; 0 when it was not stored. */
export function countIn({ leaf }: FlatEntry, stored: string | null): number {
  return stored === null ? 0 : Number(stored.slice(leaf.before.length, stored.length - leaf.after.length))
}

export function rowsEntry(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: BatchPlace,
  tables: TableCounts,
): RowsEntry {
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
    tables,
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
  await putEntries(tx, place, [entry])
}

/** Several in one statement. */
export async function putEntries(
  tx: Session,
  place: Pick<BatchPlace, 'run' | 'asOf'>,
  entries: readonly Entry[],
): Promise<void> {
  await insertEntries(
    tx,
    entries.map((entry) => entryRow(place, entry)),
  )
}

function entryRow(place: Pick<BatchPlace, 'run' | 'asOf'>, entry: Entry): EntryRow {
  return { id: entry.id, runId: place.run, createdAt: isoInstant(place.asOf), leaf: entryText(entry) }
}

function shuffled<T>(list: readonly T[], random: (bytes: number) => Uint8Array): readonly T[] {
  const copy = [...list]
  const bytes = random(4 * copy.length)
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = numbers.getUint32(i * 4) % (i + 1)
    const held = copy[i]
    const other = copy[j]
    if (held !== undefined && other !== undefined) [copy[i], copy[j]] = [other, held]
  }
  return copy
}
