/** How a kind's rows hang on the rows of the kind they are `of`: declared, or read from the live schema. */
import type { Kind } from '../policies/data-map.ts'
import { comparedIn, valuesFor } from './column-values.ts'
import type { Constant } from './compiled.ts'
import { near, tell, type Findings } from './plan-problem.ts'
import { columnOf, type Column, type ForeignKey, type Table } from './site-schema.ts'

export interface Tie {
  /** Name of the parent kind. */
  readonly parent: string
  readonly columns: readonly { readonly own: string; readonly parent: string }[]
  readonly where: readonly Constant[]
  /** The live foreign key that enforces it, if there is one. */
  readonly foreignKey: ForeignKey | null
}

/** Null when the tie cannot be settled; the reason is told. */
export function settleTie(
  kind: Kind,
  table: Table,
  parent: Kind,
  above: Table,
  findings: Findings,
): Tie | null {
  const tie = kind.link === null ? fromSchema(kind, table, parent, findings) : declared(kind, table, parent)
  if (tie === null) return null
  if (!fits(kind, tie, table, above, findings)) return null
  const where = tie.where.map(({ column, value }) => {
    const [held = value] = valuesFor(table, column, [value], findings)
    return { column, value: held, ...comparedIn(table, column) }
  })
  return { ...tie, where }
}

function fromSchema(kind: Kind, table: Table, parent: Kind, findings: Findings): Tie | null {
  const found = table.foreignKeys.filter((key) => key.toTable === parent.table)
  const [only, second] = found
  if (only === undefined) {
    const params = {
      kind: kind.name,
      parent: parent.name,
      toTable: parent.table,
      stub: linkStub(kind, parent),
    }
    tell(findings, 'E_NO_FOREIGN_KEY', { table: table.name, params })
    return null
  }
  if (second !== undefined) {
    const keys = found.map((key) => `${key.name} (${key.columns.join(', ')})`).join('; ')
    const params = { kind: kind.name, parent: parent.name, keys, stub: linkStub(kind, parent, only) }
    tell(findings, 'E_AMBIGUOUS_LINK', { table: table.name, params })
    return null
  }
  return { parent: parent.name, columns: pairsOf(only), where: [], foreignKey: only }
}

function declared(kind: Kind, table: Table, parent: Kind): Tie {
  const link = kind.link ?? { columns: {}, where: {} }
  const columns = Object.entries(link.columns).map(([own, above]) => ({ own, parent: above }))
  const where = Object.entries(link.where).map(([column, value]) => ({ column, value }))
  const foreignKey = table.foreignKeys.find(
    (key) => key.toTable === parent.table && samePairs(pairsOf(key), columns),
  )
  return { parent: parent.name, columns, where, foreignKey: foreignKey ?? null }
}

function fits(kind: Kind, tie: Tie, table: Table, above: Table, findings: Findings): boolean {
  let good = tie.columns.length > 0
  if (!good) tell(findings, 'E_LINK_EMPTY', { table: table.name, params: { kind: kind.name } })
  for (const pair of tie.columns) {
    const own = known(table, pair.own, findings)
    const parent = known(above, pair.parent, findings)
    if (own === undefined || parent === undefined) good = false
    else if (own.family !== parent.family) {
      const params = { type: own.type, parent: `${above.name}.${parent.name}`, parentType: parent.type }
      tell(findings, 'E_LINK_TYPES', { table: table.name, column: own.name, params })
      good = false
    }
  }
  for (const { column } of tie.where) if (known(table, column, findings) === undefined) good = false
  const columns = tie.columns.map(({ parent }) => parent)
  if (good && !isUnique(above, columns)) {
    const params = { kind: kind.name, columns: columns.join(', '), toTable: above.name }
    tell(findings, 'E_LINK_NOT_UNIQUE', { table: table.name, params })
    good = false
  }
  return good
}

function known(table: Table, name: string, findings: Findings): Column | undefined {
  const column = columnOf(table, name)
  if (column !== undefined) return column
  tell(findings, 'E_UNKNOWN_COLUMN', {
    table: table.name,
    column: name,
    params: near(
      name,
      table.columns.map((one) => one.name),
    ),
  })
  return undefined
}

/** True when no two rows can agree in all these columns: they hold a primary or unique key without NULL. */
export function isUnique(table: Table, columns: readonly string[]): boolean {
  return uniqueIndex(table, columns) !== null
}

const primary = 'PRIMARY'

/** Name of the index that tells rows apart by these columns, the primary key before any other; null: none does. */
function uniqueIndex(table: Table, columns: readonly string[]): string | null {
  const keys = [{ name: primary, columns: table.primaryKey }, ...table.indexes.filter((one) => one.unique)]
  const found = keys.find(
    (key) =>
      key.columns.length > 0 &&
      key.columns.every((name) => columns.includes(name) && columnOf(table, name)?.nullable !== true),
  )
  return found?.name ?? null
}

/** The index by which a row with this key is found, where it is not the primary key. */
export function keyIndexOf(table: Table, key: readonly string[]): { readonly keyIndex?: string } {
  const name = uniqueIndex(table, key)
  return name === null || name === primary ? {} : { keyIndex: name }
}

export function pairsOf(key: ForeignKey): readonly { readonly own: string; readonly parent: string }[] {
  return key.columns.map((own, index) => ({ own, parent: key.toColumns[index] ?? '' }))
}

/** Equal as sets. */
export function samePairs(a: Tie['columns'], b: Tie['columns']): boolean {
  return (
    a.length === b.length &&
    a.every((one) => b.some((other) => other.own === one.own && other.parent === one.parent))
  )
}

function linkStub(kind: Kind, parent: Kind, key?: ForeignKey): string {
  const columns =
    key === undefined
      ? `${parent.table}_${parent.key[0] ?? 'id'}: ${parent.key[0] ?? 'id'}`
      : pairsOf(key)
          .map((pair) => `${pair.own}: ${pair.parent}`)
          .join(', ')
  return `  ${kind.name}:\n    of: ${parent.name}\n    link: { ${columns} }`
}
