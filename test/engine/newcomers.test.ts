/**
 * The last reading before COMMIT, asked by itself: what arrived below people who are being erased undoes the batch.
 * SQLite needs no such reading, since a transaction locks it whole; told that it locks rows, it answers as a server.
 */
import { expect } from 'chai'
import type { Database, Dialect, Session, SqlValue, Statement } from '../../db/session.ts'
import { rowBudget, TooHeavy, collect, leavingWith, type Collected } from '../../engine/collect.ts'
import { deleteDirectly } from '../../engine/delete-directly.ts'
import { Newcomer, refuseNewcomers, refuseNewer } from '../../engine/newcomers.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import { cutoff } from '../../plan/deadline.ts'
import { unguardedSteps } from '../../plan/read-last.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import type { FoundRow } from '../../db/site/rows.ts'
import type { CompiledPolicy, Join, Step } from '../../plan/compiled.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { account } from './shape.ts'

type Arrival = readonly [table: string, row: Readonly<Record<string, SqlValue>>]

/** Orders and their lines have foreign keys; what was scanned of a line has none, and tells the time. */
async function shop(database: Database): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, payer_id INTEGER NULL, CONSTRAINT nc_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT nc_payer FOREIGN KEY (payer_id) REFERENCES users (id))',
      'CREATE INDEX orders_payer ON orders (payer_id)',
      'CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT nc_note FOREIGN KEY (user_id) REFERENCES users (id))',
      'CREATE INDEX notes_user ON notes (user_id)',
      'CREATE INDEX orders_user ON orders (user_id)',
      `CREATE TABLE parts (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, place VARCHAR(9) ${exactIn(database)} NOT NULL, CONSTRAINT nc_order FOREIGN KEY (order_id) REFERENCES orders (id))`,
      'CREATE INDEX parts_order ON parts (order_id)',
      'CREATE UNIQUE INDEX parts_place ON parts (place)',
      `CREATE TABLE scans (id INTEGER NOT NULL PRIMARY KEY, place ${foldedIn(database)} NOT NULL, read_at DATETIME NULL)`,
      'CREATE INDEX scans_place ON scans (place, read_at)',
    ],
    kinds: [
      account('users', { events: { seen: event([at('seen_at'), at('scans.read_at')]) } }),
      kind('order', 'orders', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
      kind('note', 'notes', { of: 'account' }),
      kind('part', 'parts', { of: 'order' }),
      kind('scan', 'scans', { of: 'part', link: { columns: { place: 'place' }, where: {} } }),
    ],
    policies: [policy('account', { but: { 'orders.payer_id': { act: 'detach' } } })],
  })
  for (const id of [1, 2]) {
    await insert(database, 'users', [{ id, seen_at: due }])
    await insert(database, 'orders', [{ id: id * 10, user_id: id }])
    await insert(database, 'parts', [
      { id: id * 100, order_id: id * 10, place: `p${id}` },
      { id: id * 100 + 1, order_id: id * 10, place: `q${id}` },
    ])
    await insert(database, 'scans', [{ id: id * 1000, place: `p${id}`, read_at: due }])
  }
  return lab
}

/** Makes `a` and `A` two. */
function exactIn({ dialect }: Database): string {
  return dialect.locksRows ? 'COLLATE utf8mb4_bin' : 'COLLATE BINARY'
}

/** A text of which `a` and `A` are one. */
function foldedIn({ dialect }: Database): string {
  return dialect.locksRows ? 'VARCHAR(9)' : 'VARCHAR(9) COLLATE NOCASE'
}

function locking(lab: Lab): EnginePorts {
  const { database } = lab
  return { ...lab.ports, database: { ...database, dialect: { ...database.dialect, locksRows: true } } }
}

/** Person 1 goes with all rows, then these arrive. */
async function refuses(
  lab: Lab,
  one: CompiledPolicy,
  arrivals: readonly Arrival[],
  { ports = locking(lab), seen = (found: Collected): Collected => found } = {},
): Promise<boolean> {
  let refused = false
  await lab.database
    .transaction(async (tx) => {
      const leaving = seen(leavingWith(one, await collect(ports, tx, one, [['1']], 'lock'), [['1']]))
      const all: readonly [string, string][] = [
        ['scans', "place = 'p1'"],
        ['parts', 'order_id = 10'],
        ['orders', 'user_id = 1'],
        ['users', 'id = 1'],
      ]
      for (const [table, where] of all)
        await tx.run({ text: `DELETE FROM ${table} WHERE ${where}`, values: [] })
      // Only this transaction knows that the parents are gone; others see them until it ends.
      for (const [table, row] of arrivals) await put(tx, table, row)
      try {
        await refuseNewcomers(ports, tx, one, leaving, asOf)
      } catch (error) {
        expect(error).to.be.instanceOf(Newcomer)
        refused = true
      }
      throw new Error('nothing of it stays')
    })
    .catch((error: unknown) => {
      expect(String(error)).to.contain('nothing of it stays')
    })
  return refused
}

