/** MySQL 8 and MariaDB: rows are locked one by one. */
import type { Dialect } from './session.ts'
import { isQuotable, quoteIdentifier } from './quote.ts'

/** `randomBytes`: the server has RANDOM_BYTES (MySQL, MariaDB from 10.10). */
export function mysqlDialect(name: 'mysql' | 'mariadb', randomBytes = true): Dialect {
  return {
    name,
    locksRows: true,
    quote: quoteIdentifier,
    skipLocked: ' FOR UPDATE SKIP LOCKED',
    noWait: ' FOR UPDATE NOWAIT',
    shareLock: ' LOCK IN SHARE MODE',
    shareNoWait: name === 'mariadb' ? ' LOCK IN SHARE MODE NOWAIT' : ' FOR SHARE NOWAIT',
    // Without it the server finds the same rows, as a rule by this very index.
    forceIndex: (name) => (isQuotable(name) ? ` FORCE INDEX (\`${name}\`)` : ''),
    // Both sides as bytes of one character set, whatever the column's; such a comparison uses no index.
    sameBytes: (column) => `CAST(CONVERT(${column} USING utf8mb4) AS BINARY) = CAST(? AS BINARY)`,
    concat: (...expressions) => `CONCAT(${expressions.join(', ')})`,
    asText: (expression) => `CAST(${expression} AS CHAR)`,
    // ON DUPLICATE KEY UPDATE would count the row that was there already as one (matched rows are counted).
    // What else IGNORE forgives is refused by the connection, which reads the warnings.
    insertIgnore: (table, columns) =>
      `INSERT IGNORE INTO ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(', ')}) ` +
      `VALUES (${columns.map(() => '?').join(', ')})`,
    deletesReturning: name === 'mariadb',
    blocks: name === 'mariadb',
    withoutWaiting: name === 'mariadb' ? 'SET STATEMENT innodb_lock_wait_timeout = 0 FOR ' : '',
    randomHex: randomBytes ? (bytes) => `LOWER(HEX(RANDOM_BYTES(${bytes})))` : null,
    existingTime: (column, family) => {
      if (family === 'datetime') return `(${column} + INTERVAL 0 SECOND) IS NOT NULL`
      return family === 'date' ? `(${column} + INTERVAL 0 DAY) IS NOT NULL` : null
    },
    utcNow: 'CAST(UTC_TIMESTAMP(6) AS CHAR)',
  }
}
