/** Everything that the processes of a simulated site share: the server, the relay, the files beside them. */
import { tombstoneOf } from '../../base/subject-ref.ts'
import type { Canonical } from '../../base/canonical.ts'
import type { Instant } from '../../base/clock.ts'
import { entryText } from '../../audit/entry-text.ts'
import { minuteOf, newEntryId, type Entry, type EntryKind } from '../../audit/entry.ts'
import { checkAddress } from '../../mail/address.ts'
import type { AddressReading } from '../../engine/ports.ts'
import type { Defect } from './defects.ts'
import type { CheckpointSeen } from './picture.ts'
import type { PolicyVersion } from './policy-versions.ts'
import type { Random } from './random.ts'
import type { CommitFate, OpenTx, Server, Tx } from './server.ts'
import type { Client } from './transaction.ts'
import type { Truth } from './truth.ts'

export const secret = Buffer.alloc(32, 7)

export interface World {
  readonly server: Server
  readonly truth: Truth
  readonly random: Random
  readonly defect: Defect | null
  /** What the files say now; a process reads them when it starts. */
  policy: PolicyVersion
  /** Notes beside the database: signed once, never taken back. */
  readonly checkpoints: CheckpointSeen[]
  relay: Relay
  /** Writes a line of the trace. */
  readonly note: (who: string, what: string) => void
}

/** `works`: as the address says. Otherwise the same for everybody. */
export type Relay = 'works' | 'refuses everybody' | 'is away' | 'loses answers'

/** One process of ours: a run, a delivery, a sealer, a person at the command line. */
export interface Process extends Client {
  readonly name: string
  readonly world: World
  fault: CommitFate
  /** Between the last question and the relay: nobody can stop a mail there, so nobody freezes there. */
  sending: boolean
  /** The last COMMIT whose answer was lost. */
  lost: Truth['lostCommits'][number] | null
}

export function processOf(world: World, name: string): Process {
  const process: Process = {
    name,
    world,
    server: world.server,
    fault: 'answered',
    sending: false,
    lost: null,
    open: null,
    fate: () => {
      const fate = process.fault
      process.fault = 'answered'
      return fate
    },
    outlives: () => 3 + world.random.below(60),
    onLost: (commit) => {
      const lost = Object.assign(commit, { id: name, taken: null })
      world.truth.lostCommits.push(lost)
      process.lost = lost
      world.note(name, 'the answer to COMMIT is lost')
    },
  }
  return process
}

/** The process ends as by `kill -9`; its session may live on, and carry out a COMMIT that was on its way. */
export function killed(process: Process): void {
  const { open, world } = process
  if (open === null) return
  const sent = open.sent && world.random.chance(0.5)
  world.server.linger(open.tx, sent ? 'commit' : 'rollback', process.outlives(), () => undefined)
  process.open = null
}

export type { OpenTx }

const readings = new Map<string | null, AddressReading>()

/** Remembers what it read: the check is worth more than all the rest of a judgement. */
export function readAddress(raw: string | null): AddressReading {
  const known = readings.get(raw)
  if (known !== undefined) return known
  const reading = readAnew(raw)
  readings.set(raw, reading)
  return reading
}

function readAnew(raw: string | null): AddressReading {
  if (raw === null || raw.trim() === '') return { state: 'none', hash: null }
  const check = checkAddress(raw)
  return check.ok
    ? { state: 'valid', hash: `hash of ${check.address.toLowerCase()}` }
    : { state: 'invalid', hash: null }
}

export function tombstoneFor(key: string, created: string): string {
  return tombstoneOf(secret, { kind: 'account', key: [key], identity: [key, created] })
}

/** Looks like a commitment; nobody opens it here. */
export function commitment(world: World): string {
  return Buffer.from(world.random.bytes(32)).toString('hex')
}

/** Writes an entry as the engine does, and gives its id. Fields that do not fit are refused by `entryText`. */
export function putEntry(
  world: World,
  tx: Tx,
  place: { readonly run: string; readonly at: Instant },
  kind: EntryKind,
  fields: Readonly<Record<string, Canonical>>,
): string {
  const id = newEntryId(world.random.bytes)
  const common = { v: '1', id, kind, t: minuteOf(place.at), tool: '0.0.0-test' }
  const text = entryText({ ...common, ...fields } as unknown as Entry)
  const [address] = [...world.truth.people.values()].map((person) => person.address)
  const leaf =
    world.defect === 'address in an entry' ? text.replace('0.0.0-test', `to ${address ?? ''}`) : text
  tx.put('entries', id, { no: world.server.nextNumber(), run: place.run, at: place.at, leaf })
  return id
}
