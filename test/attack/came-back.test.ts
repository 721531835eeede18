/** Who came back after a policy was done with them is due again when their term is over again; nobody else is. */
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { markDone } from '../../db/own/done.ts'
import type { Database, SqlValue } from '../../db/session.ts'
import { notDone } from '../../db/site/done-marks.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { runPolicy } from '../../engine/run-policy.ts'
import { survey } from '../../engine/survey.ts'
import type { Event, Kind } from '../../policies/data-map.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { createLab, insert, sql, type Lab } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

const instant = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const halfAYear = { years: 0, months: 6, weeks: 0, days: 0, hours: 0 }
const own = event([at('seen_at')])

async function site(database: Database, seen: Event = own, more: Partial<Kind> = {}): Promise<Lab> {
  return await createLab(database, {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, made_at DATETIME NULL, last_ip VARCHAR(45) NULL, news INTEGER NULL, extra VARCHAR(80) NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE INDEX users_made ON users (made_at)',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, what VARCHAR(30) NULL, begun_at DATETIME NULL)',
      'CREATE INDEX visits_user ON visits (user_id)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        events: { seen },
        personal: { last_ip: { strategy: 'truncated_ip' } },
        withdrawn: { news: '0' },
        ...more,
      }),
      kind('visit', 'visits', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
    ],
    policies: [
      policy('account', { then: 'truncate fields', fields: ['last_ip'], keepAtMost: halfAYear }),
      policy('account', { id: 'news', then: 'withdraw consent', keepAtMost: halfAYear }),
    ],
  })
}

async function run(lab: Lab, day: string, policyOrId: string | CompiledPolicy = 'p'): Promise<number> {
  const place = { run: randomBytes(16).toString('hex'), asOf: instant(day), lease: lab.lease }
  const one = typeof policyOrId === 'string' ? lab.policy(policyOrId) : policyOrId
  const { done, setAside } = await runPolicy(lab.ports, one, place, { items: 100, pace: lab.pace })
  expect(setAside).to.equal(0)
  return done
}

/** The policy as it is after an officer gave it so many months. */
function lengthened(lab: Lab, months: number): CompiledPolicy {
  const { clock, ...one } = lab.policy()
  return { ...one, clock: { ...clock, period: { ...clock.period, months } } }
}

/** `yes`: due on that day, as the plan counts them. */
async function isDue(lab: Lab, day: string): Promise<boolean> {
  return (await survey(lab.ports, lab.policy(), instant(day), true)).due > 0
}

const anna = { id: 1, seen_at: '2025-06-01 08:00:00', made_at: null, last_ip: '192.0.2.77', news: 1 }
const set = async (lab: Lab, column: string, value: SqlValue): Promise<void> => {
  await sql(lab.database, `UPDATE users SET ${column} = ? WHERE id = 1`, value)
}

