/** Whether our tables are where the settings say, all of them, and belong to this very site. */
import { OubliError } from '../base/errors.ts'
import { DatabaseError } from './database-error.ts'
import { ownNames } from './own-names.ts'
import type { Database, Session } from './session.ts'

/** A row of `oubli_control`: schema of the site whose tables these are. */
const owner = 'site'

/**
 * Throws `OubliError` for an own schema that is missing, is another site's, or is not the only place with tables of
 * ours. Nothing is asked where the tables are the site's neighbours.
 */
export async function checkOwnPlace(database: Database): Promise<void> {
  const { ownSchema } = database
  if (ownSchema === undefined) return
  const site = await siteOf(database)
  const [there] = await database.rows({
    text: 'SELECT 1 AS found FROM information_schema.schemata WHERE schema_name = ?',
    values: [ownSchema],
  })
  if (there === undefined) throw missing(ownSchema)
  const left = await foundIn(database, site)
  if (left.length > 0) throw elsewhere(site, ownSchema, left, await foundIn(database, ownSchema))
  const claimed = await ownerOf(database, ownSchema)
  if (claimed !== null && claimed !== site) throw anothers(ownSchema, claimed, site)
}

/** Throws `OubliError` when the tables of this site are in a schema that the settings do not name any more. */
export async function checkNotLeft(database: Database): Promise<void> {
  if (database.dialect.name === 'sqlite') return
  const site = await siteOf(database)
  const target = database.ownSchema ?? site
  if ((await foundIn(database, target)).length > 0) return
  const rows = await database.rows({
    text: "SELECT table_schema AS place FROM information_schema.tables WHERE table_name = 'oubli_control'",
    values: [],
  })
  for (const { place } of rows) {
    if (typeof place !== 'string' || place === target || place.includes('?')) continue
    if ((await ownerOf(database, place)) === site)
      throw elsewhere(place, target, await foundIn(database, place), [])
  }
}

/** Two sites in one schema would take each other's people for their own. */
export async function claimOwnSchema(database: Database, at: string): Promise<void> {
  if (database.ownSchema === undefined) return
  await database.run({
    text: database.dialect.insertIgnore('oubli_control', ['name', 'value', 'asked_at']),
    values: [owner, await siteOf(database), at],
  })
}

async function siteOf(session: Session): Promise<string> {
  const [row] = await session.rows({ text: 'SELECT DATABASE() AS name', values: [] })
  return String(row?.['name'])
}

async function foundIn(session: Session, schema: string): Promise<readonly Found[]> {
  const names = [...ownNames]
  const rows = await session.rows({
    text:
      'SELECT table_name AS tab, table_type AS type FROM information_schema.tables WHERE table_schema = ?' +
      ` AND table_name IN (${names.map(() => '?').join(', ')}) ORDER BY table_name`,
    values: [schema, ...names],
  })
  return rows.map((row) => ({ name: String(row['tab']), view: row['type'] === 'VIEW' }))
}

interface Found {
  readonly name: string
  readonly view: boolean
}

/** Null: nobody's yet, or one that this account may not read. */
async function ownerOf(session: Session, schema: string): Promise<string | null> {
  try {
    const [row] = await session.rows({
      text: `SELECT value FROM ${placed(schema, 'oubli_control')} WHERE name = ?`,
      values: [owner],
    })
    return typeof row?.['value'] === 'string' ? row['value'] : null
  } catch (error) {
    if (error instanceof DatabaseError && (error.kind === 'other' || error.kind === 'not permitted'))
      return null
    throw error
  }
}

function placed(schema: string, name: string): string {
  return `${quoted(schema)}.${quoted(name)}`
}

/** Names of other schemas are whatever somebody chose, which is no reason to fail. */
function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function missing(schema: string): OubliError {
  return new OubliError(
    'settings',
    'E_OWN_SCHEMA_MISSING',
    `database.own_schema: expected the schema "${schema}" on the server, found none that this account can see`,
    `Make it as an administrator: CREATE DATABASE ${quoted(schema)}; and give the accounts their rights on it, as \`oubli grants\` prints them.`,
  )
}

function anothers(schema: string, found: string, site: string): OubliError {
  return new OubliError(
    'settings',
    'E_OWN_SCHEMA_TAKEN',
    `database.own_schema: expected a schema for the site "${site}" alone, found "${schema}", which holds the tables of the site "${found}"`,
    `Give each site a schema of its own. If this site was only renamed: UPDATE ${placed(schema, 'oubli_control')} SET value = '${site.replaceAll("'", "''")}' WHERE name = '${owner}';`,
  )
}

/** RENAME TABLE moves tables at once and with their rows, but neither views nor rights. */
function elsewhere(from: string, to: string, found: readonly Found[], there: readonly Found[]): OubliError {
  const tables = found.filter(({ view }) => !view).map(({ name }) => name)
  const expected = `database.own_schema: expected every table of Oubli in "${to}", found`
  const views = found.filter(({ view }) => view).map(({ name }) => `DROP VIEW ${placed(from, name)};`)
  if (tables.length === 0)
    return new OubliError(
      'refused',
      'E_OWN_TABLES_ELSEWHERE',
      `database.own_schema: expected every view of Oubli in "${to}", found ${views.length} in "${from}"`,
      `Drop them as an administrator; \`oubli migrate\` makes them again where they belong:\n${views.join('\n')}`,
    )
  if (there.some(({ view }) => !view))
    return new OubliError(
      'refused',
      'E_OWN_TABLES_TWICE',
      `${expected} ${tables.length} in "${from}" as well`,
      `Only one of the two is the past of this site: the one with more rows in oubli_seal, and of that day. Look at both, keep a dump of the other, drop its tables, and begin again.`,
    )
  const moves = tables.map((name) => `  ${placed(from, name)} TO ${placed(to, name)}`)
  return new OubliError(
    'refused',
    'E_OWN_TABLES_ELSEWHERE',
    `${expected} ${tables.length} in "${from}"`,
    `Stop every run and timer, then move them as an administrator, or change database.own_schema back:\n${[
      ...views,
      `RENAME TABLE\n${moves.join(',\n')};`,
    ].join(
      '\n',
    )}\nThen \`oubli migrate\`, which makes the views again, and \`oubli grants\`, because rights do not move.`,
  )
}
