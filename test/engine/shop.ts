/** A small shop: people with sessions (foreign key), logins (none), orders with lines, and notes of support. */
import type { Database } from '../../db/session.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { due, insert, type Site } from './lab.ts'

export const shopTables = ['users', 'sessions', 'logins', 'orders', 'order_lines', 'notes'] as const

/**
 * `loose`: logins and notes have no foreign key; `tied`: they have one, so no gap has to be locked; `coded`: as tied,
 * but every key refers to a unique column beside the primary key, and takes rows along. It says the same as the number.
 */
export type Ties = 'loose' | 'tied' | 'coded'

export function shopOf(ties: Ties): Site {
  const coded = ties === 'coded'
  const [to, type] = coded ? ['code', 'VARCHAR(20)'] : ['id', 'INTEGER']
  const code = (table: string): string =>
    coded ? `, code VARCHAR(20) NOT NULL DEFAULT (CONCAT(id)), CONSTRAINT ${table}_code UNIQUE (code)` : ''
  const must = (name: string, column: string, table: string, more = ''): string =>
    `, CONSTRAINT ${name} FOREIGN KEY (${column}) REFERENCES ${table} (${to})${coded ? ' ON DELETE CASCADE' : more}`
  const key = (name: string, column: string, table: string): string =>
    ties === 'loose' ? '' : must(name, column, table)
  const up = { user_id: to }
  return {
    tables: [
      `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, seen_at DATETIME NULL, created_at DATETIME NOT NULL${code('users')})`,
      'CREATE INDEX users_seen ON users (seen_at)',
      `CREATE TABLE sessions (id INTEGER NOT NULL PRIMARY KEY, user_id ${type} NOT NULL, used_at DATETIME NULL${must('s_user', 'user_id', 'users')})`,
      'CREATE INDEX sessions_user ON sessions (user_id, used_at)',
      `CREATE TABLE logins (id INTEGER NOT NULL PRIMARY KEY, user_id ${type} NOT NULL, happened_at DATETIME NOT NULL${key('g_user', 'user_id', 'users')})`,
      'CREATE INDEX logins_user ON logins (user_id, happened_at)',
      `CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id ${type} NOT NULL, status VARCHAR(10) NOT NULL${must('o_user', 'user_id', 'users')}${code('orders')})`,
      'CREATE INDEX orders_user ON orders (user_id, status)',
      `CREATE TABLE order_lines (id INTEGER NOT NULL PRIMARY KEY, order_id ${type} NOT NULL${must('l_order', 'order_id', 'orders', ' ON DELETE CASCADE')})`,
      'CREATE INDEX lines_order ON order_lines (order_id)',
      `CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, order_id ${type} NOT NULL${key('n_order', 'order_id', 'orders')})`,
      'CREATE INDEX notes_order ON notes (order_id)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        identity: ['id', 'created_at'],
        events: {
          seen: event([at('seen_at'), at('sessions.used_at'), at('logins.happened_at')], {
            else: at('created_at'),
          }),
        },
        states: { order_open: { 'orders.status': ['paid'] } },
        personal: { email: { strategy: 'unique_address' } },
      }),
      kind('session', 'sessions', { of: 'account' }),
      kind('login', 'logins', { of: 'account', link: { columns: up, where: {} } }),
      kind('order', 'orders', { of: 'account' }),
      kind('order_line', 'order_lines', { of: 'order' }),
      kind('note', 'notes', { of: 'order', link: { columns: { order_id: to }, where: {} } }),
    ],
    policies: [policy('account', { notWhile: ['order_open'] })],
  }
}

/** People with these numbers, all of them due, each with a row or two in every table. */
export async function fill(database: Database, people: readonly number[]): Promise<void> {
  await insert(
    database,
    'users',
    people.map((id) => ({ id, email: `u${id}@mail.example`, seen_at: due, created_at: due })),
  )
  await insert(
    database,
    'sessions',
    people.flatMap((id) => [0, 1].map((i) => ({ id: id * 10 + i, user_id: id, used_at: due }))),
  )
  await insert(
    database,
    'logins',
    people.map((id) => ({ id: id * 10, user_id: id, happened_at: due })),
  )
  await insert(
    database,
    'orders',
    people.map((id) => ({ id: id * 10, user_id: id, status: 'closed' })),
  )
  await insert(
    database,
    'order_lines',
    people.flatMap((id) => [0, 1].map((i) => ({ id: id * 10 + i, order_id: id * 10 }))),
  )
  await insert(
    database,
    'notes',
    people.map((id) => ({ id: id * 10, order_id: id * 10 })),
  )
}

/** Numbers of the rows that `fill` gives to each, by table. */
export function bornWith(person: number): Record<string, string[]> {
  const [first, second] = [String(person * 10), String(person * 10 + 1)]
  return {
    ...{ users: [String(person)], sessions: [first, second], logins: [first] },
    ...{ orders: [first], order_lines: [first, second], notes: [first] },
  }
}

/** Numbers of all rows that belong to one person, by table. */
export async function rowsOf(database: Database, person: number): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const [table, where] of [
    ['users', 'id'],
    ['sessions', 'user_id'],
    ['logins', 'user_id'],
    ['orders', 'user_id'],
  ] as const) {
    const rows = await database.rows({
      text: `SELECT id FROM ${table} WHERE ${where} = ? ORDER BY id`,
      values: [person],
    })
    found[table] = rows.map((row) => String(row['id']))
  }
  for (const table of ['order_lines', 'notes']) {
    const rows = await database.rows({
      text: `SELECT id FROM ${table} WHERE order_id BETWEEN ? AND ? ORDER BY id`,
      values: [person * 10, person * 10 + 9],
    })
    found[table] = rows.map((row) => String(row['id']))
  }
  return found
}
