/** Every problem code that lint knows, and how a problem reads in one line. */
import { fileTexts } from './file-texts.ts'
import { grammarTexts } from './grammar-texts.ts'
import { fillText, type ProblemTexts } from './problem-text.ts'
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
  return oneLine(fillText(language === 'fr' ? withFrenchSpaces(text.fr) : text.en, problem.params))
}

/** French punctuation stays on the line of its word; the sources keep plain spaces, which a reader can see. */
function withFrenchSpaces(text: string): string {
  return text.replace(/ (?=[;:!?»])/g, '\u00a0').replace(/« /g, '«\u00a0')
}

/** A name out of a file must not move a terminal's cursor. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
}
