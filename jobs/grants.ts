/** Minimal accounts for MySQL and MariaDB, printed for an administrator to read and run. */
import { rightsOf, type TableRights } from '../plan/grants.ts'
import { schemasNamed } from '../plan/other-schemas.ts'
import { settleMap } from '../plan/settled-map.ts'
import { packedReads } from '../plan/packed-signs.ts'
import { columnsOf, trailsOf } from '../plan/signs-of-life.ts'
import type { Prepared } from './prepare.ts'
import { kindsOfPeople } from './replay-missing.ts'

export interface GrantNames {
  readonly schema: string
  /** Schema of our own tables; the same as `schema`, or one of their own. */
  readonly own: string
  readonly user: string
  /** Host part of the accounts, for example `10.0.0.%`. */
  readonly host: string
}

/** Three accounts: `_plan` reads, `_run` works, `_migrate` makes our own tables and is used by hand only. */
export function grantStatements(prepared: Prepared, names: GrantNames): readonly string[] {
  // A replay after a restored backup looks at everybody, whatever rules them.
  const people = [...kindsOfPeople(prepared).values()].map(({ kind, table }) => ({
    table: table.name,
    columns: [...kind.key, ...kind.identity],
  }))
  const rights = rightsOf(prepared.plan.policies, [...people, ...signsRead(prepared)])
  const account = (suffix: string): string => `'${names.user}_${suffix}'@'${names.host}'`
  const fitting = new Set(prepared.plan.policies.map(({ policy }) => policy.id))
  const unfit = prepared.policies.flatMap(({ id }) => (fitting.has(id) ? [] : [id]))
  const lines: string[] =
    unfit.length === 0
      ? []
      : [
          `-- no rights for ${unfit.join(', ')}: \`oubli doctor\` says why it does not fit this database. Mend it, then print these again.`,
        ]
  lines.push(
    ...['plan', 'run', 'migrate'].map(
      (suffix) => `CREATE USER IF NOT EXISTS ${account(suffix)} IDENTIFIED BY '…';`,
    ),
  )
  const apart = names.own !== names.schema
  if (apart) lines.push(`CREATE DATABASE IF NOT EXISTS ${quoted(names.own)};`)
  lines.push('-- lets the account see the names of all tables, columns and foreign keys, and no value:')
  for (const suffix of ['plan', 'run', ...(apart ? ['migrate'] : [])])
    lines.push(`GRANT REFERENCES ON ${quoted(names.schema)}.* TO ${account(suffix)};`)
  for (const schema of schemasNamed(prepared.dataMap))
    for (const suffix of ['plan', 'run'])
      lines.push(`GRANT REFERENCES ON ${quoted(schema)}.* TO ${account(suffix)};`)
  lines.push(
    '-- a foreign key from another schema leads to rows that go here; it is seen only with a right there. For each such schema:',
    ...['plan', 'run'].map((suffix) => `-- GRANT REFERENCES ON \`other_schema\`.* TO ${account(suffix)};`),
  )
  for (const table of rights) {
    lines.push(`GRANT ${select(table)} ON ${target(names, table.table)} TO ${account('plan')};`)
    if (table.partitions) lines.push(...partitionWords)
    lines.push(`GRANT ${all(table)} ON ${target(names, table.table)} TO ${account('run')};`)
  }
  lines.push(...triggerLines(rights, names, account('run')))
  lines.push('-- the tables of Oubli itself; `oubli migrate` must have made them:')
  for (const table of ownTables) {
    const place = quoted(`${names.own}.${table}`)
    lines.push(`GRANT SELECT ON ${place} TO ${account('plan')};`)
    lines.push(
      `GRANT ${ownRights[table] ?? 'SELECT, INSERT, UPDATE, DELETE'} ON ${place} TO ${account('run')};`,
    )
  }
  lines.push(
    '-- the load of the server can be read without a right. On MySQL alone the history list needs one that also',
    '-- shows the statements of others; leave it out, and the signal history_list is not used:',
    `-- GRANT PROCESS ON *.* TO ${account('run')};`,
  )
  lines.push(
    '-- where the server has binlog_row_image=FULL, each erased row is written whole into the binary log. With this',
    '-- right (MariaDB 10.5; on MySQL SESSION_VARIABLES_ADMIN) a run writes the keys alone, and no statements; it',
    '-- also allows to purge the binary log:',
    `-- GRANT BINLOG ADMIN ON *.* TO ${account('run')};`,
  )
  lines.push(
    `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES, CREATE VIEW ON ${quoted(names.own)}.* TO ${account('migrate')};`,
    '-- a view that is made again is dropped for it:',
    ...ownViews.map(
      (view) => `GRANT CREATE, DROP ON ${quoted(`${names.own}.${view}`)} TO ${account('migrate')};`,
    ),
  )
  return lines
}

