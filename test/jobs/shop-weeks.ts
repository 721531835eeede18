/** Weeks of the sample shop: runs, a hold, mails that come back, people who sign in again. */
import { expect } from 'chai'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bounceFor } from '../../cli/demo-bounce.ts'
import { cast } from '../../db/sample-shop/cast.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { monday, type Lab } from '../cli/lab.ts'
import { sql } from '../engine/lab.ts'
import { countBySql, tallyOf, type Tally } from './shop-sql.ts'

const day = 86_400_000

export interface Shop {
  readonly lab: Lab
  /** Before anything acted. */
  readonly before: Tally
  /** Accounts under a hold. */
  readonly held: readonly number[]
  /** Ids that were ever seen truncated: some of these rows leave later. */
  readonly truncated: { readonly sessions: Set<string>; readonly page_views: Set<string> }
}

/** The first day: a run that observes, two holds, the approval, the first acts and mails. */
export async function open(lab: Lab): Promise<Shop> {
  const { database } = lab
  // Never signed in, and three years old between the last run and the last report.
  await sql(
    database,
    `UPDATE users SET created_at = '2024-03-08 12:00:00' WHERE id = ${await countBySql(
      database,
      "SELECT MIN(id) FROM users WHERE last_login_at IS NULL AND status = 'active' AND id > 17",
    )}`,
  )
  // So small a shop has none that are old enough for these two policies.
  await sql(
    database,
    "UPDATE consents SET given_at = '2020-10-05 09:00:00' WHERE status = 'expired' AND id <= 30",
  )
  await sql(
    database,
    "UPDATE orders SET placed_at = '2015-02-03 09:00:00', delivered_at = '2015-02-06 09:00:00' WHERE status = 'delivered' AND anonymised_at IS NULL AND total >= 120 AND id <= 12",
  )
  await command(lab, 'migrate')
  await command(lab, 'run')
  const before = await tallyOf(database)
  // Somebody with an invoice that is past its two years, so that a hold keeps more than an account.
  const other = await countBySql(
    database,
    "SELECT MIN(user_id) FROM invoices WHERE issued_on < '2024-01-01' AND user_id > 17",
  )
  const held = [cast.dov.id, other]
  for (const id of held)
    await command(
      lab,
      ...['hold', 'add', 'account', String(id), '--matter', 'm', '--because', 'b', '--by', 'DPO'],
      ...['--review-by', '2027-11-30'],
    )
  await approved(lab)
  const shop = {
    lab,
    before,
    held,
    truncated: { sessions: new Set<string>(), page_views: new Set<string>() },
  }
  // Alone and first: what leaves in the first run is past these terms, too, and nothing would show that it was cut.
  for (const policy of ['session-addresses', 'technical-data-truncated'])
    await command(lab, 'run', '--policy', policy)
  await noteTruncated(shop)
  await command(lab, 'run')
  await comesBack(lab)
  return shop
}

/** To that day, with a run each week; the last one falls on the last whole week. */
export async function passUntil(shop: Shop, from: number, to: number): Promise<void> {
  const { lab } = shop
  for (let at = from; at <= to; at += 7) {
    await setSandboxNow(lab.database, monday + at * day)
    if (at === 14) await signIn(lab)
    const { exit, out, err } = await lab.oubli(['run'])
    // On the first of January a fiscal year falls due at once, and an alarm waits for a person.
    if (exit === 4) {
      await approved(lab)
      await command(lab, 'run')
    } else expect(exit, `${out}\n${err}`).to.equal(0)
    if (at === 7) await comesBack(lab)
    await noteTruncated(shop)
  }
  await setSandboxNow(lab.database, monday + to * day)
}

/** People who signed in again after a mail. */
export const returned = [cast.emi.id, cast.chloe.id] as const

async function signIn({ database }: Lab): Promise<void> {
  for (const id of returned)
    await sql(database, `UPDATE users SET last_login_at = '2026-12-06 18:00:00' WHERE id = ${id}`)
}

async function noteTruncated({ lab, truncated }: Shop): Promise<void> {
  for (const [table, ids] of Object.entries(truncated)) {
    const rows = await lab.database.rows({
      text: `SELECT id FROM ${table} WHERE truncated_at IS NOT NULL`,
      values: [],
    })
    for (const row of rows) ids.add(String(row['id']))
  }
}

/** The newest mail to Farid, as a server gives it back. */
async function comesBack(lab: Lab): Promise<void> {
  const mails = (await mailsOf(lab)).filter((mail) => mail.includes(cast.farid.email))
  const newest = mails.sort((a, b) => sentAt(a) - sentAt(b)).at(-1) ?? ''
  const folder = join(lab.folder, 'bounces')
  await mkdir(join(folder, 'new'), { recursive: true })
  await writeFile(join(folder, 'new', `${mails.length}.eml`), bounceFor(newest, cast.farid.email))
  await command(lab, 'mail', 'bounces', folder)
}

const sentAt = (mail: string): number => Date.parse(/^Date: (.+)$/im.exec(mail)?.[1] ?? '')

export async function mailsOf({ folder }: Lab): Promise<string[]> {
  const names = (await readdir(join(folder, 'mails'))).filter((name) => name.endsWith('.eml'))
  return await Promise.all(names.map((name) => readFile(join(folder, 'mails', name), 'utf8')))
}

async function command(lab: Lab, ...argv: readonly string[]): Promise<void> {
  const { exit, out, err } = await lab.oubli(argv)
  expect(exit, `${argv.join(' ')}\n${out}\n${err}`).to.equal(0)
}
