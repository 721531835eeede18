/** Locks by unique columns to which foreign keys refer: what is asked of the server, and by which index it goes. */
import { expect } from 'chai'
import type { Session, Statement } from '../../db/session.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import type { FoundRow } from '../../db/site/rows.ts'
import { collect } from '../../engine/collect.ts'
import { CountMismatch } from '../../engine/count.ts'
import { lockGuards } from '../../engine/lock-guards.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import type { CompiledPolicy, Join, Step } from '../../plan/compiled.ts'
import { eachServer } from '../databases.ts'
import { createLab } from './lab.ts'
import { fill, shopOf } from './shop.ts'

const dialect = mysqlDialect('mariadb')
const code = [{ name: 'code', family: 'text' }] as const

function step(name: string, from: string | null, guard?: Join['guard']): Step {
  return { name, from, table: `${name}s`, join: guard === undefined ? {} : { guard } } as unknown as Step
}

function row(columns: FoundRow['columns']): FoundRow {
  return { key: ['1'], root: '["1"]', columns }
}

/** Index and values of each statement; the rows answer with these codes. */
async function asked(
  steps: readonly Step[],
  name: string | null,
  rows: readonly FoundRow[],
  { keyIndex, found = ['a', 'b'] }: { keyIndex?: string; found?: readonly string[] } = {},
) {
  const sent: unknown[] = []
  const session = {
    rows: ({ text, values }: Statement) => {
      expect(text).to.match(/ FOR UPDATE NOWAIT$/)
      sent.push([/FROM `(\w+)` FORCE INDEX \(`(\w+)`\)/.exec(text)?.slice(1).join('.'), [...new Set(values)]])
      return Promise.resolve(found.map((value) => ({ oubli_k0: value })))
    },
  } as unknown as Session
  const one = { table: 'users', steps, ...(keyIndex === undefined ? {} : { keyIndex }) }
  await lockGuards(session, dialect, one as unknown as CompiledPolicy, name, rows)
  return sent
}

describe('a lock by a unique column', () => {
  const both = { key: code, indexes: ['first', 'second'] }
  const ab = [row({ code: 'a' }), row({ code: 'b' })]

  it('is asked for once by each index, for the rows of its own level', async () => {
    const steps = [step('session', null, both), step('order', null, both), step('line', 'order', both)]
    const twice = ['first', 'second'].map((index) => [`users.${index}`, ['a', 'b']])
    expect(await asked(steps, null, [...ab, ...ab])).to.deep.equal(twice)
    expect(await asked(steps, 'order', ab)).to.have.length(2)
    expect((await asked(steps, 'order', ab))[0]).to.deep.equal(['orders.first', ['a', 'b']])
    expect(await asked(steps, 'line', ab)).to.deep.equal([])
  })

  it('is not asked for where the key of the people has locked by it, or no key needs it', async () => {
    const steps = [step('session', null, both), step('line', 'session', both), step('plain', null)]
    expect(await asked(steps, null, ab, { keyIndex: 'first' })).to.deep.equal([['users.second', ['a', 'b']]])
    expect(await asked(steps, 'session', ab, { keyIndex: 'first' })).to.have.length(2)
    expect(await asked([step('plain', null)], null, ab)).to.deep.equal([])
  })

  it('is not asked for nobody, nor for what nothing can refer to', async () => {
    const steps = [step('session', null, both)]
    expect(await asked(steps, null, [])).to.deep.equal([])
    expect(await asked(steps, null, [row({ code: null }), row({})])).to.deep.equal([])
  })

  it('is asked for level by level where rows are locked, and not by whoever only looks', async () => {
    const key = [{ name: 'id', family: 'integer' }]
    const columns = [{ own: 'user_code', parent: 'code' }]
    const session = step('session', null, both)
    const join = { ...session.join, table: 'sessions', columns, where: [], enforced: true }
    const tree = { ...session, join, key, then: { act: 'erase' }, nullFirst: [] }
    const line = { ...tree, name: 'line', from: 'session', table: 'lines', join: { ...join, table: 'lines' } }
    const one = {
      ...{ table: 'users', key, steps: [tree, line] },
      ...{ identity: [], clock: { sources: [], else: null }, rereadLast: [], act: { act: 'erase' } },
      ...{ owners: [], below: [], states: [], marks: [], triggered: [] },
    }
    const locked = async (locksRows: boolean, reading: 'look' | 'lock') => {
      const tables: string[] = []
      const rows = ({ text }: Statement) => {
        const [, table, index] = /FROM `(\w+)` FORCE INDEX \(`(first|second)`\)/.exec(text) ?? []
        if (index === undefined)
          return Promise.resolve([{ oubli_k0: '1', oubli_p0: 'a', oubli_c0: 'a', oubli_c1: 'a' }])
        tables.push(`${table}.${index}`)
        return Promise.resolve([{ oubli_k0: 'a' }])
      }
      const ports = { database: { dialect: { ...dialect, locksRows } } } as EnginePorts
      const policy = one as unknown as CompiledPolicy
      await collect(ports, { rows } as unknown as Session, policy, [['1']], reading)
      return tables
    }
    expect(await locked(true, 'lock')).to.deep.equal([
      ...['users.first', 'users.second', 'sessions.first', 'sessions.second'],
    ])
    expect(await locked(true, 'look')).to.deep.equal([])
    expect(await locked(false, 'lock')).to.deep.equal([])
  })

  it('that does not find all of them undoes the batch', async () => {
    const steps = [step('session', null, both)]
    const failed = await asked(steps, null, ab, { found: ['a', 'a'] }).catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(CountMismatch)
  })
})

eachServer('a lock by a unique column, on a server', (open) => {
  it('goes by its index alone', async () => {
    const lab = await createLab(await open(), shopOf('coded'))
    const { database } = lab
    await fill(
      database,
      Array.from({ length: 300 }, (_, i) => i + 1),
    )
    const plans: unknown[] = []
    const session = {
      rows: async ({ text, values }: Statement) => {
        for (const line of await database.rows({ text: `EXPLAIN ${text}`, values }))
          plans.push([line['key'], Number(line['rows'])])
        return ['5', '7'].map((value) => ({ oubli_k0: value }))
      },
    } as unknown as Session
    const rows = ['5', '7'].map((value) => row({ code: value }))
    await lockGuards(session, database.dialect, lab.policy(), null, rows)
    await lockGuards(session, database.dialect, lab.policy(), 'order', rows)
    expect(plans).to.deep.equal([
      ['users_code', 2],
      ['orders_code', 2],
    ])
  })
})
