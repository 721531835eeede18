/** A partition goes as a whole, so nothing may ask to look at its single rows. */
import type { Kind } from '../data-map.ts'
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { endsRows, eventOf, problem, type LintContext, type Rule } from './lint-context.ts'

/** Truncating fields leaves the rows to the policy that ends them, which is the one that drops. */
export const partitionsAreWhole: Rule = (lint) => {
  const kinds = Object.values(lint.map.kinds).filter((kind) => kind.partitions === 'drop')
  return [
    ...kinds.flatMap((kind) => ofKind(lint, kind)),
    ...kinds.flatMap((kind) =>
      lint.policies
        .filter((policy) => policy.data === kind.name && endsRows(policy))
        .flatMap((policy) => ofPolicy(lint, kind, policy)),
    ),
  ]
}

function ofKind(lint: LintContext, kind: Kind): readonly Problem[] {
  const below = Object.values(lint.map.kinds).filter(({ of }) => of === kind.name)
  const found = [
    ...(kind.subject ? ['subject: true'] : []),
    ...below.map(({ name }) => `${name}: of: ${kind.name}`),
    ...(['states', 'except', 'restricted'] as const).filter((key) => Object.keys(kind[key]).length > 0),
    ...(Object.hasOwn(lint.map.canaries, kind.name) ? [`canaries: ${kind.name}`] : []),
  ]
  const place = lint.atMap('kinds', kind.name, 'partitions')
  return found.map((one) => problem('E_PARTITION_KIND', place, { kind: kind.name, found: one }))
}

function ofPolicy(lint: LintContext, kind: Kind, policy: Policy): readonly Problem[] {
  const event = eventOf(lint, policy)
  const one = event?.latestOf.length === 1 && event.latestOf[0]?.table === null
  const found = [
    ...(policy.then === 'erase' ? [] : [['then', `then: ${policy.then}`] as const]),
    ...(policy.only.length === 0 ? [] : [['only', 'only'] as const]),
    ...(policy.notWhile.length === 0 ? [] : [['not_while', 'not_while'] as const]),
    ...(policy.warn === null ? [] : [['warn', 'warn'] as const]),
    ...(event === null || one ? [] : [['counted_from', `counted_from: ${policy.countedFrom}`] as const]),
  ]
  return found.map(([key, word]) =>
    problem('E_PARTITION_POLICY', lint.at(policy, key), { kind: kind.name, found: word }),
  )
}
