/** What the ledger outside was told of is marked here. The marks are worth nothing once the ledger is lost. */
import type { Session } from '../session.ts'
import { marks, text } from './row.ts'

/** Rows named in one statement. */
const pageSize = 500

const tables = [
  { name: 'oubli_tombstone', key: 'hash', isTold: 'exported = 1', untold: '0' },
  {
    ...{ name: 'oubli_warning', key: 'outbox_id', untold: 'NULL' },
    isTold: "state IN ('accepted', 'bounced', 'undelivered') AND exported IS NOT NULL",
  },
  // Taken back by a replay of before, or given up behind a relay before that had a state of its own: this mark alone says
  // that it was accepted once.
  {
    ...{ name: 'oubli_warning', key: 'outbox_id', untold: "'accepted'" },
    isTold: "state = 'abandoned' AND exported = 'bounced'",
  },
  { name: 'oubli_answer', key: 'outbox_id', isTold: 'exported = 1', untold: '0' },
] as const

/** The ledger is lost, or an older copy of it was brought back: everything is to be told again. Safe to repeat. */
export async function forgetTold(session: Session): Promise<void> {
  for (const { name, key, isTold, untold } of tables)
    for (;;) {
      const rows = await session.rows({
        text: `SELECT ${key} FROM ${name} WHERE ${isTold} LIMIT ${pageSize}`,
        values: [],
      })
      if (rows.length === 0) break
      await session.run({
        text: `UPDATE ${name} SET exported = ${untold} WHERE ${key} IN (${marks(rows)})`,
        values: rows.map((row) => text(row, key)),
      })
    }
}
