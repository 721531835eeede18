/**
 * Verification of the evidence: every entry is read once from each place where it stands, the tree is computed
 * anew and compared with every signed checkpoint on the way. Where the places differ, the signed roots say
 * which of them was changed, and at which entry. Knows no database: whoever can read the files can verify.
 */
import { isoInstant, type Instant } from '../base/clock.ts'
import { minuteOf } from './entry.ts'
import { entryFrom } from './entry-text.ts'
import type { Finding, Place } from './finding.ts'
import { inOrder, type NumberedEntry } from './in-order.ts'
import { judgeCopies, type Copies } from './judge-copies.ts'
import type { VerifierKey } from './keys.ts'
import { leafHash, type TreeHash } from './merkle.ts'
import { readCheckpoints, withOthers, type CheckpointFile, type NamedCheckpoint } from './read-checkpoints.ts'
import { readLog, type LogReader } from './read-log.ts'
import { repeatedIds, type PlacedText } from './repeated-ids.ts'

/** More findings than this tell nothing new; the rest is counted. */
const mostFindings = 100

/** What the database says of the log. */
export interface DatabaseSide {
  /** The sealed entries by index from 0, ascending; they may be asked for a second time. */
  readonly entries: AsyncIterable<NumberedEntry>
  readonly sealed: number
  /** How many entries wait for their place in the log. */
  readonly unsealed: number
  /** How many have none and do not wait. */
  readonly forgotten: number
  /** Of how many there is only the note that they wait. */
  readonly orphans: number
  /** The checkpoints that it has kept, ascending. */
  readonly checkpoints: readonly CheckpointFile[]
  /**
   * `as_of` of the last run that wrote its end into the log (not the moment at which it ended: an entry carries
   * the minute of `as_of`); null: none, or not known.
   */
  readonly lastRunAt: Instant | null
}

export interface VerifyInput {
  readonly log: LogReader
  /** Those in the folder of the log; newest last. */
  readonly checkpoints: readonly CheckpointFile[]
  /** The one that the folder gives out as the newest; null: there is none. */
  readonly current: CheckpointFile | null
  /** Null: only the files are there. */
  readonly database: DatabaseSide | null
  /** Checkpoints from elsewhere that this log must continue. */
  readonly older: readonly CheckpointFile[]
  /** Another copy of the log, perhaps of an earlier day, and how many entries it has; null: none. */
  readonly copy: { readonly log: LogReader; readonly size: number } | null
  /** Null: signatures cannot be checked, and the best result is `unverified`. */
  readonly verifier: VerifierKey | null
}

export interface VerifyReport {
  /** `verified` needs a key, a checkpoint over every sealed entry, and no finding. */
  readonly state: 'verified' | 'failed' | 'unverified'
  /** Entries that were there, in the log or behind it. */
  readonly entries: number
  readonly unsealed: number
  /** Root over the entries of the log, in base64; null when no copy of them gives the signed one. */
  readonly root: string | null
  /** The newest checkpoint that could be used. */
  readonly newest: { readonly name: string; readonly size: number } | null
  /** Checkpoints from elsewhere that it was compared with. */
  readonly older: number
  readonly findings: readonly Finding[]
  /** Findings beyond those that are listed. */
  readonly more: number
}

type Report = (finding: Finding, times?: number) => void

interface Reading {
  readonly root: TreeHash | null
  /** Rows of the database that were there. */
  readonly rows: number
  readonly lastRunEnd: string
}

/** Never throws for what it reads; an error of the reading itself passes through. */
export async function verifyLog(input: VerifyInput): Promise<VerifyReport> {
  const findings: Finding[] = []
  let more = 0
  const report: Report = (finding, times = 1) => {
    if (findings.length < mostFindings) findings.push(finding)
    more += findings.at(-1) === finding ? times - 1 : times
  }
  const own = readCheckpoints(input.checkpoints, input.verifier, report)
  const newest = own.at(-1) ?? null
  const size = newest?.size ?? 0
  const others = [...input.older, ...(input.database?.checkpoints ?? [])]
  const all = withOthers(own, others, input.verifier, report)
  for (const checkpoint of all)
    if (checkpoint.size > size)
      report({ code: 'log truncated', checkpoint: checkpoint.name, entries: size, size: checkpoint.size })
  checkCurrent(input, all, report)
  const reading = await readAll(input, size, all, report)
  checkCounts(input, newest, reading, report)
  const sealed = input.database?.sealed ?? 0
  return {
    state: findings.length > 0 ? 'failed' : input.verifier === null ? 'unverified' : 'verified',
    entries: Math.max(size, sealed, reading.rows),
    unsealed: input.database?.unsealed ?? 0,
    root: reading.root === null ? null : Buffer.from(reading.root).toString('base64'),
    newest: newest === null ? null : { name: newest.name, size: newest.size },
    older: input.older.length,
    findings,
    more,
  }
}

