/** Creates our own tables and brings them up to date, forward only. */
import { isoInstant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { DatabaseError } from './database-error.ts'
import { migrations, record, viewsOf } from './migrations/all.ts'
import { createTable } from './migrations/own-table.ts'
import { serverNow } from './server-clock.ts'
import type { Database } from './session.ts'
import { tableExists } from './table-exists.ts'

export interface MigrationState {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied by a newer version of the program. */
  readonly unknown: readonly string[]
}

export async function migrationState(database: Database): Promise<MigrationState> {
  const found = (await tableExists(database, record.name))
    ? await database.rows({ text: 'SELECT name FROM oubli_migration ORDER BY name', values: [] })
    : []
  const names = new Set(found.map((row) => String(row['name'])))
  const known = migrations.map(({ name }) => name)
  return {
    applied: known.filter((name) => names.has(name)),
    pending: known.filter((name) => !names.has(name)),
    unknown: [...names].filter((name) => !known.includes(name)),
  }
}

/**
 * Throws `OubliError` `E_MIGRATED_NEWER` for a database that a newer version has migrated: this one does not
 * understand its tables, and would pass over what protects people there.
 */
export function refuseNewer({ unknown }: MigrationState): void {
  if (unknown.length === 0) return
  throw new OubliError(
    'refused',
    'E_MIGRATED_NEWER',
    `oubli_migration: expected migrations up to ${migrations.at(-1)?.name ?? ''}, found ${unknown.join(', ')}`,
    'Use the newer version of oubli that made them; there is no way back.',
  )
}

/** Names of the migrations that were applied now; none on the second call. Throws as `refuseNewer`. */
export async function migrate(database: Database): Promise<readonly string[]> {
  const state = await migrationState(database)
  refuseNewer(state)
  for (const text of createTable(database.dialect, record)) await database.run({ text, values: [] })
  const now = await serverNow(database)
  for (const name of state.pending) await apply(database, name, isoInstant(now))
  await makeLostViews(database)
  return state.pending
}

/** No server renames a view into another schema: tables that were moved come without them. */
async function makeLostViews(database: Database): Promise<void> {
  for (const [name, text] of viewsOf(database.dialect))
    if (!(await tableExists(database, name))) await database.run({ text, values: [] })
}

async function apply(database: Database, name: string, at: string): Promise<void> {
  const statements = migrations.find((each) => each.name === name)?.statements(database.dialect) ?? []
  const note = {
    text: database.dialect.insertIgnore(record.name, ['name', 'applied_at']),
    values: [name, at],
  }
  if (database.dialect.name === 'sqlite') {
    const outcome = await database.transaction(async (tx) => {
      for (const text of statements) await tx.run({ text, values: [] })
      await tx.run(note)
    })
    if (outcome.state !== 'committed') throw outcome.error
    return
  }
  for (const text of statements) await database.run({ text, values: [] }).catch(unlessDone)
  await database.run(note)
}

const there: readonly string[] = ['ER_DUP_FIELDNAME', 'ER_DUP_KEYNAME']

/** A server commits each change of a table at once: one that was killed behind it meets its own columns. */
function unlessDone(error: unknown): void {
  if (!(error instanceof DatabaseError) || !there.includes(error.code)) throw error
}
