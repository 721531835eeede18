/** People who are told anew, because the terms have changed: the calendar and the warm-up count them once. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { announcedDays, announcedText } from '../../db/own/mail-volume.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { day, silent, start } from '../mail/bounces-site.ts'
import { warning } from '../mail/sample.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { makeWorld } from '../mail/world.ts'

const env = { LANG: 'en', OUBLI_SCHEDULE_WARN: '0 9 * * *' }
const after = (days: number): string => new Date(start + days * day).toISOString().slice(0, 10)

interface Day {
  readonly day: string
  readonly erasures: number
}

eachDatabase('people who were told of other terms', (open) => {
  let one: Installation
  beforeEach(async () => {
    const { tables, dataMap, policies } = warnedSite(0)
    const text = policies['inactive-accounts'] ?? ''
    const ladder = { 'inactive-accounts': text.replace('[30]', '[60, 30, 7]') }
    const mail = {
      ...{ transport: 'files', folder: '../mails', warm_up: { first_day: 10, growth: 1, daily_cap: 10 } },
      from: { name: 'Site', address: 'notices@site.example' },
    }
    one = await install(await open(), { tables, dataMap, policies: ladder, mail }, start)
    const people = Array.from({ length: 10 }, (_, i) => silent(i + 1))
    await insert(one.database, 'users', people)
    await run()
    await one.approve()
    await run()
  })
  afterEach(() => one.close())

  async function run(): Promise<{ readonly queued: number }> {
    const said = await one.oubli(['run', '--json'], { env })
    expect(said.exit, said.text).to.equal(0)
    const { policies } = JSON.parse(said.out) as { policies: { warned: { queued: number } | null }[] }
    return { queued: policies[0]?.warned?.queued ?? 0 }
  }

  /** By the calendar: each day of erasures, and how many people. */
  async function erasures(): Promise<readonly (readonly [string, number])[]> {
    const said = await one.oubli(['plan', '--json'], { env })
    const { calendar } = JSON.parse(said.out) as { readonly calendar: readonly Day[] }
    return calendar.filter((each) => each.erasures > 0).map((each) => [each.day, each.erasures])
  }

  it('go once, on no day that only the earlier mail names, and its later mails take no room', async () => {
    expect((await erasures()).map(([, people]) => people)).to.deep.equal([10])
    await setSandboxNow(one.database, start + 2 * day)
    const path = join(one.folder, 'policies/inactive-accounts.yml')
    const text = await readFile(path, 'utf8')
    // The second mail of the new round falls on the day of the third of the old one, which never comes.
    await writeFile(path, text.replace('minimum_notice: 30 days', 'minimum_notice: 51 days'))
    const planned = await erasures()
    expect(planned.map(([, people]) => people)).to.deep.equal([10])
    expect(await run()).to.deep.equal({ queued: 10 })
    const told = await erasures()
    expect(told.map(([, people]) => people)).to.deep.equal([10])
    for (const [on] of [...planned, ...told]) expect(on > after(57), on).to.equal(true)
  })
})

eachDatabase('the days that mails have named', (open) => {
  it('are counted by terms, and of each person only in the newest round', async () => {
    const world = await makeWorld(await open())
    const terms = 'd'.repeat(64)
    const anew = (n: number, round: number, cycle = warning(n).cycle) =>
      warning(n, {
        ...{ round, cycle, termsHash: terms, announced: warning(n).announced + 30 * day },
        token: `${round}${cycle === warning(n).cycle ? 'a' : 'b'}`.padEnd(32, String(n)),
      })
    await world.queue(warning(1), warning(2), warning(3), warning(4), anew(2, 1), anew(3, 2))
    await world.queue(anew(4, 0, warning(4).cycle + day))
    const later = async () =>
      (await announcedDays(world.database)).map(({ termsHash, announced, people }) => [
        termsHash === terms,
        announced,
        people,
      ])
    const [old, named] = [warning(1).announced, warning(1).announced + 30 * day]
    expect((await later()).sort()).to.deep.equal([
      [false, old, 1],
      [true, named, 3],
    ])
    // A newer round whose mail was refused names no day, and takes the earlier one away all the same.
    const refused = "UPDATE oubli_warning SET state = 'refused' WHERE kind = ? AND key_text = ? AND round = 1"
    await world.database.run({ text: refused, values: ['account', '["2"]'] })
    expect((await later()).sort()).to.deep.equal([
      [false, old, 1],
      [true, named, 2],
    ])
    // Nor does a round of which another server gave a reminder up: the next one names another day, or none follows.
    await world.queue(warning(1, { step: 1, token: '1e'.padEnd(32, '1') }))
    const givenUp =
      "UPDATE oubli_warning SET state = 'undelivered' WHERE kind = ? AND key_text = ? AND step = 1"
    await world.database.run({ text: givenUp, values: ['account', '["1"]'] })
    expect(await later()).to.deep.equal([[true, named, 2]])
  })

  it('are read along the index of first mails, and each person by key', async () => {
    const world = await makeWorld(await open())
    const { database } = world
    // First mails alone: then nothing speaks against reading the whole table but what an index spares.
    await world.queue(...Array.from({ length: 600 }, (_, n) => warning(n)))
    if (database.dialect.name === 'sqlite') {
      const plan = await database.rows({ text: `EXPLAIN QUERY PLAN ${announcedText}`, values: [] })
      const said = plan.map((row) => String(row['detail']))
      expect(said.filter((line) => line.startsWith('SCAN'))).to.deep.equal([])
      expect(said.some((line) => /SEARCH w USING INDEX oubli_warning_step_state/.test(line))).to.equal(true)
      return
    }
    await database.rows({ text: 'ANALYZE TABLE oubli_warning', values: [] })
    const plan = await database.rows({ text: `EXPLAIN ${announcedText}`, values: [] })
    expect(plan.map((row) => row['type'])).not.to.include.members(['ALL'])
    expect(plan.map((row) => row['type'])).not.to.include.members(['index'])
    const [first] = plan
    expect([first?.['table'], first?.['key']]).to.deep.equal(['w', 'oubli_warning_step_state'])
    expect(String(first?.['Extra'])).to.include('Using index')
  })
})
