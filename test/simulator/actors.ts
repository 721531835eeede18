/** Who carries out a line of the script. */
import * as desk from './desk-model.ts'
import { deliverDue } from './mail-model.ts'
import { run } from './run-model.ts'
import type { Happening, What } from './script.ts'
import { seal } from './seal-model.ts'
import type { Steps } from './server.ts'
import * as site from './site-model.ts'
import { isGivenUp } from './truth.ts'
import { processOf, type Process, type Relay, type World } from './world.ts'

export interface Actor {
  readonly process: Process
  readonly steps: Steps<void>
  readonly happening: Happening
  /** Steps taken so far. */
  taken: number
  /** The last of them. */
  last: string
  /** Its fault has happened, or it has none. */
  failed: boolean
}

const day = 86_400_000

/** Null: it happened at once. */
export function actorOf(world: World, happening: Happening, name: string): Actor | null {
  const process = processOf(world, name)
  const key = personOf(world, happening)
  const steps = stepsOf(process, happening, key)
  return steps === null
    ? null
    : { process, steps, happening, taken: 0, last: '', failed: happening.fault === null }
}

function personOf(world: World, { who }: Happening): string {
  const people = [...world.truth.people.values()]
  if (who !== null) return people[who % people.length]?.key ?? ''
  const here = people.filter(({ key }) => world.server.committed.get('users', key) !== undefined)
  return here.sort((a, b) => a.lastSign - b.lastSign)[0]?.key ?? ''
}

type Act = (process: Process, key: string, choice: number) => Steps<void>

const acts: Readonly<Partial<Record<What, Act>>> = {
  run: (process) => run(process, false),
  'run with gap accepted': (process) => run(process, true),
  deliver: (process) => deliverDue(process, process.world.policy),
  seal,
  'sign in': site.signIn,
  session: (process, key) => site.opensSession(process, key, 0),
  'late session': (process, key, choice) => site.opensSession(process, key, (5 + choice * 40) * day),
  'use session': site.usesSession,
  'new address': (process, key, choice) =>
    site.changesAddress(process, key, `${key}.${Math.floor(choice * 1e6)}@mail.example`),
  'address gone': (process, key) => site.changesAddress(process, key, null),
  restrict: (process, key) => site.restricts(process, key, true),
  unrestrict: (process, key) => site.restricts(process, key, false),
  order: (process, key) => site.orders(process, key, true),
  'order done': (process, key) => site.orders(process, key, false),
  'spoil clock': (process, key, choice) =>
    site.spoilsClock(process, key, choice < 0.5 ? 'future' : 'ancient'),
  'mend clock': (process, key) => site.spoilsClock(process, key, null),
  hold: desk.setHold,
  release: desk.releaseHold,
  bounce: (process, key, choice) => desk.bounces(process, key, 1, isGivenUp(choice)),
  'all bounce': (process, key, choice) => desk.bounces(process, key, 9, isGivenUp(choice)),
  approve: desk.approve,
}

const relays: Readonly<Partial<Record<What, Relay>>> = {
  'relay works': 'works',
  'relay refuses everybody': 'refuses everybody',
  'relay is away': 'is away',
  'relay loses answers': 'loses answers',
}

function stepsOf(process: Process, { what, choice }: Happening, key: string): Steps<void> | null {
  const act = acts[what]
  if (act !== undefined) return act(process, key, choice)
  const { world } = process
  const person = world.truth.people.get(key)
  if (what === 'edit') desk.edits(process)
  if (what === 'address refuses' && person !== undefined) person.refused = true
  world.relay = relays[what] ?? world.relay
  return null
}
