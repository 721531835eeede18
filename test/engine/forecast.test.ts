/** What becomes due in the months to come: counted, and guessed from the index alone. */
import { expect } from 'chai'
import { addHold } from '../../db/own/holds.ts'
import type { Database } from '../../db/session.ts'
import { countForecast, estimateForecast } from '../../engine/forecast.ts'
import type { WarningFact } from '../../plan/facts.ts'
import { eachDatabase } from '../databases.ts'
import { warn } from '../plan/judged-policy.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, insert, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

/** Midnight in Paris in summer. */
const summer = (date: string): number => Date.parse(`${date}T00:00:00+02:00`)
/** Now, at which the term of the day before has just ended, and three months. */
const now = summer('2026-06-01')
const edges = [now, summer('2026-07-01'), summer('2026-08-01'), summer('2026-09-01')]

/** Three years are kept through their last day: who was seen on the first is due on the second. */
const seen: readonly (readonly [string, number | null])[] = [
  ['2020-01-01', null],
  ['2023-05-31', null],
  ['2023-06-15', 0],
  ['2023-06-29', 0],
  ['2023-06-30', 1],
  ['2023-07-15', 1],
  ['2023-07-16', 1],
  ['2023-07-30', 1],
  ['2023-07-31', 2],
  ['2023-08-30', 2],
  ['2023-08-31', null],
  ['2026-05-30', null],
]
const wanted = [2, 4, 2]
const next = summer('2026-06-16')
const rows = seen.map(([date], i) => ({ id: i + 1, seen_at: `${date} 08:00:00` }))

const table = (name: string): readonly string[] => [
  `CREATE TABLE ${name} (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, seen_at DATETIME NULL)`,
  `CREATE INDEX ${name}_seen ON ${name} (seen_at)`,
]

async function views(database: Database): Promise<Lab> {
  return await createLab(database, {
    tables: table('views'),
    kinds: [kind('view', 'views', { events: { seen: event([at('seen_at')]) } })],
    policies: [policy('view')],
  })
}

async function people(database: Database, more: Parameters<typeof policy>[1] = {}): Promise<Lab> {
  const contact = { email: 'email', name: null, locale: null }
  return await tell(database, table('users'), [account('users', { contact })], { users: rows }, more)
}

async function holdOn(database: Database, held: string, id: number): Promise<void> {
  await addHold(database, {
    id: `h${id}`,
    kind: held,
    keyText: `["${id}"]`,
    matter: 'm',
    because: 'b',
    setBy: 's',
    setAt: '2026-01-01',
    reviewBy: '2027-01-01',
  })
}

