/** Phases of `follows:` meet: what one policy leaves behind is what the next one takes. */
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { canEndEarlier } from './civil-span.ts'
import {
  kindOf,
  periodParams,
  problem,
  termKey,
  termOf,
  type LintContext,
  type Rule,
} from './lint-context.ts'

export const phasesMeet: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const before = lint.policies.find(({ id }) => id === policy.follows)
    if (before === undefined) return []
    if (runsInCircle(lint, policy)) {
      return [problem('E_PHASES_IN_CIRCLE', lint.at(policy, 'follows'), { policy: policy.id })]
    }
    return [...hole(lint, before, policy), ...order(lint, before, policy)]
  })

function hole(lint: LintContext, before: Policy, policy: Policy): readonly Problem[] {
  const left = whatRemains(lint, before)
  if (left === policy.data) return []
  const params = {
    policy: policy.id,
    before: before.id,
    found: policy.data,
    expected: left ?? '',
    action: before.then,
  }
  return [problem('E_PHASE_HOLE', lint.at(policy, 'follows'), params)]
}

/** Kind in which the next phase finds the rows; null when nothing of them remains. */
function whatRemains(lint: LintContext, policy: Policy): string | null {
  switch (policy.then) {
    case 'archive':
      return kindOf(lint, policy.data)?.archive?.into ?? null
    case 'erase':
      return policy.fields.length > 0 ? policy.data : null
    case 'anonymise':
    case 'withdraw consent':
    case 'truncate fields':
      return policy.data
  }
}

/** On one clock, a later phase that ends first never runs. */
function order(lint: LintContext, before: Policy, policy: Policy): readonly Problem[] {
  const [first, second] = [termOf(before), termOf(policy)]
  if (first === null || second === null) return []
  if (before.data !== policy.data || before.countedFrom !== policy.countedFrom) return []
  if (!canEndEarlier(second, first)) return []
  const params = { before: before.id, ...periodParams('found', second), ...periodParams('first', first) }
  return [problem('E_PHASE_OUT_OF_ORDER', lint.at(policy, termKey(policy)), params)]
}

function runsInCircle(lint: LintContext, policy: Policy): boolean {
  const seen = new Set<string>()
  for (let id = policy.follows; id !== null && !seen.has(id);) {
    if (id === policy.id) return true
    seen.add(id)
    const before = id
    id = lint.policies.find((other) => other.id === before)?.follows ?? null
  }
  return false
}
