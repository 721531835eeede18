/** How many rows one transaction may take by their links, besides those that it has found before. */
import { expect } from 'chai'
import type { Session, Statement } from '../../db/session.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import type { FoundRow } from '../../db/site/rows.ts'
import { rowBudget, uncounted } from '../../engine/collect.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import { writeSteps, type Counts } from '../../engine/write.ts'
import type { CompiledPolicy, Step } from '../../plan/compiled.ts'

const key = [{ name: 'id', family: 'integer' }] as const

/** Sessions and visits go by their link, orders by their numbers, since lines hang on them. */
function step(name: string, from: string | null = null): Step {
  const table = `${name}s`
  const join = { table, columns: [{ own: 'up', parent: 'id' }], where: [], enforced: true }
  const rest = { kind: name, key, selfReference: null, nullFirst: [], then: { act: 'erase' } } as const
  return { name, table, from, join, ...rest }
}

const policy = {
  ...{ table: 'users', key, act: { act: 'erase' }, triggered: [], marks: [], states: [], below: [] },
  ...{ owners: [], rereadLast: [], clock: { sources: [] } },
  steps: [step('line', 'order'), step('session'), step('visit'), step('order')],
} as unknown as CompiledPolicy

const row = (id: number): FoundRow => ({ key: [String(id)], root: '["1"]', columns: {} })

/** Person 1 has two sessions, a visit, and so many orders and lines. */
async function write(orders: number, lines: number, countFirst: boolean) {
  const sent: string[] = []
  const points: string[] = []
  const below: Readonly<Record<string, number>> = { sessions: 2, visits: 1 }
  const tx = {
    rows: ({ text }: Statement) => {
      const [, table = '', most = ''] = /FROM `(\w+)` WHERE .* LIMIT (\d+)/.exec(text) ?? []
      sent.push(`${text.startsWith('SELECT') ? 'count' : 'delete'} ${table} ${most}`)
      const found = below[table] ?? 0
      const gone = Array.from({ length: found }, () => ({ oubli_p0: '1' }))
      return Promise.resolve(text.startsWith('SELECT') ? [{ oubli_n: String(found) }] : gone)
    },
    run: ({ text, values }: Statement) => {
      sent.push(`delete ${/FROM `(\w+)`/.exec(text)?.[1] ?? text}`)
      return Promise.resolve(values.length)
    },
  } as unknown as Session
  const point = (name: string) => {
    points.push(`${name} after ${sent.length}`)
    return Promise.resolve()
  }
  const ports = { database: { dialect: mysqlDialect('mariadb') }, point } as unknown as EnginePorts
  const list = (length: number) => Array.from({ length }, (_, i) => row(i))
  const found = new Map([
    ['', [row(1)]],
    ['order', list(orders)],
    ['line', list(lines)],
  ])
  const counts: Counts = new Map()
  await writeSteps(ports, tx, policy, found, 0, counts, countFirst)
  const told = [...(counts.get('["1"]') ?? [])].map(([table, acts]) => [table, Object.fromEntries(acts)])
  return { sent, points, counts: Object.fromEntries(told) as unknown }
}

describe('the rows that go by their link', () => {
  it('are as many as the rows found before leave over, each step less than the one before', async () => {
    const { sent, counts } = await write(3, 4, false)
    const left = uncounted - 8
    expect(sent).to.deep.equal([
      'delete lines',
      `delete sessions ${left + 1}`,
      `delete visits ${left - 2 + 1}`,
      'delete orders',
    ])
    expect(counts).to.deep.equal({
      lines: { erased: 4 },
      sessions: { erased: 2 },
      visits: { erased: 1 },
      orders: { erased: 3 },
    })
  })

  it('may be more once they are counted before', async () => {
    const { sent } = await write(0, 0, true)
    const left = rowBudget - 1
    expect(sent).to.deep.equal([
      `count sessions ${left + 1}`,
      `delete sessions ${left + 1}`,
      `count visits ${left - 2 + 1}`,
      `delete visits ${left - 2 + 1}`,
    ])
  })

  it('are written step by step, the first of which is a place to stop at', async () => {
    expect((await write(1, 1, false)).points).to.deep.equal(['first write done after 1'])
    expect((await write(1, 0, false)).points).to.deep.equal(['first write done after 1'])
  })
})
