/** The shape of a catalogue entry: what a problem code says to a person, in both languages. */
import type { Language, Severity } from './problem.ts'

/**
 * Texts are plain templates. `{name}` is replaced by the parameter of that name. A part in double square
 * brackets is left out when one of its parameters is missing or empty: `[[ Did you mean "{near}"?]]`.
 */
export interface ProblemText {
  readonly severity: Severity
  readonly en: string
  readonly fr: string
}

/** By code: `E_…` errors, `W_…` warnings, `I_…` remarks. */
export type ProblemTexts = Readonly<Record<string, ProblemText>>

/** Fills a template. A parameter that the problem does not carry shows as `?`, outside of `[[ ]]`. */
export function fillText(template: string, params: Readonly<Record<string, string>>): string {
  const chosen = template.replace(/\[\[(.*?)\]\]/gs, (_, part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => valueOf(params, name) !== '') ? part : '',
  )
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => valueOf(params, name) || '?')
}

/**
 * French puts a space before these marks and inside its quotes, at which no line may break. The sources keep plain
 * spaces, which a reader can see.
 */
export function spaced(lang: Language, text: string): string {
  return lang === 'fr' ? text.replace(/ (?=[;:!?»])/g, '\u00a0').replace(/« /g, '«\u00a0') : text
}

function valueOf(params: Readonly<Record<string, string>>, name: string | undefined): string {
  return name !== undefined && Object.hasOwn(params, name) ? (params[name] ?? '') : ''
}
