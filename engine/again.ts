/**
 * Erases or anonymises again whom a restored backup brought back, through the same steps as any batch: locked,
 * told apart by identity under the lock, with all that hangs on them, with evidence. Only the question whether
 * they are due is not asked anew. A hold of today still keeps.
 */
import { keyText, tombstoneOf, type Key } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts } from '../plan/facts.ts'
import { isCanary, isRestricted } from '../plan/judge.ts'
import { withoutQuestions } from '../plan/replay.ts'
import type { RunPlace } from './apply-batch.ts'
import { applyHoweverHard, type Writer } from './attempt.ts'
import type { EnginePorts } from './ports.ts'
import { readFacts } from './read-rows.ts'
import { isStopped, type Tally } from './tally.ts'
import { bounds } from './walk.ts'

/** Somebody who was found again under a policy. */
export interface Found {
  readonly key: Key
  /** Tombstone over kind, key and identity. */
  readonly person: string
  /** `again`: goes. The others stay, for a person to decide. */
  readonly standing: 'again' | 'held' | 'restricted'
  /** A row that must never be due: whoever names it is wrong. */
  readonly canary: boolean
}

/** Those of these people who are there and with whom the policy is not done. `persons`: key text → tombstone. */
export async function lookAgain(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  persons: ReadonlyMap<string, { readonly key: Key; readonly person: string }>,
): Promise<readonly Found[]> {
  const keys = [...persons.values()].map(({ key }) => key)
  const facts = await readFacts(ports, session, withoutQuestions(policy), keys)
  return facts.flatMap((one) => {
    const found = foundAgain(ports, policy, one)
    // The number alone is not the person.
    return persons.get(keyText(one.key))?.person === found.person ? [found] : []
  })
}

function foundAgain(ports: EnginePorts, policy: CompiledPolicy, facts: Facts): Found {
  const { key, identity } = facts
  return {
    key,
    person: tombstoneOf(ports.secret, { kind: policy.kind, key, identity }),
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
  const persons = new Map(found.map(({ key, person }) => [keyText(key), person]))
  const bare = withoutQuestions(policy)
  const judgedBefore = async (tx: Session, locked: readonly Key[]): Promise<readonly Facts[]> => {
    const facts = locked.length === 0 ? [] : await readFacts(ports, tx, bare, locked)
    return facts.filter((one) => {
      const now = foundAgain(ports, policy, one)
      return now.standing === 'again' && persons.get(keyText(one.key)) === now.person
    })
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
