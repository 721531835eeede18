/** A clock in rows of key and value: found, judged, judged again under lock, and refused where its word is wrong. */
import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Point } from '../../base/point.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { Clocks } from '../../jobs/clocks.ts'
import { approveAll } from '../approve.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { duePeople, pairFiles, pairRows, people } from './pair-site.ts'
import { fill, idsIn, installFilled, signIn, smallNow } from './small-site.ts'

const site = async (open: () => Promise<Database>, tied: boolean): Promise<Installation> =>
  await installFilled(open, pairFiles(tied), pairRows)

for (const tied of [false, true])
  eachDatabase(`a clock in rows of key and value, ${tied ? 'tied' : 'loose'}`, (open) => {
    let one: Installation
    before(async () => {
      one = await site(open, tied)
    })
    after(() => one.close())

    it('finds due whom it calls silent, and spares whose values cannot be true', async () => {
      const said = await one.oubli(['plan', '--json'])
      expect(said.exit, said.text).to.equal(0)
      const [plan] = (JSON.parse(said.out) as { policies: { due: number; spared: object }[] }).policies
      expect(plan?.due).to.equal(duePeople.length)
      expect(plan?.spared).to.deep.equal({ 'clock cannot be true': 5, active: 2 })
    })

    it('is shown by the doctor with the words that choose its rows', async () => {
      const said = await one.oubli(['doctor', '--clocks', '--json'])
      expect(said.exit, said.text).to.equal(0)
      const { events, policies } = JSON.parse(said.out) as Clocks
      const event = events.find(({ table }) => table === 'wp_usermeta')
      expect(event?.column).to.equal('meta_value (meta_key = last_login)')
      expect(event?.profile).to.include({ rows: 17, never: 2, unreadable: 3, ancient: 1, future: 1 })
      expect(event?.profile).to.include({ first: '2011-03', last: '2026-05' })
      expect(policies[0]).to.include({ silent: duePeople.length, people: 0 })
      expect(policies[0]?.keptTooShort).to.deep.equal([])
      expect(policies[0]?.notRead).to.include('wp_usermeta.meta_value')
    })

    it('is explained for one person', async () => {
      const said = await one.oubli(['explain', 'user', '10'])
      expect([said.exit, said.out.includes('cannot be true')], said.text).to.deep.equal([0, true])
    })

    it('lets exactly those go who are due, with their rows', async () => {
      await one.oubli(['run'])
      await one.approve()
      const said = await one.oubli(['run'])
      expect(said.exit, said.text).to.equal(0)
      const left = people.filter((id) => !duePeople.includes(id))
      expect(await idsIn(one.database, 'wp_users', 'ID')).to.deep.equal(left)
      expect(await idsIn(one.database, 'wp_usermeta', 'user_id')).to.deep.equal(left)
    })
  })

eachDatabase('rows of key and value that are several kinds', (open) => {
  it('let the phone go and the theme stay, beside a clock in the same table', async () => {
    const files = pairFiles(false)
    const of = (name: string, word: string, more: string): string =>
      `  ${name}: { table: wp_usermeta, key: umeta_id, of: user, link: { columns: { user_id: ID }, where: { meta_key: ${word} } }${more} }\n`
    const dataMap = files.dataMap.replace(
      / {2}user_meta:.*\n/,
      of('user_phone', 'phone', ', personal: { meta_value: blank }') +
        of('user_theme', 'theme', '') +
        of('user_login', 'last_login', ''),
    )
    const users = `${files.policies['users'] ?? ''}but: { user_theme: { keep: The name of a theme says nothing of anybody. } }\n`
    const one = await install(await open(), { ...files, dataMap, policies: { users } }, smallNow)
    try {
      const at = (day: string): string => String(Date.parse(`${day}T08:00:00Z`) / 1000)
      const logins = { 1: at('2019-05-01'), 2: at('2026-05-01'), 3: at('2018-02-01') }
      const ids = Object.keys(logins).map(Number)
      await insert(
        one.database,
        'wp_users',
        ids.map((ID) => ({ ID, user_email: `a${ID}@mail.example`, user_registered: '2015-03-01 08:00:00' })),
      )
      const rows = Object.values(logins).flatMap((login) =>
        Object.entries({ phone: '0123456789', theme: 'dark', last_login: login }),
      )
      await insert(
        one.database,
        'wp_usermeta',
        rows.map(([meta_key, meta_value], i) => ({
          ...{ umeta_id: i + 1, user_id: Math.floor(i / 3) + 1, meta_key, meta_value },
        })),
      )
      const planned = await one.oubli(['plan', '--json'])
      expect(planned.exit, planned.text).to.equal(0)
      const looked = JSON.parse((await one.oubli(['doctor', '--clocks', '--json'])).out) as Clocks
      const clock = looked.policies[0]
      expect([clock?.silent, clock?.people, clock?.keptTooShort]).to.deep.equal([2, 0, []])
      // The clock reads one word; what the others hold is not taken for read.
      expect(clock?.notRead).to.include('wp_usermeta.meta_value')
      await one.oubli(['run'])
      await one.approve()
      const said = await one.oubli(['run'])
      expect(said.exit, said.text).to.equal(0)
      expect(await idsIn(one.database, 'wp_users', 'ID')).to.deep.equal([2])
      const left = await one.database.rows({
        text: 'SELECT user_id, meta_key FROM wp_usermeta ORDER BY umeta_id',
        values: [],
      })
      expect(left.map((row) => [Number(row['user_id']), row['meta_key']])).to.deep.equal([
        [1, 'theme'],
        ...['phone', 'theme', 'last_login'].map((word) => [2, word]),
        [3, 'theme'],
      ])
    } finally {
      await one.close()
    }
  })
})

