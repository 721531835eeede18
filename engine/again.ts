/**
 * Erases or anonymises again whom a restored backup brought back, through the same steps as any batch: locked,
 * told apart by identity under the lock, with all that hangs on them, with evidence. Only the question whether
 * they are due is not asked anew. A hold of today still keeps.
 */
import type { Instant } from '../base/clock.ts'
import { keyText, tombstoneOf, type Key } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { DoneMark } from '../plan/done-mark.ts'
import type { Facts } from '../plan/facts.ts'
import { isCanary, isRestricted } from '../plan/judge.ts'
import { isDoneAgain, withoutQuestions } from '../plan/replay.ts'
import type { RunPlace } from './apply-batch.ts'
import { askAgain, type Again } from './ask-again.ts'
import { applyHoweverHard, type Writer } from './attempt.ts'
import type { EnginePorts } from './ports.ts'
import { readFacts } from './read-rows.ts'
import type { Sample } from './sample.ts'
import { isStopped, newTally, type Tally } from './tally.ts'
import { bounds } from './walk.ts'

/** Somebody who was found again under a policy. */
export interface Found {
  readonly key: Key
  /** Tombstone over kind, key and identity. */
  readonly person: string
  /** When that was done to them which is to be done again. */
  readonly departed: Instant
  /** `again`: goes. The others stay, for a person to decide. */
  readonly standing: 'again' | 'held' | 'restricted'
  /** A row that must never be due: whoever names it is wrong. */
  readonly canary: boolean
}

/** One person of whom the ledger says that they went, with the tombstone over kind, key and identity. */
export type Sought = Pick<Found, 'key' | 'person' | 'departed'>

/** Those of these people who are there and with whom the policy is not done since they went. By key text. */
export async function lookAgain(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  persons: ReadonlyMap<string, Sought>,
): Promise<readonly Found[]> {
  const there = await readAgain(ports, session, withoutQuestions(policy), persons)
  return there.map(({ facts, sought: { key, person, departed } }) => ({
    ...{ key, person, departed },
    ...standingOf(policy, facts),
  }))
}

interface There {
  readonly sought: Sought
  readonly facts: Facts
}

async function readAgain(
  ports: EnginePorts,
  session: Session,
  bare: CompiledPolicy,
  persons: ReadonlyMap<string, Sought>,
): Promise<readonly There[]> {
  const isDone = (key: Key, mark: DoneMark): boolean => {
    const sought = persons.get(keyText(key))
    return sought !== undefined && isDoneAgain(sought.departed, mark)
  }
  const keys = [...persons.values()].map(({ key }) => key)
  const all = await readFacts(ports, session, bare, keys, isDone)
  return all.flatMap((facts) => {
    const { key, identity } = facts
    const sought = persons.get(keyText(key))
    // The number alone is not the person.
    const person = tombstoneOf(ports.secret, { kind: bare.kind, key, identity })
    return sought?.person === person ? [{ sought, facts }] : []
  })
}

function standingOf(policy: CompiledPolicy, facts: Facts): Pick<Found, 'standing' | 'canary'> {
  return {
    canary: isCanary(policy, facts),
    standing: facts.held ? 'held' : isRestricted(policy, facts) ? 'restricted' : 'again',
  }
}

/** Adds to `total`. Somebody who is busy is tried again by the next replay. */
export async function applyAgain(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'run' | 'asOf' | 'lease'>,
  found: readonly Found[],
  writer: Writer,
  total: Tally,
): Promise<void> {
  const persons = new Map(found.map((one) => [keyText(one.key), one]))
  const bare = withoutQuestions(policy)
  const judgedBefore = async (tx: Session, locked: readonly Key[]): Promise<readonly Facts[]> => {
    const ours = locked.map(keyText).flatMap((text) => {
      const sought = persons.get(text)
      return sought === undefined ? [] : [[text, sought] as const]
    })
    const there = await readAgain(ports, tx, bare, new Map(ours))
    return there.flatMap(({ facts }) => (standingOf(policy, facts).standing === 'again' ? [facts] : []))
  }
  // The lease is shared: whoever raises its token raises it for all that follows.
  const here: RunPlace = { ...place, ...bounds(policy, place.asOf, 0), judgedBefore }
  let rest = found.filter(({ standing }) => standing === 'again')
  while (rest.length > 0) {
    total.stopped ??= await writer.pace.turn()
    if (isStopped(total)) return
    const size = Math.min(writer.pace.size(), rest.length)
    const batch = rest.slice(0, size).map(({ key }) => ({ pass: 'dated' as const, clock: null, key }))
    rest = rest.slice(size)
    await applyHoweverHard(ports, bare, here, batch, writer, total)
  }
}

/**
 * Asks the database after all of them whether something of those who went is still there, as after a run. Null:
 * nobody went, or the server did not answer.
 */
export async function askAfterAgain(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: Pick<RunPlace, 'run' | 'asOf' | 'lease'>,
  sample: Sample,
): Promise<Again | null> {
  const bare = withoutQuestions(policy)
  const here: RunPlace = { ...place, ...bounds(policy, place.asOf, 0) }
  return await askAgain(ports, bare, here, newTally(sample), null)
}
