/**
 * The time of the database, which is the only one that decides. The demo and the tests shift it by a row,
 * honoured only in a database that they created themselves: a real site's clock cannot be moved this way.
 */
import { isoInstant } from '../base/clock.ts'
import type { Clock, Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { createTable, longType, nameType } from './migrations/own-table.ts'
import type { Database } from './session.ts'
import { tableExists } from './table-exists.ts'

const sandbox = 'oubli_sandbox'
const marker = { name: 'created by', value: 'oubli sandbox' }

/** Databases that were seen without the table: it is only ever made in an empty one, so it does not come later. */
const realTime = new WeakSet<Database>()

/** Throws `OubliError` `E_SANDBOX` when a shifted time stands in a database that is no sandbox. */
export async function serverNow(database: Database): Promise<Instant> {
  if (await mayBeShifted(database)) {
    const shifted = (await sandboxRows(database)).get('now')
    if (shifted !== undefined) {
      await refuseWithoutMarker(database)
      return parsed(shifted)
    }
  }
  return await realNow(database)
}

async function realNow(database: Database): Promise<Instant> {
  const [row] = await database.rows({ text: `SELECT ${database.dialect.utcNow} AS now`, values: [] })
  return parsed(`${String(row?.['now']).slice(0, 23).replace(' ', 'T')}Z`)
}

/**
 * The time by which leases are kept: hosts whose clocks differ must agree on who is at work. In a sandbox the
 * time stands still between two moves and has one host, so there it is that of `host`.
 */
export async function leaseNow(database: Database, host: Clock): Promise<Instant> {
  return (await mayBeShifted(database)) ? host() : await realNow(database)
}

async function mayBeShifted(database: Database): Promise<boolean> {
  if (realTime.has(database)) return false
  if (await tableExists(database, sandbox)) return true
  realTime.add(database)
  return false
}

export async function isSandbox(database: Database): Promise<boolean> {
  if (!(await tableExists(database, sandbox))) return false
  return (await sandboxRows(database)).get(marker.name) === marker.value
}

/** Only in a database without any table; otherwise `OubliError` `E_SANDBOX`. */
export async function createSandbox(database: Database): Promise<void> {
  const count =
    database.dialect.name === 'sqlite'
      ? 'SELECT COUNT(*) AS found FROM sqlite_master'
      : 'SELECT COUNT(*) AS found FROM information_schema.tables WHERE table_schema IN (DATABASE(), ?)'
  const values = database.dialect.name === 'sqlite' ? [] : [database.ownSchema ?? '']
  const [row] = await database.rows({ text: count, values })
  realTime.delete(database)
  if (row?.['found'] !== '0') {
    throw new OubliError(
      'refused',
      'E_SANDBOX',
      `sandbox: expected an empty database, found ${String(row?.['found'])} tables`,
      'Give the demo a database of its own; it never touches one that is in use.',
    )
  }
  const table = { name: sandbox, columns: { name: nameType, value: longType }, primaryKey: ['name'] }
  for (const text of createTable(database.dialect, table)) await database.run({ text, values: [] })
  await put(database, marker.name, marker.value)
}

/** From now on `serverNow` answers this instant. Throws `OubliError` `E_SANDBOX` outside a sandbox. */
export async function setSandboxNow(database: Database, instant: Instant): Promise<void> {
  await refuseWithoutMarker(database)
  realTime.delete(database)
  await put(database, 'now', isoInstant(instant))
}

async function put(database: Database, name: string, value: string): Promise<void> {
  const text = database.dialect.insertIgnore(sandbox, ['name', 'value'])
  if ((await database.run({ text, values: [name, value] })) === 1) return
  await database.run({ text: 'UPDATE oubli_sandbox SET value = ? WHERE name = ?', values: [value, name] })
}

async function sandboxRows(database: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await database.rows({ text: 'SELECT name, value FROM oubli_sandbox', values: [] })
  return new Map(rows.map((row) => [String(row['name']), String(row['value'])]))
}

async function refuseWithoutMarker(database: Database): Promise<void> {
  if (await isSandbox(database)) return
  throw new OubliError(
    'refused',
    'E_SANDBOX',
    'oubli_sandbox: expected the marker of a sandbox beside a shifted time, found none',
    'This is not a sandbox: drop the table oubli_sandbox, and find out who put it there.',
  )
}

function parsed(text: string): Instant {
  const instant = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) || Number.isNaN(instant)) {
    throw new OubliError(
      'refused',
      'E_CLOCK_UNREADABLE',
      'database clock: expected YYYY-MM-DDTHH:MM:SS.mmmZ, found something else',
      'Check the server, or the row `now` of the table oubli_sandbox.',
    )
  }
  return instant
}
