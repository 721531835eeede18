/** Carries one policy out: a slice of what is due, oldest first, in batches, until done, full or told to stop. */
import { isoInstant } from '../base/clock.ts'
import { keyText, shortRef } from '../base/subject-ref.ts'
import { setAside } from '../db/own/set-aside.ts'
import type { Candidate } from '../db/site/candidates.ts'
import type { TableCounts } from '../audit/entry.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { RunPlace } from './apply-batch.ts'
import { applyHoweverHard, mustEnd, type Writer } from './attempt.ts'
import { keepBusy, type BusyRow } from './keep-busy.ts'
import { dropPartitions } from './drop-partitions.ts'
import { askAgain, type Again } from './ask-again.ts'
import { canGoFlat, runFlat } from './flat-policy.ts'
import { crewOf, type Crew } from './crew.ts'
import type { Pace } from './pace.ts'
import type { EnginePorts } from './ports.ts'
import {
  addRows,
  beginPass,
  endPass,
  isStopped,
  newTally,
  stoppedBy,
  tableCounts,
  type Tally,
} from './tally.ts'
import { bounds, readAhead, walk } from './walk.ts'

export interface PolicyOutcome {
  readonly policy: string
  readonly done: number
  /** Of them, those whom no mail had told before. Says nothing of what goes by windows or partitions. */
  readonly entered: number
  readonly busy: number
  /** Those that were busy in the third run in a row or a later one. */
  readonly oftenBusy: readonly BusyRow[]
  readonly setAside: number
  /** The same by short reference, each with the code of the database or of ours. */
  readonly apart: readonly RowApart[]
  readonly tables: TableCounts
  /** `done`: nothing due is left. `slice`: per_run is used up. Otherwise why nothing more was written. */
  readonly stopped: string
  /** What the database answered when it was asked again; null: nothing went, or it could not be asked. */
  readonly again: Again | null
}

export interface RowApart {
  readonly ref: string
  readonly code: string
}

export interface RunLimits {
  /** Most rows (people, for a kind of people) in this run. */
  readonly items: number
  /** How many are due, as far as the plan has counted them. */
  readonly due?: number
  /** Work on each row by its name, never by windows or partitions: all of them can be asked after then. */
  readonly byName?: boolean
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
  const byName = limits.byName === true
  const whole = byName
    ? { rows: 0, stopped: null }
    : await dropPartitions(ports, policy, here, limits.items, () => limits.pace.turn())
  total.done = whole.rows
  addRows(total.sums, policy.table, 'erased', whole.rows)
  total.stopped = whole.stopped
  const flat =
    total.stopped === null && !byName && canGoFlat(ports, policy)
      ? await runFlat(ports, policy, here, limits, total, writers(0))
      : null
  const tried = new Set(total.setAside.map(({ key }) => keyText(key)))
  // The second pass is the sweep: it finds who was busy, or became due behind the first pass, and has the whole
  // patience again. One writer goes alone, as those who work side by side can be what made somebody busy: a
  // deadlock between them counts as a row that somebody works on.
  for (const most of [Infinity, 1]) {
    if (total.stopped !== null) break
    beginPass(total)
    const pace = { ...limits.pace, writers: () => Math.min(most, limits.pace.writers()) }
    await onePass(ports, policy, here, { ...limits, pace }, total, tried, writers)
    endPass(total)
  }
  const apart = await keepSetAside(ports, policy, place, total)
  return {
    policy: policy.policy.id,
    done: total.done,
    entered: total.entered,
    busy: total.busy,
    oftenBusy: await keepBusy(ports, policy, place, total),
    setAside: apart.length,
    apart,
    tables: tableCounts(total.sums),
    stopped: total.stopped ?? 'done',
    again: total.done > 0 ? await askAgain(ports, policy, here, total, flat, whole.rows) : null,
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
  const crew = crewOf(writers)
  try {
    due: for await (const page of ports.database.dialect.locksRows ? readAhead(pages) : pages) {
      const due = page.filter((row) => row.decision.act === 'due' && !tried.has(keyText(row.candidate.key)))
      let rest: readonly Candidate[] = due.map((row) => row.candidate)
      while (rest.length > 0) {
        const size = Math.min(await sizeNow(limits, total, crew), rest.length)
        if (isStopped(total)) break due
        const batch = rest.slice(0, size)
        rest = rest.slice(size)
        crew.send(size, (writer) => applyHoweverHard(ports, policy, place, batch, writer, total))
      }
    }
    // Also where the run stops: what broke under another writer must not pass for a stop.
    await crew.atMost(0)
    total.stopped = stoppedBy(total)
  } finally {
    await crew.home()
    for (const { key } of total.setAside) tried.add(keyText(key))
  }
}

/** Of the next batch, once there is a writer for it and the site has room; `total` says when there is none. */
async function sizeNow({ items, pace }: RunLimits, total: Tally, crew: Crew): Promise<number> {
  await crew.atMost(pace.writers() - 1)
  total.stopped = stoppedBy(total)
  await mustEnd(pace, total)
  // Whether the slice is full is known when nobody is at work any more.
  if (total.done + crew.inHand() >= items) await crew.atMost(0)
  total.stopped ??= stoppedBy(total) ?? (total.done >= items ? 'slice' : null)
  return Math.min(pace.size(), items - total.done - crew.inHand())
}

async function keepSetAside(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'run' | 'asOf'>,
  total: Tally,
): Promise<readonly RowApart[]> {
  for (const { key, code } of total.setAside)
    await setAside(ports.database, {
      policy: policy.policy.id,
      kind: policy.kind,
      keyText: keyText(key),
      code,
      run: place.run,
      since: isoInstant(place.asOf),
    })
  return total.setAside.map(({ key, code }) => ({ ref: shortRef(ports.secret, policy.kind, key), code }))
}
