/** Settings of the server that decide how long an erased row lives on in it. */
import { readServerFacts } from './server-facts.ts'
import type { Database } from './session.ts'

export interface ServerResidual {
  readonly server: string
  /** Whole days; 0: for ever; null: there is no binary log. */
  readonly binlogDays: number | null
  readonly binlogImage: string | null
  /** Old versions of rows that wait to be cleared away; null: the server does not tell. */
  readonly history: number | null
  /** SQLite: what is freed is overwritten. */
  readonly wipes: boolean | null
}

export async function readResidual(database: Database): Promise<ServerResidual> {
  const { version, binlogDays } = await readServerFacts(database)
  if (database.dialect.name === 'sqlite') {
    const [row] = await database.rows({ text: 'PRAGMA secure_delete', values: [] })
    return {
      server: version,
      binlogDays,
      binlogImage: null,
      history: null,
      wipes: row?.['secure_delete'] === '1',
    }
  }
  const image = binlogDays === null ? null : await valueOf(database, 'VARIABLES', 'binlog_row_image')
  const history = await valueOf(database, 'STATUS', 'Innodb_history_list_length')
  return {
    server: version,
    binlogDays,
    binlogImage: image,
    history: history === null ? null : Number(history),
    wipes: null,
  }
}

async function valueOf(database: Database, of: 'VARIABLES' | 'STATUS', name: string): Promise<string | null> {
  const [row] = await database.rows({ text: `SHOW GLOBAL ${of} LIKE '${name}'`, values: [] })
  const value = row?.['Value']
  return typeof value === 'string' ? value : null
}
