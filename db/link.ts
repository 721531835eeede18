/** One raw connection and the pool that lends it out, as the rest of this folder sees them. */
import type { Row, Statement } from './session.ts'
import type { DatabaseError, FailurePhase } from './database-error.ts'

export interface Answer {
  readonly rows: readonly Row[]
  /** Rows that a write matched; 0 for a read. */
  readonly matched: number
}

/** Throws `DatabaseError` only. */
export interface Link {
  query(statement: Statement, phase?: FailurePhase): Promise<Answer>
  begin(isolation: 'read committed' | 'repeatable read'): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /**
   * True when a failed COMMIT certainly did not commit: the server itself said so. A lost answer, a killed
   * statement and a disk that failed leave it open.
   */
  surelyNotCommitted(error: DatabaseError): boolean
  /** True when the connection cannot be used for anything after this error. */
  spoiledBy(error: DatabaseError): boolean
}

export interface Pool {
  acquire(): Promise<Link>
  release(link: Link): Promise<void>
  /** Closes the connection for good instead of lending it again. */
  discard(link: Link): Promise<void>
  close(): Promise<void>
}

/**
 * Refuses a statement whose values do not fit its placeholders, before it reaches a driver: one of them
 * would bind NULL for what is missing, the other would leave a bare `?` or an empty list.
 */
export function checkValues(statement: Statement): void {
  const placeholders = statement.text.split('?').length - 1
  if (placeholders !== statement.values.length) {
    throw new TypeError(`statement has ${placeholders} placeholders and ${statement.values.length} values`)
  }
  for (const value of statement.values as readonly unknown[]) {
    const fits =
      value === null ||
      typeof value === 'string' ||
      typeof value === 'bigint' ||
      (typeof value === 'number' && Number.isFinite(value)) ||
      value instanceof Uint8Array
    if (!fits) throw new TypeError('a value of a statement is not text, number, bytes or null')
  }
}
