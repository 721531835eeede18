/** Clocks that lie: who is called silent and is not, and what an approval does then. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuses, type Clocks, type PolicyClock } from '../../jobs/clocks.ts'
import { approveAll } from '../approve.ts'
import { createLab, type Said } from '../cli/lab.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { clockFiles, clockRows, plantedSigns } from './clock-site.ts'
import { installFilled, smallNow } from './small-site.ts'

const reason = 'Written by an import of the year 2023, not by people.'

async function seen(one: Installation, exit: number): Promise<Clocks> {
  const said = await one.oubli(['doctor', '--clocks', '--json'])
  expect(said.exit, said.text).to.equal(exit)
  return JSON.parse(said.out) as Clocks
}

function only({ policies }: Clocks): PolicyClock {
  expect(policies).to.have.length(1)
  return policies[0] as PolicyClock
}

async function rewrite(one: Installation, text: string): Promise<void> {
  await writeFile(join(one.folder, 'policies/data-map.yml'), text)
}

describe('an approval', () => {
  const clock: PolicyClock = {
    ...{ policy: 'p', status: 'enforce', kind: 'member', event: 'seen', countsSilence: true },
    ...{ silent: 9, withoutValue: 2, people: 0, signs: [], notRead: [], keptTooShort: [] },
  }
  const unread = {
    table: 'calls',
    column: 'made_at',
    by: 'who',
    link: 'data map',
    people: 0,
    years: {},
  } as const

  it('is refused by people who are not silent, a clock that is too young, and a date that cannot be read', () => {
    expect(refuses(clock)).to.equal(false)
    expect(refuses({ ...clock, people: 1 })).to.equal(true)
    const young = { table: 'members', column: 'seen_at', first: '2025-01', without: 2 }
    expect(refuses({ ...clock, keptTooShort: [{ ...young, waived: null }] })).to.equal(true)
    expect(refuses({ ...clock, keptTooShort: [{ ...young, waived: reason }] })).to.equal(false)
    expect(refuses({ ...clock, signs: [{ ...unread, basis: 'no right', waived: null }] })).to.equal(true)
    expect(refuses({ ...clock, signs: [{ ...unread, basis: 'no right', waived: reason }] })).to.equal(false)
    expect(refuses({ ...clock, people: 1, countsSilence: false })).to.equal(false)
  })
})

eachDatabase('a clock that calls active people silent', (open) => {
  let one: Installation
  before(async () => {
    one = await installFilled(open, clockFiles(), clockRows)
  })
  after(() => one.close())

  it('is contradicted by newer rows in every linked table, by column and year', async () => {
    const found = only(await seen(one, 4))
    expect(found).to.include({ silent: 13, withoutValue: 1, people: 10, countsSilence: true })
    const signs = found.signs.map(({ table, column, years }) => [`${table}.${column}`, years])
    expect(Object.fromEntries(signs)).to.deep.equal(plantedSigns)
    expect(found.signs.map(({ people }) => people).reduce((a, b) => a + b, 0)).to.equal(11)
    expect(found.keptTooShort).to.deep.equal([])
  })

  it('says in both languages what contradicts it and what to do, and no value of a row', async () => {
    const english = await one.oubli(['doctor', '--clocks'])
    expect(english.exit).to.equal(4)
    expect(english.out).to.match(
      /orders\.placed_at +data map \(member_id\) +3 +2024: 2, 2025: 1 +CONTRADICTS/,
    )
    expect(english.out).to.match(/tickets\.opened_at +foreign key \(opener\) +1/)
    expect(english.out).to.match(/votes\.given_at +its name \(member_id\) +1/)
    expect(english.out.split('\n').at(-1)).to.equal(
      '1 clock(s) are contradicted: `oubli approve` refuses the policies that count from them.',
    )
    const french = await one.oubli(['doctor', '--clocks', '--lang', 'fr'])
    expect(french.out).to.match(/orders\.placed_at +carte des données .*CONTREDIT/)
    for (const value of ['2024-05-10', '08:00', 'm1@mail'])
      expect(english.out + french.out).not.to.include(value)
  })

  it('lets nothing act: the approval is refused with column, count and the two ways out', async () => {
    expect((await one.oubli(['run'])).exit).to.equal(0)
    const said = await approveAll(one)
    expect(said.exit).to.equal(4)
    expect(said.text).to.match(/E_CLOCK_CONTRADICTED {2}members: "last_seen" calls 13 silent, and 10 of them/)
    expect(said.text).to.include('orders.placed_at 3 (2024: 2, 2025: 1)')
    expect(said.text).to.include('latest_of').and.to.include('waived')
    await one.oubli(['run'])
    expect(await one.database.rows({ text: 'SELECT id FROM members', values: [] })).to.have.length(15)
  })

  it('still refuses while one column is left, and shows the reasons of the others', async () => {
    const waived = Object.keys(plantedSigns).filter((name) => name !== 'votes.given_at')
    await rewrite(one, clockFiles(waived.map((name) => `${name}: ${reason}`)).dataMap)
    const found = only(await seen(one, 4))
    expect(found.people).to.equal(1)
    expect(found.signs.filter((sign) => sign.waived === null).map(({ table }) => table)).to.deep.equal([
      'votes',
    ])
    expect((await one.oubli(['doctor', '--clocks'])).out).to.include(`waived: ${reason}`)
    const said = await approveAll(one)
    expect(said.text).to.match(/E_CLOCK_CONTRADICTED .*: votes\.given_at 1 \(2025: 1\)\n/)
  })

  it('is approved when all are waived with a reason, under the terms that were observed before', async () => {
    await rewrite(one, clockFiles(Object.keys(plantedSigns).map((name) => `${name}: ${reason}`)).dataMap)
    expect(only(await seen(one, 0)).people).to.equal(0)
    const said = await approveAll(one)
    expect(said.exit, said.text).to.equal(0)
  })

  it('refuses a waiver for what does not exist, and one without a reason', async () => {
    const before = await readFile(join(one.folder, 'policies/data-map.yml'), 'utf8')
    await rewrite(one, clockFiles([`orders.placed_ad: ${reason}`, `order.placed_at: ${reason}`]).dataMap)
    const said = await one.oubli(['doctor'])
    expect(said.exit).to.equal(4)
    expect(said.out).to.match(/members, orders\.placed_ad {2}E_UNKNOWN_COLUMN .*placed_at/)
    expect(said.out).to.match(/members, order {2}E_UNKNOWN_TABLE .*orders/)
    await rewrite(one, clockFiles(['orders.placed_at: An import.']).dataMap)
    expect((await one.oubli(['lint'])).text).to.include('E_WAIVED_WITHOUT_REASON')
    await rewrite(one, before)
  })
})

eachDatabase('a clock whose people are anonymised', (open) => {
  it('is contradicted by tables that no kind describes, over their foreign keys', async () => {
    const one = await installFilled(open, clockFiles([], 'anonymise'), clockRows)
    try {
      const found = only(await seen(one, 4))
      const signs = found.signs.map(({ table, column, years }) => [`${table}.${column}`, years])
      expect(Object.fromEntries(signs)).to.deep.equal(plantedSigns)
      expect(
        found.signs.filter(({ link }) => link === 'foreign key').map(({ table }) => table),
      ).to.deep.equal(['tickets', 'ticket_answers'])
    } finally {
      await one.close()
    }
  })
})

eachDatabase('a clock beside times in whole numbers and in texts', (open) => {
  it('is contradicted by each of them, not by counters, and what is not read is named', async () => {
    const yesterday = smallNow - 86_400_000
    const seconds = String(yesterday / 1000)
    const acts = {
      access: ['INT', seconds],
      lastaccess: ['BIGINT', String(yesterday)],
      registered: ['BIGINT', '20260531100000'],
      last_post: ['DECIMAL(16,4)', `${seconds}.2500`],
      last_login: ['VARCHAR(20)', '2026-05-31 10:00:00'],
      derniere_connexion: ['VARCHAR(190)', '2026-05-31T10:00:00.000Z'],
      last_active: ['VARCHAR(64)', '2026-05-31T10:00:00'],
      last_visit: ['VARCHAR(40)', seconds],
      stamp10: ['VARCHAR(10)', '2026-05-31'],
      stamp14: ['VARCHAR(14)', '20260531100000'],
    }
    const others = {
      points: ['INT', '1200345'],
      pages: ['BIGINT', '99000111222'],
      paid: ['DECIMAL(12,2)', '2026.05'],
      grade: ['VARCHAR(20)', '2026-05-000123'],
      motto: ['VARCHAR(190)', '2026-05-31 10:00:00'],
    }
    const all = Object.entries({ ...acts, ...others })
    const files = clockFiles()
    const tables = files.tables.map((text) =>
      text.startsWith('CREATE TABLE members')
        ? text.replace(/\)$/, all.map(([name, [type]]) => `, ${name} ${type ?? ''} NULL`).join('') + ')')
        : text,
    )
    const one = await install(await open(), { ...files, tables }, smallNow)
    try {
      const row = { email: 'm1@mail.example', created_at: '2020-01-01 08:00:00' }
      const values = Object.fromEntries(all.map(([name, [, value]]) => [name, value ?? null]))
      await insert(one.database, 'members', [
        { ...row, id: 1, last_seen_at: '2020-01-01 08:00:00', last_purchase_at: null, ...values },
      ])
      const found = only(await seen(one, 4))
      expect(found.signs.map(({ column }) => column)).to.have.members(Object.keys(acts))
      expect(found.notRead).to.include('members.motto').and.not.to.include('members.points')
      expect((await one.oubli(['doctor', '--clocks'])).out).to.match(/not read, .*members\.motto/)
      await one.oubli(['run'])
      expect((await approveAll(one)).text).to.include('E_CLOCK_CONTRADICTED')
    } finally {
      await one.close()
    }
  })
})

/** Ten people who are silent since 2015, and what each of them did yesterday, in a place that no name of a column tells. */
eachDatabase('a sign of life inside a row of key and value, or inside JSON', (open) => {
  const ids = Array.from({ length: 10 }, (_, i) => i + 1)
  const then = '2015-03-01 08:00:00'
  const yesterday = '2026-05-31'
  const seconds = String(Date.parse(`${yesterday}T09:00:00Z`) / 1000)
  const words = ['nickname', 'last_login', 'theme']
  const places = [
    {
      what: 'a table of key and value that no kind describes',
      column: 'member_meta.meta_value',
      said: 'member_meta.meta_value (meta_key = last_login)',
      meta: ['x', seconds, 'dark'],
    },
    {
      what: 'one whose rows are two kinds',
      column: 'member_meta.meta_value',
      said: 'member_meta.meta_value (meta_key = last_login)',
      kinds: ['nickname', 'theme'],
      meta: ['x', `${yesterday}T09:00:00+02:00`, 'dark'],
    },
    {
      what: 'JSON of their own row',
      column: 'members.prefs',
      waived: 'prefs',
      said: 'members.prefs $.stats.lastLogin',
      prefs: JSON.stringify({ theme: 'dark', stats: { lastLogin: `${yesterday} 09:00:00` } }),
    },
    {
      what: 'JSON in rows of key and value',
      column: 'member_meta.meta_value',
      said: 'member_meta.meta_value $.seen',
      meta: ['x', 'y', `{"seen":${seconds}}`],
    },
  ]
  for (const { what, column, said: place, kinds = [], waived = column, meta = [], prefs = null } of places)
    it(`contradicts the clock from ${what}, until the column or the place is waived`, async () => {
      const files = (lines: readonly string[]): ReturnType<typeof clockFiles> => {
        const { tables, dataMap, policies } = clockFiles(lines)
        const more = kinds.map(
          (word) =>
            `  member_${word}: { table: member_meta, key: id, of: member, link: { columns: { member_id: id }, where: { meta_key: ${word} } } }\n`,
        )
        return {
          tables: [
            ...tables.map((text) =>
              text.replace('born_on DATE NULL)', 'born_on DATE NULL, prefs TEXT NULL)'),
            ),
            'CREATE TABLE member_meta (id INTEGER NOT NULL PRIMARY KEY, member_id INTEGER NOT NULL, meta_key VARCHAR(190) NULL, meta_value TEXT NULL)',
            'CREATE INDEX meta_member ON member_meta (member_id)',
          ],
          dataMap: dataMap + more.join(''),
          policies,
        }
      }
      const one = await install(await open(), files([]), smallNow)
      try {
        await insert(
          one.database,
          'members',
          ids.map((id) => ({
            ...{ id, email: `m${id}@mail.example`, created_at: then, last_seen_at: then, prefs },
          })),
        )
        const rows = ids.flatMap((id) =>
          meta.map((meta_value, i) => ({
            ...{ id: id * 10 + i, member_id: id, meta_key: words[i] ?? '', meta_value },
          })),
        )
        if (rows.length > 0) await insert(one.database, 'member_meta', rows)
        const found = only(await seen(one, 4))
        expect(found).to.include({ silent: 10, people: 10 })
        expect(found.signs.map((sign) => [sign.people, sign.years])).to.deep.equal([[10, { '2026': 10 }]])
        const told = await one.oubli(['doctor', '--clocks'])
        expect(told.out)
          .to.include(`${place} `)
          .and.to.match(/CONTRADICTS/)
        await one.oubli(['run'])
        const said = await approveAll(one)
        expect(said.exit).to.equal(4)
        expect(said.text).to.include('E_CLOCK_CONTRADICTED').and.to.include(`${place} 10 (2026: 10)`)
        for (const value of [yesterday, seconds, 'dark']) expect(told.out + said.text).not.to.include(value)
        for (const name of [waived, place]) {
          await rewrite(one, files([`${name}: ${reason}`]).dataMap)
          expect(only(await seen(one, 0)).signs.map((sign) => sign.waived)).to.deep.equal([reason])
        }
        const another = place.replace('last', 'lost').replace('seen', 'scene')
        await rewrite(one, files([`${another}: ${reason}`]).dataMap)
        expect(only(await seen(one, 4)).signs.map((sign) => sign.waived)).to.deep.equal([null])
        await rewrite(one, files([`${place}: ${reason}`]).dataMap)
        const passed = await approveAll(one)
        expect(passed.exit, passed.text).to.equal(0)
      } finally {
        await one.close()
      }
    })

  it('contradicts nothing where it is old, or where the clock reads it already', async () => {
    const { tables, dataMap, policies } = clockFiles()
    const source = '{ column: prefs, path: $.last_login, format: epoch seconds }'
    const one = await install(
      await open(),
      {
        tables: tables.map((text) =>
          text.replace('born_on DATE NULL)', 'born_on DATE NULL, prefs TEXT NULL)'),
        ),
        dataMap: dataMap.replace('column: last_seen_at', `latest_of: [last_seen_at, ${source}]`),
        policies,
      },
      smallNow,
    )
    try {
      const old = Date.parse('2016-05-01T08:00:00Z') / 1000
      const prefs = (i: number): object =>
        i < 5 ? { last_login: Number(seconds) } : { last_login: old, last_seen: old }
      await insert(
        one.database,
        'members',
        ids.map((id, i) => ({
          ...{ id, email: `m${id}@mail.example`, created_at: then, last_seen_at: then },
          prefs: JSON.stringify(prefs(i)),
        })),
      )
      expect(only(await seen(one, 0))).to.deep.include({ silent: 5, people: 0, signs: [] })
    } finally {
      await one.close()
    }
  })
})

