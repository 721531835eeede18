/**
 * The text of an entry, and the check of what may stand in it. Types vanish when the program runs; these patterns
 * do not. A table of fields per kind is closed: a field that it does not know is refused. No mail address, host
 * address or name with a space fits any of them. What a shape cannot tell: the name of a table from that of a
 * person, a count from another number, a day from a birthday. These come from the files of the site and from
 * counting, never out of a row.
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
/** As the policies and the data map let them be called. So many digits alone are rather a phone's. */
const policyId = /^[a-z][a-z0-9_-]{0,39}$/
const table = /^(?!\d{9,}$)[A-Za-z0-9_$]{1,64}(?:\.[A-Za-z0-9_$]{1,64})?$/
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const minute = /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/
const day = /^\d{4}-\d\d-\d\d$/
const count = /^(0|[1-9]\d{0,18})$/
const words = /^[a-z][a-z ,-]{0,79}$/
const code = /^E_[A-Z0-9_]{1,60}$/

const policy = { record: { id: policyId, terms: hash } } satisfies Rule
const version = /^\d{1,4}\.\d{1,4}\.\d{1,4}(?:-[0-9a-z.-]{1,20})?$/
const common = { v: /^1$/, id, kind: /^[a-z.-]{1,40}$/, t: minute, tool: version }
const change = {
  ...common,
  run: id,
  policy,
  as_of: instant,
  cutoff: instant,
  tables: { mapOf: { mapOf: count, keys: words }, keys: table } satisfies Rule,
}
const subject = { ...change, subject: hash }
const rows = { ...change, batch: id }
const warning = { ...common, policy, subject: hash, round: count, step: count }
const hold = { ...common, hold: id, subject: hash }
/** One part of a run, or several: `warn+deliver`. */
const job = /^(?:replay|(?:run|warn|deliver|purge)(?:\+(?:warn|deliver|purge)){0,2})$/
const run = { ...common, run: id, job, as_of: instant }
const policyCounts = {
  record: {
    ...{ observed: count, erased: count, anonymised: count, archived: count },
    ...{ truncated: count, withdrawn: count, warned: count, left: count },
    spared: { mapOf: count, keys: words },
  },
} satisfies Rule

const firstTime = {
  policies: { mapOf: hash, keys: policyId } satisfies Rule,
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
  'purge.checked': {
    ...common,
    run: id,
    policy,
    as_of: instant,
    done: count,
    asked: count,
    left: { mapOf: count, keys: table },
  },
  'run.finished': {
    ...{
      ...run,
      policies: { mapOf: policyCounts, keys: policyId },
      stopped: /^(?:done|partly done|refused|failed)$/,
    },
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
  'warning.failed': { ...warning, why: /^(refused|bounced|undelivered|abandoned)$/ },
  'telling.ended': { ...common, policy, how: /^(accepted|refused|abandoned)$/, count },
  'hold.set': hold,
  'hold.released': hold,
  'request.kept': { ...common, request: id, subject: hash },
  'subject.put-back': hold,
  'plan.approved': {
    ...{ ...common, fingerprint: hash, most: { mapOf: count, keys: policyId }, until: instant },
    backlog: { optional: { mapOf: { record: { size: count, before: instant, by: day } }, keys: policyId } },
    first: { optional: { record: firstTime } },
  },
  'terms.changed': {
    ...common,
    policy,
    before: { nullable: hash },
    change: /^(new|shortened|lengthened|stronger|weaker|other)$/,
  },
  'restore.reconciled': {
    ...{ ...common, run: id, as_of: instant, size: count },
    ...{ erased: count, anonymised: count, kept: count, mails: count },
  },
  'clock.accepted': { ...common, run: id, previous: instant, as_of: instant },
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
