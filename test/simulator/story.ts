/** Plays one script: everybody's steps in an order that the seed decides, and a look at everything after each. */
import type { Instant } from '../../base/clock.ts'
import { actorOf, type Actor } from './actors.ts'
import type { Defect } from './defects.ts'
import { finale } from './finale.ts'
import { watchOver, type Violation, type Watch } from './invariants.ts'
import { pictures } from './model-picture.ts'
import type { Picture } from './picture.ts'
import { versionOf } from './policy-versions.ts'
import { randomOf, type Random } from './random.ts'
import type { Happening, Newcomer, Script } from './script.ts'
import { createServer, Failure } from './server.ts'
import { sqlTime, wholeSecond } from './site-model.ts'
import { emptyTruth } from './truth.ts'
import { killed, readAddress, tombstoneFor, type World } from './world.ts'

export interface Stage {
  readonly world: World
  readonly watch: Watch
  readonly picture: () => Picture
  readonly frozen: { readonly actor: Actor; readonly until: number }[]
  violation: Violation | null
  /** What the last look has seen, as two numbers that only grow. */
  seen: number
}

const day = 86_400_000
/** Time that passes with each step. Milliseconds. */
const stepLasts = 20

/** Null: every invariant held to the end. `trace` is told what happens, line by line. */
export function play(
  script: Script,
  defect: Defect | null,
  trace?: (line: string) => void,
): Violation | null {
  const stage = setStage(script, defect, trace)
  script.slots.every((at, slot) => {
    const happenings = script.happenings.filter((one) => one.slot === slot)
    playSlot(stage, at, slot, happenings, randomOf(script.seed, slot + 1))
    return stage.violation === null
  })
  // The end tells the same of every story; a part of them is enough, and they are much shorter without.
  return stage.violation ?? (script.seed % 8 === 0 ? finale(stage, script) : null)
}

function setStage(script: Script, defect: Defect | null, trace?: (line: string) => void): Stage {
  const start = script.slots[0] ?? 0
  const truth = emptyTruth(start)
  const policy = versionOf(script.words)
  truth.policies.set(policy.truth.terms, policy.truth)
  const world: World = {
    server: createServer(),
    truth,
    random: randomOf(script.seed, 1000),
    defect,
    policy,
    checkpoints: [],
    relay: 'works',
    note: (who, what) => trace?.(`${sqlTime(truth.now)}  ${who.padEnd(22)} ${what}`),
  }
  script.people.forEach((person, i) => {
    arrive(world, person, String(i + 1), start)
  })
  if (script.settled) settle(world, start)
  const stage: Stage = {
    world,
    watch: watchOver(truth),
    picture: pictures(world),
    frozen: [],
    violation: null,
    seen: -1,
  }
  look(stage)
  return stage
}

function settle(world: World, start: Instant): void {
  const { terms, truth } = world.policy
  const tx = world.server.begin()
  tx.put('terms', truth.terms, { terms, observedRun: 'before', inForceSince: start - day })
  const before = { asOf: start - day, terms: truth.terms } as const
  tx.put('results', 'before', { ...before, mode: 'enforced', left: 0, newly: 0 })
  tx.commit()
  world.truth.settled.add(truth.terms)
  world.truth.observed.add(truth.terms)
}

function arrive(world: World, person: Newcomer, key: string, start: Instant): void {
  const tx = world.server.begin()
  const lastSign = wholeSecond(start - person.daysSilent * day)
  const created = sqlTime(start - 400 * day)
  const email = { valid: `p${key}@mail.example`, none: null, invalid: 'not an address' }[person.address]
  const role = person.role === 'exception' ? 'admin' : person.role
  tx.put('users', key, { email, lastLogin: sqlTime(lastSign), created, role, frozen: '0', ordering: '0' })
  for (let i = 0; i < person.sessions; i += 1)
    tx.put('sessions', `s${world.server.nextNumber()}`, {
      user: key,
      startedAt: String(lastSign / 1000 - i * 86_400),
    })
  tx.commit()
  world.truth.people.set(key, {
    ...{ key, created, lastSign, address: email, addressHash: readAddress(email).hash, addressSince: start },
    signWritten: lastSign,
    tombstone: tombstoneFor(key, created),
    role: person.role,
    doubtful: false,
    restricted: false,
    ordering: false,
    holds: 0,
    refused: person.refused,
  })
}

export function playSlot(
  stage: Stage,
  at: Instant,
  slot: number,
  happenings: readonly Happening[],
  random: Random,
): void {
  const { world } = stage
  world.truth.now = at
  look(stage)
  const acting = stage.frozen.filter(({ until }) => until <= slot).map(({ actor }) => actor)
  stage.frozen.splice(0, Infinity, ...stage.frozen.filter(({ until }) => until > slot))
  const waiting = [...happenings].sort((a, b) => a.delay - b.delay)
  const reached = new Set<string>()
  for (let step = 0; stage.violation === null; step += 1) {
    for (;;) {
      const next = waiting.findIndex(
        (one) => one.delay <= step && (one.until === null || reached.has(one.until)),
      )
      if (next < 0 && (acting.length > 0 || waiting.length === 0)) break
      const [happening] = waiting.splice(Math.max(0, next), 1)
      const actor = happening === undefined ? null : actorOf(world, happening, nameOf(happening))
      if (actor !== null) acting.push(actor)
    }
    if (acting.length === 0) return
    const turn = random.below(acting.length)
    const actor = acting[turn]
    if (actor === undefined) return
    if (!takeStep(stage, actor, slot)) acting.splice(turn, 1)
    reached.add(actor.last)
    look(stage)
  }
}

function nameOf({ slot, what, delay }: Happening): string {
  return `${what} ${slot}.${delay}`
}

/** False: it has ended, was killed, or is frozen. */
function takeStep(stage: Stage, actor: Actor, slot: number): boolean {
  const { world } = stage
  const { process, steps, happening } = actor
  world.truth.now += stepLasts
  world.server.tick()
  actor.taken += 1
  const { fault } = happening
  try {
    if (fault !== null && !actor.failed && (fault.at === actor.taken || fault.at === actor.last)) {
      actor.failed = true
      world.note(process.name, `*** ${fault.kind}`)
      if (fault.kind === 'crash') {
        killed(process)
        return false
      }
      if (fault.kind === 'freeze' && !process.sending) {
        stage.frozen.push({ actor, until: slot + fault.slots })
        return false
      }
      if (fault.kind === 'lost') return advance(world, actor, steps.throw(new Failure('connection lost')))
      if (fault.kind !== 'freeze') process.fault = fault.kind
    }
    return advance(world, actor, steps.next())
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    world.note(process.name, `fails: ${error.kind}`)
    return false
  }
}

function advance(world: World, actor: Actor, result: IteratorResult<string, void>): boolean {
  if (result.done === true) return false
  actor.last = result.value
  world.note(actor.process.name, result.value)
  return true
}

export function look(stage: Stage): void {
  const { truth, server } = stage.world
  const now =
    server.version() +
    truth.sends.length +
    truth.reports.length +
    truth.enforced.length +
    truth.sealings.length
  if (now === stage.seen || stage.violation !== null) return
  stage.seen = now
  stage.violation = stage.watch.look(stage.picture())
}
