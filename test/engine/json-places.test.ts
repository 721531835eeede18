/** Personal places inside JSON: they go, the rest stays as it was, and what cannot be read keeps its person whole. */
import { expect } from 'chai'
import { inspectSchema } from '../../db/inspect.ts'
import { misfit } from '../../plan/strategy-fit.ts'
import type { Strategy } from '../../policies/data-map.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { kind } from '../plan/site-builder.ts'
import { due, sql } from './lab.ts'
import { account, tell } from './shape.ts'

const without = { strategy: 'without', paths: ['$.phone', '$.address.street'] } as const
const number = '12345678901234567890'
const whole = `{"id": ${number}, "phone": "+33 1 99 00 12 34", "address": {"street": "1 rue X", "zip": "75001"}}`
const rest = `{"id":${number},"address":{"zip":"75001"}}`

const users = (column: string): readonly string[] => [
  `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, ${column})`,
  'CREATE INDEX users_seen ON users (seen_at)',
]

eachDatabase('personal places inside JSON', (open) => {
  for (const column of ['profile JSON NULL', 'profile TEXT NULL'])
    it(`leave a column ${column}, and nothing else does`, async () => {
      const lab = await tell(
        await open(),
        users(column),
        [account('users', { personal: { profile: without } })],
        {
          users: [whole, null, '{}', '[]', '{"theme": "dark"}'].map((profile, id) => ({
            id,
            seen_at: due,
            profile,
          })),
        },
        { then: 'anonymise' },
      )
      expect(await lab.run()).to.include({ done: 5, setAside: 0 })
      const rows = (await lab.rows('users')).map((row) => row['profile'])
      expect(rows).to.deep.equal([rest, null, '{}', '[]', '{"theme":"dark"}'])
      expect(await lab.run(), 'once is enough').to.include({ done: 0 })
    })

  it('that cannot be found keep the row as it is, and are told', async () => {
    const broken = ['{"phone": "+33 1', 'a:1:{s:5:"phone";i:1;}', '{"address": "1 rue X"}', '[{"phone": 1}]']
    const lab = await tell(
      await open(),
      users('profile TEXT NULL'),
      [account('users', { personal: { profile: without } })],
      { users: [whole, ...broken, ''].map((profile, id) => ({ id, seen_at: due, profile })) },
      { then: 'anonymise' },
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 4 })
    expect((await lab.rows('users')).map((row) => row['profile'])).to.deep.equal([rest, ...broken, ''])
    const codes = await lab.database.rows({ text: 'SELECT last_code AS c FROM oubli_set_aside', values: [] })
    expect(codes.map(({ c }) => c)).to.deep.equal(broken.map(() => 'unreadable json'))
  })

  it('in rows that stay when their person goes: the person stays too where one of them cannot be read', async () => {
    const reviews = kind('review', 'reviews', {
      of: 'account',
      link: { columns: { user_id: 'id' }, where: {} },
      personal: { extra: without },
    })
    const lab = await tell(
      await open(),
      [
        ...users('name VARCHAR(20) NULL'),
        'CREATE TABLE reviews (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, extra TEXT NULL)',
        'CREATE INDEX reviews_user ON reviews (user_id)',
      ],
      [account('users'), reviews],
      {
        users: [1, 2, 3].map((id) => ({ id, seen_at: due })),
        reviews: [
          { id: 10, user_id: 1, extra: whole },
          { id: 20, user_id: 2, extra: whole },
          { id: 21, user_id: 2, extra: '{"phone"' },
        ],
      },
      { but: { review: { act: 'anonymise', under: null } } },
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 1 })
    expect((await lab.rows('users')).map(({ id }) => String(id))).to.deep.equal(['2'])
    expect((await lab.rows('reviews')).map((row) => [row['user_id'] === null, row['extra']])).to.deep.equal([
      [true, rest],
      [false, whole],
      [false, '{"phone"'],
    ])
  })
})

eachServer('a column that takes JSON alone', (open) => {
  it('is refused what is none, before any row is tried', async () => {
    const database = await open()
    await sql(database, 'CREATE TABLE users (id INT PRIMARY KEY, profile JSON NULL)')
    const users = (await inspectSchema(database)).get('users')
    const profile = users?.columns.find(({ name }) => name === 'profile')
    if (users === undefined || profile === undefined) throw new Error('no such column')
    const why = (strategy: Strategy) => misfit(strategy, profile, users)
    expect(why({ strategy: 'blank' })).to.equal('TYPE')
    expect(why({ strategy: 'generalised', kept: 2 })).to.equal('CHARACTERS')
    expect(why({ strategy: 'unique_address' })).to.equal('TYPE')
    expect(why({ strategy: 'coarse_user_agent' })).to.equal('TYPE')
    expect(why({ strategy: 'truncated_ip' })).to.equal('ADDRESS')
    expect(why({ strategy: 'fixed', value: 'gone' })).to.equal('TYPE')
    expect(why({ strategy: 'fixed', value: '' })).to.equal('TYPE')
    expect(why({ strategy: 'fixed', value: '{}' })).to.equal(null)
    expect(why({ strategy: 'null' })).to.equal(null)
    expect(why(without)).to.equal(null)
  })
})
