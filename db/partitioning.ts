/** The partitions of a table, out of information_schema. */
import type { Partitioning } from '../plan/site-schema.ts'
import type { Row, Session } from './session.ts'

/** Rows in the order of the bounds; `@` stands for a condition on `p.table_schema`. */
export const partitionText =
  'SELECT p.table_schema AS owner, p.table_name AS tab, p.partition_name AS name, p.partition_method AS method, ' +
  'p.partition_expression AS expression, p.partition_description AS bound, p.subpartition_name AS sub ' +
  'FROM information_schema.partitions p WHERE p.partition_name IS NOT NULL AND @ ' +
  'ORDER BY p.table_name, p.partition_ordinal_position, p.subpartition_ordinal_position'

/** Nothing for a table without partitions. A partition that is itself cut up has a row for each piece. */
export function partitioningOf(rows: readonly Row[]): { readonly partitioning?: Partitioning } {
  const [first] = rows
  if (first === undefined) return {}
  const parts = new Map(rows.map((row) => [text(row, 'name') ?? '', text(row, 'bound')]))
  return {
    partitioning: {
      method: text(first, 'method') ?? '',
      expression: text(first, 'expression') ?? '',
      subpartitioned: rows.some((row) => text(row, 'sub') !== null),
      parts: [...parts].map(([name, bound]) => ({ name, bound })),
    },
  }
}

/** As they are now; null for a table without partitions, or one that is gone. */
export async function readPartitioning(session: Session, table: string): Promise<Partitioning | null> {
  const [name = '', schema] = table.split('.').reverse()
  const where = `p.table_name = ? AND p.table_schema = ${schema === undefined ? 'DATABASE()' : '?'}`
  const rows = await session.rows({
    text: partitionText.replace('@', where),
    values: schema === undefined ? [name] : [name, schema],
  })
  return partitioningOf(rows).partitioning ?? null
}

function text(row: Row, name: string): string | null {
  const value = row[name]
  return typeof value === 'string' ? value : null
}
