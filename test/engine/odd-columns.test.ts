/** Strategies on columns that are no text: what the server computes is what the pure function says, row by row. */
import { expect } from 'chai'
import type { Database, SqlValue } from '../../db/session.ts'
import { textOrNull } from '../../db/site/candidates.ts'
import { canGoFlat } from '../../engine/flat-policy.ts'
import { newValue } from '../../plan/strategy.ts'
import type { Strategy } from '../../policies/data-map.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, due, insert, sql, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

interface Odd {
  readonly type: string
  readonly strategy: Strategy
  /** Raw values; NULL is tried beside them where the column takes it. */
  readonly values: readonly SqlValue[]
  /** A type that SQLite does not have. */
  readonly server?: true
  /** No expression of the server says it; each row is read. */
  readonly slow?: 'sqlite' | 'everywhere'
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex')
const cut: Strategy = { strategy: 'truncated_ip' }
const six = [
  '20010db885a308d313198a2e03707348',
  '20010db8000000000000000000000001',
  '00000000000000000000ffffcb00714d',
  '000000000000000000000000cb00714d',
  '2002cb00714d00010000000000000001',
  '00000000000000000000000000000000',
  'ffffffffffffffffffffffffffffffff',
].map(bytes)
const lengths = ['', '41', 'cb0071', 'cb00714d01', '3230332e302e3131332e3737'].map(bytes)

const odd: readonly Odd[] = [
  { type: 'INTEGER UNSIGNED', strategy: cut, values: [0n, 255n, 256n, 3405803853n, 4294967295n] },
  {
    type: 'INTEGER',
    strategy: cut,
    values: [0n, 77n, 2147483647n, -1n, -256n, -257n, -889163443n, -2147483648n],
  },
  {
    type: 'BIGINT',
    strategy: cut,
    values: [
      3405803853n,
      -889163443n,
      4294967296n,
      -2147483649n,
      9223372036854775807n,
      -9223372036854775808n,
    ],
  },
  { type: 'BIGINT UNSIGNED', strategy: cut, values: [0n, 4294967295n, 4294967296n, 9223372036854775807n] },
  { type: 'BINARY(4)', strategy: cut, values: ['cb00714d', '00000000', 'ffffffff'].map(bytes) },
  { type: 'BINARY(16)', strategy: cut, values: [...six, bytes(`cb00714d${'0'.repeat(24)}`)] },
  { type: 'VARBINARY(16)', strategy: cut, values: [...six, ...lengths, bytes('cb00714d')] },
  { type: 'BLOB', strategy: cut, values: [...six, ...lengths, Buffer.alloc(40, 65)] },
  { type: 'INET4', strategy: cut, values: ['203.0.113.77', '0.0.0.0'], server: true, slow: 'everywhere' },
  {
    type: 'INET6',
    strategy: cut,
    values: ['::ffff:203.0.113.77', '2001:db8:85a3:8d3::1', '::1', '2002:cb00:714d:1::1'],
    server: true,
    slow: 'everywhere',
  },
  { type: 'VARBINARY(20)', strategy: { strategy: 'fixed', value: 'gone' }, values: lengths },
]

/** One row for each value; `flat`: the rows are of nobody, so that the server writes whole windows of them. */
async function labOf(
  database: Database,
  { type, strategy, values }: Odd,
  nullable: boolean,
  flat: boolean,
): Promise<Lab> {
  const personal = { odd: strategy }
  const tables = (name: string) => [
    `CREATE TABLE ${name} (id INTEGER NOT NULL PRIMARY KEY, odd ${type} ${nullable ? '' : 'NOT '}NULL, cut_at DATETIME NULL, seen_at DATETIME NULL)`,
    `CREATE INDEX seen_${name} ON ${name} (seen_at)`,
  ]
  const rows = [...values, ...(nullable ? [null] : [])].map((one, id) => ({ id, odd: one, seen_at: due }))
  const then = { then: 'truncate fields', fields: ['odd'] } as const
  const done = { 'truncate fields': 'cut_at' }
  if (!flat)
    return await tell(
      database,
      tables('users'),
      [account('users', { personal, done })],
      { users: rows },
      then,
    )
  const logs = kind('log', 'logs', { events: { seen: event([at('seen_at')]) }, personal, done })
  const lab = await createLab(database, {
    tables: tables('logs'),
    kinds: [logs],
    policies: [policy('log', then)],
  })
  await insert(database, 'logs', rows)
  return lab
}

/** What a row holds, in the form in which the engine reads it. */
async function valuesOf(lab: Lab, table: string): Promise<readonly (string | null)[]> {
  const rows = await lab.database.rows({ text: `SELECT odd FROM ${table} ORDER BY id`, values: [] })
  return rows.map((row) => textOrNull(row['odd']))
}

eachDatabase('a column that is no text', (open) => {
  for (const one of odd)
    for (const nullable of [true, false])
      it(`${one.type}${nullable ? '' : ' NOT NULL'} by ${one.strategy.strategy}`, async function () {
        let database = await open()
        const { name } = database.dialect
        if (one.server === true && name !== 'mariadb') this.skip()
        for (const flat of [false, true]) {
          if (flat) database = await open()
          const lab = await labOf(database, one, nullable, flat)
          const table = flat ? 'logs' : 'users'
          const before = await valuesOf(lab, table)
          const [change] = lab.policy().act.changes
          if (change === undefined) throw new Error('the policy changes the column')
          const slow = one.slow === 'everywhere' || one.slow === name
          expect(canGoFlat(lab.ports, lab.policy()), 'whole windows').to.equal(flat && !slow)
          expect(await lab.run()).to.include({ done: before.length, setAside: 0 })
          const after = await valuesOf(lab, table)
          const size = /^BINARY\((\d+)\)/.exec(one.type)?.[1]
          const filled = (value: string | null): string | null =>
            value === null || size === undefined
              ? value
              : value.padEnd(name === 'sqlite' ? 0 : Number(size) * 2, '0')
          expect(after, table).to.deep.equal(before.map((old) => filled(newValue(change, old, ''))))
          // Whoever takes the mark away has it done again, and nothing changes.
          await sql(lab.database, `UPDATE ${table} SET cut_at = NULL WHERE id >= 0`)
          await lab.run()
          expect(await valuesOf(lab, table), `${table}, a second time`).to.deep.equal(after)
        }
      })
})
