/**
 * A small site with everything that a restored backup brings back: people who are erased at once, people who are
 * warned first, people who are anonymised and later erased, and rows that are nobody's. Two of them live the
 * same weeks; one is then thrown back to its backup.
 */
import { expect } from 'chai'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database, Row } from '../../db/session.ts'
import type { Open } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { ownTables, siteFiles, siteTables } from '../engine/site-files.ts'

export const tables = [...siteTables, 'users', 'devices', 'members'] as const

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)

export const restoreSite: SiteFiles = {
  tables: [
    ...siteFiles.tables,
    'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, first_name VARCHAR(80) NULL, last_login_at DATETIME NULL, created_at DATETIME NOT NULL)',
    'CREATE INDEX users_login ON users (last_login_at)',
    'CREATE TABLE devices (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, name VARCHAR(80) NULL, CONSTRAINT d_user FOREIGN KEY (user_id) REFERENCES users (id))',
    'CREATE INDEX devices_user ON devices (user_id)',
    'CREATE TABLE members (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, joined_at DATETIME NOT NULL, left_at DATETIME NOT NULL)',
    'CREATE INDEX members_joined ON members (joined_at)',
    'CREATE INDEX members_left ON members (left_at)',
  ],
  dataMap: `${siteFiles.dataMap}
  account:
    table: users
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email, name: first_name }
    events:
      last_login: { latest_of: [last_login_at], never: [null], else: created_at, slides: by the person }
    personal: { email: unique_address, first_name: blank }
  device:
    table: devices
    key: id
    of: account
    personal: { name: blank }
  member:
    table: members
    key: id
    identity: [id, joined_at]
    subject: true
    events:
      joined: { column: joined_at }
      left: { column: left_at }
    personal: { name: blank }
`,
  policies: {
    ...siteFiles.policies,
    'inactive-accounts': policy(`policy: inactive-accounts
promise: inactivity
status: enforce
data: account
keep_at_most: 3 years
counted_from: last_login
then: erase
warn:
  when: before the term
  days_before_erasure: [30]
  minimum_notice: 30 days
  template: inactivity-warning
  if_unreachable: { refusals: 2 on different days, wait: 90 days, finally: erase }
  no_address: a person decides
per_run: { people: 500, mails: 2000 }`),
    'members-coarse': policy(`policy: members-coarse
promise: prospects
status: enforce
data: member
keep_at_most: 3 years
counted_from: joined
fields: [name]
then: truncate fields
per_run: { people: 500 }`),
    'members-gone': policy(`policy: members-gone
promise: prospects
status: enforce
data: member
keep_at_most: 3 years
counted_from: left
then: erase
per_run: { people: 500 }`),
  },
}

function policy(text: string): string {
  return `${text}
stop_above: { percent: 100 }
purpose: customer account
legal_basis: contract
because: The small site promises this to its customers and members.
approved_by: DPO
approved_on: 2025-12-01
review_by: 2026-12-01
`
}

/** Ids say when: 1xx before the backup, 2xx due after it, 3xx not due for long. */
async function addRows(database: Database): Promise<void> {
  const prospect = (id: number, day: string) => ({
    ...{ id, email: `prospect${id}@mail.example`, first_name: `Nom${id}`, collected_at: `${day} 10:00:00` },
  })
  await insert(database, 'prospects', [
    prospect(101, '2020-01-01'),
    prospect(201, '2023-06-05'),
    prospect(202, '2023-06-06'),
    prospect(301, '2026-01-01'),
  ])
  await insert(
    database,
    'clicks',
    [101, 201, 202, 301].map((id) => ({ id, prospect_id: id, ip: '192.0.2.7' })),
  )
  await insert(
    database,
    'receipts',
    [201, 301].map((id) => ({
      ...{ id, prospect_id: id, number: `R${id}`, issued_on: '2019-05-01', holder: `Nom${id}` },
    })),
  )
  const user = (id: number, login: string) => ({
    ...{ id, email: `user${id}@mail.example`, first_name: `Nom${id}` },
    ...{ last_login_at: `${login} 10:00:00`, created_at: '2015-01-01 10:00:00' },
  })
  await insert(database, 'users', [
    user(101, '2023-06-20'), // warned before the backup, erased after it
    user(102, '2023-07-01'), // its mail waits when the backup is made
    user(201, '2023-07-08'), // warned after it
    user(301, '2026-01-01'),
  ])
  await insert(
    database,
    'devices',
    [101, 102, 301].map((id) => ({ id, user_id: id, name: `Tablette de Nom${id}` })),
  )
  const member = (id: number, joined: string, left: string) => ({
    ...{ id, name: `Nom${id}`, joined_at: `${joined} 10:00:00`, left_at: `${left} 10:00:00` },
  })
  await insert(database, 'members', [
    member(101, '2020-01-01', '2023-06-05'), // coarse before the backup, erased after it
    member(102, '2020-01-01', '2026-01-01'), // coarse before it
    member(201, '2023-06-05', '2026-01-01'), // coarse after it
    member(202, '2023-06-05', '2023-06-20'), // both after it
    member(301, '2026-01-01', '2026-01-01'),
  ])
  const view = (id: number, day: string) => ({ id, ip: '192.0.2.7', visited_at: `${day} 10:00:00` })
  await insert(database, 'page_views', [view(101, '2024-01-01'), view(201, '2025-06-05')])
}

