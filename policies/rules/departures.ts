/** What leaves with a person, and what must be said about the rest. */
import type { Kind } from '../data-map.ts'
import type { Departure, Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { isBelow, kindOf, kindsBelow, problem, type LintContext, type Rule } from './lint-context.ts'

/** `but:` rules what hangs under the policy's kind. `kind.column` names one reference and is left to the schema. */
export const departuresHangBelow: Rule = (lint) =>
  lint.policies.flatMap((policy) =>
    Object.keys(policy.but).flatMap((name): readonly Problem[] => {
      const kind = kindOf(lint, name)
      if (kind === null || isBelow(lint, kind, policy.data)) return []
      return [problem('E_BUT_NOT_BELOW', lint.at(policy, 'but', name), { kind: name, data: policy.data })]
    }),
  )

/** The same reason is due for a row that stays as for one that goes. */
export const stayingHasAReason: Rule = (lint) =>
  lint.policies.flatMap((policy) =>
    Object.entries(policy.but).flatMap(([name, departure]): readonly Problem[] => {
      if (departure.act !== 'keep' || departure.because.trim().length >= 20) return []
      return [problem('E_KEPT_WITHOUT_REASON', lint.at(policy, 'but', name), { kind: name })]
    }),
  )

/**
 * A row that is erased or archived takes its children along. A row that stays leaves them where they are, still full of
 * personal columns, unless this policy or one of their own says what becomes of them.
 */
export const nothingIsLeftBehind: Rule = (lint) =>
  lint.policies
    .filter(({ then, fields }) => ['erase', 'archive', 'anonymise'].includes(then) && fields.length === 0)
    .flatMap((policy) =>
      kindsBelow(lint, policy.data)
        .filter((kind) => Object.keys(kind.personal).length > 0 && isLeftBehind(lint, policy, kind))
        .map((kind) =>
          problem('E_LEFT_BEHIND', lint.at(policy, 'but'), { kind: kind.name, parent: kind.of ?? '' }),
        ),
    )

function isLeftBehind(lint: LintContext, policy: Policy, kind: Kind): boolean {
  if (Object.hasOwn(policy.but, kind.name)) return false
  if (lint.policies.some((other) => other.data === kind.name)) return false
  return parentStays(lint, policy, kind)
}

/** It hangs on a row that this policy leaves where it is. */
export function parentStays(lint: LintContext, policy: Policy, kind: Kind): boolean {
  if (kind.of === null) return false
  if (kind.of === policy.data) return policy.then === 'anonymise'
  const departure: Departure | undefined = Object.hasOwn(policy.but, kind.of)
    ? policy.but[kind.of]
    : undefined
  if (departure !== undefined) return departure.act !== 'erase' && departure.act !== 'archive'
  const parent = kindOf(lint, kind.of)
  return parent !== null && parent.name !== kind.name && parentStays(lint, policy, parent)
}