eachServer('a link by name whose keys are in two collations', (open) => {
  it('is told as unread, and is approved when its column is waived', async () => {
    const key = (collation: string): string => `CHAR(36) CHARACTER SET utf8mb4 COLLATE ${collation} NOT NULL`
    const waived = `votes.given_at: ${reason}`
    const files = (lines: readonly string[]): ReturnType<typeof clockFiles> => {
      const { dataMap, policies, tables } = clockFiles(lines)
      return {
        tables: [
          (tables[0] ?? '').replace('id INTEGER NOT NULL', `id ${key('utf8mb4_unicode_ci')}`),
          ...tables.slice(1, 3),
          `CREATE TABLE votes (id INTEGER NOT NULL PRIMARY KEY, member_id ${key('utf8mb4_general_ci')}, given_at DATETIME NOT NULL)`,
        ],
        dataMap: dataMap.replace(/ {2}ticket:[\s\S]*$/, ''),
        policies: { members: (policies['members'] ?? '').replace(/but:.*\n/, '') },
      }
    }
    const one = await install(await open(), files([]), smallNow)
    try {
      const then = '2020-01-01 08:00:00'
      const row = { email: 'a@mail.example', created_at: then, last_seen_at: then }
      await insert(one.database, 'members', [{ ...row, id: 'a' }])
      await insert(one.database, 'votes', [{ id: 1, member_id: 'a', given_at: then }])
      expect(only(await seen(one, 4)).signs.map(({ basis }) => basis)).to.deep.equal(['collations'])
      expect((await one.oubli(['doctor', '--clocks'])).out).to.include('NOT READ: keys in two collations')
      await one.oubli(['run'])
      expect((await approveAll(one)).text).to.match(/E_CLOCK_UNREAD {2}members: votes\.given_at could not/)
      await rewrite(one, files([waived]).dataMap)
      const said = await approveAll(one)
      expect(said.exit, said.text).to.equal(0)
    } finally {
      await one.close()
    }
  })
})

