/** Which family a column belongs to, by the name of its type. */
import type { ColumnFamily } from '../plan/site-schema.ts'

const mysqlFamilies: ReadonlyMap<ColumnFamily, readonly string[]> = new Map([
  ['integer', ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'bit']],
  ['decimal', ['decimal', 'numeric', 'float', 'double']],
  ['text', ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set']],
  ['binary', ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']],
  ['datetime', ['datetime']],
  ['timestamp', ['timestamp']],
  ['date', ['date']],
])

/** `type`: `data_type` of information_schema, in small letters. */
export function mysqlFamily(type: string): ColumnFamily {
  for (const [family, types] of mysqlFamilies) if (types.includes(type)) return family
  return 'other'
}

/** `declared`: whatever stands in the CREATE TABLE; SQLite itself takes anything. */
export function sqliteFamily(declared: string): ColumnFamily {
  const type = declared.toUpperCase()
  if (type.startsWith('DATETIME')) return 'datetime'
  if (type.startsWith('TIMESTAMP')) return 'timestamp'
  if (type.startsWith('DATE')) return 'date'
  if (type.includes('INT')) return 'integer'
  if (/CHAR|TEXT|CLOB/.test(type)) return 'text'
  if (/BLOB|BINARY/.test(type)) return 'binary'
  if (/DEC|NUMERIC|REAL|FLOA|DOUB/.test(type)) return 'decimal'
  return 'other'
}