async function readAll(
  input: VerifyInput,
  size: number,
  all: readonly NamedCheckpoint[],
  report: Report,
): Promise<Reading> {
  const { log, copy, database, checkpoints } = input
  const judge = judgeCopies(all, report)
  const ids = repeatedIds(Math.max(size, database?.sealed ?? 0))
  const entries = entryChecks(ids.see, report)
  const rows = database === null ? null : inOrder(database.entries, report)
  // What is wrong with the files of another copy is not a finding about this log.
  const copied = copy === null ? null : readLog(copy.log, Math.min(copy.size, size), () => undefined)
  for await (const logged of readLog(log, size, report)) {
    const index = judge.size()
    const row = rows === null ? null : await rows.at(index)
    const fresh = logged.text ?? row
    if (fresh !== null) entries.check(index, fresh)
    const hash = logged.text === null ? null : leafHash(logged.text)
    const copies = new Map<Place, TreeHash | null>([
      ['entries', hash],
      ['hashes', logged.hash],
    ])
    if (rows !== null) copies.set('database', hashOf(row, logged.text, hash))
    const other = copied === null ? null : await copied.next()
    if (other !== null && other.done !== true && other.value.text !== null)
      copies.set('copy', hashOf(other.value.text, logged.text, hash))
    judge.add(known(copies))
  }
  await copied?.return(undefined)
  const root = checkpoints.length === 0 ? null : judge.root()
  judge.end()
  for (let index = size; rows !== null; index += 1) {
    const row = await rows.rest(index)
    if (row === null) break
    entries.check(row.index, row.text)
  }
  await ids.find(() => textsOf(input, size), report)
  return { root, rows: rows?.count() ?? 0, lastRunEnd: entries.lastRunEnd() }
}

/** Each entry as it was checked. What is wrong with the files and the rows has been said. */
async function* textsOf({ log, database }: VerifyInput, size: number): AsyncGenerator<PlacedText> {
  const silent = (): void => undefined
  const rows = database === null ? null : inOrder(database.entries, silent)
  let index = 0
  for await (const logged of readLog(log, size, silent)) {
    const row = rows === null ? null : await rows.at(index)
    yield { index, text: logged.text ?? row }
    index += 1
  }
  for (let row = await rows?.rest(index); row != null; row = await rows?.rest(row.index + 1)) yield row
}

/** The hash of a text that is mostly the same as one whose hash is known. */
function hashOf(text: string | null, like: string | null, hash: TreeHash | null): TreeHash | null {
  return text === null ? null : text === like ? hash : leafHash(text)
}

/** A file that is missing as a whole is reported as such and is no copy of its entries. */
function known(copies: Map<Place, TreeHash | null>): Copies {
  return new Map([...copies].filter(([place, hash]) => hash !== null || place === 'database'))
}

function entryChecks(see: (id: string) => void, report: Report) {
  let lastRunEnd = ''
  return {
    check: (index: number, text: string): void => {
      const entry = entryFrom(text)
      if (entry === null) report({ code: 'not an entry', index })
      else see(entry.id)
      if (entry?.kind === 'run.finished' && entry.t > lastRunEnd) lastRunEnd = entry.t
    },
    lastRunEnd: () => lastRunEnd,
  }
}

/** A sealer that was killed leaves the one before the newest; nobody has recorded the newest as signed then. */
function checkCurrent(
  { current, database }: VerifyInput,
  all: readonly NamedCheckpoint[],
  report: Report,
): void {
  const recorded = database === null ? all : database.checkpoints.map(({ text }) => ({ size: sizeIn(text) }))
  const signed = recorded.reduce((most, { size }) => Math.max(most, size ?? 0), 0)
  if (current === null) {
    if (signed > 0) report({ code: 'file missing', path: 'checkpoint' })
    return
  }
  const shown = sizeIn(current.text)
  if (shown !== null && shown < signed)
    report({ code: 'checkpoint put back', checkpoint: current.name, size: shown, signed })
}

function sizeIn(note: string): number | null {
  const [, size = ''] = note.split('\n')
  return /^\d{1,15}$/.test(size) ? Number(size) : null
}

function checkCounts(
  { database, checkpoints, verifier }: VerifyInput,
  newest: NamedCheckpoint | null,
  reading: Reading,
  report: Report,
): void {
  const size = newest?.size ?? 0
  if (checkpoints.length === 0 && (verifier !== null || (database?.sealed ?? 0) > 0 || reading.rows > 0))
    report({ code: 'no checkpoint' })
  if (database === null) return
  const { sealed, unsealed, forgotten, orphans, lastRunAt } = database
  if (reading.rows !== sealed) report({ code: 'count differs', entries: reading.rows, sealed })
  if (forgotten > 0) report({ code: 'entries forgotten', count: forgotten })
  if (orphans > 0) report({ code: 'waiting entries removed', count: orphans })
  if (newest !== null && sealed < size) report({ code: 'database behind', sealed, size })
  // The database's own count speaks too: an old copy of everything below it would otherwise look whole.
  const end = Math.max(reading.rows, sealed)
  if (newest !== null && end > size) report({ code: 'tail not signed', from: size, to: end })
  if (lastRunAt === null || unsealed > 0) return // its entry may be among those that wait
  if (reading.lastRunEnd < minuteOf(lastRunAt))
    report({ code: 'run without entry', lastRunAt: isoInstant(lastRunAt) })
}
