/** A receipt names a person to that person: where nobody is erased, there is nobody to give it to. */
import type { Policy } from '../policy.ts'
import { kindOf, problem, type Rule } from './lint-context.ts'

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
