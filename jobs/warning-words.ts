/** What a warned person is told: what goes, what stays and why. Read from the same plan that erases. */
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { DataMap } from '../policies/data-map.ts'
import { periodText } from '../policies/period.ts'
import type { Policy } from '../policies/policy.ts'
import type { Language } from '../policies/problem.ts'
import type { Stay } from '../templates/context.ts'

export interface WarningWords {
  readonly goes: Readonly<Record<Language, readonly string[]>>
  readonly stays: Readonly<Record<Language, readonly Stay[]>>
}

export function warningWords(
  policy: CompiledPolicy,
  dataMap: DataMap,
  policies: readonly Policy[],
): WarningWords {
  const gone = policy.steps
    .filter((step) => step.then.act === 'erase' && step.kind !== null)
    .map((step) => step.kind ?? '')
  const kinds = [...new Set([policy.kind, ...gone])]
  return {
    goes: {
      en: kinds.map((kind) => word(dataMap, kind, 'en')),
      fr: kinds.map((kind) => word(dataMap, kind, 'fr')),
    },
    stays: { en: stays(policy, dataMap, policies, 'en'), fr: stays(policy, dataMap, policies, 'fr') },
  }
}

const reasons = {
  duty: { en: 'the law requires us to keep them', fr: 'la loi nous impose de les conserver' },
  kept: {
    en: 'they are kept apart, with restricted access',
    fr: 'elles sont conservées à part, avec un accès restreint',
  },
  anonymous: {
    en: 'nothing in them leads back to you; they are kept for statistics',
    fr: 'plus rien n’y mène à vous ; conservation à des fins de statistiques',
  },
} as const

function stays(
  policy: CompiledPolicy,
  dataMap: DataMap,
  policies: readonly Policy[],
  lang: Language,
): readonly Stay[] {
  const found: Stay[] = []
  for (const step of policy.steps) {
    if (step.kind === null || step.name !== step.kind) continue
    const departure = policy.policy.but[step.kind]
    if (step.then.act === 'anonymise')
      found.push({ what: word(dataMap, step.kind, lang), because: reasons.anonymous[lang], until: null })
    if (step.then.act === 'archive' && departure?.act === 'archive') {
      const under = policies.find((one) => one.id === departure.under)
      const duty = under?.keepAtLeast != null
      found.push({
        what: word(dataMap, step.kind, lang),
        because: (duty ? reasons.duty : reasons.kept)[lang],
        until: until(under, lang),
      })
    }
  }
  return found
}

function until(under: Policy | undefined, lang: Language): string | null {
  const period = under?.keepAtMost ?? under?.keepAtLeast ?? null
  if (period === null) return null
  return lang === 'en' ? `for ${periodText(period, 'en')}` : `pendant ${periodText(period, 'fr')}`
}

function word(dataMap: DataMap, kind: string, lang: Language): string {
  return dataMap.kinds[kind]?.label?.[lang] ?? kind
}