eachDatabase('somebody who came back after a policy was done with them', (open) => {
  const ips = async (lab: Lab) => (await lab.rows('users')).map((row) => row['last_ip'])

  it('has a new address cut when the term is over again, once, with evidence of both', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'users', [anna])
    expect(await run(lab, '2026-01-01')).to.equal(1)
    expect(await run(lab, '2026-01-02')).to.equal(0)
    await sql(
      lab.database,
      "UPDATE users SET seen_at = '2026-03-01 09:00:00', last_ip = '198.51.100.7' WHERE id = 1",
    )
    expect(await isDue(lab, '2026-08-31')).to.equal(false)
    expect(await run(lab, '2026-08-31')).to.equal(0)
    expect(await ips(lab)).to.deep.equal(['198.51.100.7'])
    expect(await isDue(lab, '2026-09-02')).to.equal(true)
    expect(await run(lab, '2026-09-02')).to.equal(1)
    expect(await ips(lab)).to.deep.equal(['198.51.100.0'])
    expect(await isDue(lab, '2030-01-01')).to.equal(false)
    expect(await run(lab, '2030-01-01')).to.equal(0)
    expect(await lab.rows('oubli_entry')).to.have.length(2)
    const marked = await lab.rows('oubli_done')
    expect(marked.map((row) => [row['key_text'], row['done_at'], row['clock']])).to.deep.equal([
      ['["1"]', '2026-09-02T10:00:00.000Z', '2026-03-01 09:00:00'],
    ])
  })

  it('has a new consent withdrawn', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'users', [anna])
    expect(await run(lab, '2026-01-01', 'news')).to.equal(1)
    await sql(lab.database, "UPDATE users SET seen_at = '2026-01-01 23:00:00', news = 1 WHERE id = 1")
    expect(await run(lab, '2026-09-02', 'news')).to.equal(1)
    expect((await lab.rows('users')).map((row) => row['news'])).to.deep.equal(['0'])
    expect(await run(lab, '2026-09-03', 'news')).to.equal(0)
  })

  it('is another row under the same key', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'users', [anna])
    expect(await run(lab, '2026-01-01')).to.equal(1)
    await sql(lab.database, 'DELETE FROM users WHERE id = 1')
    await insert(lab.database, 'users', [{ ...anna, seen_at: '2026-02-01 08:00:00' }])
    expect(await run(lab, '2026-09-02')).to.equal(1)
  })

  it('had no clock of their own then, and has one now', async () => {
    const lab = await site(await open(), event([at('seen_at')], { else: at('made_at') }))
    await insert(lab.database, 'users', [{ ...anna, seen_at: null, made_at: '2025-01-01 08:00:00' }])
    expect(await run(lab, '2026-01-01')).to.equal(1)
    expect(await run(lab, '2026-09-02')).to.equal(0)
    await set(lab, 'seen_at', '2026-03-01 09:00:00')
    expect(await run(lab, '2026-08-31')).to.equal(0)
    expect(await run(lab, '2026-09-02')).to.equal(1)
    expect(await run(lab, '2026-09-03')).to.equal(0)
  })

  it('shows in another table alone; rows that left it say nothing', async () => {
    const lab = await site(await open(), event([at('seen_at'), at('visits.begun_at')]))
    await insert(lab.database, 'users', [anna, { ...anna, id: 2 }])
    const visit = (id: number, user_id: number, begun_at: string) => ({ id, user_id, begun_at })
    await insert(lab.database, 'visits', [
      visit(1, 1, '2025-06-02 08:00:00'),
      visit(2, 2, '2025-06-02 08:00:00'),
    ])
    expect(await run(lab, '2026-01-01')).to.equal(2)
    await sql(lab.database, 'DELETE FROM visits WHERE id < 3')
    expect(await run(lab, '2026-09-02')).to.equal(0)
    await insert(lab.database, 'visits', [visit(3, 2, '2026-10-01 08:00:00')])
    expect(await run(lab, '2027-03-31')).to.equal(0)
    expect(await run(lab, '2027-04-03')).to.equal(1)
    expect(await run(lab, '2027-04-04')).to.equal(0)
  })

  it('shows beside a row that says that nothing has ended yet', async () => {
    const never = '9999-12-31 00:00:00'
    const lab = await site(
      await open(),
      event([at('seen_at'), at('visits.begun_at', { never: [null, never] })]),
    )
    await insert(lab.database, 'users', [anna])
    const visit = (id: number, begun_at: string) => ({ id, user_id: 1, begun_at })
    await insert(lab.database, 'visits', [visit(1, never)])
    expect(await run(lab, '2026-01-01')).to.equal(1)
    expect(await run(lab, '2026-09-02')).to.equal(0)
    await insert(lab.database, 'visits', [visit(2, '2026-10-01 08:00:00')])
    expect(await isDue(lab, '2027-03-31')).to.equal(false)
    expect(await isDue(lab, '2027-04-03')).to.equal(true)
    expect(await run(lab, '2027-04-03')).to.equal(1)
    expect(await run(lab, '2027-04-04')).to.equal(0)
  })

  it('shows in values that no database sorts by time', async () => {
    const told = at('visits.what', { format: 'iso text', ordered: false })
    const lab = await site(await open(), event([at('seen_at'), told]))
    await insert(lab.database, 'users', [anna])
    expect(await run(lab, '2026-01-01')).to.equal(1)
    expect(await run(lab, '2026-01-02')).to.equal(0)
    await insert(lab.database, 'visits', [{ id: 1, user_id: 1, what: '2026-03-01T08:00:00+02:00' }])
    expect(await run(lab, '2026-08-31')).to.equal(0)
    expect(await run(lab, '2026-09-02')).to.equal(1)
    expect(await run(lab, '2026-09-03')).to.equal(0)
  })

  it('is marked once, however often', async () => {
    const lab = await site(await open())
    const { dialect } = lab.database
    const ids = Array.from({ length: 450 }, (_, id) => id)
    await insert(
      lab.database,
      'users',
      ids.map((id) => ({ ...anna, id })),
    )
    for (const day of ['2026-01-01', '2026-01-02']) {
      const keys = ids.map((id) => [String(id)])
      const outcome = await lab.database.transaction((tx) =>
        markDone(tx, dialect, lab.policy(), keys, instant(day)),
      )
      expect(outcome).to.deep.equal({ state: 'committed', value: 450 })
    }
    const rows = await lab.rows('oubli_done')
    expect(new Set(rows.map((row) => row['key_text'])).size).to.equal(450)
    expect(new Set(rows.map((row) => row['done_at']))).to.deep.equal(new Set(['2026-01-02T10:00:00.000Z']))
  })

  it('is looked for by keys alone, also where another table tells the clock', async () => {
    const lab = await site(await open(), event([at('seen_at'), at('visits.begun_at')]))
    const { database } = lab
    const ids = Array.from({ length: 600 }, (_, id) => id)
    await insert(
      database,
      'users',
      ids.map((id) => ({ ...anna, id })),
    )
    await insert(
      database,
      'visits',
      ids.map((id) => ({ id, user_id: id, begun_at: anna.seen_at })),
    )
    const keys = ids.map((id) => [String(id)])
    await database.transaction((tx) =>
      markDone(tx, database.dialect, lab.policy(), keys, instant('2026-01-01')),
    )
    const left = notDone(database.dialect, lab.policy())
    const text = `SELECT id FROM users WHERE seen_at < ? AND ${left?.text ?? ''} ORDER BY seen_at LIMIT 100`
    const values = ['2026-01-01 00:00:00', ...(left?.values ?? [])]
    expect(await database.rows({ text, values })).to.deep.equal([])
    const isSqlite = database.dialect.name === 'sqlite'
    const plan = await database.rows({ text: `EXPLAIN ${isSqlite ? 'QUERY PLAN ' : ''}${text}`, values })
    const steps = isSqlite
      ? plan.map((row) => String(row['detail'])).filter((detail) => /^(SEARCH|SCAN)/.test(detail))
      : plan.map((row) => `${String(row['table'])} ${String(row['type'])} ${String(row['key'])}`)
    for (const step of steps.slice(1))
      expect(step).to.match(
        isSqlite ? /^SEARCH (d|r|j0) USING/ : /^(d|r|j0) (const|eq_ref|ref) (PRIMARY|visits_user)$/,
      )
    expect(steps).to.have.length(4)
  })

  it('is found behind a mark of an earlier version, which holds for everybody else', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'users', [anna, { ...anna, id: 2 }])
    expect(await run(lab, '2026-01-01')).to.equal(2)
    await sql(lab.database, "UPDATE oubli_done SET clock = NULL WHERE policy = 'p'")
    const { text, values } = notDone(lab.database.dialect, lab.policy()) ?? { text: '', values: [] }
    const asked = () => lab.database.rows({ text: `SELECT id FROM users WHERE ${text}`, values })
    expect(await asked(), 'the judgement is not asked').to.deep.equal([])
    expect(await run(lab, '2026-09-02')).to.equal(0)
    await set(lab, 'seen_at', '2026-03-01 09:00:00')
    expect(await asked()).to.deep.equal([{ id: '1' }])
    expect(await run(lab, '2026-09-02')).to.equal(1)
    expect(await run(lab, '2026-09-03')).to.equal(0)
  })

  it('is nobody whose term was lengthened since, whatever left their clock', async () => {
    const told = at('visits.what', { format: 'iso text', ordered: false })
    for (const [second, harmless] of [
      [at('visits.begun_at'), 'DELETE FROM visits WHERE id = 2'],
      [told, null],
      [at('visits.begun_at'), "UPDATE oubli_done SET clock = NULL WHERE policy = 'p'"],
    ] as const) {
      const lab = await site(await open(), event([at('seen_at'), second]))
      await insert(lab.database, 'users', [anna, { ...anna, id: 2 }])
      const visit = (id: number, day: string) => ({
        ...{ id, user_id: 1, begun_at: `${day} 08:00:00`, what: `${day}T08:00:00Z` },
      })
      await insert(lab.database, 'visits', [visit(1, '2025-05-01'), visit(2, '2025-06-20')])
      expect(await run(lab, '2026-01-01')).to.equal(2)
      if (harmless !== null) await sql(lab.database, harmless)
      const longer = lengthened(lab, 12)
      expect(await run(lab, '2026-09-02', longer)).to.equal(0)
      await insert(lab.database, 'visits', [visit(3, '2026-02-01')])
      expect(await run(lab, '2027-01-31', longer)).to.equal(0)
      expect(await run(lab, '2027-02-02', longer)).to.equal(1)
      expect(await run(lab, '2027-02-03', longer)).to.equal(0)
    }
  })

  it('is somebody whose sign of life of before the act was brought in later', async () => {
    const lab = await site(await open(), event([at('seen_at'), at('visits.begun_at')]))
    await insert(lab.database, 'users', [anna])
    expect(await run(lab, '2026-01-01')).to.equal(1)
    await insert(lab.database, 'visits', [{ id: 1, user_id: 1, begun_at: '2025-09-01 08:00:00' }])
    expect(await run(lab, '2026-02-28')).to.equal(0)
    expect(await run(lab, '2026-03-03')).to.equal(1)
  })

  it('is nobody whose clock was emptied or set back since', async () => {
    const lab = await site(await open(), event([at('seen_at')], { else: at('made_at') }))
    const made = '2024-01-01 08:00:00'
    await insert(lab.database, 'users', [
      { ...anna, made_at: made },
      { ...anna, id: 2, made_at: made },
    ])
    expect(await run(lab, '2026-01-01')).to.equal(2)
    await set(lab, 'seen_at', null)
    await sql(lab.database, "UPDATE users SET seen_at = '2024-06-01 08:00:00' WHERE id = 2")
    expect(await isDue(lab, '2026-09-02')).to.equal(false)
    expect(await run(lab, '2026-09-02')).to.equal(0)
  })
})

eachServer('a clock that the act itself moves', (open) => {
  it('is no sign of life', async () => {
    const lab = await site(await open())
    await insert(lab.database, 'users', [anna])
    await sql(
      lab.database,
      'CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW SET NEW.seen_at = ?',
      '2026-01-01 10:00:05',
    )
    expect(await run(lab, '2026-01-01')).to.equal(1)
    expect(await run(lab, '2026-12-01')).to.equal(0)
  })
})
