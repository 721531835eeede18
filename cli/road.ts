/**
 * The road to the first erasure: what a command says of the next step and of the way back, above its last line.
 * docs/first-purge.md is the same road in words.
 */
import { spaced } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'

const texts = {
  migrated: {
    next: {
      en: 'oubli init --from-db proposes a data map; when there are policies: oubli lint, oubli doctor',
      fr: 'oubli init --from-db propose une carte des données ; avec des règles : oubli lint, oubli doctor',
    },
    back: {
      en: 'drop the views and tables that begin with oubli_; nothing of the site was touched',
      fr: 'supprimez les vues et les tables qui commencent par oubli_ ; rien du site n’a été touché',
    },
  },
  linted: { next: { en: 'oubli doctor', fr: 'oubli doctor' }, back: null },
  ready: {
    next: {
      en: 'oubli doctor --clocks, then oubli run: it observes until a plan is approved',
      fr: 'oubli doctor --clocks, puis oubli run, qui observe seulement tant qu’aucun plan n’est approuvé',
    },
    back: null,
  },
  'clocks agree': {
    next: {
      en: 'oubli mail selftest --to ADDRESS where a policy warns, then oubli run',
      fr: 'oubli mail selftest --to ADRESSE si une règle prévient, puis oubli run',
    },
    back: null,
  },
  'test came back': {
    next: {
      en: 'oubli run: it observes until a plan is approved',
      fr: 'oubli run, qui observe seulement tant qu’aucun plan n’est approuvé',
    },
    back: null,
  },
  approved: {
    next: null,
    back: {
      en: 'set the policy to status: observe; what is erased by then comes back from a backup alone',
      fr: 'mettez la règle à status: observe ; ce qui est effacé d’ici là ne revient que par une sauvegarde',
    },
  },
  piloted: {
    next: null,
    back: {
      en: 'oubli pause, then docs/wrongly-erased.md',
      fr: 'oubli pause, puis docs/wrongly-erased.md',
    },
  },
} as const

const heads = {
  next: { en: 'Next: ', fr: 'Ensuite : ' },
  back: { en: 'To go back: ', fr: 'Pour revenir en arrière : ' },
} as const

export type Step = keyof typeof texts

export function roadLines(step: Step, lang: Language): readonly string[] {
  const { next, back } = texts[step]
  return [
    ...(next === null ? [] : [`${heads.next[lang]}${next[lang]}`]),
    ...(back === null ? [] : [`${heads.back[lang]}${back[lang]}`]),
  ].map((line) => spaced(lang, line))
}

/** Of the first migration alone: after a later one, evidence and approvals stand in the tables. */
export function migratedLines(applied: readonly string[], lang: Language): readonly string[] {
  return applied.some((name) => name.startsWith('0001-')) ? roadLines('migrated', lang) : []
}
