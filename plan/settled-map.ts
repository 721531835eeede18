/** The data map in front of the live schema: every kind tied to its table, or named as broken. */
import type { DataMap, Kind } from '../policies/data-map.ts'
import { columnOf, type SiteSchema, type Table } from './site-schema.ts'
import {
  findingsFor,
  near,
  nearTable,
  refused,
  tell,
  type Findings,
  type PlanProblem,
} from './plan-problem.ts'
import { keyTo, tellReferred } from './referred.ts'
import { misfit } from './strategy-fit.ts'
import { isUnique, settleTie, type Tie } from './tie.ts'
import type { KeyColumn } from './compiled.ts'

export interface SettledKind {
  readonly kind: Kind
  readonly table: Table
  readonly key: readonly KeyColumn[]
  /** Null: it hangs on no other kind. */
  readonly tie: Tie | null
}

export interface SettledMap {
  readonly dataMap: DataMap
  readonly schema: SiteSchema
  /** Kinds without a problem of their own, by name, in the order of the data map. */
  readonly kinds: ReadonlyMap<string, SettledKind>
}

export function settleMap(
  dataMap: DataMap,
  schema: SiteSchema,
): { readonly map: SettledMap; readonly problems: readonly PlanProblem[] } {
  const kinds = new Map<string, SettledKind>()
  const problems: PlanProblem[] = []
  for (const kind of Object.values(dataMap.kinds)) {
    const findings = findingsFor(null)
    const settled = settleKind(kind, dataMap, schema, findings)
    if (settled !== null && !refused(findings)) kinds.set(kind.name, settled)
    problems.push(...findings.problems)
  }
  const rest = findingsFor(null)
  for (const name of Object.keys(dataMap.outOfScope))
    if (!schema.has(name)) tell(rest, 'W_UNKNOWN_TABLE', { table: name, params: near(name, schema.keys()) })
  checkCanaries(dataMap, rest)
  return { map: { dataMap, schema, kinds }, problems: [...problems, ...rest.problems] }
}

function settleKind(
  kind: Kind,
  dataMap: DataMap,
  schema: SiteSchema,
  findings: Findings,
): SettledKind | null {
  const table = usableTable(kind, schema, findings)
  if (table === null) return null
  for (const name of [...namedColumns(kind), ...Object.keys(dataMap.canaries[kind.name] ?? {})])
    knownColumn(table, name, findings)
  for (const name of Object.keys(kind.personal)) personalColumn(kind, table, name, schema, findings)
  for (const column of Object.values(kind.done)) checkDone(table, column, findings)
  if (!isUnique(table, kind.key))
    tell(findings, 'E_KEY_NOT_UNIQUE', {
      table: table.name,
      params: { kind: kind.name, columns: kind.key.join(', '), primary: table.primaryKey.join(', ') },
    })
  const key = kind.key.map((name) => ({ name, family: columnOf(table, name)?.family ?? 'other' }) as const)
  if (kind.of === null) return { kind, table, key, tie: null }
  const parent = Object.hasOwn(dataMap.kinds, kind.of) ? dataMap.kinds[kind.of] : undefined
  if (parent === undefined) {
    const params = { kind: kind.of, ...near(kind.of, Object.keys(dataMap.kinds)) }
    tell(findings, 'E_UNKNOWN_KIND', { table: table.name, params })
    return null
  }
  const above = schema.get(parent.table)
  if (above === undefined) {
    tell(findings, 'E_BROKEN_KIND', { table: table.name, params: { kind: parent.name } })
    return null
  }
  const tie = settleTie(kind, table, parent, above, findings)
  return tie === null ? null : { kind, table, key, tie }
}

/** A table that rows may be deleted from: known, with a primary key, on an engine that can roll back and forgets. */
export function usableTable(
  { table: name, partitions }: Pick<Kind, 'table' | 'partitions'>,
  schema: SiteSchema,
  findings: Findings,
): Table | null {
  const table = schema.get(name)
  if (table === undefined) {
    tell(findings, 'E_UNKNOWN_TABLE', { table: name, params: nearTable(name, schema.keys()) })
    return null
  }
  if (table.primaryKey.length === 0) tell(findings, 'E_NO_PRIMARY_KEY', { table: name })
  if (!table.transactional) tell(findings, 'E_NO_ROLLBACK', { table: name })
  if (table.versioned === true) tell(findings, 'E_VERSIONED', { table: name })
  if (table.partitioned && partitions === undefined) tell(findings, 'W_PARTITIONED', { table: name })
  if (table.triggers !== null && table.triggers.length > 0)
    tell(findings, 'W_TRIGGERS', { table: name, params: { triggers: table.triggers.join(', ') } })
  return table
}

export function knownColumn(table: Table, name: string, findings: Findings): boolean {
  if (columnOf(table, name) !== undefined) return true
  const names = table.columns.map((column) => column.name)
  tell(findings, 'E_UNKNOWN_COLUMN', { table: table.name, column: name, params: near(name, names) })
  return false
}

function namedColumns(kind: Kind): readonly string[] {
  const { contact } = kind
  const contacts = contact === null ? [] : [contact.email, contact.name, contact.locale]
  return [
    ...kind.key,
    ...kind.identity,
    ...contacts.filter((name) => name !== null),
    ...Object.keys(kind.except),
    ...Object.keys(kind.restricted),
    ...Object.keys(kind.exempt),
    ...Object.keys(kind.withdrawn),
  ]
}

/** A strategy that no policy uses yet only warns here; the policy that uses it is refused. */
function personalColumn(
  kind: Kind,
  table: Table,
  name: string,
  schema: SiteSchema,
  findings: Findings,
): void {
  const column = columnOf(table, name)
  const strategy = kind.personal[name]
  if (column === undefined || strategy === undefined) {
    const names = table.columns.map((one) => one.name)
    tell(findings, 'E_PERSONAL_MISSING', { table: table.name, column: name, params: near(name, names) })
    return
  }
  const why = misfit(strategy, column, table)
  if (why !== null) {
    const params = { strategy: strategy.strategy, type: column.type }
    tell(findings, `W_STRATEGY_${why}`, { table: table.name, column: name, params })
    return
  }
  const key = strategy.strategy === 'keep' ? null : keyTo(schema, table.name, name)
  if (key !== null) tellReferred(findings, 'W_REFERRED_COLUMN', { table: table.name, column: name, key })
}

function checkDone(table: Table, name: string, findings: Findings): void {
  const column = columnOf(table, name)
  if (column === undefined) {
    const names = table.columns.map((one) => one.name)
    tell(findings, 'E_DONE_MISSING', { table: table.name, column: name, params: near(name, names) })
    return
  }
  const dated = ['datetime', 'timestamp', 'date', 'text'].includes(column.family)
  if (!column.nullable || !dated || column.generated)
    tell(findings, 'E_DONE_UNUSABLE', { table: table.name, column: name, params: { type: column.type } })
}

function checkCanaries(dataMap: DataMap, findings: Findings): void {
  const names = Object.keys(dataMap.kinds)
  for (const name of Object.keys(dataMap.canaries))
    if (!names.includes(name))
      tell(findings, 'E_CANARY_KIND', { params: { kind: name, ...near(name, names) } })
}
