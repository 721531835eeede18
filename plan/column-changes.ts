/** What an action writes into a row: the strategies of the data map, checked against the live columns. */
import type { Archive, Kind, Strategy } from '../policies/data-map.ts'
import { takesAll } from './archive-fit.ts'
import { valuesFor } from './column-values.ts'
import type { ColumnChange } from './compiled.ts'
import { near, tell, type Findings } from './plan-problem.ts'
import { columnOf, type Column, type SiteSchema, type Table } from './site-schema.ts'
import type { SettledKind } from './settled-map.ts'
import { misfit } from './strategy-fit.ts'

/**
 * Columns of `only` (all personal columns when null) with what becomes of them. Columns that are kept for a
 * reason are left out.
 */
export function personalChanges(
  { kind, table }: SettledKind,
  only: readonly string[] | null,
  findings: Findings,
): readonly ColumnChange[] {
  const changes: ColumnChange[] = []
  for (const name of only ?? Object.keys(kind.personal)) {
    const strategy = Object.hasOwn(kind.personal, name) ? kind.personal[name] : undefined
    if (strategy === undefined) {
      const params = { kind: kind.name, ...near(name, Object.keys(kind.personal)) }
      tell(findings, 'E_FIELD_WITHOUT_STRATEGY', { table: table.name, column: name, params })
    } else if (strategy.strategy !== 'keep') {
      const change = changeOf(table, name, strategy, findings)
      if (change !== null) changes.push(change)
    }
  }
  return changes
}

export function withdrawnChanges({ kind, table }: SettledKind, findings: Findings): readonly ColumnChange[] {
  const changes = Object.entries(kind.withdrawn).map(([name, value]) => {
    if (value === null) return changeOf(table, name, { strategy: 'null' }, findings)
    const [written = value] = valuesFor(table, name, [value], findings)
    return changeOf(table, name, { strategy: 'fixed', value: written }, findings)
  })
  return changes.filter((change) => change !== null)
}

function changeOf(table: Table, name: string, strategy: Strategy, findings: Findings): ColumnChange | null {
  const column = columnOf(table, name)
  if (column === undefined) return null
  const why = misfit(strategy, column, table)
  if (why === null) return changeTo(column, strategy)
  const params = { strategy: strategy.strategy, type: column.type }
  tell(findings, `E_STRATEGY_${why}`, { table: table.name, column: name, params })
  return null
}

export function changeTo(column: Column, strategy: Strategy): ColumnChange {
  const { name, family, type, length, nullable } = column
  return { column: name, family, type, length, nullable, strategy }
}

export interface ArchiveTarget {
  readonly into: string
  readonly columns: readonly { readonly to: string; readonly from: string }[]
}

/** `into` becomes a table name. Null when the archive cannot take the rows as they are. */
export function archiveTarget(
  { kind, table }: SettledKind,
  kinds: Readonly<Record<string, Kind>>,
  schema: SiteSchema,
  findings: Findings,
): ArchiveTarget | null {
  if (kind.archive === null) {
    tell(findings, 'E_ARCHIVE_MISSING', { table: table.name, params: { kind: kind.name } })
    return null
  }
  const { into, columns } = kind.archive satisfies Archive
  const target = schema.get(kinds[into]?.table ?? '')
  const params = { kind: kind.name, into }
  if (target === undefined) {
    tell(findings, 'E_ARCHIVE_TABLE', { table: table.name, params })
    return null
  }
  if (!target.transactional || target.versioned === true) {
    tell(findings, target.transactional ? 'E_VERSIONED' : 'E_NO_ROLLBACK', { table: target.name, params })
    return null
  }
  const pairs = Object.entries(columns).map(([to, from]) => ({ to, from }))
  if (pairs.length === 0) {
    tell(findings, 'E_ARCHIVE_EMPTY', { table: target.name, params: { kind: kind.name } })
    return null
  }
  const fit = pairs.map((pair) => archiveColumn(table, target, pair, findings))
  return fit.includes(false) ? null : { into: target.name, columns: pairs }
}

/** A value that does not fit would be cut, rounded or refused half-way, so types are compared before anything runs. */
function archiveColumn(
  table: Table,
  target: Table,
  pair: { readonly to: string; readonly from: string },
  findings: Findings,
): boolean {
  const from = columnOf(table, pair.from)
  const to = columnOf(target, pair.to)
  for (const [column, where, name] of [[from, table, pair.from] as const, [to, target, pair.to] as const])
    if (column === undefined) {
      const names = where.columns.map((one) => one.name)
      tell(findings, 'E_ARCHIVE_COLUMN', { table: where.name, column: name, params: near(name, names) })
    }
  if (from === undefined || to === undefined) return false
  if (takesAll(to, from)) return true
  const params = { from: `${table.name}.${from.name}`, fromType: typeText(from), toType: typeText(to) }
  tell(findings, 'E_ARCHIVE_TYPE', { table: target.name, column: to.name, params })
  return false
}

function typeText(column: Column): string {
  return `${column.type}${column.nullable ? '' : ' NOT NULL'}`
}