eachDatabase('a clock whose word stands in no row', (open) => {
  let one: Installation
  before(async () => {
    one = await site(open, false)
    await one.oubli(['run'])
    await one.approve()
  })
  after(() => one.close())

  it('refuses the policy, says which word, and erases nobody', async () => {
    await writeFile(join(one.folder, 'policies/data-map.yml'), pairFiles(false, 'last_logn').dataMap)
    const said = await one.oubli(['run'])
    expect(said.exit).to.equal(4)
    expect(said.text).to.match(
      /E_CLOCK_EMPTY.*No row of "wp_usermeta" with meta_key = last_logn has a time in "meta_value"/,
    )
    expect(await idsIn(one.database, 'wp_users', 'ID')).to.deep.equal(people)
  })
})

const young = {
  ...{ table: 'wp_usermeta', column: 'meta_value', place: ' (meta_key = last_login)' },
  ...{ first: '2026-05', without: 295 },
}

eachDatabase('a clock in rows of key and value that was kept for three weeks', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), pairFiles(false), smallNow)
    const ids = Array.from({ length: 300 }, (_, i) => i + 1)
    const users = ids.map((ID) => ({
      ID,
      user_email: `a${ID}@mail.example`,
      user_registered: '2015-03-01 08:00:00',
    }))
    await insert(one.database, 'wp_users', users)
    const meta = ids.slice(0, 5).map((user_id) => ({
      ...{ umeta_id: user_id, user_id, meta_key: 'last_login' },
      meta_value: String(Date.parse('2026-05-20T08:00:00Z') / 1000),
    }))
    await insert(one.database, 'wp_usermeta', meta)
    await one.oubli(['run'])
  })
  after(() => one.close())

  it('is named by the doctor as late and too young', async () => {
    const said = await one.oubli(['doctor', '--clocks', '--json'])
    expect(said.exit, said.text).to.equal(4)
    const { events, policies } = JSON.parse(said.out) as Clocks
    expect(policies[0]).to.deep.include({ silent: 295, withoutValue: 295 })
    expect(policies[0]?.keptTooShort).to.deep.equal([{ ...young, waived: null }])
    expect(events.map(({ column, late }) => [column, late])).to.deep.equal([
      ['user_registered', false],
      ['meta_value (meta_key = last_login)', true],
      ['user_registered', false],
    ])
  })

  it('is not approved', async () => {
    const said = await approveAll(one)
    expect(said.exit).to.equal(4)
    expect(said.text).to.match(
      /E_CLOCK_CONTRADICTED.*\(wp_usermeta\.meta_value \(meta_key = last_login\)\) has no value before 2026-05.* 295 people without/,
    )
  })

  it('is waived by its column, or by its word alone', async () => {
    const file = join(one.folder, 'policies/data-map.yml')
    const map = pairFiles(false).dataMap
    const waivedBy = async (name: string) => {
      const waived = `        waived: { "${name}": The site began to note it in May. }`
      await writeFile(file, map.replace('        slides: by the person', `$&\n${waived}`))
      const said = await one.oubli(['doctor', '--clocks', '--json'])
      return [said.exit, (JSON.parse(said.out) as Clocks).policies[0]?.keptTooShort]
    }
    const told = [0, [{ ...young, waived: 'The site began to note it in May.' }]]
    expect(await waivedBy('wp_usermeta.meta_value (meta_key = last_login)')).to.deep.equal(told)
    expect(await waivedBy('wp_usermeta.meta_value')).to.deep.equal(told)
    expect(await waivedBy('wp_usermeta.meta_value (meta_key = nickname)'), 'another word').to.deep.equal([
      4,
      [{ ...young, waived: null }],
    ])
    await writeFile(file, map)
  })

  it('is old when its rows stand behind ten thousand others', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `(${1_000 + i}, 1, 'nickname', 'Ada')`)
    await sql(
      one.database,
      `INSERT INTO wp_usermeta (umeta_id, user_id, meta_key, meta_value) VALUES ${rows.join(', ')}`,
    )
    const old = [10, 11, 12].map((user_id) => ({
      ...{ umeta_id: 15_000 + user_id, user_id, meta_key: 'last_login' },
      meta_value: String(Date.parse('2016-05-20T08:00:00Z') / 1000),
    }))
    await sql(one.database, 'DELETE FROM wp_usermeta WHERE umeta_id BETWEEN 15000 AND 15100')
    await insert(one.database, 'wp_usermeta', old)
    const said = await one.oubli(['doctor', '--clocks', '--json'])
    const { policies } = JSON.parse(said.out) as Clocks
    expect([said.exit, policies[0]?.keptTooShort], said.text).to.deep.equal([0, []])
  })
})

