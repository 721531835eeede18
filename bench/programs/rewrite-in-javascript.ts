/**
 * Anonymising as a careful developer would write it in JavaScript: read a thousand rows, compute the new
 * values, send them into a temporary table, and update through a join. The fastest of the ways tried.
 */
import { randomBytes } from 'node:crypto'
import type { RowDataPacket } from 'mysql2/promise'
import type { Place } from '../sql.ts'
import { connect, stopAsked, taskOf } from './program.ts'

interface Due extends RowDataPacket {
  readonly id: number
  readonly birth: string
}

const { bound, size, ...place } = taskOf() as Place & { readonly bound: string; readonly size: number }
const asked = stopAsked()
const connection = await connect(place)
await connection.query(
  'CREATE TEMPORARY TABLE fresh (id BIGINT UNSIGNED PRIMARY KEY, email CHAR(39), birth DATE) ENGINE = MEMORY',
)
let last = 0
while (!asked()) {
  const [rows] = await connection.query<Due[]>(
    `SELECT id, birth FROM customers FORCE INDEX (PRIMARY)
     WHERE id > ? AND ended_at < ? AND anonymised_at IS NULL ORDER BY id LIMIT ?`,
    [last, bound, size],
  )
  if (rows.length === 0) break
  last = rows.at(-1)?.id ?? last
  const values = rows.map(({ id, birth }) => [
    id,
    `${randomBytes(12).toString('hex')}@erased.invalid`,
    `${birth.slice(0, 4)}-01-01`,
  ])
  await connection.query(
    `DELETE FROM fresh; INSERT INTO fresh VALUES ?;
     UPDATE fresh STRAIGHT_JOIN customers c ON c.id = fresh.id
     SET c.email = fresh.email, c.birth = fresh.birth, c.full_name = '', c.phone = NULL, c.city = 'somewhere',
       c.anonymised_at = UTC_TIMESTAMP()
     WHERE c.ended_at < ? AND c.anonymised_at IS NULL`,
    [values, bound],
  )
}
await connection.end()