/** Never more than a week apart, or the clock would be refused; the last is that of the restore. */
const pastDays = [
  ...['2026-06-04', '2026-06-08', '2026-06-14', '2026-06-20', '2026-06-26', '2026-07-02', '2026-07-07'],
]

export interface Site {
  readonly one: Installation
  /** As it was before anything of the second half happened. */
  readonly backup: Backup
}

/** Day by day until a backup was made and more was done after it. */
export async function siteWithPast(open: Open): Promise<Site> {
  return await siteWithPastAnd(open, restoreSite, ({ database }) => backUp(database))
}

/** The same with a backup of another kind. */
export async function siteWithPastAnd<T>(
  open: Open,
  files: SiteFiles,
  take: (one: Installation) => Promise<T>,
): Promise<{ readonly one: Installation; readonly backup: T }> {
  const one = await install(await open(), files, at('2026-06-01'))
  await addRows(one.database)
  await done(one, 'run')
  await one.approve()
  await done(one, 'run')
  await setSandboxNow(one.database, at('2026-06-02'))
  await done(one, 'run', '--only', 'warn')
  const backup = await take(one)
  for (const day of pastDays) {
    await setSandboxNow(one.database, at(day))
    await done(one, 'run')
  }
  return { one, backup }
}

/** The first days after the restored backup, on which more becomes due. */
export async function liveOn(one: Installation): Promise<void> {
  for (const day of ['2026-07-09', '2026-07-15']) {
    await setSandboxNow(one.database, at(day))
    await done(one, 'run')
  }
}

export async function done(one: Installation, ...argv: readonly string[]): Promise<string> {
  const said = await one.oubli(argv)
  expect(said.exit, said.text).to.equal(0)
  return said.text
}

export type Backup = ReadonlyMap<string, readonly Row[]>

/** The server's clock goes on, so its table is no part of it. */
export async function backUp(database: Database, site: readonly string[] = tables): Promise<Backup> {
  const backup = new Map<string, readonly Row[]>()
  for (const table of [...site, ...ownTables])
    backup.set(table, await database.rows({ text: `SELECT * FROM ${table}`, values: [] }))
  return backup
}

export async function restore(database: Database, backup: Backup): Promise<void> {
  const sqlite = database.dialect.name === 'sqlite'
  const outcome = await database.transaction(async (tx) => {
    const free = sqlite
      ? 'PRAGMA defer_foreign_keys = ON'
      : 'SET FOREIGN_KEY_CHECKS = 0, sql_safe_updates = 0'
    if (sqlite) await tx.rows({ text: free, values: [] })
    else await tx.run({ text: free, values: [] })
    for (const [table, rows] of backup) {
      await tx.run({ text: `DELETE FROM ${table}`, values: [] })
      for (const row of rows)
        await tx.run({
          text: `INSERT INTO ${table} (${Object.keys(row)
            .map((name) => database.dialect.quote(name))
            .join(', ')}) VALUES (${Object.keys(row)
            .map(() => '?')
            .join(', ')})`,
          values: Object.values(row),
        })
    }
    if (!sqlite) await tx.run({ text: 'SET FOREIGN_KEY_CHECKS = 1, sql_safe_updates = 1', values: [] })
  })
  if (outcome.state !== 'committed') throw outcome.error
}

/** Mails in the folder, by their names. */
export async function mailsOf(one: Installation): Promise<readonly string[]> {
  return (await readdir(join(one.folder, 'mails'))).sort()
}
