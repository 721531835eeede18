/** What mails may tell, and for how long an address outlives its person. */
import type { Problem } from '../problem.ts'
import { tellingIn } from '../telling.ts'
import { kindOf, problem, type Rule } from './lint-context.ts'

export const discreetMailsHaveAName: Rule = (lint) =>
  lint.policies
    .filter(({ warn }) => warn?.variant === 'discreet' && lint.map.site.discreet === undefined)
    .map((policy) => problem('E_DISCREET_WITHOUT_NAME', lint.at(policy, 'warn', 'variant'), {}))

/** `www.boutique.example` holds the name Boutique, and so does `La Boutique`. */
export const discreetNamesTellNothing: Rule = (lint) => {
  const { discreet } = lint.map.site
  if (discreet === undefined) return []
  return Object.entries(discreet).flatMap(([key, value]) => {
    const name = tellingIn(value, lint.map)
    return name === null
      ? []
      : [problem('E_DISCREET_TELLS', lint.atMap('site', 'discreet', key), { key, name })]
  })
}

const longest = 30

export const lastMailsHaveAnEnd: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const days = policy.warn?.thenTell?.withinDays
    if (days === undefined) return []
    const { data: kind, then: action } = policy
    const place = lint.at(policy, 'warn', 'then_tell')
    if (action !== 'erase' || kindOf(lint, kind)?.subject === false)
      return [problem('E_THEN_TELL_NOBODY', place, { action, kind })]
    if (days >= 1 && days <= longest) return []
    const within = lint.at(policy, 'warn', 'then_tell', 'within')
    return [problem('E_THEN_TELL_TOO_LONG', within, { found: String(days) })]
  })
