/** One run, in the order of `jobs/run.ts`: guards, plan, warnings, deliveries, erasures, records, seal. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import { newEntryId } from '../../audit/entry.ts'
import { checkClock } from '../../plan/clock-guard.ts'
import { applyHoweverHard, type RunPlace } from './batch-model.ts'
import { candidates, judgePerson } from './judging.ts'
import { release, takeLease, type Held } from './lease-model.ts'
import { deliverDue } from './mail-model.ts'
import { planPolicy, type Plan } from './plan-model.ts'
import type { PolicyVersion } from './policy-versions.ts'
import { seal } from './seal-model.ts'
import { Failure, type Steps } from './server.ts'
import { transaction } from './transaction.ts'
import { clearReturned, warnPolicy, type Warned } from './warn-model.ts'
import { putEntry, type Process } from './world.ts'

export function* run(process: Process, acceptGap: boolean): Steps<void> {
  const { world } = process
  const held = yield* takeLease(process, 'run', world.truth.now)
  if (held === null) {
    world.note(process.name, 'another run holds the lease')
    return
  }
  try {
    yield* runUnderLease(process, held, acceptGap)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    world.note(process.name, `ends: ${error.kind}`)
  }
  yield* release(process, 'run')
}

function* runUnderLease(process: Process, lease: Held, acceptGap: boolean): Steps<void> {
  const { world } = process
  const { policy } = world
  const asOf = world.truth.now
  const id = newEntryId(world.random.bytes)
  if (!(yield* guardClock(process, id, asOf, acceptGap))) return
  yield* must(process, function* (tx) {
    yield 'writes the run down'
    tx.put('runs', id, { asOf, state: 'running' })
    for (const [run] of [...tx.all('cursors')]) if (run !== id) tx.remove('cursors', run)
  })
  const plan = planPolicy(process, policy, asOf, id)
  yield 'planned'
  const acts = plan.standing.mode === 'enforced' && !plan.alarmed
  world.note(
    process.name,
    `plans: ${plan.due.length} due, ${plan.toWarn} to warn, ${acts ? 'acts' : 'does not act'}`,
  )
  const warned = yield* warnStep(process, policy, asOf, acts)
  yield* deliverDue(process, policy)
  const done = acts ? yield* purge(process, { run: id, asOf, lease, policy }, plan) : []
  yield* record(process, { id, asOf, policy, plan, warned, done: done.length })
  // Not after each run, only because a thousand seeds are told in a minute.
  if (world.random.chance(0.1)) yield* seal(process)
}

/** As the program does with an outcome that it cannot go on without. */
function* must(process: Process, work: Parameters<typeof transaction>[1]): Steps<void> {
  const outcome = yield* transaction(process, work)
  if (outcome.state !== 'committed') throw outcome.error
}

function* guardClock(process: Process, id: string, asOf: Instant, acceptGap: boolean): Steps<boolean> {
  const { world } = process
  const last = Math.max(-Infinity, ...[...process.server.committed.all('runs')].map(([, { asOf: at }]) => at))
  const verdict = checkClock(asOf, last === -Infinity ? null : last, 0)
  if (verdict.ok || world.defect === 'clock jump not noticed') return true
  const pass = acceptGap && verdict.why === 'ahead'
  const fields = { run: id, as_of: isoInstant(asOf) }
  yield* must(process, function* (tx) {
    yield 'writes down what the clock did'
    if (pass)
      putEntry(world, tx, { run: id, at: asOf }, 'clock.accepted', { ...fields, previous: isoInstant(last) })
    else
      putEntry(world, tx, { run: id, at: asOf }, 'run.refused', {
        ...fields,
        ...{ job: 'run', code: 'E_CLOCK', policy: null, found: null, limit: null },
      })
  })
  if (pass) world.truth.gapAccepted.add(id)
  else world.note(process.name, `refuses: the clock is ${verdict.days} days ${verdict.why}`)
  return pass
}

function* warnStep(process: Process, policy: PolicyVersion, asOf: Instant, acts: boolean): Steps<Warned> {
  if (!policy.truth.warns) return { queued: 0, first: 0 }
  if (acts) return yield* warnPolicy(process, policy, asOf)
  yield* clearReturned(process, policy, asOf)
  return { queued: 0, first: 0 }
}

const batchSize = 2

/** A slice of what is due, oldest first; the second pass finds who was busy. */
function* purge(process: Process, place: RunPlace, plan: Plan): Steps<readonly string[]> {
  const { world } = process
  const { compiled, truth } = place.policy
  const planned = world.defect === 'more than planned' ? Infinity : plan.due.length
  const most = world.defect === 'slice not kept' ? Infinity : Math.min(truth.mostPeople, planned)
  const done: string[] = []
  let seq = 0
  for (let pass = 1; pass <= 2; pass += 1) {
    const page = candidates(process.server.committed, compiled, place.asOf, false).filter(
      (key) =>
        judgePerson(world, process.server.committed, compiled, key, place.asOf)?.decision.act === 'due',
    )
    yield 'page judged'
    for (let rest: readonly string[] = page; rest.length > 0 && done.length < most;) {
      const size = Math.min(batchSize, most - done.length)
      const applied = yield* applyHoweverHard(process, place, rest.slice(0, size), () => (seq += 1))
      done.push(...applied.done)
      rest = rest.slice(size)
    }
  }
  return done
}

interface Ended {
  readonly id: string
  readonly asOf: Instant
  readonly policy: PolicyVersion
  readonly plan: Plan
  readonly warned: Warned
  readonly done: number
}

function* record(process: Process, { id, asOf, policy, plan, warned, done }: Ended): Steps<void> {
  const { world } = process
  const hash = policy.truth.terms
  const acts = plan.standing.mode === 'enforced' && !plan.alarmed
  const mode = plan.alarmed ? 'refused' : plan.standing.mode
  const left = policy.truth.warns
    ? Math.max(0, plan.entering - warned.first)
    : Math.max(0, plan.due.length - done)
  yield* must(process, function* (tx) {
    yield 'writes down what it did'
    const seen = tx.get('terms', hash) ?? { terms: policy.terms, observedRun: id, inForceSince: null }
    const begins = acts && plan.begins
    tx.put('terms', hash, begins ? { ...seen, inForceSince: asOf } : seen)
    const after = { asOf, terms: hash, mode }
    tx.put('results', id, { ...after, left: acts ? left : plan.entering, newly: plan.newly })
  })
  world.truth.observed.add(hash)
  if (acts) world.truth.enforced.push({ terms: hash, asOf })
  yield* must(process, function* (tx) {
    yield 'closes the run'
    putEntry(world, tx, { run: id, at: asOf }, 'run.finished', {
      ...{ run: id, job: 'run', as_of: isoInstant(asOf), policies: {}, stopped: 'done' },
    })
    tx.put('runs', id, { asOf, state: 'done' })
  })
  world.truth.reports.push({
    run: id,
    asOf,
    mode,
    entering: plan.entering,
    leftBefore: plan.leftBefore,
    canaries: plan.canaries,
    done,
    due: plan.due.length,
    approvedTooFew: plan.standing.mode === 'refused',
    stopAbove: policy.truth.stopAbove,
    terms: hash,
  })
}