eachDatabase('a clock whose column under `where` is written wrongly', (open) => {
  it('is told by the plan, and does not end the doctor', async () => {
    const one = await site(open, false)
    try {
      const { dataMap } = pairFiles(false)
      const text = dataMap.replace('where: { meta_key:', 'where: { meta_kee:')
      await writeFile(join(one.folder, 'policies/data-map.yml'), text)
      const said = await one.oubli(['doctor', '--clocks', '--json'])
      expect(said.text).not.to.include('E_UNEXPECTED')
      const { events } = JSON.parse(said.out) as Clocks
      expect(events.map(({ table }) => table)).to.deep.equal(['wp_users', 'wp_users'])
      expect((await one.oubli(['plan'])).text).to.include('E_UNKNOWN_COLUMN')
    } finally {
      await one.close()
    }
  })
})

const barriers: readonly Point[] = ['before lock', 'locked', 'children locked', 're-checked']

/** How a plugin writes a sign-in: the row that is there, or a new one. */
const signIns = {
  'a row that exists': {
    id: 1,
    text: `UPDATE wp_usermeta SET meta_value = '1780000000' WHERE user_id = 1 AND meta_key = 'last_login'`,
  },
  'a new row': {
    id: 3,
    text: `INSERT INTO wp_usermeta (umeta_id, user_id, meta_key, meta_value) VALUES (9000, 3, 'last_login', '1780000000')`,
  },
}

for (const tied of [false, true])
  eachServer(`a sign-in in rows of key and value during the erasure, ${tied ? 'tied' : 'loose'}`, (open) => {
    let one: Installation
    let other: Database
    before(async () => {
      one = await site(open, tied)
      other = await openDatabase(databaseUrlSettings(one.database).settings)
      await one.oubli(['run'])
      await one.approve()
    })
    after(async () => {
      await other.close()
      await one.close()
    })
    beforeEach(async () => {
      await sql(one.database, 'DELETE FROM wp_usermeta WHERE umeta_id >= 0')
      await sql(one.database, 'DELETE FROM wp_users WHERE ID >= 0')
      await fill(one.database, pairRows)
    })

    for (const [how, { id, text }] of Object.entries(signIns))
      for (const barrier of barriers)
        it(`by ${how} keeps the whole person or finds it gone, at "${barrier}"`, async () => {
          const { point, wasBefore } = signIn(other, text, barrier)
          const said = await one.oubli(['run'], { point })
          expect(said.exit, said.text).to.equal(0)
          const wasEarlier = await wasBefore()
          const left = people.filter((person) => !duePeople.includes(person))
          const kept = (await idsIn(one.database, 'wp_users', 'ID')).includes(id)
          if (!kept) expect(wasEarlier, 'a sign of life before the COMMIT').to.equal(false)
          const expected = kept ? [...left, id].sort((a, b) => a - b) : left
          expect(await idsIn(one.database, 'wp_users', 'ID')).to.deep.equal(expected)
          const rows = await one.database.rows({
            text: 'SELECT meta_key AS k FROM wp_usermeta WHERE user_id = ? AND umeta_id < 9000',
            values: [id],
          })
          const before = (pairRows['wp_usermeta'] ?? []).filter(({ user_id }) => user_id === id)
          expect(rows).to.have.length(kept ? before.length : 0)
        })
  })