eachDatabase('the sample shop', (open) => {
  it('is approved with its waivers, and refused without: somebody ordered by telephone', async () => {
    const shop = await createLab(await open(), 40)
    try {
      await shop.oubli(['migrate'])
      await shop.oubli(['run'])
      const approve = (): Promise<Said> => approveAll(shop)
      const file = join(shop.folder, 'policies/data-map.yml')
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replace(/^ +waived:\n( +\w+\.\w+: .*\n)+/m, ''))
      const refused = await approve()
      expect(refused.exit).to.equal(4)
      expect(refused.err).to.match(
        /E_CLOCK_CONTRADICTED {2}inactive-accounts: .*orders\.placed_at 1 \(2026: 1\)/,
      )
      await writeFile(file, text)
      expect((await approve()).exit).to.equal(0)
    } finally {
      await shop.close()
    }
  })
})

eachDatabase('a clock that joins what contradicted it', (open) => {
  it('is approved after one more run has observed it', async () => {
    const one = await install(await open(), clockFiles(), smallNow)
    try {
      await insert(one.database, 'members', clockRows['members'] ?? [])
      await insert(one.database, 'orders', clockRows['orders'] ?? [])
      const told = clockFiles([`last_purchase_at: ${reason}`]).dataMap
      const joined = told.replace('column: last_seen_at', 'latest_of: [last_seen_at, orders.placed_at]')
      await rewrite(one, joined)
      expect((await one.oubli(['run'])).exit).to.equal(0)
      const found = only(await seen(one, 0))
      // 1, 2, 11 and 12 are no longer silent; 14 and 15 have a date that cannot be true.
      expect(found).to.include({ silent: 8, people: 0 })
      expect((await approveAll(one)).exit).to.equal(0)
    } finally {
      await one.close()
    }
  })
})

