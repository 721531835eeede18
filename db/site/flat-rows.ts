/** What is due in a flat table, as one condition, and readings that no row leaves. See `plan/flat.ts`. */
import type { Key } from '../../base/subject-ref.ts'
import type { CompiledPolicy, KeyColumn } from '../../plan/compiled.ts'
import type { FlatBounds } from '../../plan/flat.ts'
import type { Dialect, Session, Statement } from '../session.ts'
import { keyOf, notNever, scannedClock, textOrNull } from './candidates.ts'
import { notDone } from './done-marks.ts'
import { bind, both, matchKeys, matchOnly } from './match.ts'
import { byKey, inLists } from './rows.ts'

/** Rows that a hold keeps: those with one of these values in these columns of theirs. */
export interface Kept {
  readonly columns: readonly KeyColumn[]
  readonly values: readonly Key[]
}

/** Rows that one transaction looks at. A window holds every key from `low` to `high`, both inclusive. */
export type Part =
  | { readonly by: 'window'; readonly low: bigint; readonly high: bigint }
  | { readonly by: 'keys'; readonly keys: readonly Key[] }

/** Places of a part in the table, as conditions on the key alone. */
export function placesOf(dialect: Dialect, policy: CompiledPolicy, part: Part): readonly Statement[] {
  if (part.by === 'keys') return inLists(part.keys).map((list) => matchKeys(dialect, policy.key, list))
  const column = dialect.quote(policy.key[0]?.name ?? '')
  return [{ text: `${column} BETWEEN ? AND ?`, values: [part.low, part.high] }]
}

/** What a policy looks for in its table. */
export interface FlatScope {
  readonly bounds: FlatBounds
  readonly kept: readonly Kept[]
}

/** True of a row only when it is due and nothing spares it. Never NULL for a row whose clock has a value. */
export function flatDue(dialect: Dialect, policy: CompiledPolicy, { bounds, kept }: FlatScope): Statement {
  const clock = scannedClock(policy)
  const column = dialect.quote(clock.column)
  const exists = dialect.existingTime(column, clock.family)
  return both(
    {
      text: `${column} >= ? AND ${column} < ?`,
      values: [bind(bounds.from, clock.family), bind(bounds.to, clock.family)],
    },
    exists === null ? null : { text: exists, values: [] },
    notNever(dialect, clock),
    matchOnly(dialect, policy.only),
    notDone(dialect, policy),
    ...kept.map((one) => notKept(dialect, one)),
  )
}

function notKept(dialect: Dialect, { columns, values }: Kept): Statement | null {
  if (values.length === 0) return null
  const kept = matchKeys(dialect, columns, values)
  const empty = columns.map(({ name }) => `${dialect.quote(name)} IS NULL`)
  return { text: `(${[...empty, `NOT (${kept.text})`].join(' OR ')})`, values: kept.values }
}

export interface FlatCount {
  /** Rows whose clock lies before the bound. */
  readonly before: number
  /** Of those, rows that are due and that nothing spares. */
  readonly due: number
  /** Raw value of the earliest clock among the due. */
  readonly oldest: string | null
}

/**
 * Reads as many index entries as rows lie before the bound (from `from` on, where it is given), and no row when
 * the index holds what is asked.
 */
export async function countFlat(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  scope: FlatScope,
  from: string | null = null,
): Promise<FlatCount> {
  const clock = scannedClock(policy)
  const column = dialect.quote(clock.column)
  const due = flatDue(dialect, policy, scope)
  const where = both(
    from === null ? null : { text: `${column} >= ?`, values: [bind(from, clock.family)] },
    { text: `${column} < ?`, values: [bind(scope.bounds.to, clock.family)] },
    notNever(dialect, clock),
    matchOnly(dialect, policy.only),
    notDone(dialect, policy),
  )
  const [row] = await session.rows({
    text:
      `SELECT COUNT(*) AS oubli_before, COALESCE(SUM(oubli_is_due), 0) AS oubli_due, MIN(CASE WHEN oubli_is_due = 1 THEN oubli_clock END) AS oubli_oldest` +
      ` FROM (SELECT ${column} AS oubli_clock, CASE WHEN ${due.text} THEN 1 ELSE 0 END AS oubli_is_due FROM ${dialect.quote(policy.table)} WHERE ${where.text}) counted`,
    values: [...due.values, ...where.values],
  })
  return {
    before: Number(row?.['oubli_before'] ?? 0),
    due: Number(row?.['oubli_due'] ?? 0),
    oldest: textOrNull(row?.['oubli_oldest']),
  }
}

