/** What a problem of the plan reads like: what was found, and what to do. */
import { fillText, type ProblemText } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'
import { cascadeTexts } from './cascade-texts.ts'
import { clockTexts } from './clock-texts.ts'
import { mapTexts } from './map-texts.ts'
import { partitionTexts } from './partition-texts.ts'
import type { PlanProblem } from './plan-problem.ts'
import { strategyTexts } from './strategy-texts.ts'

export type { PlanProblem } from './plan-problem.ts'

/** Every code that the plan can tell. */
export const planProblemTexts: Readonly<Record<string, ProblemText>> = {
  ...mapTexts,
  ...clockTexts,
  ...cascadeTexts,
  ...strategyTexts,
  ...partitionTexts,
}

/** `where, place  CODE  sentence`; YAML or SQL to add stands on lines of its own. */
export function renderPlanProblem(problem: PlanProblem, lang: Language): string {
  const { code, table, column, policy } = problem
  const text = planProblemTexts[code]
  const place = [table, column].filter((part) => part !== null && part !== '').join('.')
  const where = policy ?? (lang === 'en' ? 'data map' : 'carte des données')
  const params = { ...problem.params, table: table ?? '', column: column ?? '', policy: policy ?? '' }
  const sentence = text === undefined ? '' : fillText(text[lang], params)
  return [place === '' ? where : `${where}, ${place}`, code, sentence].join('  ')
}
