/** Whether a policy drops partitions, or why a data map that asks for it is not followed. */
import type { CompiledPolicy } from './compiled.ts'
import { cutAlong } from './partitions.ts'
import { tell, type Findings } from './plan-problem.ts'
import type { SettledMap } from './settled-map.ts'
import type { Table } from './site-schema.ts'

/** Whoever may not drop deletes row by row, as every other policy does; a warning says why. */
export function tieDropping(map: SettledMap, policy: CompiledPolicy, findings: Findings): CompiledPolicy {
  const settled = map.kinds.get(policy.kind)
  if (settled?.kind.partitions !== 'drop' || !looksAtNoRow(policy)) return policy
  const { table } = settled
  const obstacle = obstacleOf(policy, table)
  if (obstacle === null) return { ...policy, dropsPartitions: true }
  const [code, params] = obstacle
  tell(findings, code, { table: table.name, params })
  return policy
}

/** What lint demands; a policy that leaves the rows where they are, or looks at them, is none to warn of. */
function looksAtNoRow(policy: CompiledPolicy): boolean {
  const asked = [policy.only, policy.states, policy.except, policy.restricted, policy.canary, policy.steps]
  return (
    policy.act.act === 'erase' &&
    !policy.subject &&
    policy.policy.warn === null &&
    policy.policy.fields.length === 0 &&
    policy.clock.sources.length === 1 &&
    policy.clock.sources[0]?.joins.length === 0 &&
    asked.every((tests) => tests.length === 0)
  )
}

type Obstacle = readonly [code: string, params: Readonly<Record<string, string>>]

function obstacleOf(policy: CompiledPolicy, table: Table): Obstacle | null {
  const { partitioning } = table
  const clock = policy.clock.sources[0]?.clock
  if (partitioning === undefined || clock === undefined) return ['W_PARTITION_NONE', {}]
  if (cutAlong(partitioning, clock) === null) {
    const { method, expression } = partitioning
    return ['W_PARTITION_CUT', { cut: `${method} (${expression})`, clock: clock.column }]
  }
  // Those that this account cannot see are no obstacle of the plan: the account that drops is another one.
  const triggers = table.triggers ?? []
  if (triggers.length > 0) return ['W_PARTITION_TRIGGERS', { triggers: triggers.join(', ') }]
  const owner = policy.owners.find(({ restricted, except }) => restricted.length + except.length > 0)
  if (owner !== undefined) return ['W_PARTITION_RESTRICTED', { kind: owner.kind }]
  const marking = policy.marks.flatMap(({ policies }) => policies)
  return marking.length === 0 ? null : ['W_PARTITION_MARKS', { marking: marking.join(', ') }]
}
