/** What a mail printed holds, also where the clock falls back or the policy gets another name. */
import { expect } from 'chai'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'

const day = 86_400_000
const start = Date.parse('2026-06-01T10:00:00Z')
/** The term ends on 29 July 2026, sixty days before which a mail is sent. */
const lastLogin = '2023-07-29 10:00:00'
const mail = {
  transport: 'files',
  folder: '../mails',
  language: 'en',
  from: { name: 'Site', address: 'notices@site.example' },
}

eachDatabase('a day that a mail has printed', (open) => {
  let site: Installation
  let text: string

  beforeEach(async () => {
    const one = warnedSite(25)
    text = (one.policies['inactive-accounts'] ?? '').replace('[30]', '[60]')
    site = await install(await open(), { ...one, policies: { 'inactive-accounts': text }, mail }, start)
    await insert(site.database, 'users', [
      {
        ...{ id: 1, email: 'a1@mail.example', first_name: 'Ada' },
        ...{ last_login_at: lastLogin, created_at: '2011-01-01 10:00:00' },
      },
    ])
    await site.oubli(['run'])
    await approved(site)
    await site.oubli(['run'])
    expect(await printed()).to.deep.equal(['2026-07-29'])
  })
  afterEach(() => site.close())

  /** Days that the mails so far have announced. */
  async function printed(): Promise<readonly string[]> {
    const rows = await site.database.rows({
      text: 'SELECT announced FROM oubli_warning ORDER BY announced',
      values: [],
    })
    // The start of the day after, in Paris.
    return rows.map((row) => new Date(Date.parse(String(row['announced']))).toISOString().slice(0, 10))
  }

  async function goneOn(): Promise<string> {
    for (let days = 2; days < 100; days += 3) {
      await setSandboxNow(site.database, start + days * day)
      const said = await site.oubli(['run'])
      expect(said.exit, said.text).to.equal(0)
      const [row] = await site.database.rows({ text: 'SELECT COUNT(*) AS n FROM users', values: [] })
      if (Number(row?.['n']) === 0) return new Date(start + days * day).toISOString().slice(0, 10)
    }
    return 'never'
  }

  it('holds when the date of the last sign-in falls back', async () => {
    await sql(site.database, "UPDATE users SET last_login_at = '2023-05-29 10:00:00' WHERE id = 1")
    expect((await goneOn()) >= '2026-07-29').to.equal(true)
  })

  it('holds when the policy gets another name and a shorter term', async () => {
    await rm(join(site.folder, 'policies/inactive-accounts.yml'))
    const other = text
      .replace('policy: inactive-accounts', 'policy: other-name')
      .replace('3 years', '2 years')
    await writeFile(join(site.folder, 'policies/other-name.yml'), other)
    await setSandboxNow(site.database, start + day)
    await site.oubli(['run'])
    await approved(site)
    expect((await goneOn()) >= '2026-07-29').to.equal(true)
  })
})
