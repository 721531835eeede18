/** Everything that stands in the site's tables, and what became of it. */
import type { Database } from '../../db/session.ts'
import { inspectSchema } from '../../db/inspect.ts'
import type { Changes } from './scenario.ts'

type Dumped = Readonly<Record<string, string | null>>
/** Table → key → row, every column as text. */
export type Dump = ReadonlyMap<string, ReadonlyMap<string, Dumped>>

export async function dumpTables(database: Database, wanted: (table: string) => boolean): Promise<Dump> {
  const dump = new Map<string, ReadonlyMap<string, Dumped>>()
  for (const [name, table] of await inspectSchema(database)) {
    if (!wanted(name)) continue
    const order = table.primaryKey.length > 0 ? table.primaryKey : table.columns.map((column) => column.name)
    const rows = await database.rows({
      text: `SELECT * FROM ${database.dialect.quote(name)} ORDER BY ${order.map((one) => database.dialect.quote(one)).join(', ')}`,
      values: [],
    })
    const byKey = rows.map((row) => {
      const texts = Object.fromEntries(Object.entries(row).map(([column, value]) => [column, asText(value)]))
      return [order.map((column) => texts[column]).join(','), texts] as const
    })
    dump.set(name, new Map(byKey))
  }
  return dump
}

function asText(value: string | null | Uint8Array): string | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value
}

export const isSiteTable = (table: string): boolean => !table.startsWith('oubli_')

/** What differs, in the words of `after.yml`. */
export function difference(before: Dump, after: Dump): Changes {
  const changes: Record<string, Record<string, 'gone' | Record<string, unknown>>> = {}
  const note = (table: string, key: string, change: 'gone' | Record<string, unknown>): void => {
    ;(changes[table] ??= {})[key] = change
  }
  for (const [table, rows] of before)
    for (const [key, row] of rows) {
      const now = after.get(table)?.get(key)
      if (now === undefined) note(table, key, 'gone')
      else {
        const changed = Object.keys(row).filter((column) => row[column] !== now[column])
        if (changed.length > 0)
          note(table, key, Object.fromEntries(changed.map((column) => [column, [row[column], now[column]]])))
      }
    }
  for (const [table, rows] of after)
    for (const [key, row] of rows)
      if (before.get(table)?.has(key) !== true) note(table, key, { new: { ...row } })
  return changes
}

/** The same with every value as text, as the dump has it. */
export function asTexts(value: unknown): unknown {
  if (value === null || typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(asTexts)
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]))
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}
