/** Fewer mails a day than people wait for: everybody reaches the end, no later mail is late, and the plan says when. */
import { expect } from 'chai'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { dayOf } from '../../plan/day.ts'
import { approveAll } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { silent } from '../mail/bounces-site.ts'
import { warnedSite } from '../mail/warned-site.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const day = 86_400_000
const ladder = [60, 30, 7]
/** Both are still to come when a test begins, at noon in Paris. */
const env = { LANG: 'en', OUBLI_SCHEDULE_WARN: '0 13 * * *', OUBLI_SCHEDULE_PURGE: '30 13 * * *' }

interface Day {
  readonly day: string
  readonly first_mails: number
  readonly later_mails: number
  readonly erasures: number
}

async function site(
  database: Database,
  people: number,
  warmUp: object,
  change: (policy: string) => string = (policy) => policy.replace('[30]', `[${ladder.join(', ')}]`),
): Promise<Installation> {
  const { tables, dataMap, policies } = warnedSite(0)
  const text = policies['inactive-accounts'] ?? ''
  const one = await install(
    database,
    {
      ...{ tables, dataMap },
      policies: { 'inactive-accounts': change(text) },
      mail: {
        ...{ transport: 'files', folder: '../mails', warm_up: warmUp },
        from: { name: 'Site', address: 'notices@site.example' },
      },
    },
    start,
  )
  await insert(
    database,
    'users',
    Array.from({ length: people }, (_, i) => silent(i + 1)),
  )
  await one.oubli(['run'], { env })
  await one.approve()
  return one
}

