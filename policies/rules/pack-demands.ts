/** Rule packs against policies: the clock, its start, the notice and the action that a category demands. */
import type { PackRule } from '../packs/pack.ts'
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { endsRows, eventOf, problem, type LintContext, type Rule } from './lint-context.ts'
import { ruleParams, rulesFor } from './pack-limits.ts'

export const packDemandsHold: Rule = (lint) =>
  lint.policies
    .filter((policy) => endsRows(policy))
    .flatMap((policy) =>
      rulesFor(lint, policy).flatMap((rule) => [
        ...clock(lint, policy, rule),
        ...start(lint, policy, rule),
        ...notice(lint, policy, rule),
        ...action(lint, policy, rule),
      ]),
    )

/** A cookie that lives thirteen months from the last visit lives for ever on a regular visitor. */
function clock(lint: LintContext, policy: Policy, rule: PackRule): readonly Problem[] {
  const event = eventOf(lint, policy)
  if (rule.clock !== 'fixed' || event === null || event.slides !== 'by the person') return []
  const params = { ...ruleParams(rule), event: event.name }
  return [problem('E_CLOCK_NOT_FIXED', lint.at(policy, 'counted_from'), params)]
}

function start(lint: LintContext, policy: Policy, rule: PackRule): readonly Problem[] {
  const event = eventOf(lint, policy)
  // Only the end of the last phase is counted by law; a move into the archive may come at any time before.
  if (rule.start === 'any' || event === null || policy.then === 'archive') return []
  if (event.roundedTo === rule.start) return []
  const params = { ...ruleParams(rule), event: event.name }
  return [problem('E_CLOCK_NOT_FROM_YEAR_END', lint.at(policy, 'counted_from'), params)]
}

function notice(lint: LintContext, policy: Policy, rule: PackRule): readonly Problem[] {
  if (rule.noticeDays === null || policy.warn === null || policy.then !== 'erase') return []
  if (eventOf(lint, policy)?.slides === 'never' || policy.warn.minimumNoticeDays >= rule.noticeDays) return []
  const found = String(policy.warn.minimumNoticeDays)
  const params = { ...ruleParams(rule), found, expected: String(rule.noticeDays) }
  return [problem('E_NOTICE_TOO_SHORT', lint.at(policy, 'warn', 'minimum_notice'), params)]
}

function action(lint: LintContext, policy: Policy, rule: PackRule): readonly Problem[] {
  if (rule.actions.length === 0 || rule.actions.includes(policy.then)) return []
  const params = { ...ruleParams(rule), found: policy.then, expected: rule.actions.join(', ') }
  return [problem('E_ACTION_NOT_ENOUGH', lint.at(policy, 'then'), params)]
}
