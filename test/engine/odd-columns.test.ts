/** Strategies on columns that are no text: what the server computes is what the pure function says, row by row. */
import { expect } from 'chai'
import type { Database, SqlValue } from '../../db/session.ts'
import { textOrNull } from '../../db/site/candidates.ts'
import { strategySql } from '../../db/site/sql-strategies.ts'
import { canGoFlat } from '../../engine/flat-policy.ts'
import type { ColumnChange } from '../../plan/compiled.ts'
import { newValue } from '../../plan/strategy.ts'
import type { Kind, Strategy } from '../../policies/data-map.ts'
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
  readonly slow?: true
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex')
const cut: Strategy = { strategy: 'truncated_ip' }
const bucket = (width: number): Strategy => ({ strategy: 'bucketed', width })
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

const zeros = ['0000-00-00 00:00:00', '1970-01-01 00:00:01']
const times = ['1970-01-31 23:59:59', '1970-12-31 00:00:00', '1984-02-29 12:13:14', '2037-12-31 23:59:59']

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
  { type: 'INET4', strategy: cut, values: ['203.0.113.77', '0.0.0.0'], server: true, slow: true },
  {
    type: 'INET6',
    strategy: cut,
    values: ['::ffff:203.0.113.77', '2001:db8:85a3:8d3::1', '::1', '2002:cb00:714d:1::1'],
    server: true,
    slow: true,
  },
  {
    type: 'VARCHAR(10)',
    strategy: { strategy: 'generalised', kept: 2 },
    values: ['75011', '01000', '7', '', '  ', ' 75011', 'SW1A 1AA', '𝟕𝟓𝟎𝟏𝟏', 'éàü', '75\t11', "7'5"],
  },
  { type: 'CHAR(5)', strategy: { strategy: 'generalised', kept: 3 }, values: ['75011', '7 501', '7'] },
  { type: 'INTEGER', strategy: bucket(5), values: [37n, 35n, 0n, -3n, -37n, 2147483647n, -2147483648n] },
  { type: 'TINYINT', strategy: bucket(100), values: [127n, -128n, 99n, -1n] },
  { type: 'BIGINT UNSIGNED', strategy: bucket(1000), values: [0n, 999n, 75011n, 9223372036854775807n] },
  {
    type: 'DECIMAL(9,2)',
    strategy: bucket(10),
    values: ['1234.56', '-1234.56', '9.99', '-9.99', '9999999.99', '-9999999.99', '0'],
    slow: true,
  },
  { type: 'DOUBLE', strategy: bucket(10), values: ['37.5', '-37.5'], slow: true },
  {
    type: 'YEAR',
    strategy: bucket(10),
    values: ['1984', '1980', '1901', '1905', '1910', '2000', '2155', '0'],
    server: true,
  },
  { type: 'VARBINARY(20)', strategy: { strategy: 'fixed', value: 'gone' }, values: lengths },
  ...(['year', 'month'] as const).flatMap((strategy): readonly Odd[] => [
    { type: 'TIMESTAMP', strategy: { strategy }, values: [...zeros, ...times], server: true },
    { type: 'TIMESTAMP(6)', strategy: { strategy }, values: [...zeros, ...times], server: true },
    {
      type: 'DATETIME',
      strategy: { strategy },
      values: [...zeros, ...times, '1970-01-01 00:00:00', '1000-12-31 23:59:59'],
      server: true,
    },
    {
      type: 'DATE',
      strategy: { strategy },
      values: ['0000-00-00', '1970-01-01', '1984-02-29'],
      server: true,
    },
  ]),
]

/** All columns in one table. `flat`: the rows are of nobody, so that the server writes whole windows of them. */
async function labOf(
  database: Database,
  list: readonly Odd[],
  { nullable, flat }: { readonly nullable: boolean; readonly flat: boolean },
): Promise<Lab> {
  const table = flat ? 'logs' : 'users'
  const columns = list.map(({ type }, i) => `c${i} ${type} ${nullable ? '' : 'NOT '}NULL`)
  const tables = [
    `CREATE TABLE ${table} (id INTEGER NOT NULL PRIMARY KEY, ${columns.join(', ')}, cut_at DATETIME NULL, seen_at DATETIME NULL)`,
    `CREATE INDEX seen_${table} ON ${table} (seen_at)`,
  ]
  const most = Math.max(...list.map(({ values }) => values.length))
  const rows = Array.from({ length: most + 1 }, (_, id) => ({
    ...Object.fromEntries(list.map(({ values }, i) => [`c${i}`, valueAt(values, id, nullable)])),
    ...{ id, seen_at: due },
  }))
  const then = { then: 'truncate fields', fields: list.map((_, i) => `c${i}`) } as const
  const more: Partial<Kind> = {
    personal: Object.fromEntries(list.map(({ strategy }, i) => [`c${i}`, strategy])),
    done: { 'truncate fields': 'cut_at' },
  }
  if (!flat) return await tell(database, tables, [account(table, more)], { [table]: rows }, then)
  const logs = kind('log', table, { events: { seen: event([at('seen_at')]) }, ...more })
  const lab = await createLab(database, { tables, kinds: [logs], policies: [policy('log', then)] })
  await insert(database, table, rows)
  return lab
}