eachDatabase('a login column that was added late', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), clockFiles(), smallNow)
    const people = Array.from({ length: 40 }, (_, i) => ({
      id: i + 1,
      email: `m${i}@mail.example`,
      created_at: `20${10 + (i % 9)}-0${1 + (i % 9)}-11 08:00:00`,
      // Kept since 2024; 25 people have not signed in since.
      last_seen_at: i < 25 ? null : `202${4 + (i % 2)}-1${i % 3}-05 09:1${i % 10}:00`,
    }))
    await insert(one.database, 'members', people)
    await one.oubli(['run'])
  })
  after(() => one.close())

  it('is refused, as nobody knows how long the others were silent', async () => {
    const said = await approveAll(one)
    expect(said.exit).to.equal(4)
    expect(said.text).to.match(
      /E_CLOCK_CONTRADICTED {2}members: "last_seen" \(members\.last_seen_at\) has no value before 2024-10, .* 25 people without/,
    )
  })

  it('is named by the doctor', async () => {
    const said = await one.oubli(['doctor', '--clocks'])
    expect(said.exit).to.equal(4)
    expect(said.out).to.include(
      'members.last_seen_at: begins in 2024-10, while members.created_at goes back to 2010-01; whoever came before is counted by members.created_at.',
    )
    expect(said.out).to.include('TOO YOUNG  members.last_seen_at has no value before 2024-10')
  })

  it('is not proven old by one stray value among a hundred people', async () => {
    const more = Array.from({ length: 100 }, (_, i) => ({
      id: 100 + i,
      email: `n${i}@mail.example`,
      created_at: '2012-01-01 08:00:00',
      last_seen_at: i === 0 ? '2015-01-01 08:00:00' : null,
    }))
    await insert(one.database, 'members', more)
    expect((await approveAll(one)).exit).to.equal(4)
  })

  it('can be waived like any other column', async () => {
    await rewrite(one, clockFiles([`last_seen_at: ${reason}`]).dataMap)
    const found = only(await seen(one, 0))
    expect(found.keptTooShort[0]).to.deep.include({ column: 'last_seen_at', waived: reason })
    expect((await approveAll(one)).exit).to.equal(0)
  })
})

