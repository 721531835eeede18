/** Carries one policy out: a slice of what is due, oldest first, in batches, until done, full or told to stop. */
import { isoInstant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import { setAside } from '../db/own/set-aside.ts'
import type { Candidate } from '../db/site/candidates.ts'
import type { TableCounts } from '../audit/entry.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { RunPlace } from './apply-batch.ts'
import { applyHoweverHard, type Applied } from './attempt.ts'
import { tableCounts } from './evidence.ts'
import type { Pace } from './pace.ts'
import type { EnginePorts } from './ports.ts'
import { bounds, walk } from './walk.ts'
import type { Counts } from './write.ts'

export interface PolicyOutcome {
  readonly policy: string
  readonly done: number
  readonly busy: number
  readonly setAside: number
  readonly tables: TableCounts
  /** `done`: nothing due is left. `slice`: per_run is used up. Otherwise why nothing more was written. */
  readonly stopped: string
}

export interface RunLimits {
  /** Most rows (people, for a kind of people) in this run. */
  readonly items: number
  readonly pace: Pace
}

export async function runPolicy(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Omit<RunPlace, 'cutoff' | 'bound' | 'elseBound'>,
  limits: RunLimits,
): Promise<PolicyOutcome> {
  const here: RunPlace = Object.assign(place, bounds(policy, place.asOf, 0))
  const total: Applied = { done: [], busy: 0, setAside: [], counts: [], stopped: null }
  let seq = 0n
  const tried = new Set<string>()
  // The second pass is the sweep: it finds who was busy, or became due behind the first pass.
  for (const pass of ['first', 'sweep'] as const) {
    if (pass === 'sweep' && total.stopped !== null) break
    total.busy = 0
    await onePass(ports, policy, here, limits, total, tried, () => (seq += 1n))
  }
  await keepSetAside(ports, policy, place, total)
  return {
    policy: policy.policy.id,
    done: total.done.length,
    busy: total.busy,
    setAside: total.setAside.length,
    tables: tableCounts(total.counts.flatMap((counts: Counts) => [...counts.values()])),
    stopped: total.stopped ?? 'done',
  }
}

async function onePass(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  limits: RunLimits,
  total: Applied,
  tried: Set<string>,
  nextSeq: () => bigint,
): Promise<void> {
  for await (const page of walk(ports, policy, place.asOf, 0)) {
    const due = page.filter((row) => row.decision.act === 'due' && !tried.has(keyText(row.candidate.key)))
    let rest: readonly Candidate[] = due.map((row) => row.candidate)
    while (rest.length > 0) {
      total.stopped = (await limits.pace.turn()) ?? (total.done.length >= limits.items ? 'slice' : null)
      if (total.stopped !== null) return
      const size = Math.min(limits.pace.size(), limits.items - total.done.length)
      const batch = rest.slice(0, size)
      rest = rest.slice(size)
      const applied = await applyHoweverHard(ports, policy, place, batch, nextSeq)
      for (const { key } of applied.setAside) tried.add(keyText(key))
      add(total, applied)
      if (applied.stopped !== null) return
      // A policy that fails again and again is wrong about the data; going on would only hide it.
      if (total.setAside.length > 20 && total.setAside.length > total.done.length / 20) {
        total.stopped = 'too many rows set aside'
        return
      }
    }
  }
}

function add(total: Applied, applied: Applied): void {
  total.done.push(...applied.done)
  total.busy += applied.busy
  total.setAside.push(...applied.setAside)
  total.counts.push(...applied.counts)
  total.stopped = applied.stopped
}

async function keepSetAside(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'run' | 'asOf'>,
  total: Applied,
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
