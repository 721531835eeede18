/** Rule packs against policies: shortest and longest terms, and what lifts a limit. */
import { packRules } from '../packs/all-packs.ts'
import type { Limit, PackRule } from '../packs/pack.ts'
import { parsePeriod, type Period } from '../period.ts'
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import type { RuleCode } from '../rule-texts.ts'
import { canEndEarlier, canEndLater } from './civil-span.ts'
import { endsRows, kindOf, noticeDays, periodParams, problem, termKey, termOf } from './lint-context.ts'
import type { LintContext, Rule } from './lint-context.ts'

/** Characters of `because` from which a deviation counts as explained. */
export const justificationLength = 40

export const packLimitsHold: Rule = (lint) =>
  lint.policies.flatMap((policy) => {
    const term = termOf(policy)
    if (term === null || !endsRows(policy)) return []
    return rulesFor(lint, policy).flatMap((rule) => [
      ...tooLong(lint, policy, rule, term),
      ...tooShort(lint, policy, rule, term),
    ])
  })

/** Rules of all packs for the category of the policy's kind. */
export function rulesFor(lint: LintContext, policy: Policy): readonly PackRule[] {
  const category = kindOf(lint, policy.data)?.category
  if (category === undefined) return []
  return packRules.filter(({ appliesTo }) => appliesTo.length === 0 || appliesTo.includes(category))
}

/** What a problem of a pack tells of its rule. */
export function ruleParams(rule: PackRule): Readonly<Record<string, string>> {
  const { id, pack, reference, requires } = rule
  return { rule: id, pack, reference, requires_en: requires.en, requires_fr: requires.fr }
}

function tooLong(lint: LintContext, policy: Policy, rule: PackRule, term: Period): readonly Problem[] {
  // A mail that goes only at the term adds its notice to what the person is really kept.
  const extra = policy.warn?.when === 'at the term' ? noticeDays(policy) : 0
  const limit = rule.atMost.findLast((entry) => canEndLater(term, periodOf(entry), extra))
  return limit === undefined ? [] : [broken(lint, policy, rule, limit, term, 'long')]
}

/** A move into an archive keeps the rows, so only the end of the last phase can come too early. */
function tooShort(lint: LintContext, policy: Policy, rule: PackRule, term: Period): readonly Problem[] {
  if (policy.then !== 'erase' && policy.then !== 'anonymise') return []
  const limit = rule.atLeast.find((entry) => canEndEarlier(term, periodOf(entry)))
  return limit === undefined ? [] : [broken(lint, policy, rule, limit, term, 'short')]
}

function broken(
  lint: LintContext,
  policy: Policy,
  rule: PackRule,
  limit: Limit,
  term: Period,
  side: 'long' | 'short',
): Problem {
  const code = codeOf(policy, limit, side)
  const extra = policy.warn?.when === 'at the term' && side === 'long' ? String(noticeDays(policy)) : ''
  return problem(code, lint.at(policy, termKey(policy)), {
    ...ruleParams(rule),
    ...periodParams('found', term),
    ...periodParams('limit', periodOf(limit)),
    extra,
  })
}

function codeOf(policy: Policy, limit: Limit, side: 'long' | 'short'): RuleCode {
  const explained = policy.because.trim().length >= justificationLength
  if (limit.override === 'none') return side === 'long' ? 'E_KEPT_TOO_LONG' : 'E_KEPT_TOO_SHORT'
  if (!explained) return 'E_TERM_NOT_JUSTIFIED'
  if (limit.override === 'dpo' && policy.approvedBy === null) return 'E_TERM_NOT_SIGNED'
  return side === 'long' ? 'W_TERM_ABOVE_REFERENCE' : 'W_TERM_BELOW_REFERENCE'
}

function periodOf(limit: Limit): Period {
  const parsed = parsePeriod(limit.period)
  if (!parsed.ok) throw new Error(`A rule pack holds a period that cannot be read: ${limit.period}`)
  return parsed.period
}