/** Sign-ins of the last `months`, and orders of ten years by some of the people, as sources beside the registration. */
eachDatabase('a young login column beside a date that everybody has', (open) => {
  const sources = [
    { what: 'the registration', latestOf: '[created_at, last_seen_at]', refused: ['last_seen_at'] },
    {
      what: 'the registration and old orders',
      latestOf: '[created_at, orders.placed_at, last_seen_at]',
      refused: ['last_seen_at'],
    },
    {
      what: 'the registration as `else`',
      latestOf: '[last_seen_at]\n        else: created_at',
      refused: ['last_seen_at'],
    },
    {
      what: 'the registration and old orders, when it is waived,',
      latestOf: '[created_at, orders.placed_at, last_seen_at]',
      waived: [`last_seen_at: ${reason}`],
      refused: [],
    },
  ]
  // Three years before the approval, less a month; and twenty months before it.
  for (const { what, latestOf, refused, waived = [] } of sources)
    for (const since of ['2023-07', '2024-10'])
      it(`is ${refused.length === 0 ? 'let pass' : 'refused'} beside ${what} since ${since}`, async () => {
        const files = clockFiles([`last_purchase_at: ${reason}`, ...waived])
        const dataMap = files.dataMap
          .replace('column: last_seen_at', `latest_of: ${latestOf}`)
          .replace(/\n +never: \[null\]\n +else: created_at/, '')
          .replace('identity: [id, created_at]', 'identity: [id]')
          // Nobody said who moves it, so no rule asks for an `else`.
          .replace(/\n +slides: by the person/, '')
        const one = await install(await open(), { ...files, dataMap }, smallNow)
        try {
          const people = Array.from({ length: 60 }, (_, i) => ({
            ...{
              id: i + 1,
              email: `m${i}@mail.example`,
              created_at: `201${i % 9}-0${1 + (i % 9)}-11 08:00:00`,
            },
            last_seen_at: i < 40 ? null : `${i % 2 === 0 ? since : '2026-03'}-1${i % 9} 09:10:00`,
          }))
          await insert(one.database, 'members', people)
          const bought = people.filter(({ id }) => id % 3 === 0)
          await insert(
            one.database,
            'orders',
            bought.map(({ id }) => ({ id, member_id: id, placed_at: `20${11 + (id % 9)}-02-03 08:00:00` })),
          )
          await one.oubli(['run'])
          const found = only(await seen(one, refused.length === 0 ? 0 : 4))
          expect(found.people).to.equal(0)
          const short = found.keptTooShort.filter((one) => one.waived === null)
          expect(short.map(({ column, first, without }) => [column, first, without])).to.deep.equal(
            refused.map((column) => [column, since, found.silent]),
          )
          const said = await approveAll(one)
          expect(said.exit, said.text).to.equal(refused.length === 0 ? 0 : 4)
          if (refused.length > 0)
            expect(said.text).to.match(
              /\(members\.last_seen_at\) has no value before .* 40 people without a value/,
            )
        } finally {
          await one.close()
        }
      })
})

