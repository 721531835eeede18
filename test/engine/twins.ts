/** Two sites with the same rows: one whose runs are killed, one that is left in peace. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import type { Open } from '../databases.ts'
import { install, type Installation, type SiteFiles } from './installation.ts'
import { insert } from './lab.ts'
import { siteFiles } from './site-files.ts'

export const start = Date.parse('2026-06-01T10:00:00Z')
export const day = 86_400_000

export interface Twins {
  readonly killed: Installation
  readonly undisturbed: Installation
  /** The same day and the same new rows for both. */
  nextDay(n: number): Promise<number>
  close(): Promise<void>
}

/** `groups`: of rows that a day brings, each as `addDue` has them. */
export async function twins(open: Open, more: Partial<SiteFiles> = {}, groups = 1): Promise<Twins> {
  const both: Installation[] = []
  for (const database of [await open(), await open()]) {
    const one = await install(database, { ...siteFiles, ...more }, start)
    await addDue(database, 1)
    expect((await one.oubli(['run'])).text).to.include('New terms were observed only')
    await one.approve()
    expect((await one.oubli(['run'])).exit).to.equal(0)
    both.push(one)
  }
  const [killed, undisturbed] = both as [Installation, Installation]
  return {
    killed,
    undisturbed,
    nextDay: async (n) => {
      const now = start + n * day
      for (const { database } of both) {
        await setSandboxNow(database, now)
        for (let i = 0; i < groups; i += 1) await addDue(database, (n + 1) * 100 + i * 10)
      }
      return now
    },
    close: async () => {
      for (const one of both) await one.close()
    },
  }
}

/** Rows that are due, and some that are not, numbered from `from`. */
export async function addDue(database: Database, from: number): Promise<void> {
  const people = [0, 1, 2].map((n) => from + n)
  await insert(
    database,
    'prospects',
    people.map((id, n) => ({
      id,
      email: `p${id}@mail.example`,
      first_name: 'Ada',
      collected_at: n === 2 ? '2026-01-01 10:00:00' : '2020-01-01 10:00:00',
    })),
  )
  await insert(
    database,
    'clicks',
    people.map((id) => ({ id, prospect_id: id, ip: '192.0.2.7' })),
  )
  await insert(
    database,
    'receipts',
    people.map((id) => ({ id, prospect_id: id, number: `R${id}`, issued_on: '2019-05-01', holder: 'Ada' })),
  )
  await insert(
    database,
    'page_views',
    [0, 1, 2].map((n) => ({
      id: from + n,
      ip: '192.0.2.7',
      visited_at: n === 2 ? '2026-05-01 10:00:00' : '2024-01-01 10:00:00',
    })),
  )
}
