/** What the dialects share: safe quoting, and finding out which server answers. */
import { OubliError } from '../base/errors.ts'
import type { Dialect } from './session.ts'
import { mysqlDialect } from './mysql-dialect.ts'

/**
 * Dialect of a server by the text of `VERSION()`. Throws `OubliError` for one that is too old to skip
 * locked rows: MariaDB before 10.6, MySQL before 8.0.1.
 */
export function dialectOfServer(version: string): Dialect {
  const name = /mariadb/i.test(version) ? 'mariadb' : 'mysql'
  // Replication-safe prefix of old MariaDB servers: 5.5.5-10.11.6-MariaDB.
  const numbers = /(\d+)\.(\d+)\.(\d+)/.exec(version.replace(/^5\.5\.5-/, ''))
  const found = numbers ? ([Number(numbers[1]), Number(numbers[2]), Number(numbers[3])] as const) : undefined
  const least = name === 'mariadb' ? ([10, 6, 0] as const) : ([8, 0, 1] as const)
  if (found === undefined || isBefore(found, least)) {
    const title = name === 'mariadb' ? 'MariaDB' : 'MySQL'
    throw new OubliError(
      'settings',
      'E_SERVER_VERSION',
      `database server: expected ${title} ${least.join('.')} or newer, found ${found?.join('.') ?? 'no version number'}`,
      'Upgrade the server, or point the settings at one that is new enough.',
    )
  }
  return mysqlDialect(name, name === 'mysql' || !isBefore(found, [10, 10, 0]))
}

type Version = readonly [number, number, number]

function isBefore(found: Version, least: Version): boolean {
  for (let at = 0; at < 3; at += 1) {
    const difference = (found[at] ?? 0) - (least[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
