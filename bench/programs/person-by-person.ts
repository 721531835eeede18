/** The script that most sites have: finds who is due and erases one person after the other, a transaction each. */
import { createHmac } from 'node:crypto'
import type { RowDataPacket } from 'mysql2/promise'
import type { Place } from '../sql.ts'
import { connect, stopAsked, taskOf } from './program.ts'

const { bound, ...place } = taskOf() as Place & { readonly bound: string }
const asked = stopAsked()
const connection = await connect(place)
const [people] = await connection.query<(RowDataPacket & { readonly id: number })[]>(
  'SELECT id FROM people WHERE collected_at < ? ORDER BY collected_at LIMIT 100000',
  [bound],
)
for (const { id } of people) {
  if (asked()) break
  await connection.query('BEGIN')
  await connection.query(
    'UPDATE orders SET person_id = NULL, ship_name = NULL, ship_address = NULL, email = NULL WHERE person_id = ?',
    [id],
  )
  for (const table of ['sessions', 'events', 'profiles'])
    await connection.query(`DELETE FROM ${table} WHERE person_id = ?`, [id])
  await connection.query('DELETE FROM people WHERE id = ?', [id])
  await connection.query('INSERT INTO erased (subject) VALUES (?)', [
    createHmac('sha256', 'a key').update(String(id)).digest('hex'),
  ])
  await connection.query('COMMIT')
}
await connection.end()
