/** Reads what `judge` needs to know of some rows: raw values only, a fixed number of statements for any page. */
import { keyText, type Key } from '../../base/subject-ref.ts'
import type { ClockSource, CompiledPolicy, StateTest } from '../../plan/compiled.ts'
import type { DoneMark } from '../../plan/done-mark.ts'
import type { SourceReading } from '../../plan/facts.ts'
import type { Dialect, Row, Session, Statement } from '../session.ts'
import { keyOf, textOrNull } from './candidates.ts'
import { clockTexts, notDone, ofMark, unmarked } from './done-marks.ts'
import { bind, both, isOneOf, joinOutwards, matchKeys, matchOnly, qualified } from './match.ts'

export interface RootReading {
  readonly key: Key
  /** Every column asked for, raw. */
  readonly columns: Readonly<Record<string, string | null>>
  /** Our own mark on it; null without one. */
  readonly done: DoneMark | null
}

/**
 * The root rows that exist and that the policy concerns, by key text. `marked`: those with a mark of ours are left out
 * while their clock stands as it stood behind the act, or all of them are told.
 */
export async function readRoots(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  keys: readonly Key[],
  marked: 'left out' | 'told' = 'left out',
): Promise<ReadonlyMap<string, RootReading>> {
  if (keys.length === 0) return new Map()
  const columns = rootColumns(policy)
  const where = both(
    matchKeys(dialect, policy.key, keys),
    matchOnly(dialect, policy.only),
    marked === 'told' ? unmarked(dialect, policy) : notDone(dialect, policy),
  )
  const marks = [ofMark(dialect, policy, 'done_at'), ofMark(dialect, policy, 'clock')]
  const selected = [
    ...policy.key.map(({ name }, i) => `${dialect.quote(name)} AS oubli_k${i}`),
    ...columns.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
    ...marks.flatMap((mark, i) => (mark === null ? [] : [`${mark.text} AS oubli_d${i}`])),
  ]
  const rows = await session.rows({
    text: `SELECT ${selected.join(', ')} FROM ${dialect.quote(policy.table)} WHERE ${where.text}`,
    values: [...marks.flatMap((mark) => mark?.values ?? []), ...where.values],
  })
  return new Map(
    rows.map((row) => {
      const key = keyOf(row, policy)
      const values = columns.map((name, i) => [name, textOrNull(row[`oubli_c${i}`])] as const)
      return [keyText(key), { key, columns: Object.fromEntries(values), done: markIn(row) }]
    }),
  )
}

function markIn(row: Row): DoneMark | null {
  const at = textOrNull(row['oubli_d0'])
  return at === null ? null : { at: Date.parse(at), clock: clockTexts(textOrNull(row['oubli_d1'])) }
}

function rootColumns(policy: CompiledPolicy): readonly string[] {
  const own = policy.clock.sources
    .filter((source) => source.joins.length === 0)
    .map((source) => source.clock.column)
  const contact =
    policy.contact === null ? [] : [policy.contact.email, policy.contact.name, policy.contact.locale]
  const tests = [...policy.except, ...policy.restricted, ...policy.canary].map((test) => test.column)
  const hops = policy.owners.flatMap((owner) => owner.hops[0]?.columns.map(({ own: name }) => name) ?? [])
  const all = [...policy.identity, ...own, policy.clock.else?.column, ...contact, ...tests, ...hops]
  return [...new Set(all.filter((name) => typeof name === 'string'))]
}

