/** Carries one policy out: a slice of what is due, oldest first, in batches, until done, full or told to stop. */
import { isoInstant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import { setAside } from '../db/own/set-aside.ts'
import type { Candidate } from '../db/site/candidates.ts'
import type { TableCounts } from '../audit/entry.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { RunPlace } from './apply-batch.ts'
import { applyHoweverHard, type Writer } from './attempt.ts'
import { dropPartitions } from './drop-partitions.ts'
import { askAgain, type Again } from './ask-again.ts'
import { canGoFlat, runFlat } from './flat-policy.ts'
import type { Pace } from './pace.ts'
import type { EnginePorts } from './ports.ts'
import { addRows, isStopped, newTally, stoppedBy, tableCounts, type Tally } from './tally.ts'
import { bounds, readAhead, walk } from './walk.ts'

export interface PolicyOutcome {
  readonly policy: string
  readonly done: number
  readonly busy: number
  readonly setAside: number
  readonly tables: TableCounts
  /** `done`: nothing due is left. `slice`: per_run is used up. Otherwise why nothing more was written. */
  readonly stopped: string
  /** What the database answered when it was asked again; null: nothing went, or it could not be asked. */
  readonly again: Again | null
}

export interface RunLimits {
  /** Most rows (people, for a kind of people) in this run. */
  readonly items: number
  /** How many are due, as far as the plan has counted them. */
  readonly due?: number
  readonly pace: Pace
}

export async function runPolicy(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Omit<RunPlace, 'cutoff' | 'bound' | 'elseBound'>,
  limits: RunLimits,
): Promise<PolicyOutcome> {
  const here: RunPlace = Object.assign(place, bounds(policy, place.asOf, 0))
  const total = newTally()
  const writers = writersOf(policy, limits.pace)
  const whole = await dropPartitions(ports, policy, here, limits.items, () => limits.pace.turn())
  total.done = whole.rows
  addRows(total.sums, policy.table, 'erased', whole.rows)
  total.stopped = whole.stopped
  const flat =
    total.stopped === null && canGoFlat(ports, policy)
      ? await runFlat(ports, policy, here, limits, total, writers(0))
      : null
  const tried = new Set(total.setAside.map(({ key }) => keyText(key)))
  // The second pass is the sweep: it finds who was busy, or became due behind the first pass.
  for (let pass = 0; pass < 2 && total.stopped === null; pass += 1) {
    total.busy = 0
    await onePass(ports, policy, here, limits, total, tried, writers)
  }
  await keepSetAside(ports, policy, place, total)
  return {
    policy: policy.policy.id,
    done: total.done,
    busy: total.busy,
    setAside: total.setAside.length,
    tables: tableCounts(total.sums),
    stopped: total.stopped ?? 'done',
    again: total.done > whole.rows ? await askAgain(ports, policy, here, total, flat) : null,
  }
}

/** Each with a cursor of its own: on a common one they would wait for each other's COMMIT. */
function writersOf(policy: CompiledPolicy, pace: Pace): (nr: number) => Writer {
  const { id } = policy.policy
  let seq = 0n
  return (nr) => ({ pace, cursor: nr === 0 ? id : `${id}#${nr + 1}`, nextSeq: () => (seq += 1n) })
}

async function onePass(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  limits: RunLimits,
  total: Tally,
  tried: Set<string>,
  writers: (nr: number) => Writer,
): Promise<void> {
  const pages = walk(ports, policy, place.asOf, 0)
  for await (const page of ports.database.dialect.locksRows ? readAhead(pages) : pages) {
    const due = page.filter((row) => row.decision.act === 'due' && !tried.has(keyText(row.candidate.key)))
    let rest: readonly Candidate[] = due.map((row) => row.candidate)
    while (rest.length > 0) {
      total.stopped = (await limits.pace.turn()) ?? (total.done >= limits.items ? 'slice' : null)
      if (total.stopped !== null) return
      const batches = batchesOf(rest, limits, total.done)
      rest = rest.slice(batches.reduce((sum, batch) => sum + batch.length, 0))
      const known = total.setAside.length
      await Promise.all(
        batches.map((batch, nr) => applyHoweverHard(ports, policy, place, batch, writers(nr), total)),
      )
      for (const { key } of total.setAside.slice(known)) tried.add(keyText(key))
      total.stopped = stoppedBy(total)
      if (isStopped(total)) return
    }
  }
}

/** One for each writer, together no more than may still be done. */
function batchesOf(
  rest: readonly Candidate[],
  { items, pace }: RunLimits,
  done: number,
): readonly (readonly Candidate[])[] {
  const batches: (readonly Candidate[])[] = []
  let from = 0
  for (let nr = 0; nr < pace.writers(); nr += 1) {
    const size = Math.min(pace.size(), items - done - from, rest.length - from)
    if (size <= 0) break
    batches.push(rest.slice(from, from + size))
    from += size
  }
  return batches
}

async function keepSetAside(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'run' | 'asOf'>,
  total: Tally,
): Promise<void> {
  for (const { key, code } of total.setAside)
    await setAside(ports.database, {
      policy: policy.policy.id,
      kind: policy.kind,
      keyText: keyText(key),
      code,
      run: place.run,
      since: isoInstant(place.asOf),
    })
}
