/** What leaves with some people: found from them downwards, each row once, and never more than one transaction may touch. */
import { expect } from 'chai'
import type { Session, Statement } from '../../db/session.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import { collect, leavingWith, rootDown, rowBudget, TooHeavy, type Collected } from '../../engine/collect.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import type { FoundRow, Reading } from '../../db/site/rows.ts'
import type { ClockSource, CompiledPolicy, Step, StepAct } from '../../plan/compiled.ts'
import type { ColumnFamily } from '../../plan/site-schema.ts'

const dialect = mysqlDialect('mariadb')
const key = [{ name: 'id', family: 'integer' }] as const
const erase: StepAct = { act: 'erase' }

function step(name: string, from: string | null, more: Partial<Step> = {}): Step {
  const table = more.table ?? `${name}s`
  const join = { table, columns: [{ own: `${from ?? 'user'}_id`, parent: 'id' }], where: [], enforced: true }
  const rest = { kind: name, key, selfReference: null, nullFirst: [], then: erase }
  return { name, table, from, join, ...rest, ...more }
}

function policyOf(steps: readonly Step[], more: Partial<CompiledPolicy> = {}): CompiledPolicy {
  const whole = { table: 'users', key, act: { act: 'erase' }, steps, triggered: [], marks: [] }
  const unread = { states: [], owners: [], below: [], rereadLast: [], clock: { sources: [] } }
  return { ...whole, ...unread, ...more } as unknown as CompiledPolicy
}

/** A database with so many rows in each table, all of person 1; what was asked of it. */
async function ask(
  policy: CompiledPolicy,
  counts: Readonly<Record<string, number>>,
  reading?: Reading,
  person = '1',
) {
  const sent: Statement[] = []
  const tx = {
    rows: (statement: Statement) => {
      sent.push(statement)
      const [, table = ''] = /FROM `(\w+)`/.exec(statement.text) ?? []
      const columns = Object.fromEntries([0, 1, 2].map((i) => [`oubli_c${i}`, String(i)]))
      const rows = Array.from({ length: counts[table] ?? 0 }, (_, i) => ({
        ...columns,
        ...{ oubli_k0: table === 'users' ? person : String(i), oubli_p0: '0', oubli_p1: '-' },
      }))
      return Promise.resolve(rows)
    },
  } as unknown as Session
  const ports = { database: { dialect } } as EnginePorts
  const found = collect(ports, tx, policy, [[person]], ...(reading === undefined ? [] : [reading]))
  return { sent, found: await found.catch((error: unknown) => error as Error) }
}

const asked = (sent: readonly Statement[]) => sent.map(({ text }) => /FROM `(\w+)`/.exec(text)?.[1])
const sizes = (found: Collected | Error) =>
  found instanceof Error ? found : Object.fromEntries([...found].map(([name, rows]) => [name, rows.length]))

