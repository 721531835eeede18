/**
 * The ledger beside the log: keyed references of people who were erased and of mails that were accepted, for
 * the night on which an older backup is restored. Only the site's secret opens a reference, so the ledger
 * proves nothing to anybody else; what it asks for must be in the signed log as well. Files hold the lines of
 * one day each and carry the hash of their text in their name: one that was cut or changed does not fit it.
 */
import { createHash } from 'node:crypto'
import { canonicalText, type Canonical } from '../base/canonical.ts'

/** Somebody who was erased or anonymised. */
export interface DepartureLine {
  readonly v: '1'
  readonly what: 'erased' | 'anonymised'
  readonly kind: string
  /** HMAC over kind and key. */
  readonly key: string
  /** HMAC over kind, key and identity. */
  readonly person: string
  /** Id of the entry that proves it. */
  readonly entry: string
  readonly policy: string
  readonly at: string
}

/**
 * `put back`: somebody who was erased wrongly, on purpose: what lines say of them before counts no more. `kept`:
 * somebody asked to stay.
 */
export interface MarkLine {
  readonly v: '1'
  readonly what: 'put back' | 'kept'
  readonly kind: string
  readonly key: string
  readonly person: string
  /** Id of the entry that proves it. */
  readonly entry: string
  readonly at: string
}

/** A warning that a relay accepted, or that counts no more: the mail came back, or the person did. */
export interface MailLine {
  readonly v: '1'
  readonly what: 'mail accepted' | 'mail returned'
  readonly kind: string
  readonly policy: string
  /** HMAC over kind, key, policy, cycle and address. */
  readonly mail: string
  readonly round: string
  readonly step: string
  readonly terms: string
  readonly announced: string
  /** Rounded down to the minute. */
  readonly at: string
}

export type LedgerLine = DepartureLine | MarkLine | MailLine

/** Most lines of one file. */
export const linesInFile = 10_000

const hash = /^[0-9a-f]{64}$/
const name = /^[\p{L}\p{N}_$.-]{1,130}$/u
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const number = /^(0|[1-9]\d{0,8})$/
const common = { v: /^1$/, kind: name, policy: name, at: instant }

const person = { key: hash, person: hash, entry: /^[0-9a-f]{32}$/ }

const rules: readonly Readonly<Record<string, RegExp>>[] = [
  { ...common, ...person, what: /^(erased|anonymised)$/ },
  { v: /^1$/, kind: name, at: instant, ...person, what: /^(put back|kept)$/ },
  {
    ...{ ...common, what: /^mail (accepted|returned)$/, mail: hash, terms: hash, announced: instant },
    ...{ round: number, step: number },
  },
]

/** Throws a TypeError for a line that could hold more than it should; never shows it. */
export function ledgerText(line: LedgerLine): string {
  const value = line as unknown as Canonical
  if (!fits(value)) throw new TypeError('ledger line: does not look as it should')
  return canonicalText(value)
}

/** Null: no line of a ledger. */
export function ledgerLine(text: string): LedgerLine | null {
  try {
    const value = JSON.parse(text) as Canonical
    return fits(value) && canonicalText(value) === text ? (value as unknown as LedgerLine) : null
  } catch {
    return null
  }
}

function fits(value: Canonical): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const fields = value as Readonly<Record<string, Canonical | undefined>>
  return rules.some(
    (rule) =>
      Object.keys(fields).length === Object.keys(rule).length &&
      Object.entries(rule).every(([key, pattern]) => {
        const found = fields[key]
        return typeof found === 'string' && pattern.test(found)
      }),
  )
}

export interface LedgerFile {
  readonly name: string
  /** `YYYY-MM-DD`: on which all that its lines tell of happened. */
  readonly day: string
  readonly lines: number
}

/** Null: the name is not that of a file of the ledger. */
export function ledgerFile(fileName: string): LedgerFile | null {
  const [, day, lines] = /^(\d{4}-\d\d-\d\d)-(\d{6})-[0-9a-f]{32}$/.exec(fileName) ?? []
  return day === undefined || lines === undefined ? null : { name: fileName, day, lines: Number(lines) }
}

/** Texts of lines of one day, each once. */
export function writeLedgerFile(
  day: string,
  texts: readonly string[],
): { readonly name: string; readonly text: string } {
  const text = texts.map((line) => `${line}\n`).join('')
  return { name: `${day}-${String(texts.length).padStart(6, '0')}-${digest(text)}`, text }
}

/** Null: the text is not what the name says. */
export function readLedgerFile(fileName: string, text: string): readonly string[] | null {
  if (!fileName.endsWith(`-${digest(text)}`)) return null
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
