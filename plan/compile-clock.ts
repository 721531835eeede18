/** Ties the clock of a policy to live columns: where each source stands, how its values read, in which zone. */
import type { DataMap, Event, TimeColumn, TimeFormat } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { startOfDay } from './civil.ts'
import type { ClockColumn, ClockSource, CompiledClock } from './compiled.ts'
import { endsOf } from './deadline.ts'
import { needIndex } from './index-need.ts'
import { reach, type Reach } from './joins.ts'
import { near, nearTable, tell, type Findings } from './plan-problem.ts'
import { knownColumn, type SettledKind, type SettledMap } from './settled-map.ts'
import { constantsIn, narrowed } from './source-rows.ts'
import { columnOf, holdsJson, type Column, type ColumnFamily, type Table } from './site-schema.ts'
import { checkWaived } from './waived.ts'

/** Null when it cannot be settled; the reasons are told. */
export function compileClock(
  map: SettledMap,
  root: SettledKind,
  policy: Policy,
  findings: Findings,
): CompiledClock | null {
  const period = policy.keepAtMost ?? policy.keepAtLeast
  if (period === null) tell(findings, 'E_NO_TERM', {})
  const { events } = root.kind
  const event = Object.hasOwn(events, policy.countedFrom) ? events[policy.countedFrom] : undefined
  if (event === undefined) {
    const params = { event: policy.countedFrom, ...near(policy.countedFrom, Object.keys(events)) }
    tell(findings, 'E_UNKNOWN_EVENT', { table: root.table.name, params })
    return null
  }
  const settled = event.latestOf.map((column) => settleSource(map, root, column, findings))
  const sources = settled.filter((source) => source !== null)
  const otherwise = event.else === null ? null : settleElse(map, root, event.else, findings)
  const broken = sources.length < settled.length || (event.else !== null && otherwise === null)
  const [scanned] = sources
  if (period === null || broken || scanned === undefined) return null
  checkScan(root, policy, scanned, findings)
  checkWaived(map, root, event, findings)
  return { event, sources, else: otherwise, period, ...calendar(map, root, policy, event) }
}

function calendar(
  { dataMap }: SettledMap,
  root: SettledKind,
  policy: Policy,
  event: Event,
): Pick<CompiledClock, 'ends' | 'fiscalYearEnds' | 'zone' | 'notBefore'> {
  return {
    ends: endsOf(root.kind.category, policy),
    fiscalYearEnds: event.roundedTo === null ? null : dataMap.fiscalYearEnds,
    zone: dataMap.zone,
    notBefore: startOfDay(dataMap.launchedOn, dataMap.zone),
  }
}

/** Null when it cannot be read as a time or not be reached; the reasons are told. */
export function settleSource(
  map: SettledMap,
  root: SettledKind,
  column: TimeColumn,
  findings: Findings,
): ClockSource | null {
  const name = column.table ?? root.table.name
  const where = constantsIn(map.schema.get(name), column, findings)
  const way = reach(map, root, name, where)
  // Which of two ways the person's own act takes nobody can see: orders have a customer and a clerk.
  if (way.found === 'one' && way.longer.length === 0) {
    const clock = settleColumn(map, way.kind.table, column, findings)
    const joins = narrowed(way.joins, way.kind.table, column.column, where, findings)
    if (joins === null) return null
    for (const join of joins) needLinkIndex(map, join, findings)
    return clock === null ? null : { joins, clock }
  }
  tellNoWay(map, root, column.table ?? '', kindsOf(way), findings)
  return null
}

function kindsOf(way: Reach): readonly string[] {
  if (way.found === 'none') return []
  return way.found === 'several' ? way.kinds : [way, ...way.longer].map(({ kind }) => kind.kind.name)
}

/** The same words for a clock and for a state that stand in a table nothing leads to, or several ways do. */
export function tellNoWay(
  map: SettledMap,
  root: SettledKind,
  table: string,
  kinds: readonly string[],
  findings: Findings,
): void {
  const params = { kind: root.kind.name, kinds: kinds.join(', ') }
  if (kinds.length > 0) tell(findings, 'E_AMBIGUOUS_WAY', { table, params })
  else if (!map.schema.has(table))
    tell(findings, 'E_UNKNOWN_TABLE', { table, params: nearTable(table, map.schema.keys()) })
  else tell(findings, 'E_NO_WAY', { table, params })
}

export function needLinkIndex(
  map: SettledMap,
  join: {
    readonly table: string
    readonly columns: readonly { readonly own: string }[]
    readonly where: readonly { readonly column: string }[]
  },
  findings: Findings,
): void {
  const table = map.schema.get(join.table)
  const own = join.columns.map((pair) => pair.own)
  const constants = join.where.map(({ column }) => column)
  if (table !== undefined) needIndex(findings, table, own, constants)
}

