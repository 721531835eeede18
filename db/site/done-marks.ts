/**
 * Who is done already. A mark of ours holds as long as the clock stands as it stood behind the act: whoever came
 * back since is found again, and `plan/done-mark.ts` says whether what changed is a sign of life.
 */
import type { ClockSource, CompiledPolicy } from '../../plan/compiled.ts'
import type { DoneMark } from '../../plan/done-mark.ts'
import type { Dialect, Statement } from '../session.ts'
import { bind, joinOutwards, qualified } from './match.ts'

/**
 * Leaves out rows with which the policy is done. Null: its act leaves no row behind that could be met again, or only
 * the judgement can say.
 */
export function notDone(dialect: Dialect, policy: CompiledPolicy): Statement | null {
  if (policy.act.done !== 'own') return unmarked(dialect, policy)
  const clock = clockText(dialect, policy)
  if (clock === null) return null
  const mark = markOf(dialect, policy)
  return {
    text: `NOT EXISTS (SELECT 1 FROM ${mark.text} AND (d.clock = ${clock.text}${orBefore(dialect, policy)}))`,
    values: [...mark.values, ...clock.values],
  }
}

/** The same by the mark alone where only the judgement can say: who came back by such a clock counts as done. */
export function notMarked(dialect: Dialect, policy: CompiledPolicy): Statement | null {
  const asked = notDone(dialect, policy)
  if (asked !== null || policy.act.done !== 'own') return asked
  const mark = markOf(dialect, policy)
  return { text: `NOT EXISTS (SELECT 1 FROM ${mark.text})`, values: mark.values }
}

/**
 * Marks from before they knew the clock: of a row whose one clock shows a day before the act the judgement need not
 * be asked. There can be as many of them as people.
 */
function orBefore(dialect: Dialect, policy: CompiledPolicy): string {
  const [source, second] = policy.clock.sources
  if (source === undefined || second !== undefined || source.joins.length > 0) return ''
  if (!['datetime', 'timestamp', 'date'].includes(source.clock.family)) return ''
  const day = `SUBSTR(${dialect.asText(ownColumn(dialect, policy, source.clock.column))}, 1, 10)`
  return ` OR (d.clock IS NULL AND ${day} < SUBSTR(d.done_at, 1, 10))`
}

/** For the statement that writes: marks of ours were asked for after the row was locked, and nobody else sets one. */
export function unmarked(dialect: Dialect, { act: { done } }: CompiledPolicy): Statement | null {
  return done === null || done === 'own'
    ? null
    : { text: `${qualified(dialect, done.column, '')} IS NULL`, values: [] }
}

/** A column of the mark that a row has, whatever its clock says by now; null where the policy sets none of ours. */
export function ofMark(
  dialect: Dialect,
  policy: CompiledPolicy,
  column: 'done_at' | 'clock',
): Statement | null {
  if (policy.act.done !== 'own') return null
  const mark = markOf(dialect, policy)
  return { text: `(SELECT d.${column} FROM ${mark.text})`, values: mark.values }
}

function markOf(dialect: Dialect, policy: CompiledPolicy): Statement {
  const key = markedKey(dialect, policy)
  return {
    text: `oubli_done d WHERE d.policy = ? AND d.key_text = ${key.text}`,
    values: [policy.policy.id, ...key.values],
  }
}

/** As canonical text escapes them. */
const escapes = [
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
] as const

/** The key of a row of the site as text. Marks are written and sought by this very expression. */
export function markedKey(dialect: Dialect, policy: CompiledPolicy): Statement {
  const parts = policy.key.map(({ name, family }) => {
    const column = ownColumn(dialect, policy, name)
    if (family === 'binary') return `LOWER(HEX(${column}))`
    if (family !== 'text') return dialect.asText(column)
    return escapes.reduce((text) => `REPLACE(${text}, ?, ?)`, dialect.asText(column))
  })
  return {
    text: dialect.concat(`'["'`, ...parts.flatMap((part, i) => (i === 0 ? [part] : [`'","'`, part])), `'"]'`),
    values: policy.key.flatMap(({ family }) => (family === 'text' ? escapes.flat() : [])),
  }
}

/** As long as the column of a mark; no time needs so many. */
const longestClock = 200
const betweenTexts = '|'

/** The texts of a mark, one for each source and one for `else`. Null: it has none, or they may have been cut. */
export function clockTexts(clock: string | null): DoneMark['clock'] {
  if (clock === null || clock.length >= longestClock) return null
  return clock.split(betweenTexts).map((text) => (text === '' ? null : text))
}

/**
 * What every source of the clock says of a row, as one text: the same means that nothing happened. Null where the
 * database cannot tell the latest value of a source.
 */
export function clockText(dialect: Dialect, policy: CompiledPolicy): Statement | null {
  const { sources, else: otherwise } = policy.clock
  if (sources.some(({ clock }) => !clock.ordered || clock.path !== undefined)) return null
  const own = (column: string): Statement => ({
    text: dialect.asText(ownColumn(dialect, policy, column)),
    values: [],
  })
  const parts = [
    ...sources.map((source) =>
      source.joins.length === 0 ? own(source.clock.column) : latestIn(dialect, policy, source),
    ),
    ...(otherwise === null ? [] : [own(otherwise.column)]),
  ]
  const texts = parts.map(({ text }) => `COALESCE(${text}, '')`)
  const joined = texts.flatMap((text, i) => (i === 0 ? [text] : [`'${betweenTexts}'`, text]))
  return {
    text: `SUBSTR(${joined.length === 1 ? joined.join('') : dialect.concat(...joined)}, 1, ${longestClock})`,
    values: parts.flatMap(({ values }) => values),
  }
}

/** What means never is left out, as where the clock is read: behind an end in 9999 no sign of life would show. */
function latestIn(dialect: Dialect, policy: CompiledPolicy, { joins, clock }: ClockSource): Statement {
  const joined = joinOutwards(dialect, joins)
  const value = qualified(dialect, clock.column, joined.alias)
  const never = clock.never.filter((one) => one !== null)
  const same = policy.key.map(
    ({ name }) => `${qualified(dialect, name, 'r')} = ${ownColumn(dialect, policy, name)}`,
  )
  return {
    text:
      `(SELECT ${dialect.asText(`MAX(${value})`)} FROM ${dialect.quote(policy.table)} r${joined.text}` +
      ` WHERE ${[...same, ...never.map(() => `${value} <> ?`)].join(' AND ')})`,
    values: [...joined.values, ...never.map((one) => bind(one, clock.family))],
  }
}

function ownColumn(dialect: Dialect, { table }: CompiledPolicy, column: string): string {
  return `${dialect.quote(table)}.${dialect.quote(column)}`
}