eachDatabase('a login column that was added three years ago, and five years of silence', (open) => {
  it('is refused, until the column is as old as the term', async () => {
    const { tables, dataMap, policies } = clockFiles()
    const members = (policies['members'] ?? '').replace('3 years', '5 years')
    const one = await install(await open(), { tables, dataMap, policies: { members } }, smallNow)
    try {
      const seenOn = ['2023-06-01 10:00:00', '2024-02-29 08:00:00', '2026-05-30 08:00:00', null]
      const people = Array.from({ length: 40 }, (_, i) => ({
        id: i + 1,
        email: `m${i}@mail.example`,
        created_at: `20${10 + (i % 9)}-03-11 08:00:00`,
        last_seen_at: seenOn[i % 4] ?? null,
      }))
      await insert(one.database, 'members', people)
      await one.oubli(['run'])
      const said = await approveAll(one)
      expect(said.exit, said.text).to.equal(4)
      expect(said.text).to.match(
        /E_CLOCK_CONTRADICTED {2}members: "last_seen" \(members\.last_seen_at\) has no value before 2023-06, .* 10 people/,
      )
      await sql(one.database, 'UPDATE members SET last_seen_at = ? WHERE id <= 20', '2021-05-01 10:00:00')
      const older = await approveAll(one)
      expect(older.exit, older.text).to.equal(0)
    } finally {
      await one.close()
    }
  })
})

