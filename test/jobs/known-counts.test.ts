/** What a run erases counts as known to the next one, so that an alarm sees everybody who enters after it. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'

const day = 86_400_000
const now = Date.parse('2026-06-01T10:00:00Z')
const mail = {
  transport: 'files',
  folder: '../mails',
  language: 'en',
  from: { name: 'Site', address: 'notices@site.example' },
}

eachDatabase('people who go without a mail', (open) => {
  let site: Installation
  afterEach(() => site.close())

  it('make no room for others below the limit of an alarm', async () => {
    const files = warnedSite(25)
    const policies = {
      'inactive-accounts': files.policies['inactive-accounts']!.replace(
        'no_address: a person decides',
        'no_address: erase',
      ).replace('percent: 100', 'percent: 100, people: 15'),
    }
    site = await install(await open(), { ...files, policies, mail }, now)
    const user = (id: number, last_login_at: string, email: string) => ({
      ...{ id, email, first_name: `N${id}`, last_login_at, created_at: '2011-01-01 10:00:00' },
    })
    const old = '2020-01-01 10:00:00'
    await insert(site.database, 'users', [
      ...Array.from({ length: 60 }, (_, i) => user(i + 1, old, '')),
      ...Array.from({ length: 10 }, (_, i) => user(i + 101, old, `w${i}@mail.example`)),
      ...Array.from({ length: 90 }, (_, i) => user(i + 1001, '2026-05-01 10:00:00', '')),
    ])
    const people = async (): Promise<number> => (await dumpOf(site.database, 'users')).length
    await site.oubli(['run'])
    await approved(site)
    await setSandboxNow(site.database, now + 60_000)
    const first = await site.oubli(['run'])
    expect([first.exit, await people()], first.text).to.deep.equal([0, 100])
    const [row] = await site.database.rows({
      text: "SELECT left_over FROM oubli_run_policy WHERE mode = 'enforced'",
      values: [],
    })
    expect(Number(row?.['left_over'])).to.equal(0)
    await setSandboxNow(site.database, now + day)
    await sql(
      site.database,
      "UPDATE users SET last_login_at = '2020-02-01 10:00:00' WHERE id BETWEEN 1001 AND 1090",
    )
    const said = await site.oubli(['run'])
    expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
    expect(await people()).to.equal(100)
  })
})