describe('rows that leave with people', () => {
  const order = step('order', null, { key: [{ name: 'id', family: 'text' }] })
  const line = step('line', 'order')

  it('are read below those who are there, and only there', async () => {
    const scan = step('scan', 'line')
    const { sent, found } = await ask(policyOf([scan, line, order]), { users: 1, orders: 0, lines: 5 })
    expect(asked(sent)).to.deep.equal(['users', 'orders'])
    expect(sizes(found)).to.deep.equal({ '': 1, order: 0, line: 0, scan: 0 })
  })

  it('are as many as one transaction may touch, of all tables together', async () => {
    const some = 30_000
    const within = await ask(policyOf([line, order]), { users: 1, orders: some, lines: rowBudget - some })
    expect(sizes(within.found)).to.deep.equal({ '': 1, order: some, line: rowBudget - some })
    expect(within.sent.map(({ text }) => /LIMIT (\d+)/.exec(text)?.[1])).to.deep.equal([
      undefined,
      String(rowBudget + 1),
      String(rowBudget - some + 1),
    ])
    const { found } = await ask(policyOf([line, order]), {
      users: 1,
      orders: some,
      lines: rowBudget - some + 1,
    })
    expect(found).to.be.instanceOf(TooHeavy)
    expect(found).to.include({ name: 'TooHeavy', message: 'more rows than one transaction may touch' })
  })

  it('are left to their link when they are locked, where that is enough', async () => {
    const visit = step('visit', null)
    const policy = policyOf([line, order, visit])
    const counts = { users: 1, orders: 1, lines: 1, visits: 1 }
    const locked = await ask(policy, counts, 'lock')
    expect(sizes(locked.found)).to.deep.equal({ '': 1, order: 1, line: 1 })
    expect(asked(locked.sent)).to.deep.equal(['users', 'orders', 'lines'])
    expect(locked.sent.every(({ text }) => text.endsWith(' FOR UPDATE NOWAIT'))).to.equal(true)
    for (const reading of ['look', undefined] as const) {
      const looked = await ask(policy, counts, reading)
      expect(sizes(looked.found)).to.deep.equal({ '': 1, order: 1, line: 1, visit: 1 })
      expect(looked.sent.some(({ text }) => text.includes('FOR UPDATE'))).to.equal(false)
    }
  })

  it('are asked for by numbers where a foreign key leads to a number', async () => {
    // The row of the person says 0 for the first column that is read.
    const bound = async (of: Step, family: ColumnFamily = 'integer', person?: string) => {
      const keys = [
        { name: 'id', family },
        { name: 'club', family: 'text' },
      ] as const
      const { sent } = await ask(policyOf([of], { key: keys }), { users: 1 }, 'look', person)
      return sent.at(-1)?.values
    }
    expect(await bound(order)).to.deep.equal([0n])
    expect(await bound(order, 'text')).to.deep.equal(['0'])
    const link = (parent: string, enforced = true) =>
      step('order', null, { join: { ...order.join, columns: [{ own: 'x', parent }], enforced } })
    expect(await bound(link('club'))).to.deep.equal(['0'])
    expect(await bound(link('number'))).to.deep.equal(['0'])
    expect(await bound(link('id', false))).to.deep.equal(['0'])
    const { sent } = await ask(policyOf([line, order]), { users: 1, orders: 1 })
    expect(sent.at(-1)?.values).to.deep.equal(['0'])
  })

  it('are traced to the table above them where they spell its key otherwise', async () => {
    const strange = (of: Step): Step => ({
      ...of,
      join: { ...of.join, columns: [...of.join.columns, { own: 'name', parent: 'name' }] },
    })
    const above = async (...steps: readonly Step[]) => {
      const { sent } = await ask(policyOf(steps), { users: 1, orders: 1, lines: 1 })
      return sent.flatMap(({ text }) => /JOIN \(SELECT 0 .*? FROM `(\w+)` WHERE 1 = 0/.exec(text)?.[1] ?? [])
    }
    expect(await above(strange(order))).to.deep.equal(['users'])
    expect(await above(strange(line), order)).to.deep.equal(['orders'])
    expect(await above(line, order)).to.deep.equal([])
  })

  it('carry the columns that deeper rows link to, and that clocks are found by', async () => {
    const way = (table: string, parent: string) => ({
      table,
      columns: [{ own: 'x', parent }],
      where: [],
      enforced: false,
    })
    const source = (...joins: readonly ReturnType<typeof way>[]) =>
      ({ joins, clock: {} }) as unknown as ClockSource
    const rereadLast = [
      source(way('logins', 'email')),
      source(way('orders', 'id'), way('scans', 'place'), way('reads', 'deep')),
      source(way('shops', 'shop'), way('orders', 'far')),
    ]
    const { found } = await ask(policyOf([line, order], { rereadLast }), { users: 1, orders: 1, lines: 1 })
    const columns = (name: string) => Object.keys((found as Collected).get(name)?.[0]?.columns ?? {})
    expect(columns('')).to.deep.equal(['id', 'email', 'shop'])
    expect(columns('order')).to.deep.equal(['id', 'place'])
    expect(columns('line')).to.deep.equal([])
  })
})

describe('the part that leaves with some of them', () => {
  const row = (id: string, person: string): FoundRow => ({ key: [id], root: `["${person}"]`, columns: {} })
  const parts = (
    steps: readonly Step[],
    found: Readonly<Record<string, readonly FoundRow[]>>,
    ...people: string[]
  ) => {
    const leaving = leavingWith(
      policyOf(steps),
      new Map(Object.entries(found)),
      people.map((id) => [id]),
    )
    return Object.fromEntries([...leaving].map(([name, rows]) => [name, rows.map((one) => one.key[0])]))
  }
  const orders = [row('10', '1'), row('20', '2')]

  it('is theirs alone', () => {
    const found = { '': [row('1', '1'), row('2', '2')], order: orders }
    expect(parts([step('order', null)], found, '2')).to.deep.equal({ '': ['2'], order: ['20'] })
  })

  it('has each row once, with the first that takes it away', () => {
    const sent = (then: StepAct) => step('sent', null, { table: 'mails', then })
    const received = step('received', null, { table: 'mails' })
    const found = { sent: [row('7', '1')], received: [row('7', '1'), row('8', '1')] }
    for (const then of [erase, { act: 'archive', into: 'old', columns: [] } as const])
      expect(parts([sent(then), received], found, '1')).to.deep.equal({ sent: ['7'], received: ['8'] })
    expect(parts([sent({ act: 'detach' }), received], found, '1')).to.deep.equal({
      sent: ['7'],
      received: ['7', '8'],
    })
    // Rows of other tables have numbers of their own.
    const apart = step('received', null, { table: 'faxes' })
    expect(parts([sent(erase), apart], found, '1')).to.deep.equal({ sent: ['7'], received: ['7', '8'] })
    expect(parts([sent(erase), received], { received: [row('7', '1')] }, '1')).to.deep.equal({
      sent: [],
      received: ['7'],
    })
  })

  it('has nobody who leaves anyway among those who refer to them, unless their link is emptied', () => {
    const friends = { friend: [row('2', '1'), row('3', '1')] }
    const friend = (then: StepAct, table = 'users') => [step('friend', null, { table, then })]
    const changed: StepAct = { act: 'anonymise', changes: [], done: null }
    expect(parts(friend(changed), friends, '1', '2')).to.deep.equal({ friend: ['3'] })
    expect(parts(friend({ act: 'detach' }), friends, '1', '2')).to.deep.equal({ friend: ['2', '3'] })
    expect(parts(friend(changed, 'others'), friends, '1', '2')).to.deep.equal({ friend: ['2', '3'] })
  })
})

describe('the order in which keys are found', () => {
  it('is from the people downwards, whatever the order of writing', () => {
    const steps = [step('scan', 'line'), step('line', 'order'), step('note', 'order'), step('order', null)]
    expect(rootDown(steps).map(({ name }) => name)).to.deep.equal(['order', 'line', 'note', 'scan'])
  })

  it('is none where a step hangs on one that is not there', () => {
    expect(() => rootDown([step('line', 'order')])).to.throw('a step starts from one that is not in the plan')
  })
})
