/** An action needs its part of the data map: what to write, and for which columns. */
import type { Problem } from '../problem.ts'
import { kindOf, problem, type Rule } from './lint-context.ts'

export const withdrawingHasColumns: Rule = (lint) =>
  lint.policies
    .filter(({ then }) => then === 'withdraw consent')
    .filter(({ data }) => Object.keys(kindOf(lint, data)?.withdrawn ?? { unknown: null }).length === 0)
    .map((policy) => problem('E_WITHDRAW_NOTHING', lint.at(policy, 'then'), { kind: policy.data }))

/** A column without a strategy cannot be changed, and `keep` changes nothing. */
export const fieldsHaveAStrategy: Rule = (lint) =>
  lint.policies.flatMap((policy) => {
    const personal = kindOf(lint, policy.data)?.personal
    if (personal === undefined) return []
    return policy.fields.flatMap((column, index): readonly Problem[] => {
      const strategy = Object.hasOwn(personal, column) ? personal[column]?.strategy : undefined
      if (strategy !== undefined && strategy !== 'keep') return []
      const params = { column, kind: policy.data }
      return [problem('E_FIELD_WITHOUT_STRATEGY', lint.at(policy, 'fields', index), params)]
    })
  })
