/** What a warned person is told: what becomes of the account, what goes with it, what stays and why. */
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Period } from '../policies/period.ts'
import { periodText } from '../policies/period.ts'
import type { Departure, Policy } from '../policies/policy.ts'
import type { Language } from '../policies/problem.ts'
import { toldAct, type ToldAct } from '../policies/told-act.ts'
import type { Stay } from '../templates/context.ts'

export interface WarningWords {
  readonly act: ToldAct
  readonly goes: Readonly<Record<Language, readonly string[]>>
  readonly stays: Readonly<Record<Language, readonly Stay[]>>
}

export function warningWords(policy: Policy, dataMap: DataMap, policies: readonly Policy[]): WarningWords {
  const act = toldAct(policy)
  if (act === null) throw new Error('only what mails have words for is announced')
  const leaving = leavingWith(policy, rootFate(policy, act, policies), dataMap).filter(({ told }) => told)
  const gone = leaving.filter(({ fate }) => fate.act === 'erase').map(({ kind }) => kind)
  const goes = (lang: Language): readonly string[] => gone.map((kind) => word(kind, lang))
  const stays = (lang: Language): readonly Stay[] =>
    leaving.flatMap(({ kind, fate }) => stay(kind, fate, policies, lang))
  return { act, goes: { en: goes('en'), fr: goes('fr') }, stays: { en: stays('en'), fr: stays('fr') } }
}

/** `untouched`: it hangs on a row that stays, and this policy leaves it to others. */
type Fate = Departure | { readonly act: 'untouched' }

interface Leaving {
  readonly kind: Kind
  readonly fate: Fate
  readonly told: boolean
}

function rootFate(policy: Policy, act: ToldAct, policies: readonly Policy[]): Fate {
  switch (act) {
    case 'erase':
      return { act }
    case 'anonymise':
      return { act, under: null }
    case 'archive':
      return { act, under: policies.find(({ follows }) => follows === policy.id)?.id ?? null }
  }
}

/** The person's own kind first, then what hangs on it, as the cascade of the plan has it. */
function leavingWith(policy: Policy, first: Fate, dataMap: DataMap): readonly Leaving[] {
  const root = dataMap.kinds[policy.data]
  if (root === undefined) return []
  const found: Leaving[] = [{ kind: root, fate: first, told: true }]
  for (const above of found)
    for (const child of Object.values(dataMap.kinds)) {
      if (child.of !== above.kind.name || found.some(({ kind }) => kind === child)) continue
      const shared = policy.then !== 'anonymise' && isSameRow(child, above.kind)
      const fate = shared ? above.fate : fateBelow(policy, child, above.fate)
      // Of a row that stays somewhere, its first kind tells; nothing of it may pass for deleted.
      if (fate !== null) found.push({ kind: child, fate, told: !shared || fate.act === 'erase' })
    }
  return found
}

/** Further columns of the very row of its parent: they go or stay with it, whatever `but` says. */
function isSameRow({ key, link, table }: Kind, parent: Kind): boolean {
  const columns = Object.entries(link?.columns ?? {})
  return (
    table === parent.table &&
    columns.length === key.length &&
    columns.every(([own, above]) => own === above && key.includes(own))
  )
}

/** Null: it stays with what it hangs on, which is told of already. */
function fateBelow(policy: Policy, child: Kind, above: Fate): Fate | null {
  if (policy.then === 'anonymise') return { act: 'untouched' }
  if (Object.hasOwn(policy.but, child.name)) return policy.but[child.name] ?? null
  return above.act === 'erase' || above.act === 'archive' ? { act: 'erase' } : null
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
  untouched: { en: 'a separate rule says how long', fr: 'une règle à part en fixe la durée' },
} as const

function stay(kind: Kind, fate: Fate, policies: readonly Policy[], lang: Language): readonly Stay[] {
  const what = word(kind, lang)
  switch (fate.act) {
    case 'erase':
      return []
    case 'anonymise':
      return [{ what, because: reasons.anonymous[lang], until: null }]
    case 'archive': {
      const under = policies.filter((one) => one.id === fate.under)
      const duty = under.some((one) => one.keepAtLeast !== null)
      return [{ what, because: (duty ? reasons.duty : reasons.apart)[lang], until: longest(under, lang) }]
    }
    case 'detach':
      return [{ what, because: reasons.contract[lang], until: ownTerm(kind, policies, lang) }]
    case 'keep':
      return [{ what, because: reasons.kept[lang], until: ownTerm(kind, policies, lang) }]
    case 'untouched':
      if (Object.keys(kind.personal).length === 0) return []
      return [{ what, because: reasons.untouched[lang], until: ownTerm(kind, policies, lang) }]
  }
}

function ownTerm(kind: Kind, policies: readonly Policy[], lang: Language): string | null {
  return longest(
    policies.filter((one) => one.data === kind.name),
    lang,
  )
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
