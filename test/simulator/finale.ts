/** Faults end, time goes on, runs come as planned: what is due must be done, and nothing else. */
import { dayOf } from '../../plan/day.ts'
import { zone } from './erasure-invariants.ts'
import type { Violation } from './invariants.ts'
import { randomOf } from './random.ts'
import type { Happening, Script, What } from './script.ts'
import { look, playSlot, type Stage } from './story.ts'
import type { PersonTruth } from './truth.ts'
import type { World } from './world.ts'

const day = 86_400_000
const mostSlots = 60

export function finale(stage: Stage, script: Script): Violation | null {
  const { world } = stage
  const { truth } = world
  world.relay = 'works'
  let at = Math.max(...script.slots) + day
  let slot = script.slots.length
  for (let i = 0; i < mostSlots && stage.violation === null; i += 1, slot += 1, at += 2.2 * day) {
    // Whoever is frozen wakes in the first slot; whatever lingers on the server ends.
    const thawed = stage.frozen.map(({ actor }) => ({ actor, until: slot }))
    stage.frozen.splice(0, Infinity, ...thawed)
    playSlot(
      stage,
      at,
      slot,
      plain(slot, i % 3 === 0 ? ['approve', 'run with gap accepted'] : ['run with gap accepted']),
      randomOf(script.seed, slot),
    )
    while (world.server.lingering() > 0) world.server.tick()
    look(stage)
    if (i > 3 && remaining(world).length === 0) break
  }
  if (stage.violation !== null) return stage.violation
  const [left] = remaining(world)
  if (left !== undefined)
    return {
      invariant: 'what is due is done in the end',
      found: `${left.key} is still there at ${new Date(truth.now).toISOString()}`,
    }
  return secondRun(stage, script, at, slot)
}

/** At the same time again, nothing is left to do. */
function secondRun(stage: Stage, script: Script, at: number, slot: number): Violation | null {
  const { world } = stage
  const state = (): string => [...world.server.table('users').keys(), world.server.count('outbox')].join(' ')
  playSlot(stage, at, slot, plain(slot, ['run with gap accepted']), randomOf(script.seed, slot))
  const before = state()
  playSlot(stage, at + 60_000, slot + 1, plain(slot, ['run', 'seal']), randomOf(script.seed, slot))
  if (stage.violation !== null) return stage.violation
  if (state() !== before) return { invariant: 'a second run changes nothing', found: 'it did' }
  const sealed = world.server.count('seals') === world.server.count('entries')
  return sealed
    ? null
    : { invariant: 'sealed once, nothing left out', found: 'an entry has no place in the end' }
}

function plain(slot: number, whats: readonly What[]): readonly Happening[] {
  return whats.map((what, i) => ({
    slot,
    what,
    who: 0,
    delay: i * 1000,
    until: null,
    fault: null,
    choice: 0,
  }))
}

/** People for whose staying there is no reason. */
function remaining(world: World): readonly PersonTruth[] {
  const { people } = world.truth
  const here = [...people.values()].filter(
    ({ key }) => world.server.committed.get('users', key) !== undefined,
  )
  if (here.some((one) => one.role === 'canary')) return []
  return here.filter((person) => !mayStay(world, person, here))
}

function mayStay(world: World, person: PersonTruth, here: readonly PersonTruth[]): boolean {
  const { policy } = world
  if (
    person.holds > 0 ||
    person.restricted ||
    person.ordering ||
    person.role !== 'customer' ||
    person.doubtful
  )
    return true
  if (!policy.truth.warns) return false
  if (isGivenUp(world, person)) return true
  if (person.addressHash === null)
    return (
      policy.truth.noAddress === 'a person decides' || person.address !== null || wasWarned(world, person)
    )
  if (policy.truth.unreachable === 'a person decides') return person.refused || hasFailed(world, person)
  // Refusals prove nothing while no mail to anybody is accepted.
  return person.refused && here.every((one) => one.refused || mayNotBeMailed(one))
}

/** Mails about this silence were given up on three days, or failed for good on as many, or on those that the policy asks for. */
function isGivenUp(world: World, person: PersonTruth): boolean {
  const own = [...world.server.committed.all('warnings')]
    .map(([, one]) => one)
    .filter(({ key, addressHash }) => key === person.key && addressHash === person.addressHash)
    .filter(({ cycle }) => cycle === person.lastSign)
  const days = (...states: readonly string[]): number =>
    new Set(
      own.filter(({ state }) => states.includes(state)).map(({ failedAt }) => dayOf(failedAt ?? 0, zone)),
    ).size
  const { refusals } = world.policy.truth
  return days('undelivered') >= 3 || days('refused', 'bounced') >= Math.max(3, refusals)
}

function mayNotBeMailed(person: PersonTruth): boolean {
  return (
    person.addressHash === null ||
    person.holds > 0 ||
    person.restricted ||
    person.ordering ||
    person.role !== 'customer' ||
    person.doubtful
  )
}

function hasFailed(world: World, person: PersonTruth): boolean {
  return [...world.server.committed.all('warnings')].some(
    ([, one]) => one.key === person.key && (one.state === 'bounced' || one.state === 'refused'),
  )
}

function wasWarned(world: World, person: PersonTruth): boolean {
  return [...world.server.committed.all('warnings')].some(([, one]) => one.key === person.key)
}
