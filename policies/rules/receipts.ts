/**
 * A receipt names a person to that person: where nobody is erased, there is nobody to give it to. For so long as it
 * can be given, something that leads to the person is kept, so the time has to be short.
 */
import type { Period } from '../period.ts'
import type { Policy } from '../policy.ts'
import { periodParams, kindOf, problem, type Rule } from './lint-context.ts'

const takesThePerson: readonly Policy['then'][] = ['erase', 'archive', 'anonymise']

export const receiptsHaveAPerson: Rule = (lint) =>
  lint.policies
    .filter(({ receipts }) => receipts !== undefined)
    .filter(({ data, then }) => !takesThePerson.includes(then) || kindOf(lint, data)?.subject === false)
    .map((policy) =>
      problem('E_RECEIPTS_WITHOUT_PERSON', lint.at(policy, 'receipts'), {
        action: policy.then,
        kind: policy.data,
      }),
    )

/** Whoever wants a proof asks within weeks; a year is enough for a complaint too. */
const longest: Period = { years: 1, months: 0, weeks: 0, days: 0, hours: 0 }

export const receiptsEndSoon: Rule = (lint) =>
  lint.policies.flatMap((policy) => {
    const { receipts } = policy
    if (receipts === undefined || daysOf(receipts) <= leapYear) return []
    const params = { ...periodParams('found', receipts), ...periodParams('limit', longest) }
    return [problem('W_RECEIPTS_LONG', lint.at(policy, 'receipts'), params)]
  })

const leapYear = 366

/** About: whoever writes 366 days or 52 weeks means a year. */
function daysOf({ years, months, weeks, days, hours }: Period): number {
  return ((years * 12 + months) * 365) / 12 + weeks * 7 + days + hours / 24
}
