/** Every kind that holds personal data is ruled, or leaves with a person. */
import type { Kind } from '../data-map.ts'
import { isBelow, kindOf, problem, type LintContext, type Rule } from './lint-context.ts'

export const everyKindIsRuled: Rule = (lint) =>
  Object.values(lint.map.kinds)
    .filter((kind) => kind.subject || Object.keys(kind.personal).length > 0)
    .filter((kind) => !isRuled(lint, kind))
    .map((kind) => problem('W_KIND_UNRULED', lint.atMap('kinds', kind.name), { kind: kind.name }))

function isRuled(lint: LintContext, kind: Kind): boolean {
  return lint.policies.some(
    (policy) => policy.data === kind.name || takesAlong(lint, policy.data, kind) || archivesInto(lint, kind),
  )
}

function takesAlong(lint: LintContext, data: string, kind: Kind): boolean {
  return kindOf(lint, data)?.subject === true && isBelow(lint, kind, data)
}

/** An archive without a policy is an error of its own. */
function archivesInto(lint: LintContext, kind: Kind): boolean {
  return Object.values(lint.map.kinds).some(({ archive }) => archive?.into === kind.name)
}
