/** Warned before erased: who must be warned, when, and how that fits the term. */
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { toldAct } from '../told-act.ts'
import { shortestDays } from './civil-span.ts'
import { eventOf, kindOf, noticeDays, periodParams, problem, termKey, termOf } from './lint-context.ts'
import type { LintContext, Rule } from './lint-context.ts'

/**
 * An account that goes because nobody came. A request or a decision is known to the person already, and the data map
 * says that its date is a fixed one. Left unsaid it could be a sign-in as well, which is a warning: a site that acts
 * by such a map must not stop, with its holds and requests, for a missing word.
 */
export const accountsAreWarned: Rule = (lint) =>
  lint.policies.flatMap((policy) => {
    const kind = kindOf(lint, policy.data)
    const event = eventOf(lint, policy)
    if (kind === null || event === null || policy.warn !== null || policy.then !== 'erase') return []
    if (!kind.subject || kind.category !== 'account') return []
    const isSaid = lint.saysWhoMoves(policy.data, policy.countedFrom)
    if (event.slides === 'never' && isSaid) return []
    const code = event.slides === 'never' ? 'W_ACCOUNT_NOT_WARNED' : 'E_ACCOUNT_NOT_WARNED'
    const params = { policy: policy.id, event: policy.countedFrom }
    return [problem(code, lint.at(policy, 'then'), params)]
  })

export const warningsReachSomeone: Rule = (lint) =>
  lint.policies
    .filter((policy) => policy.warn !== null && kindOf(lint, policy.data)?.contact === null)
    .map((policy) => problem('E_WARN_WITHOUT_CONTACT', lint.at(policy, 'warn'), { kind: policy.data }))

/** A mail that announces a deletion where only some columns change would be a lie. */
export const warningsHaveWords: Rule = (lint) =>
  lint.policies
    .filter((policy) => policy.warn !== null && toldAct(policy) === null)
    .map((policy) => {
      const params = { action: policy.then, fields: policy.fields.join(', ') }
      return problem('E_WARN_WITHOUT_WORDS', lint.at(policy, 'warn'), params)
    })

/** Every mail says that a sign-in keeps the account: whoever obeys must not go all the same. */
export const warningsCanBeAnswered: Rule = (lint) =>
  lint.policies
    .filter((policy) => policy.warn !== null && eventOf(lint, policy)?.slides === 'never')
    .map((policy) => problem('E_WARN_FIXED_CLOCK', lint.at(policy, 'warn'), { event: policy.countedFrom }))

/** Mails go out from the first of these days on, and one whose day has passed by then is left out. */
export const ladderDescends: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const days = policy.warn?.daysBefore ?? []
    const expected = [...new Set(days)].sort((a, b) => b - a)
    if (days.join() === expected.join()) return []
    const params = { found: `[${days.join(', ')}]`, expected: `[${expected.join(', ')}]` }
    return [problem('E_LADDER_NOT_DESCENDING', lint.at(policy, 'warn', 'days_before_erasure'), params)]
  })

/** The first mail fixes the date; a notice longer than that step would postpone every single erasure. */
export const noticeFitsFirstStep: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const first = Math.max(...(policy.warn?.daysBefore ?? []))
    if (policy.warn === null || policy.warn.minimumNoticeDays <= first) return []
    return [
      problem('E_NOTICE_LONGER_THAN_LADDER', lint.at(policy, 'warn', 'minimum_notice'), {
        found: String(policy.warn.minimumNoticeDays),
        first: String(first),
      }),
    ]
  })

/** An acceptance that may still be taken back is no notice. */
export const bouncesComeWithinNotice: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const { bounceWindowDays: found, minimumNoticeDays: notice = 0 } = policy.warn ?? {}
    if (found === undefined || found <= notice) return []
    const params = { found: String(found), notice: String(notice) }
    return [problem('E_BOUNCE_WINDOW', lint.at(policy, 'warn', 'bounce_window'), params)]
  })

export const ladderFitsTerm: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const term = termOf(policy)
    const first = Math.max(...(policy.warn?.daysBefore ?? []))
    if (term === null || policy.warn?.when !== 'before the term') return []
    if (first < shortestDays(term)) return []
    const params = { found: String(first), ...periodParams('term', term) }
    return [problem('E_LADDER_BEYOND_TERM', lint.at(policy, 'warn', 'days_before_erasure'), params)]
  })

/** One bad day of a relay proves nothing about an address. */
export const oneRefusalProvesNothing: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const rule = policy.warn?.ifUnreachable
    if (rule === undefined || rule === 'a person decides' || rule.refusals >= 2) return []
    const place = lint.at(policy, 'warn', 'if_unreachable')
    return [problem('E_UNREACHABLE_TOO_SOON', place, { found: String(rule.refusals) })]
  })

/** Nobody wrote to these people, so that the wait is all the time that they have. */
export const typingErrorsHaveTime: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const { invalidAddress: rule, minimumNoticeDays: notice = 0 } = policy.warn ?? {}
    if (rule === undefined || rule.finally === 'a person decides' || rule.waitDays >= notice) return []
    const place = lint.at(policy, 'warn', 'invalid_address', 'wait')
    const params = { found: String(rule.waitDays), notice: String(notice) }
    return [problem('E_INVALID_ADDRESS_TOO_SOON', place, params)]
  })

export const warningAtTheTermCosts: Rule = (lint) =>
  lint.policies.flatMap((policy) => realKeepingTime(lint, policy))

function realKeepingTime(lint: LintContext, policy: Policy): readonly Problem[] {
  const term = termOf(policy)
  if (term === null || policy.warn?.when !== 'at the term') return []
  const params = { days: String(noticeDays(policy)), key: termKey(policy), ...periodParams('term', term) }
  return [problem('I_WARNED_AT_THE_TERM', lint.at(policy, 'warn', 'when'), params)]
}
