/** Something begins that keeps a row, in a table that the erasing transaction does not touch, while it is under way. */
import { expect } from 'chai'
import { DatabaseError } from '../../db/database-error.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import type { Policy } from '../../policies/policy.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { answeredOrWaiting, createLab, due, insert, sql, type Lab } from './lab.ts'

const barriers: readonly Point[] = ['locked', 'children locked', 're-checked', 'before commit']
const people = [6, 7, 8]

type Ties = 'loose' | 'tied' | 'coded'

/**
 * People with orders and their payments. `loose`: without foreign keys; `tied`: with them; `coded`: to a unique column
 * beside the primary key.
 */
async function site(database: Database, ties: Ties, change: Partial<Policy>): Promise<Lab> {
  const [to, type] = ties === 'coded' ? ['code', 'VARCHAR(20)'] : ['id', 'INTEGER']
  const code = ties === 'coded' ? ', code VARCHAR(20) NOT NULL DEFAULT (CONCAT(id)) UNIQUE' : ''
  const key = (column: string, table: string): string =>
    ties === 'loose' ? '' : `, FOREIGN KEY (${column}) REFERENCES ${table} (${to})`
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(90) NULL, seen_at DATETIME NULL, cut_at DATETIME NULL, frozen VARCHAR(9) NOT NULL DEFAULT 'no'${code})`,
      'CREATE INDEX users_seen ON users (seen_at, cut_at)',
      `CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id ${type} NOT NULL, status VARCHAR(10) NOT NULL, closed_at DATETIME NULL${key('user_id', 'users')}${code})`,
      // With the status in it, an update of that would ask for the customer as well, and wait.
      'CREATE INDEX orders_user ON orders (user_id)',
      'CREATE INDEX orders_closed ON orders (closed_at)',
      `CREATE TABLE payments (id INTEGER NOT NULL PRIMARY KEY, order_id ${type} NOT NULL, open VARCHAR(9) NOT NULL, paid_at DATETIME NULL${key('order_id', 'orders')})`,
      'CREATE INDEX payments_order ON payments (order_id)',
      'CREATE INDEX payments_paid ON payments (paid_at)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        events: { seen: event([at('seen_at')]) },
        states: { order_open: { 'orders.status': ['paid'] }, payment_open: { 'payments.open': ['yes'] } },
        restricted: { frozen: ['yes'] },
        personal: { email: { strategy: 'null' } },
        done: { anonymise: 'cut_at' },
      }),
      kind('order', 'orders', {
        of: 'account',
        link: { columns: { user_id: to }, where: {} },
        events: { closed: event([at('closed_at')]) },
      }),
      kind('payment', 'payments', {
        of: 'order',
        link: { columns: { order_id: to }, where: {} },
        events: { paid: event([at('paid_at')]) },
      }),
    ],
    policies: [policy('account', change)],
  })
  await insert(
    database,
    'users',
    people.map((id) => ({ id, email: `u${id}@mail.example`, seen_at: due })),
  )
  await insert(
    database,
    'orders',
    people.map((id) => ({ id: id * 10, user_id: id, status: 'closed', closed_at: due })),
  )
  await insert(
    database,
    'payments',
    people.map((id) => ({ id: id * 100, order_id: id * 10, open: 'no', paid_at: due })),
  )
  return lab
}

interface Case {
  readonly ties: readonly Ties[]
  readonly change: Partial<Policy>
  /** What the site does, in statements of which each matches a row. */
  readonly happens: Readonly<Record<string, string>>
  /** Finds the row with number 7 if it was left as it was. */
  readonly left: string
}

const orderOpens = {
  'an order is paid': "UPDATE orders SET status = 'paid' WHERE id = 70",
  'a paid order is new': "INSERT INTO orders (id, user_id, status) VALUES (79, 7, 'paid')",
}
const paymentOpens = {
  'a payment is open again': "UPDATE payments SET open = 'yes' WHERE id = 700",
  'an open payment is new': "INSERT INTO payments (id, order_id, open) VALUES (790, 70, 'yes')",
}
const frozen = { 'its customer is restricted': "UPDATE users SET frozen = 'yes' WHERE id = 7" }
const kept = { act: 'keep', because: 'The law.' } as const
const cases: Readonly<Record<string, Case>> = {
  'a state, of people who are anonymised': {
    ties: ['loose', 'tied', 'coded'],
    change: { then: 'anonymise', notWhile: ['order_open'] },
    happens: orderOpens,
    left: 'SELECT id FROM users WHERE id = 7 AND email IS NOT NULL',
  },
  'a state further out, of people who are anonymised': {
    ties: ['loose', 'tied', 'coded'],
    change: { then: 'anonymise', notWhile: ['payment_open', 'order_open'] },
    happens: { ...paymentOpens, ...orderOpens },
    left: 'SELECT id FROM users WHERE id = 7 AND email IS NOT NULL',
  },
  'a state, of people whose orders stay': {
    ties: ['loose'],
    change: { notWhile: ['order_open'], but: { order: kept } },
    happens: orderOpens,
    left: 'SELECT id FROM users WHERE id = 7',
  },
  'a state further out, of people whose payments stay': {
    ties: ['loose'],
    change: { notWhile: ['payment_open'], but: { payment: kept } },
    happens: paymentOpens,
    left: 'SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = 70',
  },
  'a restriction of the customer, for an order': {
    ties: ['loose', 'tied', 'coded'],
    change: { data: 'order', countedFrom: 'closed' },
    happens: frozen,
    left: 'SELECT id FROM orders WHERE id = 70',
  },
  'a restriction of the customer, for a payment': {
    ties: ['loose', 'tied', 'coded'],
    change: { data: 'payment', countedFrom: 'paid' },
    happens: frozen,
    left: 'SELECT id FROM payments WHERE id = 700',
  },
}

for (const [what, { ties, change, happens, left }] of Object.entries(cases))
  for (const tie of ties)
    eachServer(`during the erasing transaction, ${what} (${tie})`, (open) => {
      for (const [happening, text] of Object.entries(happens))
        for (const barrier of barriers)
          it(`at "${barrier}", ${happening}: kept, or done before it`, async () => {
            const lab = await site(await open(), tie, change)
            const beside = await openDatabase(databaseUrlSettings(lab.database).settings)
            try {
              const first = await runWith(lab, barrier, () => sql(beside, text))
              const isLeft = (await lab.database.rows({ text: left, values: [] })).length === 1
              if (first) expect(isLeft, 'what came before the COMMIT').to.equal(true)
              // A new order of a locked customer waits in any case, and the batch may give way to it.
              if (tie !== 'tied' || !text.startsWith('INSERT INTO orders'))
                expect([first, isLeft], 'held up no longer than needed').to.deep.equal(
                  barrier === 'before commit' ? [false, false] : [true, true],
                )
              const others = left.replaceAll(/7(?=0*\b)/g, '8')
              expect(await lab.database.rows({ text: others, values: [] })).to.deep.equal([])
            } finally {
              await beside.close()
            }
          })
    })

eachServer('a row that the site is writing at the end of the erasing transaction', (open) => {
  it('keeps its person for the time being, without waiting', async () => {
    const lab = await site(await open(), 'loose', { then: 'anonymise', notWhile: ['order_open'] })
    const beside = await openDatabase(databaseUrlSettings(lab.database).settings)
    try {
      let end = (): void => undefined
      const writing = await new Promise<{ over: Promise<unknown> }>((begun) => {
        const over = beside.transaction(async (tx) => {
          await tx.run({ text: "UPDATE orders SET status = 'paid' WHERE id = 70", values: [] })
          await new Promise<void>((resolve) => {
            end = resolve
            begun({ over })
          })
        })
      })
      const outcome = await lab.run()
      end()
      await writing.over
      expect([outcome.done, outcome.busy]).to.deep.equal([2, 1])
      const rows = await lab.database.rows({
        text: 'SELECT id FROM users WHERE email IS NOT NULL',
        values: [],
      })
      expect(rows).to.deep.equal([{ id: '7' }])
    } finally {
      await beside.close()
    }
  })
})

eachServer('more rows than a transaction may touch, of which any could keep its person', (open) => {
  it('set the person aside, and are not all locked and read', async () => {
    const lab = await site(await open(), 'loose', { then: 'anonymise', notWhile: ['order_open'] })
    const names = ['a', 'b', 'c', 'd', 'e']
    const number = names.map((name, i) => `${name}.n * ${10 ** i}`).join(' + ')
    await lab.database.run({ text: 'CREATE TABLE digits (n INTEGER NOT NULL PRIMARY KEY)', values: [] })
    await lab.database.run({
      text: 'INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)',
      values: [],
    })
    await lab.database.run({
      text: `INSERT INTO orders (id, user_id, status) SELECT 1000 + ${number}, 7, 'closed' FROM ${names.map((name) => `digits ${name}`).join(', ')} WHERE ${number} <= 50000`,
      values: [],
    })
    const outcome = await lab.run()
    expect(outcome).to.include({ done: 2, setAside: 1, stopped: 'done' })
    const rows = await lab.database.rows({ text: 'SELECT id FROM users WHERE email IS NOT NULL', values: [] })
    expect(rows).to.deep.equal([{ id: '7' }])
  })
})

/** Whether it had happened before the erasing transaction went on. */
async function runWith(lab: Lab, barrier: Point, happen: () => Promise<number>): Promise<boolean> {
  const told: Promise<boolean>[] = []
  let goesOn = false
  lab.point = async (point) => {
    if (point !== barrier || told.length > 0) return
    const answer = happen().then(
      (rows) => {
        // An order that waited for its customer may find that it has gone.
        if (!goesOn) expect(rows).to.equal(1)
        return !goesOn
      },
      (error: unknown) => {
        expect(error instanceof DatabaseError ? error.kind : error).to.equal('foreign key')
        return false
      },
    )
    told.push(answer)
    await answeredOrWaiting(lab.database, answer)
    goesOn = true
  }
  const outcome = await lab.run()
  lab.point = () => Promise.resolve()
  expect([outcome.stopped, outcome.setAside]).to.deep.equal(['done', 0])
  const [answer] = told
  if (answer === undefined) throw new Error('the barrier was not reached')
  return await answer
}
