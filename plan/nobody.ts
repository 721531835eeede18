/**
 * Kinds that leave with a row above them and in no other way: guest comments, visits before a sign-up. What of them
 * hangs on nobody is reached by no policy.
 */
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import type { CompiledPolicy, KeyColumn, Join, Step } from './compiled.ts'
import { endsRow } from './coverage.ts'

export interface LedOnly {
  readonly kind: string
  readonly above: string
  readonly table: string
  readonly key: readonly KeyColumn[]
  readonly join: Join
}

/** Each kind once. `policies`: all that are written, also those of which no plan can be made. */
export function ledOnly(
  planned: readonly CompiledPolicy[],
  policies: readonly Policy[],
  dataMap: DataMap,
): readonly LedOnly[] {
  const found = new Map<string, LedOnly>()
  for (const { steps } of planned)
    for (const step of steps) {
      const kind = step.kind === null ? undefined : dataMap.kinds[step.kind]
      // A row that became anonymous lost its link on purpose.
      if (kind === undefined || (step.then.act !== 'erase' && step.then.act !== 'archive')) continue
      if (isRuled(kind, policies, dataMap) || isExempt(kind, step)) continue
      if (!tellsOfPeople(step, steps, dataMap)) continue
      const { table, key, join } = step
      found.set(kind.name, { kind: kind.name, above: kind.of ?? '', table, key, join })
    }
  return [...found.values()]
}

function isRuled(kind: Kind, policies: readonly Policy[], dataMap: DataMap): boolean {
  return policies.some((policy) => {
    if (policy.data === kind.name) return true
    return endsRow(policy) && dataMap.kinds[policy.data]?.table === kind.table
  })
}

function isExempt({ exempt }: Kind, { join }: Step): boolean {
  return join.columns.some(({ own }) => Object.hasOwn(exempt, own))
}

/** The kind itself, or something that leaves with it. */
function tellsOfPeople(step: Step, steps: readonly Step[], dataMap: DataMap): boolean {
  const kind = step.kind === null ? undefined : dataMap.kinds[step.kind]
  if (Object.values(kind?.personal ?? {}).some(({ strategy }) => strategy !== 'keep')) return true
  return steps.some((one) => one.from === step.name && tellsOfPeople(one, steps, dataMap))
}
