/** What every policy says about one row: judged by the same rule, told without any value of the row. */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { keyTombstoneOf, shortRef, type Key } from '../base/subject-ref.ts'
import { lastWithKey } from '../db/own/tombstones.ts'
import { judgeRows } from '../engine/read-rows.ts'
import { civilDate } from '../plan/civil.ts'
import type { Decision } from '../plan/decision.ts'
import { stateOf } from '../plan/life.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { refuseAnother, refuseOtherParts } from './typed-key.ts'

export interface Explained {
  readonly reference: string
  readonly policies: readonly {
    readonly policy: string
    readonly state: ReturnType<typeof stateOf>
    readonly decision: Decision
    /** What leaves or changes, table by table, when the day comes. */
    readonly tables: readonly { readonly table: string; readonly act: string }[]
  }[]
}

/** Throws `E_KIND`, `E_NO_ROW`, `E_KEY_PARTS` or `E_KEY_ANOTHER`. */
export async function explain(
  ctx: JobContext,
  prepared: Prepared,
  kind: string,
  key: Key,
  now: Instant,
): Promise<Explained> {
  const policies = prepared.plan.policies.filter((one) => one.kind === kind)
  if (policies.length === 0)
    throw new OubliError(
      'settings',
      'E_KIND',
      `no policy covers a kind named "${kind}"`,
      `Kinds with a policy: ${[...new Set(prepared.plan.policies.map((one) => one.kind))].join(', ')}.`,
    )
  const found: Explained['policies'][number][] = []
  for (const policy of policies) {
    refuseOtherParts(kind, policy.key, key)
    const [row] = await judgeRows(ctx.ports, ctx.database, policy, [key], now)
    if (row === undefined) continue
    refuseAnother(kind, policy.key, key, row.facts.key)
    found.push({
      policy: policy.policy.id,
      state: stateOf(row.decision, row.facts),
      decision: row.decision,
      tables: [
        { table: policy.table, act: policy.act.act },
        ...policy.steps.map((step) => ({ table: step.table, act: step.then.act })),
      ],
    })
  }
  if (found.length === 0)
    throw new OubliError(
      'settings',
      'E_NO_ROW',
      `there is no ${kind} with this key${await whatBecame(ctx, prepared, kind, key)}`,
      'Check the key; a composite key is written as value,value in the order of the data map.',
    )
  return { reference: shortRef(ctx.ports.secret, kind, key), policies: found }
}

/** For the night on which somebody asks where a person has gone. Empty: nothing known was done to one with this key. */
async function whatBecame(ctx: JobContext, { dataMap }: Prepared, kind: string, key: Key): Promise<string> {
  const tombstone = await lastWithKey(ctx.database, keyTombstoneOf(ctx.ports.secret, { kind, key }))
  if (tombstone === null) return ''
  const { erasedAt, policy, entryId } = tombstone
  return `; one left (erased or archived) on ${civilDate(Date.parse(erasedAt), dataMap.zone)} under the policy ${policy}, entry ${entryId}`
}
