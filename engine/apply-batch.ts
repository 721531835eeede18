/**
 * One write transaction: fence, lock roots and what hangs on them, judge again, children, root, evidence,
 * cursor, commit. Whole people or nothing; what is no longer due when its row is locked is left as it is.
 */
import type { Instant } from '../base/clock.ts'
import { keyText, type Key } from '../base/subject-ref.ts'
import { assertFence } from '../db/own/lease.ts'
import { moveCursor } from '../db/own/cursor.ts'
import { forgetDone } from '../db/own/done.ts'
import { forgetHolds } from '../db/own/holds.ts'
import { forgetKeptWords, keptOf } from '../db/own/kept.ts'
import { insertLastMails } from '../db/own/last-mails.ts'
import { stillDue, type Candidate } from '../db/site/candidates.ts'
import { unmarked } from '../db/site/done-marks.ts'
import { lockRows, readColumns } from '../db/site/rows.ts'
import type { Outcome, Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { namesOf } from '../plan/covers.ts'
import type { Facts } from '../plan/facts.ts'
import { needsGaps } from '../plan/read-last.ts'
import { isEntering } from './backlog.ts'
import { collect, leavingWith, type Collected } from './collect.ts'
import { leavesNoRow, personProofs, writeEvidence } from './evidence.ts'
import { refuseNewcomers } from './newcomers.ts'
import type { OpenTime } from './open-time.ts'
import type { EnginePorts } from './ports.ts'
import { judgeRows } from './read-rows.ts'
import { addSums, type Sums } from './tally.ts'
import { writeRoot, writeSteps, type Counts } from './write.ts'

/** What stays the same for all batches of one policy in one run. */
export interface RunPlace {
  readonly run: string
  readonly asOf: Instant
  /** `raising`: settles when nobody raises the token any more. */
  readonly lease: { readonly name: string; token: bigint; raising?: Promise<void> }
  /** Starts before this instant are due. */
  readonly cutoff: Instant
  /** The cutoff in the raw form of the scanned clock, and of `else`. */
  readonly bound: string
  readonly elseBound: string | null
  /** Asked instead of the judgement: which of these people, judged before a backup was restored, go again. */
  readonly judgedBefore?: (tx: Session, locked: readonly Key[]) => Promise<readonly Facts[]>
}

export interface BatchResult {
  /** Rows that were due under lock and are done now. */
  readonly done: number
  /** Of them, those whom no mail had told before. */
  readonly entered: number
  /** Somebody worked on them: left as they are, for a later pass. Gone or no longer due is not busy. */
  readonly busy: readonly Key[]
  readonly sums: Sums
  /** What is done, for the question after the run. */
  readonly rows: readonly Facts[]
  readonly leaving: Collected
}

export interface CursorPlace {
  readonly cursor: string
  readonly seq: bigint
}

export async function applyBatch(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  at: CursorPlace,
  /** Rows below people are counted before they are deleted. */
  countFirst: boolean,
  open: OpenTime,
): Promise<Outcome<BatchResult> & { readonly attempted: BatchResult | null }> {
  const keys = batch.map(({ key }) => key)
  let attempted: BatchResult | null = null
  const transaction = ports.database.transaction(
    async (tx) => {
      await assertFence(tx, place.lease.name, place.lease.token, ports.database.dialect.shareLock)
      open.begin()
      await ports.point('before lock')
      const locked = await lockRows(tx, ports.database.dialect, policy, keys, 'skip')
      await ports.point('locked')
      // Everything that leaves is locked before anything is judged: a sign of life written into a row that
      // exists already does not wait for the root's lock.
      const collected = await collect(ports, tx, policy, locked, 'lock')
      await ports.point('children locked')
      const before = await place.judgedBefore?.(tx, locked)
      const { due, entered } =
        before === undefined
          ? await dueUnderLock(ports, tx, policy, locked, place.asOf)
          : { due: before, entered: 0 }
      await ports.point('re-checked')
      const dueKeys = due.map((facts) => facts.key)
      const leaving = leavingWith(policy, collected, dueKeys)
      const counts: Counts = new Map()
      if (due.length > 0) await writeAll(ports, tx, policy, place, leaving, due, counts, countFirst)
      // Neither key nor clock: the row may leave with this transaction, and nothing reads them back.
      await moveCursor(tx, place.run, at.cursor, at.seq)
      if (due.length > 0) await refuseNewcomers(ports, tx, policy, leaving, place.asOf)
      const busy = await stillThere(ports, tx, policy, keys, locked)
      const sums: Sums = new Map()
      for (const ofRoot of counts.values()) addSums(sums, ofRoot)
      attempted = { done: dueKeys.length, entered, busy, sums, rows: due, leaving }
      return attempted
    },
    {
      isolation: needsGaps(policy) ? 'repeatable read' : 'read committed',
      beforeCommit: () => ports.point('before commit'),
    },
  )
  const outcome = await transaction.finally(() => {
    open.end()
  })
  if (outcome.state === 'committed') await ports.point('committed')
  return { ...outcome, attempted }
}

/** Of the rows that could not be locked, those that are still there. */
async function stillThere(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
  locked: readonly Key[],
): Promise<readonly Key[]> {
  const ours = new Set(locked.map(keyText))
  const others = keys.filter((key) => !ours.has(keyText(key)))
  if (others.length === 0) return []
  return (await readColumns(tx, ports.database.dialect, policy, others, [])).map(({ key }) => key)
}

async function dueUnderLock(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  locked: readonly Key[],
  asOf: Instant,
): Promise<{ readonly due: readonly Facts[]; readonly entered: number }> {
  if (locked.length === 0) return { due: [], entered: 0 }
  const judged = await judgeRows(ports, tx, policy, locked, asOf)
  const due = judged.filter(({ decision }) => decision.act === 'due')
  return {
    due: due.map(({ facts }) => facts),
    entered: due.filter(({ decision }) => isEntering(decision)).length,
  }
}

async function writeAll(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  place: RunPlace,
  leaving: Collected,
  due: readonly Facts[],
  counts: Counts,
  countFirst: boolean,
): Promise<void> {
  const keys = due.map((facts) => facts.key)
  const leavesWhole = policy.subject && leavesNoRow(policy)
  // Written while there is somebody to write to; what fails here has erased nothing.
  const lastMails = leavesWhole ? ((await ports.lastMails?.(policy, due, place.asOf)) ?? []) : []
  const [proofs] = await Promise.all([
    whileTheServerWorks(() => personProofs(ports, policy, place, due)),
    writeSteps(ports, tx, policy, leaving, place.asOf, counts, countFirst),
  ])
  const { dialect } = ports.database
  const still =
    place.judgedBefore === undefined
      ? stillDue(dialect, policy, place.bound, place.elseBound)
      : unmarked(dialect, policy)
  await writeRoot(ports, tx, policy, keys, still, place.asOf, counts)
  await ports.point('root written')
  await forgetMarks(tx, policy, leaving)
  await writeEvidence(ports, tx, policy, place, proofs, counts)
  for (const kind of leavesNoRow(policy) ? namesToForget(policy) : [])
    await ports.forget(tx, kind, keys.map(keyText))
  if (policy.subject && policy.act.act === 'anonymise') await forgetWords(tx, policy.kind, keys.map(keyText))
  await insertLastMails(tx, lastMails)
  await ports.point('evidence written')
}

/** A row goes under all its names. One that is no person under its own may have been mailed under another. */
function namesToForget(policy: CompiledPolicy): readonly string[] {
  return policy.subject ? namesOf(policy) : (policy.told ?? [])
}

/** What was written about people of whom only a row without a name stays. */
async function forgetWords(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  await forgetKeptWords(tx, await keptOf(tx, kind, keyTexts))
  await forgetHolds(tx, kind, keyTexts)
}

/** A statement leaves once the program waits; hashing before that would keep the server idle. */
async function whileTheServerWorks<T>(work: () => T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve))
  return work()
}

async function forgetMarks(tx: Session, policy: CompiledPolicy, leaving: Collected): Promise<void> {
  for (const { table, policies } of policy.marks) {
    const gone = policy.steps.filter(
      (step) => step.table === table && (step.then.act === 'erase' || step.then.act === 'archive'),
    )
    const names = [...(table === policy.table ? [''] : []), ...gone.map(({ name }) => name)]
    const keys = names.flatMap((name) => (leaving.get(name) ?? []).map((row) => keyText(row.key)))
    await forgetDone(tx, policies, keys)
  }
}
