/**
 * The text of an entry, and the check that nothing personal can stand in it. Types vanish when the program
 * runs; these patterns do not. A table of fields per kind is closed: a field that it does not know is refused.
 */
import { canonicalText, isCanonical, type Canonical } from '../base/canonical.ts'
import type { Entry, EntryKind, SubjectEntry, TableCounts } from './entry.ts'

type Rule =
  | RegExp
  | { readonly nullable: Rule }
  | { readonly optional: Rule }
  | { readonly mapOf: Rule; readonly keys: RegExp }
  | { readonly record: Readonly<Record<string, Rule>> }

/** Longest text of an entry, in bytes: what the two bytes before it in the log can say. */
export const longestEntry = 65_535

const hash = /^[0-9a-f]{64}$/
const id = /^[0-9a-f]{32}$/
const name = /^[\p{L}\p{N}_$.-]{1,130}$/u
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const minute = /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/
const day = /^\d{4}-\d\d-\d\d$/
const count = /^(0|[1-9]\d{0,18})$/
const words = /^[a-z][a-z ,-]{0,79}$/
const code = /^[A-Z][A-Z0-9_-]{1,60}$/

const policy = { record: { id: name, terms: hash } } satisfies Rule
const counts = { mapOf: count, keys: name } satisfies Rule
const common = { v: /^1$/, id, kind: /^[a-z.-]{1,40}$/, t: minute, tool: /^[0-9A-Za-z.+-]{1,40}$/ }
const change = {
  ...common,
  run: name,
  policy,
  as_of: instant,
  cutoff: instant,
  tables: { mapOf: { mapOf: count, keys: words }, keys: name } satisfies Rule,
}
const subject = { ...change, subject: hash }
const rows = { ...change, batch: name }
const warning = { ...common, policy, subject: hash, round: count, step: count }
const hold = { ...common, hold: name, subject: hash }
/** One part of a run, or several: `warn+deliver`. */
const job = /^[a-z]{1,40}(?:\+[a-z]{1,40}){0,2}$/
const run = { ...common, run: name, job, as_of: instant }
const policyCounts = {
  record: {
    ...{ observed: count, erased: count, anonymised: count, archived: count },
    ...{ truncated: count, withdrawn: count, warned: count, left: count },
    spared: { mapOf: count, keys: words },
  },
} satisfies Rule

const firstTime = {
  policies: { mapOf: hash, keys: name } satisfies Rule,
  backup: { nullable: { record: { taken: day, kept_until: day } } } satisfies Rule,
  ...{ binlog_days: { nullable: count } satisfies Rule, comes_back: count },
}

const rules: Readonly<Record<EntryKind, Readonly<Record<string, Rule>>>> = {
  'subject.erased': subject,
  'subject.anonymised': subject,
  'rows.erased': rows,
  'rows.anonymised': rows,
  'rows.archived': rows,
  'rows.truncated': rows,
  'rows.withdrawn': rows,
  'purge.checked': { ...common, run: name, policy, as_of: instant, done: count, asked: count, left: counts },
  'run.finished': {
    ...{ ...run, policies: { mapOf: policyCounts, keys: name }, stopped: words },
    pilot: { optional: count },
  },
  'run.refused': {
    ...run,
    code,
    policy: { nullable: policy },
    found: { nullable: count },
    limit: { nullable: count },
  },
  'warning.accepted': { ...warning, announced: day },
  'warning.failed': { ...warning, why: /^(refused|bounced|abandoned)$/ },
  'telling.ended': { ...common, policy, how: /^(accepted|refused|abandoned)$/, count },
  'hold.set': hold,
  'hold.released': hold,
  'request.kept': { ...common, request: name, subject: hash },
  'subject.put-back': hold,
  'plan.approved': {
    ...{ ...common, fingerprint: hash, most: counts, until: instant },
    backlog: { optional: { mapOf: { record: { size: count, before: instant, by: day } }, keys: name } },
    first: { optional: { record: firstTime } },
  },
  'terms.changed': {
    ...common,
    policy,
    before: { nullable: hash },
    change: /^(new|shortened|lengthened|stronger|weaker|other)$/,
  },
  'restore.reconciled': {
    ...{ ...common, run: name, as_of: instant, size: count },
    ...{ erased: count, anonymised: count, kept: count, mails: count },
  },
  'clock.accepted': { ...common, run: name, previous: instant, as_of: instant },
}