eachDatabase('the months to come', (open) => {
  it('are counted where one condition decides: each row in the month in which its term ends', async () => {
    const lab = await views(await open())
    expect(await countForecast(lab.ports, lab.policy(), edges)).to.deep.equal({
      months: [0, 0, 0].map((none) => ({ rows: none, basis: 'exact' })),
      ...{ next: null, first: null },
    })
    await insert(lab.database, 'views', rows)
    expect(await countForecast(lab.ports, lab.policy(), edges)).to.deep.equal({
      months: wanted.map((due) => ({ rows: due, basis: 'exact' })),
      ...{ next, first: { at: next, basis: 'exact' } },
    })
    await holdOn(lab.database, 'view', 3)
    const held = await countForecast(lab.ports, lab.policy(), edges)
    expect([held.months[0]?.rows, held.next]).to.deep.equal([1, summer('2026-06-30')])
    expect(held.first, 'what is kept is there as well').to.deep.equal({ at: next, basis: 'exact' })
  })

  it('are counted person by person where each is judged, without whom a hold keeps', async () => {
    const lab = await people(await open())
    expect(await countForecast(lab.ports, lab.policy(), edges)).to.deep.equal({
      months: wanted.map((due) => ({ rows: due, basis: 'exact' })),
      ...{ next, first: { at: next, basis: 'exact' } },
    })
    await holdOn(lab.database, 'account', 3)
    const held = await countForecast(lab.ports, lab.policy(), edges)
    expect([held.months[0]?.rows, held.next]).to.deep.equal([1, summer('2026-06-30')])
    expect(held.first, 'whoever is kept is there as well').to.deep.equal({ at: next, basis: 'exact' })
    const [until] = edges.slice(1)
    await lab.database.run({ text: 'DELETE FROM users WHERE id < 5', values: [] })
    const none = await countForecast(lab.ports, lab.policy(), [now, until ?? now])
    expect(none, 'one is due when the month has ended').to.deep.equal({
      months: [{ rows: 0, basis: 'exact' }],
      ...{ next: null, first: { at: until, basis: 'exact' } },
    })
  })

  it('begin with the first row that the policy concerns where they are counted, and with any where they are guessed', async () => {
    const database = await open()
    const [create = '', index = ''] = table('views')
    const lab = await createLab(database, {
      tables: [create, index],
      kinds: [kind('view', 'views', { events: { seen: event([at('seen_at')]) } })],
      policies: [policy('view', { only: [{ column: 'email', test: 'is one of', values: ['yes'] }] })],
    })
    await insert(database, 'views', [
      { id: 1, email: 'no', seen_at: '2023-06-15 08:00:00' },
      { id: 2, email: 'yes', seen_at: '2023-07-15 08:00:00' },
    ])
    const counted = await countForecast(lab.ports, lab.policy(), edges)
    expect(counted.first).to.deep.equal({ at: summer('2026-07-16'), basis: 'exact' })
    const guessed = await estimateForecast(lab.ports, lab.policy(), edges)
    expect(guessed.first).to.deep.equal({ at: next, basis: 'estimate' })
  })

  it('do not begin with a clock that another one of the person outruns', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, paid_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE INDEX users_paid ON users (paid_at)',
      ],
      [account('users', { events: { seen: event([at('seen_at'), at('paid_at')]) } })],
      {
        users: [
          { id: 1, seen_at: '2023-06-15 08:00:00', paid_at: '2023-07-15 08:00:00' },
          { id: 2, seen_at: '2023-07-16 08:00:00', paid_at: '2023-06-16 08:00:00' },
        ],
      },
    )
    const counted = await countForecast(lab.ports, lab.policy(), edges)
    expect(counted.first).to.deep.equal({ at: summer('2026-07-16'), basis: 'exact' })
  })

  it('hold whoever is told before as well, at the end of the term', async () => {
    const lab = await people(await open(), { warn })
    const told: WarningFact = {
      policy: 'p',
      cycle: Date.parse('2023-06-15T08:00:00Z'),
      round: 0,
      step: 0,
      addressHash: 'a',
      termsHash: lab.policy().termsHash,
      announced: summer('2026-09-01'),
      queuedAt: now - 86_400_000,
      acceptedAt: now - 86_400_000,
      state: 'accepted',
      failedAt: null,
    }
    const ports = {
      ...lab.ports,
      warningsOf: () => Promise.resolve(new Map([['["3"]', [told]]])),
      readAddress: () => ({ state: 'valid' as const, hash: 'a' }),
    }
    const told3 = await countForecast(ports, lab.policy(), edges)
    expect(told3.months.map(({ rows: due }) => due)).to.deep.equal(wanted)
    expect(told3.next).to.equal(next)
    const nobody = { ...ports, readAddress: () => ({ state: 'none' as const, hash: null }) }
    const kept = await countForecast(nobody, lab.policy(), edges)
    expect(kept.months.map(({ rows: due }) => due)).to.deep.equal([0, 0, 0])
  })

  it('are guessed from the index of the clock, whoever is kept', async () => {
    const lab = await people(await open())
    await holdOn(lab.database, 'account', 3)
    expect(await estimateForecast(lab.ports, lab.policy(), edges)).to.deep.equal({
      months: wanted.map((due) => ({ rows: due, basis: 'estimate' })),
      ...{ next, first: { at: next, basis: 'estimate' } },
    })
    const far = await estimateForecast(lab.ports, lab.policy(), [summer('2030-01-01'), summer('2030-02-01')])
    expect(far).to.deep.equal({ months: [{ rows: 0, basis: 'estimate' }], next: null, first: null })
  })

  it('are guessed no further than the server knows', async () => {
    const lab = await views(await open())
    const many = Array.from({ length: 1200 }, (_, id) => ({ id, seen_at: '2023-06-15 08:00:00' }))
    await insert(lab.database, 'views', many)
    const [month] = (await estimateForecast(lab.ports, lab.policy(), edges)).months
    if (lab.database.dialect.name === 'sqlite') expect(month).to.deep.equal({ rows: 1001, basis: 'at least' })
    else expect(month?.basis).to.equal('estimate')
  })
})