/** How a column tells the time; null when it cannot be read, and the reason is told. */
export function settleColumn(
  map: SettledMap,
  table: Table,
  source: TimeColumn,
  findings: Findings,
): ClockColumn | null {
  const column = columnOf(table, source.column)
  if (column === undefined) {
    knownColumn(table, source.column, findings)
    return null
  }
  const format = settleFormat(table, column, source, findings)
  if (format === null) return null
  const naive = format === 'datetime' || format === 'date' || format === '14 digits'
  const { never } = source
  const { path, ordered: declared } = source
  // As texts, 999999999 comes after 1000000000.
  const ordered = declared && path === undefined && !(format.startsWith('epoch') && column.family === 'text')
  const zone = naive ? (source.zone ?? unnamedZone(format, map.dataMap)) : 'UTC'
  const clock = { column: column.name, format, zone, never, ordered, family: column.family }
  return path === undefined ? clock : { ...clock, path }
}

/**
 * Zone of values that name none. A date is a day of the policies' own calendar: read in a zone further east, it would
 * begin on the eve, and 1 January would belong to the year before.
 */
export function unnamedZone(
  format: TimeFormat,
  { zone, storedIn }: Pick<DataMap, 'zone' | 'storedIn'>,
): string {
  return format === 'date' ? zone : storedIn
}

const readable: Readonly<Record<TimeFormat, readonly ColumnFamily[]>> = {
  datetime: ['datetime', 'text'],
  timestamp: ['timestamp'],
  date: ['date', 'text'],
  'epoch seconds': ['integer', 'decimal', 'text'],
  'epoch milliseconds': ['integer', 'decimal', 'text'],
  '14 digits': ['integer', 'decimal', 'text'],
  'iso text': ['text'],
}

/** A number or a text can mean several things, so nothing is guessed: its format has to be declared. */
function settleFormat(
  table: Table,
  column: Column,
  { format, path }: Pick<TimeColumn, 'format' | 'path'>,
  findings: Findings,
): TimeFormat | null {
  const { type, name } = column
  const spot = { table: table.name, column: name }
  if (path !== undefined && !holdsJson(column)) {
    tell(findings, 'E_CLOCK_JSON', { ...spot, params: { type } })
    return null
  }
  // What stands in JSON is text, whatever the server calls the whole.
  const family = path === undefined ? column.family : 'text'
  // It shows six or seven digits of more, so paging by what it shows skips rows or never ends.
  if (/^float/i.test(type)) {
    tell(findings, 'E_CLOCK_TYPE', { ...spot, params: { type } })
    return null
  }
  if (format !== 'auto') {
    if (readable[format].includes(family)) return format
    tell(findings, 'E_CLOCK_FORMAT', { ...spot, params: { type, format } })
    return null
  }
  if (family === 'datetime' || family === 'timestamp' || family === 'date') return family
  const formats = (Object.keys(readable) as TimeFormat[]).filter((one) => readable[one].includes(family))
  const code = formats.length > 0 ? 'E_CLOCK_FORMAT_NEEDED' : 'E_CLOCK_TYPE'
  tell(findings, code, { ...spot, params: { type, formats: formats.join(', ') } })
  return null
}

function checkScan(root: SettledKind, policy: Policy, scanned: ClockSource, findings: Findings): void {
  const { column, ordered } = scanned.clock
  const below = scanned.joins.at(-1)?.table
  if (below !== undefined)
    tell(findings, 'E_CLOCK_ELSEWHERE', { table: below, column, params: { own: root.table.name } })
  else if (!ordered) tell(findings, 'E_CLOCK_UNORDERED', { table: root.table.name, column })
  else needIndex(findings, root.table, [column], equalities(root, policy))
}

/** It is searched by date as the first source is, so it can be no other kind of column. */
function settleElse(
  map: SettledMap,
  { table }: SettledKind,
  source: TimeColumn,
  findings: Findings,
): ClockColumn | null {
  const isOwn = source.table === null || source.table === table.name
  const clock = isOwn ? settleColumn(map, table, source, findings) : null
  if (clock?.ordered === true) return clock
  const params = { own: table.name }
  if (!isOwn || clock !== null)
    tell(findings, 'E_CLOCK_ELSE', { table: source.table ?? table.name, column: source.column, params })
  return null
}

/** Columns that the scan compares with a constant; an index may start with them. */
function equalities(root: SettledKind, policy: Policy): readonly string[] {
  const done = policy.then === 'erase' || policy.then === 'archive' ? undefined : root.kind.done[policy.then]
  const listed = policy.only.filter((one) => one.test === 'is one of').map((one) => one.column)
  const linked = root.tie?.where.map(({ column }) => column) ?? []
  return done === undefined ? [...linked, ...listed] : [done, ...linked, ...listed]
}
