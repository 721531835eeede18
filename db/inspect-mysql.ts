/** The schema of MySQL and MariaDB, out of information_schema. */
import { onlyReferring, schemasReferring } from './inspect-elsewhere.ts'
import type { Column, ForeignKey, Index, SiteSchema, Table } from '../plan/site-schema.ts'
import { mysqlFamily } from './column-family.ts'
import { partitioningOf, partitionText } from './partitioning.ts'
import { triggerSight } from './seen-triggers.ts'
import type { Database, Row, Session } from './session.ts'

/** How the rows of one kind of information are read, and to which table they belong. */
type Grouped = ReadonlyMap<string, readonly Row[]>

interface Scope {
  readonly session: Session
  readonly current: string
  /** Also those from which foreign keys lead here. */
  readonly schemas: readonly string[]
}

export async function inspectMysql(database: Database, others: readonly string[]): Promise<SiteSchema> {
  const [row] = await database.rows({ text: 'SELECT DATABASE() AS name', values: [] })
  const current = text(row ?? {}, 'name')
  const asked = [current, ...others]
  const elsewhere = await schemasReferring(database, asked)
  const scope: Scope = { session: database, current, schemas: [...asked, ...elsewhere] }
  const tables = await tablesOf(scope)
  const columns = await grouped(scope, columnText, 'c.table_schema')
  const indexes = await grouped(scope, indexText(database.dialect.name === 'mariadb'), 's.table_schema')
  const foreignKeys = await grouped(scope, foreignKeyText, 'k.table_schema')
  const checks =
    database.dialect.name === 'mariadb' ? await grouped(scope, jsonText, 'k.constraint_schema') : null
  const triggers = await grouped(scope, triggerText, 't.event_object_schema')
  const seesTriggers = await triggerSight(database)
  const partitions = await grouped(scope, partitionText, 'p.table_schema')
  const schema = new Map<string, Table>()
  for (const [name, found] of tables) {
    if (name.split('.').at(-1)?.startsWith('oubli_') === true) continue
    const own = indexesOf((indexes.get(name) ?? []).filter((each) => each['used'] === 'YES'))
    const unused = indexesOf((indexes.get(name) ?? []).filter((each) => each['used'] !== 'YES'))
    schema.set(name, {
      name,
      columns: (columns.get(name) ?? []).map((row) => columnOf(row, checks?.get(name) ?? [])),
      primaryKey: own.find((index) => index.name === 'PRIMARY')?.columns ?? [],
      indexes: own,
      ...(unused.length === 0 ? {} : { unusedIndexes: unused }),
      foreignKeys: foreignKeysOf(scope, name, foreignKeys.get(name) ?? []),
      transactional: found['engine'] === 'InnoDB',
      ...(found['type'] === 'SYSTEM VERSIONED' ? { versioned: true } : {}),
      partitioned: /\bpartitioned\b/.test(text(found, 'options')),
      ...partitioningOf(partitions.get(name) ?? []),
      triggers:
        triggers.has(name) || seesTriggers(text(found, 'owner'), text(found, 'tab'))
          ? (triggers.get(name) ?? []).map((each) => text(each, 'trigger_title'))
          : null,
      roughRows: typeof found['rough'] === 'string' ? Number(found['rough']) : null,
    })
  }
  return elsewhere.length === 0
    ? schema
    : onlyReferring(schema, (name) => asked.includes(text(tables.get(name) ?? {}, 'owner')))
}

/** Aliases everywhere: MySQL answers in capitals, MariaDB as asked. */
async function tablesOf(scope: Scope): Promise<ReadonlyMap<string, Row>> {
  const rows = await grouped(
    scope,
    'SELECT t.table_schema AS owner, t.table_name AS tab, t.table_type AS type, t.table_rows AS rough, ' +
      "t.engine AS engine, COALESCE(t.create_options, '') AS options FROM information_schema.tables t " +
      "WHERE t.table_type <> 'VIEW' AND @ " +
      'ORDER BY t.table_name',
    't.table_schema',
  )
  return new Map([...rows].map(([name, [row]]) => [name, row ?? {}]))
}

const columnText =
  'SELECT c.table_schema AS owner, c.table_name AS tab, c.column_name AS name, c.data_type AS data_type, ' +
  'c.column_type AS full_type, c.is_nullable AS nullable, c.character_maximum_length AS longest, ' +
  "COALESCE(c.generation_expression, '') AS expression FROM information_schema.columns c WHERE @ " +
  'ORDER BY c.table_name, c.ordinal_position'

