/**
 * The last reading before COMMIT. A table without a foreign key to the root does not wait for our lock on the
 * root, so a sign of life can arrive there after the judgement. Read with locks on the gaps it can neither be
 * missed nor arrive later; any newcomer undoes the whole batch.
 */
import type { Instant } from '../base/clock.ts'
import type { Session } from '../db/session.ts'
import { readGuarded } from '../db/site/rows.ts'
import type { ClockSource, CompiledPolicy } from '../plan/compiled.ts'
import { decodeTime } from '../plan/clock-value.ts'
import { cutoff } from '../plan/deadline.ts'
import type { Facts } from '../plan/facts.ts'
import type { EnginePorts } from './ports.ts'

/** Somebody came back, or left a row, while the batch was written. Nothing of it may stand. */
export class Newcomer extends Error {
  constructor() {
    super('a row arrived while its person was being erased')
    this.name = 'Newcomer'
  }
}

export async function refuseNewcomers(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  due: readonly Facts[],
  now: Instant,
): Promise<void> {
  if (due.length === 0 || !ports.database.dialect.locksRows) return
  for (const source of policy.rereadLast) await refuseSignOfLife(ports, tx, policy, source, due, now)
  const gone = policy.act.act === 'erase' || policy.act.act === 'archive'
  if (!gone) return
  for (const step of policy.steps) {
    if (step.from !== null || step.join.enforced || step.then.act !== 'erase') continue
    const left = await readGuarded(
      tx,
      ports.database.dialect,
      step.join,
      due.map((facts) => facts.key),
      families(policy),
      null,
    )
    if (left.length > 0) throw new Newcomer()
  }
}

async function refuseSignOfLife(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  source: ClockSource,
  due: readonly Facts[],
  now: Instant,
): Promise<void> {
  const [join] = source.joins
  if (join === undefined) return
  const erased = policy.steps.some(
    (step) => step.table === join.table && step.from === null && step.then.act === 'erase',
  )
  const limit = cutoff(policy.clock, now)
  const rows = await readGuarded(
    tx,
    ports.database.dialect,
    join,
    due.map((facts) => facts.key),
    families(policy),
    source.clock.column,
  )
  for (const { value } of rows) {
    if (erased) throw new Newcomer()
    if (value === null || source.clock.never.includes(value)) continue
    const at = decodeTime(value, source.clock)
    if (at === null || at >= limit) throw new Newcomer()
  }
}

function families(policy: CompiledPolicy) {
  return policy.key.map(({ family }) => family)
}
