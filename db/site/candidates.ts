/**
 * The non-locking keyset scan: rows whose scanned clock lies before a bound, oldest first. Two passes, because
 * a row whose clock never moved is decided by another column. See `candidate-pages.ts` for what makes pages of it.
 */
import type { Key } from '../../base/subject-ref.ts'
import type { ClockColumn, CompiledPolicy } from '../../plan/compiled.ts'
import type { Dialect, Row, Session, Statement } from '../session.ts'
import { notDone, unmarked } from './done-marks.ts'
import { bind, both, matchOnly, qualified } from './match.ts'

/** `dated`: the scanned clock has a value. `never`: it has none, and `else` decides. */
export type Pass = 'dated' | 'never'

export interface Candidate {
  /** Raw value of the column that the pass sorts by. */
  readonly clock: string | null
  readonly key: Key
  readonly pass: Pass
}

/** Where a page begins. `key`: among the rows of this very clock, after that key; null: at the first of them. */
export type Start =
  | { readonly by: 'clock'; readonly clock: string; readonly inclusive: boolean }
  | { readonly by: 'key'; readonly clock: string; readonly key: Key | null }

export interface Scan {
  readonly pass: Pass
  /** Exclusive: value < bound. */
  readonly bound: string
  /** Null: at the oldest. */
  readonly start: Start | null
  readonly limit: number
  /** Rows of which this holds are left out. */
  readonly known?: Statement | null
}

/** In the order of the clock, or of the key among the rows of one clock. */
export async function readCandidates(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  scan: Scan,
): Promise<readonly Candidate[]> {
  const statement = candidatesStatement(dialect, policy, scan)
  if (statement === null) return []
  const rows = await session.rows(statement)
  return rows.map((row) => ({
    pass: scan.pass,
    clock: textOrNull(row['oubli_clock']),
    key: keyOf(row, policy),
  }))
}

/**
 * Sorted by the clock alone: any index that begins with it gives that order, whatever else stands in it. Sorting by
 * clock and key would make the server sort all that is left for every page, unless the index holds nothing else.
 */
function candidatesStatement(dialect: Dialect, policy: CompiledPolicy, scan: Scan): Statement | null {
  const scanned = scannedClock(policy)
  const sorted = scan.pass === 'dated' ? scanned : policy.clock.else
  if (sorted === null) return null
  const column = qualified(dialect, sorted.column, '')
  const keys = policy.key.map(({ name }) => qualified(dialect, name, ''))
  const where = both(
    { text: `${column} < ?`, values: [bind(scan.bound, sorted.family)] },
    scan.pass === 'dated' ? notNever(dialect, scanned) : never(dialect, scanned),
    scan.pass === 'never' ? notNever(dialect, sorted) : null,
    matchOnly(dialect, policy.only),
    notDone(dialect, policy),
    scan.known == null ? null : { text: `NOT (${scan.known.text})`, values: scan.known.values },
    startAt(policy, sorted, column, keys, scan.start),
  )
  return {
    text:
      `SELECT ${keys.map((key, i) => `${key} AS oubli_k${i}`).join(', ')}, ${column} AS oubli_clock` +
      ` FROM ${dialect.quote(policy.table)} WHERE ${where.text}` +
      ` ORDER BY ${scan.start?.by === 'key' ? keys.join(', ') : column} LIMIT ${scan.limit}`,
    values: where.values,
  }
}

/** Rows whose scanned clock lies after a bound; no scan by cutoff meets them. Counted up to `most`. */
export async function countAfter(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  bound: string,
  most: number,
): Promise<number> {
  const scanned = scannedClock(policy)
  const where = both(
    { text: `${qualified(dialect, scanned.column, '')} > ?`, values: [bind(bound, scanned.family)] },
    notNever(dialect, scanned),
    matchOnly(dialect, policy.only),
    notDone(dialect, policy),
  )
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${dialect.quote(policy.table)} WHERE ${where.text} LIMIT ${most}) later`,
    values: where.values,
  })
  return Number(row?.['oubli_n'] ?? 0)
}

/** The condition that a destructive statement repeats: the row is still before the bound and still concerned. */
export function stillDue(
  dialect: Dialect,
  policy: CompiledPolicy,
  bound: string,
  elseBound: string | null,
): Statement {
  const scanned = scannedClock(policy)
  const column = qualified(dialect, scanned.column, '')
  const dated = both(
    { text: `${column} < ?`, values: [bind(bound, scanned.family)] },
    notNever(dialect, scanned),
  )
  const fallback = policy.clock.else
  const silent = never(dialect, scanned)
  const byElse =
    fallback === null || elseBound === null
      ? null
      : both(silent, {
          text: `${qualified(dialect, fallback.column, '')} < ?`,
          values: [bind(elseBound, fallback.family)],
        })
  // Another source may be the one that happened; then the scanned clock is silent and `judge` has decided.
  const others = policy.clock.sources.length > 1 ? silent : null
  const alternatives = [dated, byElse, others].filter((part) => part !== null)
  return both(
    {
      text: `(${alternatives.map((part) => `(${part.text})`).join(' OR ')})`,
      values: alternatives.flatMap((part) => part.values),
    },
    matchOnly(dialect, policy.only),
    unmarked(dialect, policy),
  )
}

export function scannedClock(policy: CompiledPolicy): ClockColumn {
  const first = policy.clock.sources[0]
  if (first === undefined || first.joins.length > 0)
    throw new Error('the scanned clock is a column of the root')
  return first.clock
}

function never(dialect: Dialect, clock: ClockColumn): Statement {
  const column = qualified(dialect, clock.column, '')
  const values = clock.never.filter((value) => value !== null)
  const tests = [
    ...(clock.never.includes(null) ? [`${column} IS NULL`] : []),
    ...values.map(() => `${column} = ?`),
  ]
  if (tests.length === 0) return { text: '1 = 0', values: [] }
  return { text: `(${tests.join(' OR ')})`, values: values.map((value) => bind(value, clock.family)) }
}

export function notNever(dialect: Dialect, clock: ClockColumn): Statement | null {
  const values = clock.never.filter((value) => value !== null)
  if (values.length === 0) return null
  const column = qualified(dialect, clock.column, '')
  return {
    text: values.map(() => `${column} <> ?`).join(' AND '),
    values: values.map((value) => bind(value, clock.family)),
  }
}

function startAt(
  policy: CompiledPolicy,
  sorted: ClockColumn,
  column: string,
  keys: readonly string[],
  start: Start | null,
): Statement | null {
  if (start === null) return null
  const clock = bind(start.clock, sorted.family)
  if (start.by === 'clock') return { text: `${column} ${start.inclusive ? '>=' : '>'} ?`, values: [clock] }
  const same = { text: `${column} = ?`, values: [clock] }
  if (start.key === null) return same
  const bounds = start.key.map((value, i) => bind(value, policy.key[i]?.family ?? 'other'))
  const marks = keys.map(() => '?').join(', ')
  const further = keys.length === 1 ? `${keys.join('')} > ?` : `(${keys.join(', ')}) > (${marks})`
  return both(same, { text: further, values: bounds })
}

export function keyOf(row: Row, policy: { readonly key: readonly unknown[] }): Key {
  return policy.key.map((_, i) => textOrNull(row[`oubli_k${i}`]) ?? '')
}

export function textOrNull(value: string | null | Uint8Array | undefined): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : Buffer.from(value).toString('hex')
}
