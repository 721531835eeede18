/** What a warned person is told: what goes, what stays and why. Read from the policy that erases. */
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Period } from '../policies/period.ts'
import { periodText } from '../policies/period.ts'
import type { Departure, Policy } from '../policies/policy.ts'
import type { Language } from '../policies/problem.ts'
import type { Stay } from '../templates/context.ts'

export interface WarningWords {
  readonly goes: Readonly<Record<Language, readonly string[]>>
  readonly stays: Readonly<Record<Language, readonly Stay[]>>
}

export function warningWords(policy: Policy, dataMap: DataMap, policies: readonly Policy[]): WarningWords {
  const leaving = leavingWith(policy, dataMap)
  const gone = leaving.filter(({ departure }) => departure.act === 'erase').map(({ kind }) => kind)
  const goes = (lang: Language): readonly string[] => gone.map((kind) => word(kind, lang))
  const stays = (lang: Language): readonly Stay[] =>
    leaving.flatMap(({ kind, departure }) => stay(kind, departure, policies, lang))
  return { goes: { en: goes('en'), fr: goes('fr') }, stays: { en: stays('en'), fr: stays('fr') } }
}

interface Leaving {
  readonly kind: Kind
  readonly departure: Departure
}

/** The person's own kind first, then everything that hangs on what is erased with it. */
function leavingWith(policy: Policy, dataMap: DataMap): readonly Leaving[] {
  const root = dataMap.kinds[policy.data]
  if (root === undefined) return []
  const found: Leaving[] = [{ kind: root, departure: { act: 'erase' } }]
  for (const { kind, departure } of found) {
    if (departure.act !== 'erase') continue
    for (const child of Object.values(dataMap.kinds)) {
      if (child.of !== kind.name || found.some((one) => one.kind === child)) continue
      found.push({ kind: child, departure: policy.but[child.name] ?? { act: 'erase' } })
    }
  }
  return found
}

const reasons = {
  duty: { en: 'the law requires us to keep them', fr: 'la loi nous impose cette conservation' },
  apart: { en: 'kept apart, with restricted access', fr: 'conservation à part, avec un accès restreint' },
  anonymous: {
    en: 'nothing in them leads back to you; they are kept for statistics',
    fr: 'plus rien n’y mène à vous ; conservation à des fins de statistiques',
  },
  contract: {
    en: 'separated from your account, as proof of what was agreed',
    fr: 'séparation d’avec votre compte, comme preuve de ce qui a été convenu',
  },
  kept: { en: 'other rules require it', fr: 'd’autres règles l’imposent' },
} as const

function stay(
  kind: Kind,
  departure: Departure,
  policies: readonly Policy[],
  lang: Language,
): readonly Stay[] {
  const what = word(kind, lang)
  switch (departure.act) {
    case 'erase':
      return []
    case 'anonymise':
      return [{ what, because: reasons.anonymous[lang], until: null }]
    case 'archive': {
      const under = policies.filter((one) => one.id === departure.under)
      const duty = under.some((one) => one.keepAtLeast !== null)
      return [{ what, because: (duty ? reasons.duty : reasons.apart)[lang], until: longest(under, lang) }]
    }
    case 'detach':
    case 'keep': {
      const under = policies.filter((one) => one.data === kind.name)
      const reason = departure.act === 'detach' ? reasons.contract : reasons.kept
      return [{ what, because: reason[lang], until: longest(under, lang) }]
    }
  }
}

/** The longest of several terms: a shorter one would promise too much. */
function longest(policies: readonly Policy[], lang: Language): string | null {
  const periods = policies.map((one) => one.keepAtMost ?? one.keepAtLeast).filter((one) => one !== null)
  const period = periods.sort((a, b) => aboutDays(b) - aboutDays(a))[0]
  if (period === undefined) return null
  const words = periodText(period, lang)
  if (periods.length === 1) return lang === 'en' ? `for ${words}` : `pendant ${words}`
  return lang === 'en' ? `for at most ${words}` : `pendant ${words} au plus`
}

/** Only to compare two terms of different units; nothing is counted with it. */
function aboutDays(period: Period): number {
  return period.years * 366 + period.months * 31 + period.weeks * 7 + period.days + period.hours / 24
}

function word(kind: Kind, lang: Language): string {
  return kind.label?.[lang] ?? kind.name
}
