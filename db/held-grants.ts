/** What the server says that this account may do. */
import type { Database } from './session.ts'

export interface HeldGrants {
  /** As `SHOW GRANTS` prints it: `user`@`host`. */
  readonly account: string
  readonly statements: readonly string[]
}

/** Null: the database has no accounts. The statements can hold the hash of a password: never print one whole. */
export async function readHeldGrants(database: Database): Promise<HeldGrants | null> {
  if (database.dialect.name === 'sqlite') return null
  const rows = await database.rows({ text: 'SHOW GRANTS', values: [] })
  const [row] = await database.rows({ text: 'SELECT CURRENT_USER() AS account', values: [] })
  const account = row?.['account']
  return {
    account: typeof account === 'string' ? account : '',
    statements: rows.flatMap((one) => Object.values(one).filter((value) => typeof value === 'string')),
  }
}
