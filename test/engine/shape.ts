/** One site of a test in one breath: tables, kinds, rows. */
import type { Database, Row, SqlValue } from '../../db/session.ts'
import type { Kind } from '../../policies/data-map.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, insert, type Lab } from './lab.ts'

type Rows = Readonly<Record<string, readonly Readonly<Record<string, SqlValue>>[]>>

export function account(table: string, more: Partial<Kind> = {}): Kind {
  return kind('account', table, { subject: true, events: { seen: event([at('seen_at')]) }, ...more })
}

export async function tell(
  database: Database,
  tables: readonly string[],
  kinds: readonly Kind[],
  rows: Rows,
  more: Parameters<typeof policy>[1] = {},
): Promise<Lab> {
  const lab = await createLab(database, { tables, kinds, policies: [policy('account', more)] })
  for (const [table, list] of Object.entries(rows)) await insert(database, table, list)
  return lab
}

/** Values of one column, sorted. */
export async function left(
  lab: Lab,
  table: string,
  column: string,
): Promise<readonly (Row[string] | undefined)[]> {
  return (await lab.rows(table)).map((row) => row[column]).sort()
}
