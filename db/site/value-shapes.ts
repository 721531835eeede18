/** What one value looks like. The answer is a list of classes; the value itself goes nowhere. */
import { isIP } from 'node:net'
import type { ValueShape } from '../../plan/draft/shapes.ts'

/** 1990 to 2060, as most sites' seconds. */
const [firstSecond, lastSecond] = [631_152_000, 2_840_140_800]

export const neverValues: readonly string[] = ['0', '', '0000-00-00', '0000-00-00 00:00:00']

/** Bytes that are a text are judged as one: some sites keep every text in a binary column. */
export function shapesOf(value: string | Uint8Array): readonly ValueShape[] {
  if (typeof value === 'string') return textShapes(value)
  const { length } = value
  const sizes: readonly ValueShape[] =
    length === 4 ? ['four bytes'] : length === 16 ? ['sixteen bytes'] : length === 0 ? ['never'] : []
  if (value.some((byte) => byte < 32 || byte > 126)) return sizes
  return [...sizes, ...textShapes(new TextDecoder().decode(value))]
}

function textShapes(raw: string): readonly ValueShape[] {
  if (neverValues.includes(raw)) return ['never']
  const text = raw.trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) return numberShapes(text)
  return tests.filter(([, test]) => test(text)).map(([shape]) => shape)
}

function numberShapes(text: string): readonly ValueShape[] {
  const whole = Number(text.split('.')[0])
  const shapes: ValueShape[] = []
  if (whole >= firstSecond && whole < lastSecond) shapes.push('epoch seconds')
  if (whole >= firstSecond * 1000 && whole < lastSecond * 1000) shapes.push('epoch milliseconds')
  if (/^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text))
    shapes.push('14 digits')
  if (/^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(text)) shapes.push('8 digits')
  if (/^0\d{8,13}$/.test(text)) shapes.push('phone')
  return shapes
}

const day = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?`
const patterns: readonly (readonly [ValueShape, RegExp])[] = [
  ['email', /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]{2,}$/],
  [
    'user agent',
    /^(?:Mozilla|Opera|curl|Wget|Dalvik|okhttp|python-requests)\/|\b(?:Chrome|Firefox|Safari)\/\d/,
  ],
  ['json', /^(?:\{\s*"|\{\s*\}|\[[\s\S]*)/],
  ['serialised', /^(?:a:\d+:\{|O:\d+:")/],
  ['proper name', /^\p{Lu}[\p{L}’'-]*(?: \p{Lu}[\p{L}’'.-]*){1,3}$/u],
  ['token', /^(?=[^\s]*\d)[A-Za-z0-9+/=_$.-]{24,}$/],
  ['iso in UTC', new RegExp(`^${day}T${time}(?:Z|\\+00:?00)$`)],
  ['iso with offset', new RegExp(`^${day}T${time}(?!Z|\\+00:?00)[+-]\\d{2}:?\\d{2}$`)],
  ['datetime', new RegExp(`^${day} ${time}$`)],
  ['date', new RegExp(`^${day}$`)],
  ['long ago', /^19(?:[0-8]\d|9[0-4])-\d{2}-\d{2}(?: |$)/],
  ['written date', /^\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d{2}\b|^(?:19|20)\d{2}[/.]\d{1,2}[/.]\d{1,2}\b/],
]

const tests: readonly (readonly [ValueShape, (text: string) => boolean])[] = [
  ...patterns.map(([shape, pattern]) => [shape, (text: string) => pattern.test(text)] as const),
  ['ip', (text) => isIP(text) !== 0],
  ['phone', isPhone],
  ['iban', isIban],
  [
    'prose',
    (text) => /^[^{<]/.test(text) && text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length >= 6,
  ],
]

function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '').length
  return /^\+?[\d\s().\-/]{8,24}$/.test(text) && /^[+0(]/.test(text) && digits >= 8 && digits <= 15
}

/** By its check digits, so that no other code passes for one. */
function isIban(text: string): boolean {
  const code = text.replace(/\s/g, '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(code)) return false
  const digits = `${code.slice(4)}${code.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  )
  return Array.from(digits).reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1
}
