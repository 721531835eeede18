/** Phases of `follows:` meet: what one policy leaves behind is what the next one takes. */
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { canEndEarlier } from './civil-span.ts'
import {
  eventOf,
  kindOf,
  periodParams,
  phasesBefore,
  problem,
  termKey,
  termOf,
  type LintContext,
  type Rule,
} from './lint-context.ts'
import { clash } from './overlap.ts'

export const phasesMeet: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const phases = phasesBefore(lint, policy)
    const [before] = phases
    if (before === undefined) return []
    if (phases.includes(policy)) {
      return [problem('E_PHASES_IN_CIRCLE', lint.at(policy, 'follows'), { policy: policy.id })]
    }
    return [
      ...hole(lint, before, policy),
      ...order(lint, before, policy),
      ...phases.flatMap((phase) => [...twoClocks(lint, phase, policy), ...brokenDuty(lint, phase, policy)]),
    ]
  })

function hole(lint: LintContext, before: Policy, policy: Policy): readonly Problem[] {
  const left = whatRemains(lint, before)
  if (left === policy.data || (left !== null && areSameRows(lint, left, policy.data))) return []
  const params = {
    policy: policy.id,
    before: before.id,
    found: policy.data,
    expected: left ?? '',
    action: before.then,
  }
  return [problem('E_PHASE_HOLE', lint.at(policy, 'follows'), params)]
}

/** Two kinds on one table, of which the policies are compared as if they were one. */
function areSameRows(lint: LintContext, one: string, other: string): boolean {
  const [a, b] = [kindOf(lint, one), kindOf(lint, other)]
  return a !== null && b !== null && a.table === b.table && a.key.join() === b.key.join()
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

/** On two clocks the later phase takes rows which the earlier one may never have reached. */
function twoClocks(lint: LintContext, before: Policy, policy: Policy): readonly Problem[] {
  if (before.countedFrom === policy.countedFrom || !clash(lint, before, policy)) return []
  if (isBegunBy(lint, before, policy)) return []
  const params = { before: before.id, first: before.countedFrom, found: policy.countedFrom }
  return [problem('E_PHASE_TWO_CLOCKS', lint.at(policy, 'counted_from'), params)]
}

/** The later clock is the very column that the earlier phase sets: nothing else begins it. */
function isBegunBy(lint: LintContext, before: Policy, policy: Policy): boolean {
  const done: Readonly<Record<string, string | undefined>> = kindOf(lint, before.data)?.done ?? {}
  const event = eventOf(lint, policy)
  const [source, ...others] = event?.latestOf ?? []
  return (
    before.data === policy.data &&
    event?.else === null &&
    others.length === 0 &&
    source?.table === null &&
    source.column === done[before.then]
  )
}

/** What is anonymous keeps no duty: it no longer says whose it was. */
function brokenDuty(lint: LintContext, before: Policy, policy: Policy): readonly Problem[] {
  const [term, least] = [termOf(before), policy.keepAtLeast]
  if (term === null || least === null || before.then !== 'anonymise' || before.fields.length > 0) return []
  if (before.data === policy.data && !clash(lint, before, policy)) return []
  if (!canEndEarlier(term, least)) return []
  const params = { before: before.id, ...periodParams('found', term), ...periodParams('least', least) }
  return [problem('E_PHASE_BREAKS_DUTY', lint.at(policy, 'keep_at_least'), params)]
}