eachDatabase('a relay that gets used to mails', (open) => {
  it('lets everybody reach the end, with no later mail late, as the calendar of the plan said', async function () {
    this.timeout(600_000)
    const database = await open()
    const one = await site(database, 40, { first_day: 3, growth: 1, daily_cap: 3 })
    const { calendar } = JSON.parse((await one.oubli(['plan', '--json'], { env })).out) as {
      readonly calendar: readonly Day[]
    }
    const seen: Day[] = []
    for (let ahead = 0; ahead < 120; ahead += 1) {
      const now = start + ahead * day
      await setSandboxNow(database, now)
      const said = await one.oubli(['run', '--json'], { env })
      expect(said.exit, said.text).to.equal(0)
      const [policy] = (
        JSON.parse(said.out) as {
          policies: { warned: { queued: number; first: number }; outcome: { done: number } }[]
        }
      ).policies
      const { queued = 0, first = 0 } = policy?.warned ?? {}
      expect(queued, `mails of day ${ahead}`).to.be.at.most(3)
      const late = await database.rows({
        text: 'SELECT step, announced FROM oubli_warning WHERE step > 0 AND queued_at = ?',
        values: [new Date(now).toISOString()],
      })
      for (const row of late) {
        const due = dayOf(Date.parse(String(row['announced'])), 'Europe/Paris')
        expect(due - (ladder[Number(row['step'])] ?? 0)).to.equal(dayOf(now, 'Europe/Paris'))
      }
      const erasures = policy?.outcome.done ?? 0
      if (queued + erasures > 0)
        seen.push({
          day: new Date(now).toISOString().slice(0, 10),
          first_mails: first,
          later_mails: queued - first,
          erasures,
        })
    }
    expect(await database.rows({ text: 'SELECT id FROM users', values: [] })).to.deep.equal([])
    expect(sum(seen, 'first_mails')).to.equal(40)
    expect(sum(seen, 'later_mails')).to.equal(80)
    // Nobody came back and nobody new fell due: then the calendar is right to the day.
    expect(calendar).to.deep.equal(seen)
    await one.close()
  })

  it('takes the mails after an erasure into account, which always leave', async function () {
    this.timeout(600_000)
    const database = await open()
    const one = await site(database, 20, { first_day: 3, growth: 1, daily_cap: 3 }, (policy) =>
      policy.replace(
        'no_address: a person decides',
        'no_address: a person decides\n  variant: bare\n  then_tell: { template: erased, within: 5 days }',
      ),
    )
    let mails = 0
    const live = async (ahead: number): Promise<Day> => {
      await setSandboxNow(database, start + ahead * day)
      const { policies } = JSON.parse((await one.oubli(['run', '--json'], { env })).out) as {
        policies: { warned: { first: number }; outcome: { done: number } }[]
      }
      const [first, erasures] = [policies[0]?.warned.first ?? 0, policies[0]?.outcome.done ?? 0]
      // The last mails of this run leave minutes later, and leave no room for a second slot of the same day.
      await one.oubli(['mail', 'deliver'], { env })
      if (erasures > 0) await one.oubli(['run', '--only', 'warn', 'deliver'], { env })
      const { length } = (await readdir(join(one.folder, 'mails'))).filter((name) => name.endsWith('.eml'))
      expect(length - mails, `mails of day ${ahead}`).to.be.at.most(3)
      mails = length
      const name = new Date(start + ahead * day).toISOString().slice(0, 10)
      return { day: name, first_mails: first, later_mails: 0, erasures }
    }
    for (let ahead = 0; ahead < 34; ahead += 1) await live(ahead)
    expect(mails).to.equal(20)
    // Others fall due while the first ones go.
    await insert(
      database,
      'users',
      Array.from({ length: 12 }, (_, i) => silent(i + 101)),
    )
    await setSandboxNow(database, start + 34 * day)
    const { calendar } = JSON.parse((await one.oubli(['plan', '--json'], { env })).out) as {
      readonly calendar: readonly Day[]
    }
    const seen: Day[] = []
    for (let ahead = 34; ahead < 90; ahead += 1) seen.push(await live(ahead))
    expect(calendar).to.deep.equal(seen.filter(({ first_mails: first, erasures }) => first + erasures > 0))
    expect([mails, sum(seen, 'first_mails'), sum(seen, 'erasures')]).to.deep.equal([64, 12, 32])
    await one.close()
  })

  it('leaves no room to the last mails of people who may not go, and all of it to those who go', async () => {
    const database = await open()
    const one = await site(database, 3, { first_day: 3, growth: 1, daily_cap: 3 }, (policy) =>
      policy.replace(
        'no_address: a person decides',
        'no_address: a person decides\n  variant: bare\n  then_tell: { template: erased, within: 5 days }',
      ),
    )
    const live = async (ahead: number): Promise<readonly [number, number]> => {
      await setSandboxNow(database, start + ahead * day)
      const said = await one.oubli(['run', '--json'], { env })
      // The last mails of this run leave minutes later.
      await one.oubli(['mail', 'deliver'], { env })
      const { policies } = JSON.parse(said.out) as {
        policies: { warned: { first: number }; outcome: { done: number } }[]
      }
      return [policies[0]?.warned.first ?? 0, policies[0]?.outcome.done ?? 0]
    }
    expect(await live(0)).to.deep.equal([3, 0])
    const words = ['--matter', 'm', '--because', 'b', '--by', 'DPO', '--review-by', '2027-01-01']
    const holds: string[] = []
    for (const key of ['1', '2', '3']) {
      const said = await one.oubli(['hold', 'add', 'account', key, ...words, '--json'], { env })
      expect(said.exit, said.text).to.equal(0)
      holds.push((JSON.parse(said.out) as { hold: string }).hold)
    }
    for (const ahead of [6, 12, 18, 24, 30, 36]) expect(await live(ahead)).to.deep.equal([0, 0])
    await insert(
      database,
      'users',
      Array.from({ length: 9 }, (_, i) => silent(i + 101)),
    )
    expect([await live(37), await live(38)]).to.deep.equal([
      [3, 0],
      [3, 0],
    ])
    for (const hold of holds) await one.oubli(['hold', 'release', hold, '--by', 'DPO'], { env })
    expect([await live(39), await live(40)]).to.deep.equal([
      [0, 3],
      [3, 0],
    ])
    await one.close()
  })

  it('is counted with in the day by which an approval promises the last erasure', async () => {
    const one = await site(await open(), 40, { first_day: 3, growth: 1, daily_cap: 3 })
    const { calendar } = JSON.parse((await one.oubli(['plan', '--json'], { env })).out) as {
      readonly calendar: readonly Day[]
    }
    const last = calendar.at(-1)?.day ?? ''
    // Without the warm-up all would be told today, and go after the notice of sixty days.
    expect(last > '2026-08-20', last).to.equal(true)
    const withEnv = { oubli: (argv: readonly string[]) => one.oubli(argv, { env }) }
    const words = ['--no-backup', 'a test']
    const early = await approveAll(withEnv, [...words, '--backlog-by', '2026-08-20'])
    expect([early.exit, early.text], early.text).to.satisfy(
      ([exit, text]: [number, string]) =>
        exit === 2 && text.includes(`by the calendar of \`oubli plan\` the last of them goes about ${last}`),
    )
    const said = await approveAll(withEnv, [...words, '--backlog-by', last])
    expect(said.out).to.include(
      `40 are overdue now; by the calendar of \`oubli plan\` the last goes about ${last}. To be finished by ${last}.`,
    )
    await approveAll(withEnv, words)
    const [row] = await one.database.rows({ text: 'SELECT finish_by FROM oubli_backlog', values: [] })
    expect(String(row?.['finish_by']) > last, 'with a tenth of room').to.equal(true)
    await one.close()
  })

  it('counts no slot of today that is over, and every policy whose mails share the days', async () => {
    const warnings = (line: string) => ({ ...env, OUBLI_SCHEDULE_WARN: line })
    const database = await open()
    const { tables, dataMap, policies } = warnedSite(0)
    const text = policies['inactive-accounts'] ?? ''
    const half = (id: string) =>
      text
        .replace('policy: inactive-accounts', `policy: ${id}`)
        .replace('then: erase', `only: { first_name: [${id}] }\nthen: erase`)
    const one = await install(
      database,
      {
        ...{ tables, dataMap, policies: { ada: half('ada'), bob: half('bob') } },
        mail: {
          ...{ transport: 'files', folder: '../mails' },
          warm_up: { first_day: 3, growth: 1, daily_cap: 3 },
          from: { name: 'Site', address: 'notices@site.example' },
        },
      },
      start,
    )
    const people = Array.from({ length: 12 }, (_, i) => ({
      ...silent(i + 1),
      first_name: i % 2 === 0 ? 'ada' : 'bob',
    }))
    await insert(database, 'users', people)
    const days = async (line: string, ...argv: readonly string[]) =>
      (
        JSON.parse((await one.oubli(['plan', '--json', ...argv], { env: warnings(line) })).out) as {
          readonly calendar: readonly Day[]
        }
      ).calendar
    const all = await days('0 13 * * *')
    expect(sum(all, 'first_mails')).to.equal(12)
    expect(all[0]?.day).to.equal('2026-06-01')
    expect(await days('0 13 * * *', '--policy', 'ada')).to.deep.equal(all)
    expect((await days('0 9 * * *'))[0]?.day).to.equal('2026-06-02')
    await one.close()
  })

  it('promises no day where the calendar does not reach the last erasure', async () => {
    const one = await site(await open(), 300, { first_day: 1, growth: 1, daily_cap: 1 })
    const monthly = { ...env, OUBLI_SCHEDULE_WARN: '0 9 1 * *' }
    const withEnv = { oubli: (argv: readonly string[]) => one.oubli(argv, { env: monthly }) }
    const approvals = () => one.database.rows({ text: 'SELECT id FROM oubli_approval', values: [] })
    const before = await approvals()
    for (const words of [[], ['--backlog-by', '2036-06-01']]) {
      const said = await approveAll(withEnv, ['--no-backup', 'a test', ...words])
      expect([said.exit, said.text.slice(0, 13)], said.text).to.deep.equal([2, 'E_BACKLOG_DAY'])
      expect(said.text).to.include('300 are overdue').and.include('not done within 20 years')
    }
    expect(await approvals()).to.deep.equal(before)
    await one.close()
  })

  it('says what waits, goes on the next day, and pauses when too much comes back', async () => {
    const database = await open()
    const one = await site(database, 400, { first_day: 60, growth: 1.5, daily_cap: 100 })
    const queued = async () => {
      const rows = await database.rows({ text: 'SELECT COUNT(*) AS n FROM oubli_warning', values: [] })
      return Number(rows[0]?.['n'])
    }
    const first = await one.oubli(['run'], { env })
    expect([first.exit, await queued()]).to.deep.equal([0, 60])
    expect(first.text).to.include('340 left, first mails wait for the warm-up')
    await one.oubli(['run'], { env })
    expect(await queued()).to.equal(60)
    await setSandboxNow(database, start + day)
    await one.oubli(['run'], { env })
    expect(await queued()).to.equal(150)
    await setSandboxNow(database, start + 2 * day)
    for (const { id } of await database.rows({ text: 'SELECT id FROM oubli_outbox LIMIT 10', values: [] }))
      await database.run({
        text: "UPDATE oubli_outbox SET state = 'bounced', reply_code = '5.1.1', ended_at = ? WHERE id = ?",
        values: [new Date(start + 2 * day).toISOString(), String(id)],
      })
    const paused = await one.oubli(['run'], { env })
    expect([paused.exit, await queued()]).to.deep.equal([4, 150])
    expect(paused.text).to.include(
      'why stopped: first mails pause: more than 2 % of the mails of seven days were refused or came back',
    )
    // The later mails of the first day go on; first ones do when seven days have passed, slower than before.
    for (const [ahead, exit, mails] of [
      [6, 4, 210],
      [10, 0, 300],
      [11, 0, 400],
    ] as const) {
      await setSandboxNow(database, start + ahead * day)
      const said = await one.oubli(['run'], { env })
      expect([said.exit, await queued()], `day ${ahead}: ${said.text}`).to.deep.equal([exit, mails])
    }
    await one.close()
  })
})

function sum(days: readonly Day[], name: Exclude<keyof Day, 'day'>): number {
  return days.reduce((total, one) => total + one[name], 0)
}
