/** Who carries out a line of the script. */
import * as desk from './desk-model.ts'
import { deliverDue } from './mail-model.ts'
import { run } from './run-model.ts'
import type { Happening } from './script.ts'
import { seal } from './seal-model.ts'
import type { Steps } from './server.ts'
import * as site from './site-model.ts'
import { processOf, type Process, type World } from './world.ts'

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
  const keys = [...world.truth.people.keys()]
  const key = keys[happening.who % keys.length] ?? ''
  const steps = stepsOf(process, happening, key)
  return steps === null ? null : { process, steps, happening, taken: 0, last: '', failed: happening.fault === null }
}

function stepsOf(process: Process, { what, choice }: Happening, key: string): Steps<void> | null {
  const { world } = process
  switch (what) {
    case 'run':
      return run(process, false)
    case 'run with gap accepted':
      return run(process, true)
    case 'deliver':
      return deliverDue(process, world.policy)
    case 'seal':
      return seal(process)
    case 'sign in':
      return site.signIn(process, key)
    case 'session':
      return site.opensSession(process, key, 0)
    case 'late session':
      return site.opensSession(process, key, (5 + choice * 40) * day)
    case 'use session':
      return site.usesSession(process, key)
    case 'new address':
      return site.changesAddress(process, key, `${key}.${Math.floor(choice * 1e6)}@mail.example`)
    case 'address gone':
      return site.changesAddress(process, key, null)
    case 'restrict':
      return site.restricts(process, key, true)
    case 'unrestrict':
      return site.restricts(process, key, false)
    case 'spoil clock':
      return site.spoilsClock(process, key, choice < 0.5 ? 'future' : 'ancient')
    case 'mend clock':
      return site.spoilsClock(process, key, null)
    case 'hold':
      return desk.setHold(process, key)
    case 'release':
      return desk.releaseHold(process, key)
    case 'bounce':
      return desk.bounces(process, key)
    case 'approve':
      return desk.approve(process)
    default:
      atOnce(process, what, key)
      return null
  }
}

function atOnce(process: Process, what: Happening['what'], key: string): void {
  const { world } = process
  if (what === 'edit') desk.edits(process)
  const person = world.truth.people.get(key)
  if (what === 'address refuses' && person !== undefined) person.refused = true
  if (what === 'relay works') world.relay = 'works'
  if (what === 'relay refuses everybody') world.relay = 'refuses everybody'
  if (what === 'relay is away') world.relay = 'is away'
  if (what === 'relay loses answers') world.relay = 'loses answers'
}
