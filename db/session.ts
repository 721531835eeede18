/** The narrow door through which everything else talks to a database. No knex type leaves this folder. */

import type { ColumnFamily } from '../plan/site-schema.ts'

export type SqlValue = string | number | bigint | null | Uint8Array

/** Text with `?` for values; identifiers are quoted by the dialect before they get here. */
export interface Statement {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/** Every value is text, whatever the column's type; only binary columns come as bytes. */
export type Row = Readonly<Record<string, string | null | Uint8Array>>

export interface Session {
  rows(statement: Statement): Promise<readonly Row[]>
  /** Runs a write; resolves with the number of rows that matched (not: that changed). */
  run(statement: Statement): Promise<number>
}

/** What really happened to a transaction. `unknown`: the answer to COMMIT was lost. */
export type Outcome<T> =
  | { readonly state: 'committed'; readonly value: T }
  | { readonly state: 'rolled back'; readonly error: unknown }
  | { readonly state: 'unknown'; readonly error: unknown }

export interface TransactionOptions {
  /** Default `read committed`. `repeatable read` lets the last statement hold gaps. */
  readonly isolation?: 'read committed' | 'repeatable read'
  /** Called right before COMMIT is sent; for tests. */
  readonly beforeCommit?: () => Promise<void>
  /** Its connection is closed afterwards: for what a session keeps beyond a transaction, such as a named lock. */
  readonly closeAfter?: boolean
}

export interface Database extends Session {
  readonly dialect: Dialect
  /** Where our own tables are; left out: beside those of the site. Statements name them bare all the same. */
  readonly ownSchema?: string
  /**
   * One transaction. Any error of a statement inside poisons it: it is rolled back whatever the work does
   * afterwards. Never throws for a database error; bugs (errors that no statement raised) are thrown after
   * the rollback.
   */
  transaction<T>(work: (tx: Session) => Promise<T>, options?: TransactionOptions): Promise<Outcome<T>>
  /**
   * Sends a compound statement that begins and ends transactions by itself and answers with one row. `unknown`:
   * any failure, since some of its transactions may have committed; the connection is rolled back or gone.
   */
  block(statement: Statement): Promise<Outcome<Row>>
  close(): Promise<void>
}

/** What differs between the servers, as positive capabilities and the few verbs that differ. */
export interface Dialect {
  readonly name: 'mysql' | 'mariadb' | 'sqlite'
  /** Rows are locked one by one; false where the whole database is. */
  readonly locksRows: boolean
  /** Quoted identifier, throws on one that cannot be quoted safely. Accepts `schema.table`. */
  quote(identifier: string): string
  /** ` FOR UPDATE SKIP LOCKED`, or nothing where a transaction locks the whole database. */
  readonly skipLocked: string
  /** ` FOR UPDATE NOWAIT`, or nothing. */
  readonly noWait: string
  /** ` LOCK IN SHARE MODE`, or nothing. */
  readonly shareLock: string
  /** The same without waiting, ` FOR SHARE NOWAIT` in the words of MySQL, or nothing. */
  readonly shareNoWait: string
  /** ` FORCE INDEX (name)`, or nothing. */
  forceIndex(name: string): string
  /** Expression that is true when a text column equals the placeholder byte by byte. */
  sameBytes(quotedColumn: string): string
  /** Expression that joins texts. */
  concat(...expressions: readonly string[]): string
  /** Expression that casts to text. */
  asText(expression: string): string
  /**
   * The whole statement that inserts one row, values in the order of the columns, and counts 0 when a row
   * with its key exists already. Names are quoted here.
   */
  insertIgnore(table: string, columns: readonly string[]): string
  /** A whole transaction may be sent as one statement (`BEGIN NOT ATOMIC`), see `Database.block`. */
  readonly blocks: boolean
  /** `DELETE ... RETURNING` is known. */
  readonly deletesReturning: boolean
  /** Puts ` ... FOR` before a statement, so that it never waits for a row lock; nothing where that is not known. */
  readonly withoutWaiting: string
  /** Expression for the fresh random lower-case hexadecimal text of so many bytes; null where the server has none. */
  readonly randomHex: ((bytes: number) => string) | null
  /** Condition that a stored time is one that exists (no zero parts, no 31 February); null where all are. */
  existingTime(quotedColumn: string, family: ColumnFamily): string | null
  /** The server's time as text `YYYY-MM-DD HH:MM:SS.ffffff` in UTC. */
  readonly utcNow: string
}
