/** Two policies must not rule one row in two ways. */
import type { Condition, Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { canBeSame } from '../same-value.ts'
import { eventOf, kindOf, phasesBefore, problem, type LintContext, type Rule } from './lint-context.ts'

export const noTwoPoliciesOnOneRow: Rule = (lint) => {
  const problems: Problem[] = []
  lint.policies.forEach((later, index) => {
    for (const earlier of lint.policies.slice(0, index)) {
      if (!clash(lint, earlier, later) || follows(lint, earlier, later) || follows(lint, later, earlier))
        continue
      const same = earlier.data === later.data ? '' : earlier.data
      const params = { policy: later.id, other: earlier.id, kind: later.data, same, file: earlier.file }
      problems.push(problem('E_TWO_POLICIES', lint.at(later, 'data'), params))
    }
  })
  return problems
}

/** One row can fall under both, and nothing but `follows:` could bring them together. */
export function clash(lint: LintContext, a: Policy, b: Policy): boolean {
  if (a.data !== b.data && tableOf(lint, a) !== tableOf(lint, b)) return false
  return !actOnDifferentColumns(a, b) && !neverMeet(lint, a, b) && !areTwoWaysOut(lint, a, b)
}

/** Of a kind that the data map lacks, its name: it shares no table. */
function tableOf(lint: LintContext, { data }: Policy): string {
  return kindOf(lint, data)?.table ?? `kind ${data}`
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

function neverMeet(lint: LintContext, a: Policy, b: Policy): boolean {
  const others = conditionsOf(lint, b)
  return conditionsOf(lint, a).some((one) => others.some((other) => areDisjoint(one, other)))
}

/** What the policy asks of its rows, and the constants by which the data map knows them. */
function conditionsOf(lint: LintContext, { only, data }: Policy): readonly Condition[] {
  const constants = Object.entries(kindOf(lint, data)?.link?.where ?? {})
  return [...only, ...constants.map(([column, value]) => ({ column, ...oneOf(value) }))]
}

function oneOf(value: string): { readonly test: 'is one of'; readonly values: readonly string[] } {
  return { test: 'is one of', values: [value] }
}

/** The site's column may not tell `Active` from `active`. */
function areDisjoint(a: Condition, b: Condition): boolean {
  if (a.column !== b.column) return false
  if (a.test === 'is one of' && b.test === 'is one of') {
    return !a.values.some((value) => b.values.some((other) => canBeSame(value, other)))
  }
  if (a.test === 'at least' && b.test === 'below') return parseFloat(b.amount) <= parseFloat(a.amount)
  if (a.test === 'below' && b.test === 'at least') return parseFloat(a.amount) <= parseFloat(b.amount)
  return false
}
