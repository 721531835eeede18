/** Every problem code that lint knows, and how a problem reads in one line. */
import { fileTexts } from './file-texts.ts'
import { grammarTexts } from './grammar-texts.ts'
import { fillText, spaced, type ProblemTexts } from './problem-text.ts'
import type { Language, Problem } from './problem.ts'
import { referenceTexts } from './reference-texts.ts'
import { ruleTexts } from './rule-texts.ts'
import { yamlTexts } from './yaml-texts.ts'

/** Codes of reading one file or of names between files; the rules have theirs in `rule-texts.ts`. */
export const parserTexts: ProblemTexts = { ...yamlTexts, ...grammarTexts, ...fileTexts, ...referenceTexts }

export const problemTexts: ProblemTexts = { ...parserTexts, ...ruleTexts }

/** `file:line:col  CODE  text`, on one line. */
export function renderProblem(problem: Problem, language: Language): string {
  const { file, line, column } = problem.place
  return `${file}:${line}:${column}  ${problem.code}  ${problemText(problem, language)}`
}

/** What was expected, what was found and what to do, without the place. */
export function problemText(problem: Problem, language: Language): string {
  const text = Object.hasOwn(problemTexts, problem.code) ? problemTexts[problem.code] : undefined
  if (text === undefined) return ''
  return oneLine(fillText(spaced(language, text[language]), problem.params))
}

/** A name out of a file must not move a terminal's cursor. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
}