/** Beyond its values a column holds NULL, or its first value again. */
function valueAt(values: readonly SqlValue[], id: number, nullable: boolean): SqlValue {
  return id < values.length ? (values[id] ?? null) : nullable ? null : (values[0] ?? null)
}

/** What each column holds, in the form in which the engine reads it. */
async function valuesOf(lab: Lab, list: readonly Odd[]): Promise<readonly (readonly (string | null)[])[]> {
  const { table } = lab.policy()
  const rows = await lab.database.rows({ text: `SELECT * FROM ${table} ORDER BY id`, values: [] })
  return list.map((_, i) => rows.map((row) => textOrNull(row[`c${i}`])))
}

/** The expression alone: an update that the server refused would be done again row by row. */
async function computedBy(lab: Lab, change: ColumnChange): Promise<readonly (string | null)[]> {
  const expression = strategySql(lab.database.dialect, change)
  if (expression === null) throw new Error('a flat policy has an expression for every change')
  const rows = await lab.database.rows({
    text: `SELECT ${expression.text} AS value FROM ${lab.policy().table} ORDER BY id`,
    values: expression.values,
  })
  return rows.map((row) => textOrNull(row['value']))
}

/** As the server pads bytes and writes decimals. */
function asStored(value: string | null, { type }: Odd, name: string): string | null {
  if (value === null || name === 'sqlite') return value
  if (type === 'TIMESTAMP(6)') return `${value}.000000`
  const [, kind, size] = /^(BINARY|DECIMAL)\((\d+)/.exec(type) ?? []
  if (kind === 'BINARY') return value.padEnd(Number(size) * 2, '0')
  return kind === 'DECIMAL' ? Number(value).toFixed(2) : value
}

eachDatabase('columns of many types', (open) => {
  for (const nullable of [true, false])
    for (const flat of [false, true])
      it(`${nullable ? 'with' : 'without'} NULL, ${flat ? 'by whole windows' : 'row by row'}`, async () => {
        const database = await open()
        const { name } = database.dialect
        const list = odd.filter((one) => (one.server !== true || name === 'mariadb') && !(flat && one.slow))
        const lab = await labOf(database, list, { nullable, flat })
        const before = await valuesOf(lab, list)
        const one = lab.policy()
        expect(canGoFlat(lab.ports, one)).to.equal(flat)
        if (flat)
          for (const change of one.act.changes) {
            const computed = await computedBy(lab, change)
            const at = Number(change.column.slice(1))
            const wanted = (before[at] ?? []).map((old) => newValue(change, old, ''))
            const plain = (values: readonly (string | null)[]) =>
              change.family === 'integer'
                ? values.map((value) => value && String(BigInt(value)))
                : // The server begins a day by itself.
                  values.map((value) => value?.replace(/^([\d-]{10}) 00:00:00$/, '$1') ?? null)
            expect(plain(computed), `${change.type} in an expression`).to.deep.equal(plain(wanted))
          }
        expect(await lab.run()).to.include({ done: before[0]?.length, setAside: 0 })
        const after = await valuesOf(lab, list)
        list.forEach((column, i) => {
          const change = one.act.changes.find((each) => each.column === `c${i}`)
          if (change === undefined) throw new Error('the policy changes every column')
          const wanted = before[i]?.map((old) => asStored(newValue(change, old, ''), column, name))
          expect(after[i], `${column.type} by ${column.strategy.strategy}`).to.deep.equal(wanted)
        })
        // Whoever takes the mark away has it done again, and nothing changes.
        await sql(database, `UPDATE ${one.table} SET cut_at = NULL WHERE id >= 0`)
        expect(await lab.run()).to.include({ done: before[0]?.length })
        expect(await valuesOf(lab, list), 'a second time').to.deep.equal(after)
      })

  it('are those of which no expression knows the new value', async () => {
    const database = await open()
    const slow = odd.filter((one) => one.slow && (one.server !== true || database.dialect.name === 'mariadb'))
    for (const one of slow) {
      const lab = await labOf(await open(), [one], { nullable: true, flat: true })
      expect(canGoFlat(lab.ports, lab.policy()), one.type).to.equal(false)
    }
  })
})
