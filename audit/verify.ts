/**
 * Verification of the evidence: every entry is read once, the tree is computed anew, and its root is compared
 * with every signed checkpoint on the way, so that a change is narrowed down to the entries between two of
 * them. Knows no database: whoever can read the entries and the checkpoints can verify.
 */
import { isoInstant, type Instant } from '../base/clock.ts'
import { minuteOf } from './entry.ts'
import { entryFrom } from './entry-text.ts'
import type { Finding } from './finding.ts'
import { idSet } from './id-set.ts'
import type { VerifierKey } from './keys.ts'
import { growingTree, leafHash, type TreeHash } from './merkle.ts'
import { readCheckpoints, type CheckpointFile, type NamedCheckpoint } from './read-checkpoints.ts'

/** More findings than this tell nothing new; the rest is counted. */
const mostFindings = 100

export interface VerifyInput {
  /** The sealed entries by leaf index from 0, ascending. */
  readonly entries: AsyncIterable<{ readonly index: number; readonly text: string }>
  /** How many entries the database says are sealed. */
  readonly sealed: number
  /** How many entries wait for their place in the tree. */
  readonly unsealed: number
  /** Newest last. */
  readonly checkpoints: readonly CheckpointFile[]
  /** Null: signatures cannot be checked, and the best result is `unverified`. */
  readonly verifier: VerifierKey | null
  /**
   * `as_of` of the last run that wrote its end into the log, as the database knows it (not the moment at
   * which it ended: an entry carries the minute of `as_of`); null: none, or not known.
   */
  readonly lastRunAt: Instant | null
}

export interface VerifyReport {
  /** `verified` needs a key, a checkpoint over every sealed entry, and no finding. */
  readonly state: 'verified' | 'failed' | 'unverified'
  /** Entries read. */
  readonly entries: number
  readonly unsealed: number
  /** Root over the entries read, in base64; null when some were missing or out of order. */
  readonly root: string | null
  /** The newest checkpoint that could be used. */
  readonly newest: { readonly name: string; readonly size: number } | null
  readonly findings: readonly Finding[]
  /** Findings beyond those that are listed. */
  readonly more: number
}

interface Reading {
  readonly entries: number
  /** Roots of the log as it is, at the sizes of the checkpoints; none above a gap. */
  readonly roots: ReadonlyMap<number, TreeHash>
  readonly root: TreeHash | null
  readonly lastRunEnd: string | null
}

type Report = (finding: Finding) => void

/** Never throws for what it reads; an error of the iteration itself passes through. */
export async function verifyLog(input: VerifyInput): Promise<VerifyReport> {
  const findings: Finding[] = []
  let more = 0
  const report: Report = (finding) => {
    if (findings.length < mostFindings) findings.push(finding)
    else more += 1
  }
  const checkpoints = readCheckpoints(input.checkpoints, input.verifier, report)
  const reading = await readEntries(input.entries, new Set(checkpoints.map((each) => each.size)), report)
  compareRoots(checkpoints, reading, report)
  compareCounts(input, checkpoints, reading, report)
  const newest = checkpoints.at(-1)
  return {
    state: findings.length > 0 ? 'failed' : input.verifier === null ? 'unverified' : 'verified',
    entries: reading.entries,
    unsealed: input.unsealed,
    root: reading.root === null ? null : Buffer.from(reading.root).toString('base64'),
    newest: newest === undefined ? null : { name: newest.name, size: newest.size },
    findings,
    more,
  }
}

async function readEntries(
  entries: VerifyInput['entries'],
  sizes: ReadonlySet<number>,
  report: Report,
): Promise<Reading> {
  const tree = growingTree()
  const ids = idSet()
  const roots = new Map<number, TreeHash>(sizes.has(0) ? [[0, tree.root()]] : [])
  let [count, next, whole] = [0, 0, true]
  let lastRunEnd: string | null = null
  for await (const { index, text } of entries) {
    count += 1
    if (index < next) report({ code: 'out of order', index })
    if (index > next) report({ code: 'entries removed', from: next, to: index })
    whole &&= index === next
    next = Math.max(next, index + 1)
    const entry = entryFrom(text)
    if (entry === null) report({ code: 'not an entry', index })
    else if (!ids.add(entry.id)) report({ code: 'id repeated', index })
    if (entry?.kind === 'run.finished') lastRunEnd = entry.t
    if (!whole) continue // behind a gap no position can be trusted, so no root
    tree.add(leafHash(text))
    if (sizes.has(tree.size())) roots.set(tree.size(), tree.root())
  }
  return { entries: count, roots, root: whole ? tree.root() : null, lastRunEnd }
}

/** The first checkpoint that differs bounds the change from above, the one before it from below. */
function compareRoots(checkpoints: readonly NamedCheckpoint[], reading: Reading, report: Report): void {
  let agreed = 0
  for (const checkpoint of checkpoints) {
    const root = reading.roots.get(checkpoint.size)
    if (root === undefined) continue
    if (Buffer.compare(root, checkpoint.root) !== 0) {
      const { name, size } = checkpoint
      report({ code: 'root differs', checkpoint: name, from: Math.min(agreed, size), to: size })
      return // every later root differs for the same reason
    }
    agreed = checkpoint.size
  }
}

function compareCounts(
  input: VerifyInput,
  checkpoints: readonly NamedCheckpoint[],
  reading: Reading,
  report: Report,
): void {
  const { entries } = reading
  if (entries !== input.sealed) report({ code: 'count differs', entries, sealed: input.sealed })
  const newest = checkpoints.at(-1)
  if (input.checkpoints.length === 0) {
    if (entries > 0 || input.sealed > 0 || input.verifier !== null) report({ code: 'no checkpoint' })
  } else if (newest !== undefined) {
    const { name, size } = newest
    if (entries < size) report({ code: 'log truncated', checkpoint: name, entries, size })
    // The database's own count speaks too: an old copy of everything below it would otherwise look whole.
    const end = Math.max(entries, input.sealed)
    if (end > size) report({ code: 'tail not signed', from: size, to: end })
  }
  const runAt = input.lastRunAt
  if (runAt === null || input.unsealed > 0) return // its entry may be among those that wait
  if (reading.lastRunEnd === null || reading.lastRunEnd < minuteOf(runAt)) {
    report({ code: 'run without entry', lastRunAt: isoInstant(runAt) })
  }
}
