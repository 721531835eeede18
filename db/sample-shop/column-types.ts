/** How the sample shop spells its columns on each server: same declared meaning, the server's own words. */
import type { Dialect } from '../session.ts'

export interface ColumnTypes {
  /** A primary key that counts up and never hands out a number twice. */
  readonly countedKey: string
  /** A column that holds such a number. */
  readonly number: string
  readonly smallNumber: string
  /** Seconds since 1970, beyond 2038 too. */
  readonly epochSeconds: string
  readonly money: string
  /** Text that may be longer than a line. */
  readonly prose: string
  /** Naive date and time; the shop writes UTC into it. */
  readonly dateTime: string
  /**
   * Date and time that the server keeps in UTC. The default is spelled out because MySQL and older MariaDB
   * otherwise give the first such column ON UPDATE CURRENT_TIMESTAMP: a clock that restarts at every UPDATE.
   */
  readonly timestamp: string
  readonly date: string
  /** What stands behind the closing bracket of CREATE TABLE. */
  readonly tail: string
}

const serverTypes: ColumnTypes = {
  countedKey: 'INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY',
  number: 'INT UNSIGNED',
  smallNumber: 'SMALLINT',
  epochSeconds: 'BIGINT',
  money: 'DECIMAL(10,2)',
  prose: 'TEXT',
  dateTime: 'DATETIME',
  timestamp: 'TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP',
  date: 'DATE',
  tail: ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci',
}

const embeddedTypes: ColumnTypes = {
  ...serverTypes,
  countedKey: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  number: 'INTEGER',
  smallNumber: 'INTEGER',
  epochSeconds: 'INTEGER',
  tail: '',
}

export function columnTypes(dialect: Dialect): ColumnTypes {
  return dialect.name === 'sqlite' ? embeddedTypes : serverTypes
}
