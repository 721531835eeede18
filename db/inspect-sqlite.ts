/** The schema of SQLite, out of its pragmas. */
import type { Column, ForeignKey, Index, SiteSchema, Table } from '../plan/site-schema.ts'
import { sqliteFamily } from './column-family.ts'
import { ruleOf } from './inspect-mysql.ts'
import type { Row, Session } from './session.ts'

export async function inspectSqlite(session: Session): Promise<SiteSchema> {
  const found = await session.rows({
    text: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
    values: [],
  })
  const schema = new Map<string, Table>()
  for (const row of found) {
    const name = text(row, 'name')
    if (!name.startsWith('oubli_')) schema.set(name, await tableOf(session, name))
  }
  return schema
}

async function tableOf(session: Session, name: string): Promise<Table> {
  const columns = await ask(session, 'SELECT * FROM pragma_table_xinfo(?) ORDER BY cid', name)
  const primaryKey = columns
    .filter((row) => row['pk'] !== '0')
    .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((row) => text(row, 'name'))
  const triggers = await ask(
    session,
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? ORDER BY name",
    name,
  )
  return {
    name,
    columns: columns.map(columnOf),
    primaryKey,
    indexes: await indexesOf(session, name, primaryKey),
    foreignKeys: await foreignKeysOf(session, name),
    transactional: true,
    partitioned: false,
    triggers: triggers.map((row) => text(row, 'name')),
    roughRows: null,
  }
}

/** `hidden` is 2 or 3 for a generated column. */
function columnOf(row: Row): Column {
  const type = text(row, 'type')
  const family = sqliteFamily(type)
  const length = /\((\d+)\)/.exec(type)?.[1]
  return {
    name: text(row, 'name'),
    family,
    type,
    nullable: row['notnull'] === '0' && row['pk'] === '0',
    length: family === 'text' && length !== undefined ? Number(length) : null,
    generated: row['hidden'] === '2' || row['hidden'] === '3',
  }
}

/** The primary key first, which SQLite may keep without an index of its own; partial indexes do not count. */
async function indexesOf(
  session: Session,
  table: string,
  primaryKey: readonly string[],
): Promise<readonly Index[]> {
  const indexes: Index[] =
    primaryKey.length === 0 ? [] : [{ name: 'PRIMARY', columns: primaryKey, unique: true }]
  const found = await ask(session, 'SELECT * FROM pragma_index_list(?) ORDER BY name', table)
  for (const row of found) {
    if (row['origin'] === 'pk' || row['partial'] !== '0') continue
    const name = text(row, 'name')
    const parts = await ask(session, 'SELECT name FROM pragma_index_info(?) ORDER BY seqno', name)
    const names = parts.map((part) => part['name'])
    const expression = names.findIndex((part) => typeof part !== 'string')
    const columns = (expression < 0 ? names : names.slice(0, expression)).map(String)
    const unique = row['unique'] === '1' && expression < 0
    if (columns.length > 0) indexes.push({ name, columns, unique })
  }
  return indexes
}

/**
 * They have no names there. A target without columns means the other table's primary key. It stands as somebody wrote
 * it, in capitals or not, and by another name than its table's nobody would see what a key deletes along.
 */
async function foreignKeysOf(session: Session, table: string): Promise<readonly ForeignKey[]> {
  const rows = await ask(session, 'SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq', table)
  const ids = [...new Set(rows.map((row) => text(row, 'id')))]
  const keys: ForeignKey[] = []
  for (const id of ids) {
    const parts = rows.filter((row) => row['id'] === id)
    const [first] = parts
    if (first === undefined) continue
    const toTable = await tableNamed(session, text(first, 'table'))
    const named = parts.map((row) => row['to']).filter((part) => typeof part === 'string')
    const known = await columnNames(session, toTable)
    keys.push({
      name: `${table}_fk_${id}`,
      table,
      columns: parts.map((row) => text(row, 'from')),
      toTable,
      toColumns:
        named.length > 0 ? named.map((name) => sameName(known, name)) : await primaryKeyOf(session, toTable),
      onDelete: ruleOf(text(first, 'on_delete')),
    })
  }
  return keys
}

async function tableNamed(session: Session, name: string): Promise<string> {
  const rows = await ask(
    session,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE",
    name,
  )
  return sameName(
    rows.map((row) => text(row, 'name')),
    name,
  )
}

async function columnNames(session: Session, table: string): Promise<readonly string[]> {
  const rows = await ask(session, 'SELECT name FROM pragma_table_info(?)', table)
  return rows.map((row) => text(row, 'name'))
}

/** The name as its owner has it. */
function sameName(names: readonly string[], written: string): string {
  return names.find((name) => name.toLowerCase() === written.toLowerCase()) ?? written
}

async function primaryKeyOf(session: Session, table: string): Promise<readonly string[]> {
  const rows = await ask(session, 'SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', table)
  return rows.map((row) => text(row, 'name'))
}

function ask(session: Session, statement: string, name: string): Promise<readonly Row[]> {
  return session.rows({ text: statement, values: [name] })
}

function text(row: Row, name: string): string {
  const value = row[name]
  if (typeof value !== 'string') throw new TypeError(`a pragma gave no text for ${name}`)
  return value
}
