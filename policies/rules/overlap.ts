/** Two policies must not rule one row in two ways. */
import type { Condition, Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { eventOf, phasesBefore, problem, type LintContext, type Rule } from './lint-context.ts'

export const noTwoPoliciesOnOneRow: Rule = (lint) => {
  const problems: Problem[] = []
  lint.policies.forEach((later, index) => {
    for (const earlier of lint.policies.slice(0, index)) {
      if (!clash(lint, earlier, later) || follows(lint, earlier, later) || follows(lint, later, earlier))
        continue
      const params = { policy: later.id, other: earlier.id, kind: later.data, file: earlier.file }
      problems.push(problem('E_TWO_POLICIES', lint.at(later, 'data'), params))
    }
  })
  return problems
}

/** One row can fall under both, and nothing but `follows:` could bring them together. */
export function clash(lint: LintContext, a: Policy, b: Policy): boolean {
  if (a.data !== b.data) return false
  return !actOnDifferentColumns(a, b) && !neverMeet(a, b) && !areTwoWaysOut(lint, a, b)
}

/** Truncation leaves the row to the other policy; otherwise both must name columns and share none. */
function actOnDifferentColumns(a: Policy, b: Policy): boolean {
  const shared = a.fields.some((field) => b.fields.includes(field))
  if (a.fields.length > 0 && b.fields.length > 0) return !shared
  return (a.then === 'truncate fields') !== (b.then === 'truncate fields')
}

function follows(lint: LintContext, later: Policy, earlier: Policy): boolean {
  return phasesBefore(lint, later).includes(earlier)
}

/**
 * A person who asks, one whom a decision ends and one who never came back all leave in the same way, and
 * whichever comes first is no contradiction. Two silences of one person are, and so is a duty to keep.
 */
function areTwoWaysOut(lint: LintContext, a: Policy, b: Policy): boolean {
  if (a.then !== 'erase' || b.then !== 'erase') return false
  if (a.keepAtLeast !== null || b.keepAtLeast !== null) return false
  if (a.countedFrom === b.countedFrom) return false
  return eventOf(lint, a)?.slides === 'never' || eventOf(lint, b)?.slides === 'never'
}

function neverMeet(a: Policy, b: Policy): boolean {
  return a.only.some((one) => b.only.some((other) => areDisjoint(one, other)))
}

function areDisjoint(a: Condition, b: Condition): boolean {
  if (a.column !== b.column) return false
  if (a.test === 'is one of' && b.test === 'is one of') {
    return !a.values.some((value) => b.values.includes(value))
  }
  if (a.test === 'at least' && b.test === 'below') return parseFloat(b.amount) <= parseFloat(a.amount)
  if (a.test === 'below' && b.test === 'at least') return parseFloat(a.amount) <= parseFloat(b.amount)
  return false
}