/**
 * Canonical text of an entry: what is stored, hashed and signed. Throws a TypeError that names the field,
 * never its value, when a field is missing, unknown or could hold more than it should.
 */
export function entryText(entry: Entry): string {
  const value = entry as unknown as Canonical
  const wrong = faultIn({ record: rules[entry.kind] }, value, entry.kind)
  if (wrong !== null) throw new TypeError(`evidence entry: ${wrong}`)
  const text = canonicalText(value)
  if (Buffer.byteLength(text) > longestEntry) throw new TypeError('evidence entry: longer than 64 KiB')
  return text
}

/**
 * Texts of many entries that differ in three fields only: the same as `entryText` of each, in less time. The
 * first one says what they have in common; what may stand in the three is checked for each.
 */
export function personTexts(
  first: SubjectEntry,
): (id: string, commitment: string, tables: TableCounts) => string {
  const mark = { id: '0'.repeat(32), subject: '0'.repeat(64), tables: {} }
  const [head = '', , ...others] = entryText({ ...first, ...mark }).split(/("id":"0{32}")/)
  const [middle = '', , ...rest] = others.join('').split(/("subject":"0{64}")/)
  const [late = '', , tail = ''] = rest.join('').split(/("tables":\{\})/)
  return (own, commitment, counts) => {
    const value = counts as unknown as Canonical
    const fine = id.test(own) && hash.test(commitment) && faultIn(change.tables, value, 'tables') === null
    if (!fine) throw new TypeError(`evidence entry: ${first.kind} does not look as it should`)
    return `${head}"id":"${own}"${middle}"subject":"${commitment}"${late}"tables":${canonicalText(value)}${tail}`
  }
}

/** The entry that a stored text holds; null when the text is not the canonical text of an entry. */
export function entryFrom(text: string): Entry | null {
  if (Buffer.byteLength(text) > longestEntry) return null
  try {
    const value = JSON.parse(text) as Canonical
    if (!isCanonical(text, value) || !isRecord(value)) return null
    const kind = value['kind']
    if (typeof kind !== 'string' || !Object.hasOwn(rules, kind)) return null
    const fields = rules[kind as EntryKind]
    return faultIn({ record: fields }, value, kind) === null ? (value as unknown as Entry) : null
  } catch {
    return null // not JSON, or nested deeper than any entry
  }
}

/** What is wrong with the value, by field; null: nothing. */
function faultIn(rule: Rule, value: Canonical | undefined, field: string): string | null {
  if (rule instanceof RegExp) {
    return typeof value === 'string' && rule.test(value) ? null : `${field} does not look as it should`
  }
  if ('optional' in rule) return value === undefined ? null : faultIn(rule.optional, value, field)
  if ('nullable' in rule) return value === null ? null : faultIn(rule.nullable, value, field)
  if (value === undefined || !isRecord(value)) return `${field} should be an object`
  return 'mapOf' in rule ? faultInMap(rule, value, field) : faultInRecord(rule.record, value, field)
}

type Fields = Readonly<Record<string, Canonical | undefined>>

/** The keys of a map are not printed: a caller's mistake could have put anything there. */
function faultInMap(
  rule: { readonly mapOf: Rule; readonly keys: RegExp },
  value: Fields,
  field: string,
): string | null {
  for (const [key, part] of Object.entries(value)) {
    const wrong = rule.keys.test(key) ? faultIn(rule.mapOf, part, `${field}.*`) : `${field} has a wrong key`
    if (wrong !== null) return wrong
  }
  return null
}

function faultInRecord(rule: Readonly<Record<string, Rule>>, value: Fields, field: string): string | null {
  if (Object.keys(value).some((key) => !Object.hasOwn(rule, key))) return `${field} has an unknown field`
  for (const [key, part] of Object.entries(rule)) {
    const wrong = faultIn(part, value[key], `${field}.${key}`)
    if (wrong !== null) return wrong
  }
  return null
}

function isRecord(value: Canonical): value is { readonly [key: string]: Canonical | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
