/** The days that `explain` names are days of the site: in UTC its night belongs to another one. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { silent, start } from '../mail/bounces-site.ts'
import { warnedSite } from '../mail/warned-site.ts'

const site = warnedSite(0)
const account = site.policies['inactive-accounts'] ?? ''

const filesIn = (zone: string) => ({
  tables: [
    ...site.tables,
    'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, ip VARCHAR(45) NULL, seen_at DATETIME NOT NULL)',
    'CREATE INDEX visits_seen ON visits (seen_at)',
  ],
  dataMap: `${site.dataMap.replace('Europe/Paris', zone)}
  visit:
    category: app_log
    table: visits
    key: id
    events: { seen: { column: seen_at } }
    personal: { ip: truncated_ip }
`,
  policies: {
    'inactive-accounts': account,
    'old-visits': account
      .replace('policy: inactive-accounts', 'policy: old-visits')
      .replace('data: account', 'data: visit')
      .replace('3 years', '6 months')
      .replace('counted_from: last_login', 'counted_from: seen')
      .replace(/warn:\n(?: {2}.*\n)*/, '')
      .replace('per_run: { people: 500, mails: 2000 }', 'per_run: { rows: 500 }'),
  },
  mail: { transport: 'files', folder: '../mails', from: { name: 'Site', address: 'notices@site.example' } },
})

interface Report {
  readonly holds: { readonly review_passed: number }
}

eachDatabase('the days that explain names', (open) => {
  for (const zone of ['Europe/Paris', 'America/New_York'])
    it(`are those of ${zone}`, async () => {
      const one = await install(await open(), filesIn(zone), start)
      try {
        await insert(one.database, 'users', [
          silent(1),
          { ...silent(2), last_login_at: '2024-01-15 12:00:00' },
        ])
        await insert(one.database, 'visits', [{ id: 1, ip: null, seen_at: '2025-10-10 12:00:00' }])
        const said = async (...argv: readonly string[]): Promise<string> => {
          const { exit, text, out } = await one.oubli(['explain', ...argv])
          expect(exit, text).to.equal(0)
          return out
        }
        expect(await said('account', '2')).to.include('Kept: active, until 2027-01-15.')
        expect(await said('visit', '1')).to.include('Due since 2026-04-11 (')
        const { policies } = JSON.parse(await said('account', '1', '--json')) as {
          readonly policies: readonly { readonly decision: { readonly announced: number } }[]
        }
        const announced = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(
          policies[0]?.decision.announced,
        )
        expect(await said('account', '1')).to.include(`erasure announced for ${announced} at the earliest.`)
      } finally {
        await one.close()
      }
    })

  it('are those of the site for who is gone, and for a hold', async () => {
    const night = Date.parse('2026-06-01T22:30:00Z')
    const one = await install(await open(), siteFiles, night)
    try {
      const people = [1, 2].map((id) => ({ id, email: `p${id}@mail.example`, first_name: 'x' }))
      await insert(one.database, 'prospects', [
        { ...people[0], collected_at: '2020-01-01 10:00:00' },
        { ...people[1], collected_at: '2026-05-01 10:00:00' },
      ])
      const said = async (...argv: readonly string[]) => (await one.oubli(argv)).text
      await one.oubli(['run'])
      expect(await said('plan')).to.match(/^prospects +erase +1 .* 2023-01-02 /m)
      await one.approve()
      expect(one.said.at(-1)).to.include('Approved until 2026-06-09.')
      await one.oubli(['run'])
      expect(await said('explain', 'prospect', '1')).to.include(
        'one left (erased or archived) on 2026-06-02 under',
      )
      const typed = ['--matter', 'm', '--because', 'b', '--by', 'DPO', '--review-by']
      const hold = ['hold', 'add', 'prospect']
      expect(await said(...hold, '1', ...typed, '2026-06-02')).to.include(
        '; one left (erased or archived) on 2026-06-02',
      )
      expect(await said(...hold, '2', ...typed, '2026-06-01')).to.match(/^E_REVIEW_DAY/)
      expect(await said(...hold, '2', ...typed, '2026-06-02')).to.match(/^Hold \S+ is set\.$/m)
      expect(await said('hold', 'list')).to.match(/ 2026-06-02 {2}2026-06-02$/m)
      const passed = async () =>
        (JSON.parse((await one.oubli(['report', '--json'])).out) as Report).holds.review_passed
      expect(await passed()).to.equal(0)
      await setSandboxNow(one.database, night + 86_400_000)
      expect(await passed()).to.equal(1)
    } finally {
      await one.close()
    }
  })
})