/** Extremes of one clock source per root, as the database sorts its values. A root without an entry never happened there. */
export async function readSource(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  source: ClockSource,
  roots: ReadonlyMap<string, RootReading>,
): Promise<ReadonlyMap<string, SourceReading>> {
  if (source.joins.length === 0) return ownReadings(source, roots)
  if (roots.size === 0) return new Map()
  const joined = joinOutwards(dialect, source.joins)
  const value = qualified(dialect, source.clock.column, joined.alias)
  const literal = source.clock.never.filter((one) => one !== null)
  const rows = await session.rows(
    grouped(
      dialect,
      policy,
      [...roots.values()],
      joined,
      [`MIN(${value}) AS earliest`, `MAX(${value}) AS latest`],
      {
        text: [`${value} IS NOT NULL`, ...literal.map(() => `${value} <> ?`)].join(' AND '),
        values: literal.map((one) => bind(one, source.clock.family)),
      },
    ),
  )
  return new Map(
    rows.map((row) => [
      keyText(keyOf(row, policy)),
      { earliest: textOrNull(row['earliest']), latest: textOrNull(row['latest']) },
    ]),
  )
}

/** Every value of a source that the database does not sort by time, so that it cannot say which is the latest. */
export async function readEach(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  { joins, clock }: ClockSource,
  roots: ReadonlyMap<string, RootReading>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  const add = (key: string, raw: string | null): void => {
    if (raw !== null) found.set(key, [...(found.get(key) ?? []), raw])
  }
  if (joins.length === 0) for (const [key, { columns }] of roots) add(key, columns[clock.column] ?? null)
  if (joins.length === 0 || roots.size === 0) return found
  const joined = joinOutwards(dialect, joins)
  const value = qualified(dialect, clock.column, joined.alias)
  const rows = await session.rows(
    perRoot(dialect, policy, [...roots.values()], joined, [`${value} AS oubli_v`], {
      text: `${value} IS NOT NULL`,
      values: [],
    }),
  )
  for (const row of rows) add(keyText(keyOf(row, policy)), textOrNull(row['oubli_v']))
  return found
}

function ownReadings(
  source: ClockSource,
  roots: ReadonlyMap<string, RootReading>,
): ReadonlyMap<string, SourceReading> {
  const readings = new Map<string, SourceReading>()
  for (const [key, root] of roots) {
    const raw = root.columns[source.clock.column] ?? null
    if (raw !== null && !source.clock.never.includes(raw)) readings.set(key, { earliest: raw, latest: raw })
  }
  return readings
}

/** Which of these roots a named state holds for. */
export async function readState(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  state: StateTest,
  roots: ReadonlyMap<string, RootReading>,
): Promise<ReadonlySet<string>> {
  const joined = joinOutwards(dialect, state.joins)
  const holds = isOneOf(dialect, [state], joined.alias)
  if (roots.size === 0 || holds === null) return new Set()
  const rows = await session.rows(grouped(dialect, policy, [...roots.values()], joined, [], holds))
  return new Set(rows.map((row) => keyText(keyOf(row, policy))))
}

/** One row for each of these roots that has a row outwards for which the condition holds. */
export function grouped(...asked: Parameters<typeof perRoot>): Statement {
  const [dialect, policy] = asked
  const { text, values } = perRoot(...asked)
  const keys = policy.key.map(({ name }) => qualified(dialect, name, 'r'))
  return { text: `${text} GROUP BY ${keys.join(', ')}`, values }
}

/** The keys of these roots and what is selected, for each row outwards for which the condition holds. */
export function perRoot(
  dialect: Dialect,
  policy: CompiledPolicy,
  roots: readonly RootReading[],
  joined: ReturnType<typeof joinOutwards>,
  selected: readonly string[],
  condition: Statement,
): Statement {
  const keys = policy.key.map(({ name }) => qualified(dialect, name, 'r'))
  const where = both(
    matchKeys(
      dialect,
      policy.key,
      roots.map(({ key }) => key),
      'r',
    ),
    condition,
  )
  return {
    text:
      `SELECT ${[...keys.map((key, i) => `${key} AS oubli_k${i}`), ...selected].join(', ')}` +
      ` FROM ${dialect.quote(policy.table)} r${joined.text} WHERE ${where.text}`,
    values: [...joined.values, ...where.values],
  }
}