eachDatabase('what the doctor says of events', (open) => {
  it('are shares, months, years, spikes and values that cannot be true', async () => {
    const one = await install(await open(), clockFiles(), smallNow)
    try {
      const people = Array.from({ length: 100 }, (_, i) => ({
        id: i + 1,
        email: `m${i}@mail.example`,
        created_at: `201${i % 10}-03-11 08:00:${10 + (i % 50)}`,
        last_seen_at:
          i < 10
            ? null
            : i < 40
              ? '2021-05-04 00:00:00'
              : i === 40
                ? '1999-01-01 00:00:00'
                : i < 43
                  ? '2030-01-01 00:00:00'
                  : `20${20 + (i % 5)}-0${1 + (i % 9)}-05 09:1${i % 10}:${10 + (i % 50)}`,
      }))
      await insert(one.database, 'members', people)
      const { events } = JSON.parse((await one.oubli(['doctor', '--clocks', '--json'])).out) as Clocks
      const [clock] = events
      expect(clock).to.deep.include({
        kind: 'member',
        event: 'last_seen',
        part: 'clock',
        basis: 'whole table',
      })
      expect(clock?.profile).to.deep.include({ rows: 100, never: 10, ancient: 1, future: 2, unreadable: 0 })
      expect(clock?.profile?.spikes).to.deep.equal([{ of: 'value', month: '2021-05', rows: 30 }])
      const years = clock?.profile?.years ?? {}
      expect(Object.values(years).reduce((a, b) => a + b, 0)).to.equal(87)
      expect(Object.keys(years)).to.deep.equal(['2020', '2021', '2022', '2023', '2024'])
      const { out } = await one.oubli(['doctor', '--clocks'])
      expect(out).to.match(/member\.last_seen +members\.last_seen_at +100 +10 % +2020-0\d +2024-0\d/)
      expect(out).to.include('members.last_seen_at: 30 rows have one and the same value, of 2021-05.')
      expect(out).to.include('members.last_seen_at: 1 value(s) lie before the site began.')
      expect(out).to.include('members.last_seen_at: 2 value(s) lie in the future.')
      expect(out).not.to.include('2021-05-04')
    } finally {
      await one.close()
    }
  })

  it('are of the rows that a run would read, of one sort of owner and with the constants', async () => {
    const files = clockFiles()
    const tables = files.tables.map((text) =>
      text.replace('uploaded_at', 'shown INTEGER NOT NULL, uploaded_at'),
    )
    const source = '{ column: files.uploaded_at, where: { shown: true } }'
    const dataMap = files.dataMap.replace('column: last_seen_at', `latest_of: [last_seen_at, ${source}]`)
    const one = await install(await open(), { ...files, tables, dataMap }, smallNow)
    try {
      await insert(one.database, 'members', clockRows['members'] ?? [])
      await insert(one.database, 'files', [
        { id: 1, owner_type: 'member', owner_id: 7, shown: 1, uploaded_at: '2024-09-10 08:00:00' },
        { id: 2, owner_type: 'member', owner_id: 7, shown: 0, uploaded_at: '2025-09-10 08:00:00' },
        { id: 3, owner_type: 'ticket', owner_id: 7, shown: 1, uploaded_at: '2026-02-10 08:00:00' },
      ])
      const { events } = JSON.parse((await one.oubli(['doctor', '--clocks', '--json'])).out) as Clocks
      const event = events.find(({ table }) => table === 'files')
      expect(event?.column).to.equal('uploaded_at (owner_type = member, shown = 1)')
      expect(event?.profile).to.include({ rows: 1, last: '2024-09' })
    } finally {
      await one.close()
    }
  })
})