async function put(tx: Session, table: string, row: Readonly<Record<string, SqlValue>>): Promise<void> {
  const names = Object.keys(row)
  await tx.run({
    text: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    values: Object.values(row),
  })
}

const scan = (place: string, read_at: string | null): Arrival => ['scans', { id: 9000, place, read_at }]

eachDatabase('what arrived while its person was erased', (open) => {
  let lab: Lab
  /** Without the rule of the other: a sign of life counts alone, or any row does. */
  let byTime: CompiledPolicy
  let byRow: CompiledPolicy
  before(async () => {
    lab = await shop(await open())
    const whole = lab.policy()
    expect(whole.rereadLast).to.have.length(1)
    expect(unguardedSteps(whole).map(({ name }) => name)).to.deep.equal(['scan'])
    const [order, part] = ['order', 'part'].map((name) => whole.steps.find((step) => step.name === name))
    if (order === undefined || part === undefined) throw new Error('the shop has orders with parts')
    // Nobody has paid for another: these steps find nothing, and none is taken for one of the way to the scans.
    const paid = { ...order.join, columns: [{ own: 'payer_id', parent: 'id' }] }
    const others: readonly Step[] = [
      { ...order, name: 'note', table: 'notes', join: { ...order.join, table: 'notes' } },
      { ...order, name: 'paid', join: paid },
      { ...part, name: 'paid part', from: 'paid' },
    ]
    byTime = { ...whole, steps: [...others, part, order] }
    byRow = { ...whole, rereadLast: [] }
  })

  it('is nothing', async () => {
    for (const one of [lab.policy(), byTime, byRow]) expect(await refuses(lab, one, [])).to.equal(false)
  })

  it('is a sign of life below rows that are gone', async () => {
    expect(await refuses(lab, byTime, [scan('p1', fresh)])).to.equal(true)
    expect(await refuses(lab, byTime, [scan('p1', due)]), 'an old one').to.equal(false)
    expect(await refuses(lab, byTime, [scan('p1', null)]), 'none').to.equal(false)
  })

  it('is a sign of life below rows that are there, whoever of the two was added', async () => {
    const again: readonly Arrival[] = [
      ['users', { id: 1, seen_at: due }],
      ['orders', { id: 11, user_id: 1 }],
      ['parts', { id: 111, order_id: 11, place: 'new' }],
    ]
    expect(await refuses(lab, byTime, [...again, scan('new', fresh)])).to.equal(true)
    expect(await refuses(lab, byTime, [...again, scan('new', due)])).to.equal(false)
    // Below an order that is gone, which a server without its key would allow.
    const apart = { ...byTime, steps: byTime.steps.filter(({ name }) => name === 'order') }
    const reborn: readonly Arrival[] = [
      ['users', { id: 1, seen_at: due }],
      ['orders', { id: 10, user_id: 1 }],
      ['parts', { id: 111, order_id: 10, place: 'new' }],
    ]
    expect(await refuses(lab, apart, [...reborn, scan('new', fresh)])).to.equal(true)
  })

  it('is any row that no foreign key holds back', async () => {
    expect(await refuses(lab, byRow, [scan('p1', due)])).to.equal(true)
    expect(await refuses(lab, byRow, [scan('p1', null)])).to.equal(true)
  })

  it('is not what hangs on others, nor what hangs on nothing', async () => {
    for (const one of [lab.policy(), byTime, byRow])
      for (const place of ['p2', 'P1', ''])
        expect(await refuses(lab, one, [scan(place, fresh)]), place).to.equal(false)
    // A part without a place leads to no scan.
    const seen = (found: Collected): Collected =>
      new Map([
        ...found,
        ['part', (found.get('part') ?? []).map((row) => ({ ...row, columns: { place: null } }))],
      ])
    for (const one of [byTime, byRow])
      for (const place of ['', 'p1'])
        expect(await refuses(lab, one, [scan(place, fresh)], { seen }), place).to.equal(false)
  })

  it('is not looked for where a transaction locks the whole database', async () => {
    const { dialect } = lab.database
    const whole = { ...lab.ports, database: { ...lab.database, dialect: { ...dialect, locksRows: false } } }
    expect(await refuses(lab, lab.policy(), [scan('p1', fresh)], { ports: whole })).to.equal(false)
  })
})

