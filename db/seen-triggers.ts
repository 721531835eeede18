/**
 * Whose triggers this account may see. MySQL and older MariaDB show them only to whoever may make and drop them
 * (TRIGGER), newer MariaDB also to whoever may write the table; to everybody else, a table has none.
 */
import type { Database, Row } from './session.ts'

const levels = [
  'SELECT NULL AS owner, NULL AS tab FROM information_schema.user_privileges l WHERE @',
  'SELECT l.table_schema, NULL FROM information_schema.schema_privileges l WHERE @',
  'SELECT l.table_schema, l.table_name FROM information_schema.table_privileges l WHERE @',
  'SELECT l.table_schema, l.table_name FROM information_schema.column_privileges l WHERE @',
]

/** True for a table whose triggers are shown. In doubt false: what comes with a role is not told here. */
export async function triggerSight(database: Database): Promise<(schema: string, table: string) => boolean> {
  const [row] = await database.rows({ text: 'SELECT CURRENT_USER() AS account', values: [] })
  const account = grantee(textOf(row ?? {}, 'account') ?? '')
  const enough = (await showsToWriters(database)) ? ['TRIGGER', 'INSERT', 'UPDATE', 'DELETE'] : ['TRIGGER']
  const held = await database.rows({
    text: levels
      .map((level) =>
        level.replace('@', `l.grantee = ? AND l.privilege_type IN (${enough.map(() => '?').join(', ')})`),
      )
      .join(' UNION '),
    values: levels.flatMap(() => [account, ...enough]),
  })
  return (schema, table) => held.some((one) => holds(one, schema, table))
}

/** Since MDEV-37474, which hides the statement from them: the column can be NULL from then on. */
async function showsToWriters(database: Database): Promise<boolean> {
  if (database.dialect.name !== 'mariadb') return false
  const [row] = await database.rows({
    text:
      'SELECT c.is_nullable AS nullable FROM information_schema.columns c ' +
      "WHERE c.table_schema = 'information_schema' AND c.table_name = 'TRIGGERS' AND c.column_name = 'ACTION_STATEMENT'",
    values: [],
  })
  return row?.['nullable'] === 'YES'
}

/** A right on a schema is one on a pattern, in which a backslash takes `_` and `%` literally. */
function holds(row: Row, schema: string, table: string): boolean {
  const [owner, tab] = [textOf(row, 'owner'), textOf(row, 'tab')]
  if (owner === null) return true
  return tab === null ? owner.replaceAll(/\\([_%])/g, '$1') === schema : owner === schema && tab === table
}

/** `user@host` as information_schema writes it. */
function grantee(account: string): string {
  const at = account.lastIndexOf('@')
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`
}

function textOf(row: Row, name: string): string | null {
  const value = row[name]
  return typeof value === 'string' ? value : null
}
