/** What goes wrong when prose is typed or pasted from a word processor into an unquoted YAML value. */
import type { Scalar } from 'yaml'
import { isPlain } from './yaml-plain.ts'

/**
 * Non-breaking spaces become spaces, one for one, so that places stay true; a byte order mark goes. This
 * comes before parsing because the pasted space is often the indentation itself.
 */
export function withPlainSpaces(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/[\u00A0\u202F]/g, ' ')
}

export interface ProseSlip {
  readonly code: 'E_YAML_HASH' | 'E_YAML_CURLY_QUOTES'
  /** From 0, in the text. */
  readonly offset: number
  readonly found: string
}

const opening = '“”„«‘’‚'
const closing = '“”»’'

/**
 * A value that was cut short by ` #`, or that stands in typographic quotation marks. A remark after a short
 * value is common and meant (`status: observe   # or enforce`), so a `#` counts only when a word touches it
 * (`decision #4`), or when one space stands between it and a sentence of five words or more.
 */
export function proseSlip(scalar: Scalar, text: string): ProseSlip | null {
  const [start, end] = scalar.range ?? [0, 0]
  if (!isPlain(scalar)) return null
  const value = text.slice(start, end)
  if (isCurly(value)) return { code: 'E_YAML_CURLY_QUOTES', offset: start, found: value }
  const [, space, remark] = /^([ \t]+)(#[^\r\n]*)/.exec(text.slice(end)) ?? []
  if (space === undefined || remark === undefined) return null
  const touches = /^#[^\s#]/.test(remark)
  const sentence = space.length === 1 && value.trim().split(/\s+/).length >= 5
  return touches || sentence
    ? { code: 'E_YAML_HASH', offset: end + space.length, found: remark.trim() }
    : null
}

function isCurly(value: string): boolean {
  return (
    value.length > 1 && opening.includes(value.charAt(0)) && closing.includes(value.charAt(value.length - 1))
  )
}

/**
 * Offset of the `: ` that breaks an unquoted sentence, on the line of a syntax error: the second one outside
 * quotes and brackets. Null: this line has none.
 */
export function secondColon(text: string, errorOffset: number): number | null {
  const begin = text.lastIndexOf('\n', errorOffset - 1) + 1
  const end = text.indexOf('\n', errorOffset)
  const line = text.slice(begin, end < 0 ? text.length : end)
  const value = /^[\s\-{]*[\p{L}\w.$"'-]+[ \t]*:[ \t]+(?!["'[{|>&*])/u.exec(line)?.[0].length
  const inFlow = line.slice(0, errorOffset - begin).search(/[{,][^{,]*$/)
  const from = inFlow >= 0 ? errorOffset - begin : value
  if (from === undefined) return null
  const colon = line.slice(from).search(/:(?=\s|$)/)
  return colon < 0 ? null : begin + from + colon
}