eachDatabase('what arrived beside people whose keys are words', (open) => {
  async function site(database: Database, key: string): Promise<Lab> {
    const lab = await createLab(database, {
      tables: [
        `CREATE TABLE users (id ${key} NOT NULL PRIMARY KEY, seen_at DATETIME NULL)`,
        'CREATE INDEX users_seen ON users (seen_at)',
        `CREATE TABLE logins (id INTEGER NOT NULL PRIMARY KEY, user_id ${foldedIn(database)} NOT NULL, happened_at DATETIME NULL)`,
        'CREATE INDEX logins_user ON logins (user_id, happened_at)',
      ],
      kinds: [
        account('users', { events: { seen: event([at('seen_at'), at('logins.happened_at')]) } }),
        kind('login', 'logins', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
      ],
      policies: [policy('account')],
    })
    await insert(database, 'users', [{ id: 'abc', seen_at: due }])
    return lab
  }

  /** Whoever is gone by now: any row, or a sign of life, or either. */
  async function refusals(lab: Lab, leaving: Collected): Promise<readonly unknown[]> {
    const one = lab.policy()
    const told: unknown[] = []
    for (const each of [one, { ...one, steps: [] }, { ...one, rereadLast: [] }])
      told.push(
        await refuseNewcomers(locking(lab), lab.database, each, leaving, asOf).then(
          () => 'none',
          (error: unknown) => (error instanceof Newcomer ? 'newcomer' : error),
        ),
      )
    return told
  }

  it('is told apart letter by letter where their keys are', async () => {
    const database = await open()
    const lab = await site(database, `VARCHAR(9) ${exactIn(database)}`)
    const leaving = await collect(locking(lab), database, lab.policy(), [['abc']])
    await insert(database, 'logins', [{ id: 1, user_id: 'ABC', happened_at: fresh }])
    expect(await refusals(lab, leaving)).to.deep.equal(['none', 'none', 'none'])
    await insert(database, 'logins', [{ id: 2, user_id: 'abc', happened_at: fresh }])
    expect(await refusals(lab, leaving)).to.deep.equal(['newcomer', 'newcomer', 'newcomer'])
  })

  it('is theirs however it spells the key where letters of both sizes are one', async () => {
    const database = await open()
    const lab = await site(database, foldedIn(database))
    const leaving = await collect(locking(lab), database, lab.policy(), [['abc']])
    await sql(database, "DELETE FROM users WHERE id = 'abc'")
    await insert(database, 'logins', [{ id: 1, user_id: 'abd', happened_at: fresh }])
    expect(await refusals(lab, leaving)).to.deep.equal(['none', 'none', 'none'])
    await insert(database, 'logins', [{ id: 2, user_id: 'ABC', happened_at: fresh }])
    expect(await refusals(lab, leaving)).to.deep.equal(['newcomer', 'newcomer', 'newcomer'])
  })
})

describe('the links by which it is looked for', () => {
  it('are numbers where the key of the people is one, and else as they were read', async () => {
    const way = (table: string, parent: string): Join => {
      return { table, columns: [{ own: 'up', parent }], where: [], enforced: false }
    }
    const reads = [[way('a', 'id')], [way('b', 'code')], [way('c', 'id'), way('d', 'id')]]
    const rereadLast = reads.map((joins) => ({ joins, clock: { column: 'at' } }))
    const step = { name: 'e', from: 'c', join: way('e', 'id'), then: { act: 'erase' } }
    const above = {
      name: 'c',
      from: null,
      join: { ...way('c', 'id'), enforced: true },
      then: { act: 'erase' },
    }
    const key = [{ name: 'id', family: 'integer' }]
    const asked = { rereadLast, states: [], owners: [] }
    const one = { ...asked, key, steps: [above, step], act: { act: 'erase' } } as unknown as CompiledPolicy
    const bound: Record<string, unknown> = {}
    const tx = {
      rows: ({ text, values }: Statement) => {
        const [, table = ''] = /FROM `(\w)`/.exec(text) ?? []
        bound[table] = values
        // A row without a foreign key need not tell anything but whose it is.
        if (table === 'e') expect(text).to.match(/^SELECT `up` AS oubli_p0 FROM/)
        return Promise.resolve(table === 'c' ? [{ oubli_p0: '1', oubli_c0: '5' }] : [])
      },
    } as unknown as Session
    const row = (columns: FoundRow['columns']) => [{ key: ['1'], root: '["1"]', columns }]
    const leaving = new Map([
      ['', row({ id: '1', code: '7' })],
      ['c', row({ id: '6' })],
    ])
    const ports = { database: { dialect: mysqlDialect('mariadb') } } as EnginePorts
    await refuseNewcomers(ports, tx, one, leaving, asOf)
    expect(bound).to.deep.equal({ a: [1n], b: ['7'], c: [1n], d: ['6', '5'], e: ['6'] })
  })
})

describe('what may keep somebody by now', () => {
  const way = (table: string, own: string, parent: string): Join => {
    return { table, columns: [{ own, parent }], where: [], enforced: false }
  }
  const orders = way('orders', 'user_id', 'id')
  const payments = way('payments', 'order_id', 'id')
  const state = (name: string, ...joins: readonly Join[]) => ({
    ...{ name, joins, column: 'status', values: ['open'] },
  })
  const firm = (values: readonly string[]) => ({
    ...{ kind: 'firm', table: 'firms', key: [], except: [], restricted: [{ column: 'frozen', values }] },
    hops: [{ table: 'firms', columns: [{ own: 'firm_id', parent: 'id' }], where: [] }],
  })
  const step = (name: string, from: string | null, table: string, join: Join) => ({
    ...{ name, from, table, join: { ...join, enforced: true }, then: { act: 'erase' } },
  })
  const anonymising = {
    ...{ table: 'users', key: [{ name: 'id', family: 'integer' }], steps: [], states: [], owners: [] },
    ...{ rereadLast: [], act: { act: 'anonymise' } },
  }
  type Answers = Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>

  /** What becomes of the batch where the server answers so, and which tables were asked for what. */
  async function ends(
    more: object,
    answers: Answers,
    leaving: Readonly<Record<string, FoundRow['columns']>> = {},
  ) {
    const asked: string[] = []
    const tx = {
      rows: ({ text }: Statement) => {
        const [, columns = '', table = ''] = /^SELECT (.*?) FROM `(\w+)`/.exec(text) ?? []
        asked.push(`${table}: ${[...columns.matchAll(/`(\w+)` AS/g)].map(([, name]) => name).join()}`)
        return Promise.resolve(answers[table] ?? [])
      },
    } as unknown as Session
    const found = Object.entries({ '': { id: '1', firm_id: '5' }, ...leaving })
    const collected = new Map(
      found.map(([name, columns]) => [name, [{ key: ['1'], root: '["1"]', columns }]] as const),
    )
    const ports = { database: { dialect: mysqlDialect('mariadb') } } as EnginePorts
    const one = { ...anonymising, ...more } as unknown as CompiledPolicy
    const end = await refuseNewcomers(ports, tx, one, collected, asOf).then(
      () => 'stands',
      (error: unknown) =>
        error instanceof Newcomer ? 'newcomer' : error instanceof TooHeavy ? 'heavy' : error,
    )
    return [end, ...asked]
  }
  const [holds, not] = [{ oubli_h: '1' }, { oubli_h: '0' }]
  const many = (row: Answers[string][number]) => Array<typeof row>(rowBudget + 1).fill(row)

  it('is a state of a row at the end of its way, and of no row before it', async () => {
    const near = { states: [state('open', orders)] }
    expect(await ends(near, {})).to.deep.equal(['stands', 'orders: user_id'])
    expect((await ends(near, { orders: [{ oubli_p0: '1', ...not }] }))[0]).to.equal('stands')
    const one = [
      { oubli_p0: '1', ...not },
      { oubli_p0: '1', ...holds },
    ]
    expect((await ends(near, { orders: one }))[0]).to.equal('newcomer')
    const far = { states: [state('paying', orders, payments)] }
    const order = { oubli_p0: '1', oubli_c0: '7' }
    const looked = ['orders: user_id,id', 'payments: order_id']
    expect(await ends(far, { orders: [order] })).to.deep.equal(['stands', ...looked])
    expect((await ends(far, { orders: [order], payments: [{ oubli_p0: '7', ...holds }] }))[0]).to.equal(
      'newcomer',
    )
    expect((await ends(far, { orders: [order], payments: [{ oubli_p0: '7', ...not }] }))[0]).to.equal(
      'stands',
    )
  })

  it('is a restriction of what the row hangs on, with one of its values', async () => {
    const above = { owners: [firm(['yes', 'true'])] }
    const said = async (...frozen: readonly string[]) =>
      await ends(above, { firms: frozen.map((value) => ({ oubli_p0: '5', oubli_c0: value })) })
    expect(await said()).to.deep.equal(['stands', 'firms: id,frozen'])
    expect((await said('no'))[0]).to.equal('stands')
    expect((await said('no', 'true'))[0]).to.equal('newcomer')
  })

  it('is looked for as the table of the parents spells their keys', async () => {
    // Somebody else's spelling of the link is asked after where the parents are.
    const strange = { oubli_p0: 'seven', oubli_c0: 'seven', ...holds }
    const far = { states: [state('paying', orders, payments)] }
    const order = { oubli_p0: '1', oubli_c0: '7' }
    const asked = async (more: object, answers: Answers, leaving = {}) => [
      ...new Set((await ends(more, answers, leaving)).slice(1).map((one) => String(one).split(':')[0])),
    ]
    expect(await asked(far, { orders: [order], payments: [strange] })).to.deep.equal(['orders', 'payments'])
    const order_steps = [step('order', null, 'orders', orders)]
    const below = {
      steps: [...order_steps, { ...step('payment', 'order', 'payments', payments), join: payments }],
    }
    expect(await asked(below, { payments: [strange] }, { order: { id: '7' } })).to.deep.equal([
      'payments',
      'orders',
    ])
  })

  it('is more than one batch may lock: then it is tried with fewer people', async () => {
    const near = { states: [state('open', orders)] }
    expect((await ends(near, { orders: many({ oubli_p0: '1', ...not }) }))[0]).to.equal('heavy')
    const scans = {
      steps: [{ ...step('order', null, 'orders', orders), join: orders }],
      act: { act: 'erase' },
    }
    expect((await ends(scans, { orders: many({ oubli_p0: '1' }) }))[0]).to.equal('newcomer')
  })
})

describe('rows that no foreign key holds back', () => {
  const step = (name: string, from: string | null, act: string, enforced = false) =>
    ({ name, from, join: { enforced }, then: { act } }) as Step
  const names = (act: string, ...steps: readonly Step[]) =>
    unguardedSteps({ act: { act }, steps } as CompiledPolicy).map(({ name }) => name)

  it('hang on what goes', () => {
    for (const act of ['erase', 'archive']) {
      expect(names(act, step('a', null, 'erase'), step('b', null, 'detach'))).to.deep.equal(['a', 'b'])
      expect(names('anonymise', step('a', null, act), step('b', 'a', 'erase'))).to.deep.equal(['b'])
    }
    expect(names('anonymise', step('a', null, 'erase'))).to.deep.equal([])
    expect(names('erase', step('a', null, 'detach'), step('b', 'a', 'detach'))).to.deep.equal(['a'])
  })

  it('are none that one holds back', () => {
    expect(names('erase', step('a', null, 'erase', true), step('b', 'a', 'erase'))).to.deep.equal(['b'])
  })
})

describe('a time that a row tells at last', () => {
  const clock = { ...{ column: 'used_at', format: 'datetime', zone: 'UTC' }, never: ['never'] }
  const term = { period: { years: 3, months: 0, weeks: 0, days: 0, hours: 0 }, ends: 'next day' } as const
  const launched = Date.parse('2010-01-01T00:00:00Z')
  const counted = { ...term, fiscalYearEnds: null, zone: 'UTC', notBefore: launched }
  const one = { clock: counted } as unknown as CompiledPolicy
  const source = { joins: [], clock } as unknown as Parameters<typeof refuseNewer>[1]
  const keeps = (raw: string | null, of = source, from = launched): boolean => {
    try {
      refuseNewer({ ...one, clock: { ...one.clock, notBefore: from } }, of, raw, asOf)
      return false
    } catch (error) {
      expect(error).to.be.instanceOf(Newcomer)
      expect(error).to.include({ name: 'Newcomer' })
      return true
    }
  }
  const text = (moment: number) => new Date(moment).toISOString().slice(0, 19).replace('T', ' ')

  it('keeps the person from the term on, or when it cannot be true', () => {
    const first = cutoff(counted, asOf)
    expect([first - 1000, first, first + 1000].map((moment) => keeps(text(moment)))).to.deep.equal([
      false,
      true,
      true,
    ])
    expect([launched - 1000, launched].map((moment) => keeps(text(moment)))).to.deep.equal([true, false])
    expect(['0000-00-00 00:00:00', 'soon'].map((raw) => keeps(raw))).to.deep.equal([true, true])
    const before1970 = Date.parse('1960-01-01T00:00:00Z')
    expect(keeps('soon', source, before1970)).to.equal(true)
    expect(keeps('1965-01-01 00:00:00', source, before1970)).to.equal(false)
  })

  it('keeps nobody when it says that nothing happened', () => {
    expect([null, 'never'].map((raw) => keeps(raw))).to.deep.equal([false, false])
  })

  it('is looked for at its place in JSON', () => {
    const inside = { ...source, clock: { ...source.clock, path: '$.at' } }
    expect(keeps(JSON.stringify({ at: fresh }), inside)).to.equal(true)
    expect(keeps(JSON.stringify({ at: due, other: fresh }), inside)).to.equal(false)
    expect(keeps(JSON.stringify({ other: fresh }), inside)).to.equal(false)
    expect(keeps(null, inside)).to.equal(false)
  })

  describe('when its row is deleted by its link', () => {
    const way = { table: 'sessions', columns: [{ own: 'user_id', parent: 'id' }], where: [], enforced: true }
    const direct = {
      ...one,
      clock: { ...counted, sources: [{ joins: [way], clock }] },
    } as unknown as CompiledPolicy
    const child = { name: 'session', table: 'sessions', join: way } as unknown as Step
    const dialect = { quote: (name: string) => name, withoutWaiting: '' } as Dialect
    const roots = [{ key: ['1'], root: '["1"]', columns: {} }]

    /** A database with these rows; says what it was sent. */
    function given(
      rows: readonly (readonly [user: string, used: string | null])[],
      limits: { budget: number; countFirst: boolean },
      of = roots,
    ) {
      const sent: string[] = []
      const tx = {
        rows: ({ text }: Statement) => {
          sent.push(text.split(' ')[0] ?? '')
          const most = Number(/LIMIT (\d+)/.exec(text)?.[1])
          const found = rows.slice(0, most)
          if (text.startsWith('DELETE'))
            expect(text).to.match(/ RETURNING user_id AS oubli_p0, used_at AS oubli_c0$/)
          if (text.startsWith('SELECT')) return Promise.resolve([{ oubli_n: String(found.length) }])
          return Promise.resolve(found.map(([user, used]) => ({ oubli_p0: user, oubli_c0: used })))
        },
      } as unknown as Session
      const ports = { database: { dialect } } as EnginePorts
      const gone = deleteDirectly(ports, tx, direct, child, of, asOf, limits)
      return gone.then(
        (told) => ({ told, sent }),
        (error: unknown) => ({ told: error, sent }),
      )
    }

    it('the rows are told by their people', async () => {
      const { told, sent } = await given(
        [
          ['1', due],
          ['1', null],
          ['2', due],
        ],
        { budget: 3, countFirst: true },
      )
      expect(told).to.deep.equal([{ root: '["1"]' }, { root: '["1"]' }, { root: '["2"]' }])
      expect(sent).to.deep.equal(['SELECT', 'DELETE'])
    })

    it('a sign of life in any of them undoes all', async () => {
      const { told } = await given(
        [
          ['1', due],
          ['1', fresh],
        ],
        { budget: 3, countFirst: false },
      )
      expect(told).to.be.instanceOf(Newcomer)
    })

    it('too many are found before they are deleted, or by deleting one too many', async () => {
      const rows = [1, 2, 3].map(() => ['1', due] as const)
      const counted = await given(rows, { budget: 2, countFirst: true })
      expect(counted.told).to.be.instanceOf(TooHeavy)
      expect(counted.sent).to.deep.equal(['SELECT'])
      const deleted = await given(rows, { budget: 2, countFirst: false })
      expect(deleted.told).to.be.instanceOf(TooHeavy)
      expect(deleted.sent).to.deep.equal(['DELETE'])
    })

    it('nothing is sent without people, or when others have taken all that may go', async () => {
      expect(await given([['1', due]], { budget: 9, countFirst: true }, [])).to.deep.equal({
        told: [],
        sent: [],
      })
      const nobody = await given([], { budget: -1, countFirst: true }, [])
      expect(nobody.told).to.deep.equal([])
      const spent = await given([], { budget: -1, countFirst: true })
      expect(spent.told).to.be.instanceOf(TooHeavy)
      expect(spent.sent).to.deep.equal([])
      const last = await given([], { budget: 0, countFirst: false })
      expect(last.told).to.deep.equal([])
    })
  })
})
