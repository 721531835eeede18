/** YAML to add for a foreign key that nobody ruled. */
import type { DataMap, Kind } from '../policies/data-map.ts'
import { allNullable, kindOn, type ForeignKey, type Table } from './site-schema.ts'
import type { SettledKind } from './settled-map.ts'
import { pairsOf, type Tie } from './tie.ts'

/** A cascade would delete rows unseen, so its table has to become a kind; so has one of another schema. */
export function unruledStub(
  parent: string,
  table: Table,
  key: ForeignKey,
  owner: string,
  cascade: boolean,
): string {
  const kind = kindStub(parent, table, key, kindOn(table))
  return cascade || owner.includes('.') ? kind : eitherStub(table, key, owner, kind)
}

/**
 * The table is a kind already: the rows that hang on the parent are one more, by a name of its own. They leave as
 * `owner` does, which is archived where it says so here; a column that it copies cannot be detached before.
 */
export function besideStub(
  kinds: DataMap['kinds'],
  parent: string,
  table: Table,
  key: ForeignKey,
  owner: string,
  archive: Kind['archive'],
): string {
  const several = table.foreignKeys.filter(({ toTable }) => toTable === key.toTable).length > 1
  const name = freeName(kinds, [parent, kindOn(table), ...(several ? ['by', ...key.columns] : [])].join('_'))
  const kind = kindStub(parent, table, key, name)
  if (archive === null) return eitherStub(table, key, owner, kind)
  const copied = Object.entries(archive.columns)
  const columns = copied.map(([to, from]) => `${to}: ${from}`).join(', ')
  const archived = [
    kind,
    `    archive: { into: ${archive.into}, columns: { ${columns} } }`,
    '# and in the policy:',
    'but:',
    `  ${name}: archive`,
  ].join('\n')
  if (copied.some(([, from]) => key.columns.includes(from))) return archived
  return eitherStub(table, key, owner, archived)
}

function eitherStub(table: Table, { columns }: ForeignKey, owner: string, kind: string): string {
  if (!allNullable(table, columns)) return kind
  return `# in the policy:\nbut:\n  ${owner}.${columns[0] ?? ''}: detach\n# or ${kind.slice(2)}`
}

/** The same rows once more, below another kind. */
export function furtherStub(
  kinds: DataMap['kinds'],
  parent: string,
  { table, kind }: SettledKind,
  { columns, where }: Tie,
): string {
  const link = columns.map(({ own, parent: above }) => `${own}: ${above}`).join(', ')
  const constants = where.map(({ column, value }) => `${column}: ${JSON.stringify(value)}`).join(', ')
  const narrowed = constants === '' ? '' : `, where: { ${constants} }`
  const name = freeName(kinds, `${parent}_${kind.name}`)
  return stubOf(table, name, parent, `{ columns: { ${link} }${narrowed} }`)
}

function freeName(kinds: DataMap['kinds'], wanted: string): string {
  let name = wanted
  for (let nr = 2; Object.hasOwn(kinds, name); nr += 1) name = `${wanted}_${nr}`
  return name
}

function kindStub(parent: string, table: Table, key: ForeignKey, name: string): string {
  const link = pairsOf(key)
    .map((pair) => `${pair.own}: ${pair.parent}`)
    .join(', ')
  return stubOf(table, name, parent, `{ ${link} }`)
}

function stubOf(table: Table, name: string, parent: string, link: string): string {
  return [
    '# in data-map.yml:',
    'kinds:',
    `  ${name}:`,
    `    table: ${table.name}`,
    `    key: [${table.primaryKey.join(', ')}]`,
    `    of: ${parent}`,
    `    link: ${link}`,
  ].join('\n')
}