/** A stretch of the oldest rows that are due. */
export interface Stretch {
  readonly rows: number
  /** Lowest and highest key among them; null where the key is no single number. */
  readonly low: bigint | null
  readonly high: bigint | null
  /** Raw clock of the latest of them. */
  readonly upTo: string | null
}

/** `from`: raw clock to begin at (inclusive); it spares the walk over entries that are deleted already. */
export async function readStretch(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  scope: FlatScope,
  from: string | null,
  most: number,
): Promise<Stretch> {
  const clock = scannedClock(policy)
  const [key] = policy.key
  const inner = stretchText(dialect, policy, scope, from, most)
  const column = dialect.quote(key?.name ?? '')
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n, MIN(oubli_k0) AS oubli_low, MAX(oubli_k0) AS oubli_high, MAX(oubli_clock) AS oubli_up_to FROM (SELECT ${column} AS oubli_k0, ${dialect.quote(clock.column)} AS oubli_clock${inner.text}) stretch`,
    values: inner.values,
  })
  const number = (name: string): bigint | null => {
    const raw = textOrNull(row?.[name])
    return raw === null || key?.family !== 'integer' ? null : BigInt(raw)
  }
  return {
    rows: Number(row?.['oubli_n'] ?? 0),
    low: number('oubli_low'),
    high: number('oubli_high'),
    upTo: textOrNull(row?.['oubli_up_to']),
  }
}

/** The same stretch row by row. */
export async function readStretchKeys(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  scope: FlatScope,
  from: string | null,
  most: number,
): Promise<{ readonly keys: readonly Key[]; readonly upTo: string | null }> {
  const clock = scannedClock(policy)
  const inner = stretchText(dialect, policy, scope, from, most)
  const keys = policy.key.map(({ name }, i) => `${dialect.quote(name)} AS oubli_k${i}`)
  const rows = await session.rows({
    text: `SELECT ${keys.join(', ')}, ${dialect.quote(clock.column)} AS oubli_clock${inner.text}`,
    values: inner.values,
  })
  return {
    keys: rows.map((row) => keyOf(row, policy)),
    upTo: textOrNull(rows.at(-1)?.['oubli_clock']),
  }
}

function stretchText(
  dialect: Dialect,
  policy: CompiledPolicy,
  scope: FlatScope,
  from: string | null,
  most: number,
): Statement {
  const clock = scannedClock(policy)
  const column = dialect.quote(clock.column)
  const where = both(
    from === null ? null : { text: `${column} >= ?`, values: [bind(from, clock.family)] },
    flatDue(dialect, policy, scope),
  )
  return {
    text: ` FROM ${dialect.quote(policy.table)} WHERE ${where.text} ORDER BY ${column} LIMIT ${most}`,
    values: where.values,
  }
}

/** Lowest and highest key of the whole table; the two ends of the primary key, so it costs nothing. */
export async function keySpan(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
): Promise<{ readonly low: bigint; readonly high: bigint } | null> {
  const column = dialect.quote(policy.key[0]?.name ?? '')
  const [row] = await session.rows({
    text: `SELECT MIN(${column}) AS oubli_low, MAX(${column}) AS oubli_high FROM ${dialect.quote(policy.table)}`,
    values: [],
  })
  const [low, high] = [textOrNull(row?.['oubli_low']), textOrNull(row?.['oubli_high'])]
  return low === null || high === null ? null : { low: BigInt(low), high: BigInt(high) }
}

/** Keys of a part's rows that are due, at most `most`; `lock` is put behind the statement. */
export async function readDueKeys(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  scope: FlatScope,
  part: Part,
  most: number,
  lock: string,
): Promise<readonly Key[]> {
  const keys = policy.key.map(({ name }) => dialect.quote(name))
  const selected = keys.map((key, i) => `${key} AS oubli_k${i}`).join(', ')
  const found: Key[] = []
  for (const place of placesOf(dialect, policy, part)) {
    if (found.length >= most) break
    const where = both(place, flatDue(dialect, policy, scope))
    const rows = await session.rows({
      text:
        `SELECT ${selected} FROM ${dialect.quote(policy.table)}${byKey(dialect, policy)} WHERE ${where.text}` +
        ` ORDER BY ${keys.join(', ')} LIMIT ${most - found.length}${lock}`,
      values: where.values,
    })
    found.push(...rows.map((row) => keyOf(row, policy)))
  }
  return found
}