/**
 * Before people are ended as silent, what they did elsewhere is looked at: links, and columns in which a time can stand,
 * also inside rows of key and value and inside JSON, no other.
 */
function signsRead({ plan, dataMap, schema }: Prepared): ReturnType<typeof columnsOf> {
  const { map } = settleMap(dataMap, schema)
  return plan.policies
    .filter(({ subject }) => subject)
    .flatMap((policy) =>
      [...trailsOf(map, policy), ...packedReads(map, policy)].flatMap((one) => columnsOf(one, policy.table)),
    )
}

export const ownTables: readonly string[] = [
  'oubli_answer',
  'oubli_approval',
  'oubli_backlog',
  'oubli_beat',
  'oubli_checkpoint',
  'oubli_control',
  'oubli_cursor',
  'oubli_done',
  'oubli_drop',
  'oubli_entry',
  'oubli_heartbeat',
  'oubli_hold',
  'oubli_kept',
  'oubli_lease',
  'oubli_mail_rate',
  'oubli_migration',
  'oubli_opening',
  'oubli_outbox',
  'oubli_refusal',
  'oubli_run',
  'oubli_run_backlog',
  'oubli_run_policy',
  'oubli_run_result',
  'oubli_seal',
  'oubli_selftest',
  'oubli_set_aside',
  'oubli_sink',
  'oubli_slot',
  'oubli_terms',
  'oubli_tombstone',
  'oubli_waiting',
  'oubli_warning',
]

/** What the site shows to people. */
const ownViews = ['oubli_pending_deletions', 'oubli_person_status']

/** Without its own right a trigger cannot be seen, and a dropped partition would not set it off. */
const partitionWords = [
  '-- dropping partitions takes ALTER and DROP, which also allow to drop the table; TRIGGER shows its triggers.',
  '-- Without these three, rows are deleted one by one:',
]

/**
 * Only proposed: the right to see triggers is the one to make and drop them, on tables of the site, and a run does
 * its work without it.
 */
function triggerLines(rights: readonly TableRights[], names: GrantNames, account: string): readonly string[] {
  const written = rights.filter((table) => isWritten(table) && !table.partitions)
  if (written.length === 0) return []
  return [
    '-- MySQL and older MariaDB show triggers only to whoever may make and drop them. Without this right nobody sees',
    '-- there whether one copies what is erased, and what hangs on people is deleted a tenth slower, to be safe:',
    ...written.map(({ table }) => `-- GRANT TRIGGER ON ${target(names, table)} TO ${account};`),
  ]
}

function isWritten(table: TableRights): boolean {
  return table.delete || table.update.length > 0 || table.insert.length > 0
}

/** Evidence is added and never changed: the account that works could not rewrite it. */
const ownRights: Readonly<Record<string, string>> = {
  oubli_checkpoint: 'SELECT, INSERT',
  oubli_entry: 'SELECT, INSERT',
  oubli_seal: 'SELECT, INSERT',
  // A tombstone is no evidence but a means: it is told outside, and goes when its own time is over.
  oubli_tombstone: 'SELECT, INSERT, UPDATE (`exported`), DELETE',
  // A new approval puts one in the place of another; what a run found of it stays.
  oubli_backlog: 'SELECT, INSERT, DELETE',
  oubli_run_backlog: 'SELECT, INSERT',
  // Kept for a receipt, then removed; it fits its entry or nothing.
  oubli_opening: 'SELECT, INSERT, DELETE',
  // What came back stands; a selftest is sent anew, never taken away.
  oubli_selftest: 'SELECT, INSERT, UPDATE (`proven_at`, `code`)',
  // A request is made once and goes with the person.
  oubli_kept: 'SELECT, INSERT, DELETE',
  oubli_migration: 'SELECT',
}

function target(names: GrantNames, table: string): string {
  return table.includes('.') ? quoted(table) : `${quoted(names.schema)}.${quoted(table)}`
}

function select(table: TableRights): string {
  return table.select.length === 0 ? 'INSERT' : `SELECT (${columns(table.select)})`
}

function all(table: TableRights): string {
  return [
    ...(table.select.length > 0 ? [`SELECT (${columns(table.select)})`] : []),
    ...(table.update.length > 0 ? [`UPDATE (${columns(table.update)})`] : []),
    ...(table.insert.length > 0 ? [`INSERT (${columns(table.insert)})`] : []),
    ...(table.delete ? ['DELETE'] : []),
    ...(table.partitions ? ['ALTER', 'DROP', 'TRIGGER'] : []),
  ].join(', ')
}

function columns(names: readonly string[]): string {
  return names.map(quoted).join(', ')
}

function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `\`${part.replaceAll('`', '``')}\``)
    .join('.')
}