function indexText(mariadb: boolean): string {
  const used = mariadb ? "s.ignored = 'NO'" : "s.is_visible = 'YES'"
  return (
    'SELECT s.table_schema AS owner, s.table_name AS tab, s.index_name AS name, s.column_name AS part, ' +
    `s.sub_part AS prefix, s.non_unique AS non_unique, CASE WHEN ${used} THEN 'YES' ELSE 'NO' END AS used ` +
    "FROM information_schema.statistics s WHERE s.index_type IN ('BTREE', 'HASH') AND @ " +
    'ORDER BY s.table_name, s.index_name, s.seq_in_index'
  )
}

const foreignKeyText =
  'SELECT k.table_schema AS owner, k.table_name AS tab, k.constraint_name AS name, k.column_name AS part, ' +
  'k.referenced_table_schema AS to_owner, k.referenced_table_name AS to_tab, k.referenced_column_name AS to_part, ' +
  'r.delete_rule AS on_delete FROM information_schema.key_column_usage k ' +
  'JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema ' +
  'AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name ' +
  'WHERE k.referenced_table_name IS NOT NULL AND @ ' +
  'ORDER BY k.table_name, k.constraint_name, k.ordinal_position'

/** MariaDB knows JSON as a text with a check. */
const jsonText =
  'SELECT k.constraint_schema AS owner, k.table_name AS tab, k.check_clause AS clause ' +
  "FROM information_schema.check_constraints k WHERE k.check_clause LIKE 'json_valid(%' AND @"

const triggerText =
  'SELECT t.event_object_schema AS owner, t.event_object_table AS tab, t.trigger_name AS trigger_title ' +
  'FROM information_schema.triggers t WHERE @ ORDER BY t.trigger_name'

/** `@` in the text stands for the schemas that are asked for. */
async function grouped(scope: Scope, statement: string, schemaColumn: string): Promise<Grouped> {
  const list = `${schemaColumn} IN (${scope.schemas.map(() => '?').join(', ')})`
  const rows = await scope.session.rows({ text: statement.replace('@', list), values: scope.schemas })
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = tableName(scope, text(row, 'owner'), text(row, 'tab'))
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return groups
}

function tableName(scope: Scope, schema: string, table: string): string {
  return schema === scope.current ? table : `${schema}.${table}`
}

function columnOf(row: Row, jsonChecks: readonly Row[]): Column {
  const name = text(row, 'name')
  const type = text(row, 'data_type').toLowerCase()
  const family = mysqlFamily(type)
  const longest = typeof row['longest'] === 'string' ? Number(row['longest']) : null
  return {
    name,
    family,
    type: jsonChecks.some(({ clause }) => clause === `json_valid(\`${name}\`)`)
      ? 'json'
      : text(row, 'full_type'),
    nullable: row['nullable'] === 'YES',
    // A TEXT column is limited in bytes: so many characters fit at least.
    length:
      family !== 'text' || longest === null
        ? null
        : type.endsWith('text')
          ? Math.floor(longest / 4)
          : longest,
    generated: row['expression'] !== '',
  }
}

/** An index counts up to its first prefix or expression, and is unique only when it is whole. */
function indexesOf(rows: readonly Row[]): readonly Index[] {
  const found = new Map<string, { columns: string[]; unique: boolean; cut: boolean }>()
  for (const row of rows) {
    const name = text(row, 'name')
    const index = found.get(name) ?? { columns: [], unique: row['non_unique'] === '0', cut: false }
    found.set(name, index)
    const part = row['part']
    if (row['prefix'] !== null || typeof part !== 'string') {
      index.cut = true
      index.unique = false
    }
    if (!index.cut && typeof part === 'string') index.columns.push(part)
  }
  return [...found]
    .filter(([, index]) => index.columns.length > 0)
    .map(([name, { columns, unique }]) => ({ name, columns, unique }))
}

function foreignKeysOf(scope: Scope, table: string, rows: readonly Row[]): readonly ForeignKey[] {
  const names = [...new Set(rows.map((row) => text(row, 'name')))]
  return names.flatMap((name) => {
    const parts = rows.filter((row) => row['name'] === name)
    const [first] = parts
    if (first === undefined) return []
    return {
      name,
      table,
      columns: parts.map((row) => text(row, 'part')),
      toTable: tableName(scope, text(first, 'to_owner'), text(first, 'to_tab')),
      toColumns: parts.map((row) => text(row, 'to_part')),
      onDelete: ruleOf(text(first, 'on_delete')),
    }
  })
}

/** `NO ACTION` refuses as `RESTRICT` does. */
export function ruleOf(rule: string): ForeignKey['onDelete'] {
  switch (rule.toUpperCase()) {
    case 'CASCADE':
      return 'cascade'
    case 'SET NULL':
      return 'set null'
    case 'SET DEFAULT':
      return 'set default'
    default:
      return 'restrict'
  }
}

function text(row: Row, name: string): string {
  const value = row[name]
  if (typeof value !== 'string') throw new TypeError(`information_schema gave no text for ${name}`)
  return value
}
