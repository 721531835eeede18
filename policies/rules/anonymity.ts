/** What may be called anonymous: nobody can be singled out by what remains. */
import type { Kind } from '../data-map.ts'
import type { Problem } from '../problem.ts'
import { kindOf, problem, type LintContext, type Rule } from './lint-context.ts'

/** Every kind that a policy anonymises, itself or on a person's departure, once. */
function anonymised(lint: LintContext): readonly Kind[] {
  const names = lint.policies.flatMap((policy) => [
    ...(policy.then === 'anonymise' ? [policy.data] : []),
    ...Object.entries(policy.but).flatMap(([name, { act }]) => (act === 'anonymise' ? [name] : [])),
  ])
  return [...new Set(names)].flatMap((name) => kindOf(lint, name) ?? [])
}

export const anonymisingChangesSomething: Rule = (lint) =>
  anonymised(lint)
    .filter(({ personal }) => Object.values(personal).every(({ strategy }) => strategy === 'keep'))
    .map((kind) =>
      problem('E_ANONYMISE_NOTHING', lint.atMap('kinds', kind.name, 'personal'), { kind: kind.name }),
    )

/** An address or a key made of personal data still names the person, whatever happens to the other columns. */
export const noIdentifierRemains: Rule = (lint) =>
  anonymised(lint).flatMap((kind) =>
    identifiersOf(kind).map((column): Problem => {
      const place = lint.atMap('kinds', kind.name, 'personal', column)
      return problem('E_ANONYMISE_KEEPS_IDENTIFIER', place, { kind: kind.name, column })
    }),
  )

function identifiersOf(kind: Kind): readonly string[] {
  const contact = [kind.contact?.email, kind.contact?.name].flatMap((column) => column ?? [])
  const named = contact.filter((column) => {
    const strategy = Object.hasOwn(kind.personal, column) ? kind.personal[column]?.strategy : undefined
    return strategy === undefined || strategy === 'keep' || strategy === 'generalised'
  })
  const keys = kind.key.filter((column) => Object.hasOwn(kind.personal, column))
  return [...new Set([...named, ...keys])]
}

export const keptColumnsHaveAReason: Rule = (lint) =>
  Object.values(lint.map.kinds).flatMap((kind) =>
    Object.entries(kind.personal).flatMap(([column, strategy]): readonly Problem[] => {
      if (strategy.strategy !== 'keep' || strategy.because.trim().length >= 20) return []
      const place = lint.atMap('kinds', kind.name, 'personal', column)
      return [problem('E_COLUMN_KEPT_WITHOUT_REASON', place, { kind: kind.name, column })]
    }),
  )
