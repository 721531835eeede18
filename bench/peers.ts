/** What a database administrator would use instead of Oubli: the statements and flags, each at its usual and its best. */
import { spawnSync } from 'node:child_process'
import { commitSize } from './pace.ts'
import { inServer, startProgram, type Running } from './running.ts'
import type { Place, Sql } from './sql.ts'

export const howToGetArchiver =
  'pt-archiver is not installed (apt-get install percona-toolkit, or another folder of PATH)'

/** Version; null where it is not installed. */
export function archiverVersion(): string | null {
  const found = spawnSync('pt-archiver', ['--version'], { encoding: 'utf8' })
  return found.status === 0 ? found.stdout.trim() : null
}

/** `usual`: the recipe of its manual, row by row. `best`: in bulk, by the primary key or by the index named. */
export type ArchiverForm = 'usual' | 'best by key' | 'best by index'

export interface ArchiverJob extends Place {
  readonly table: string
  readonly where: string
  /** Index on the date. */
  readonly index: string
}

export function startArchiver(form: ArchiverForm, job: ArchiverJob): Running {
  const index = form === 'best by index' ? `,i=${job.index}` : ''
  const source = `h=127.0.0.1,P=${job.port},u=root,D=${job.database},t=${job.table},A=utf8mb4${index}`
  const more = {
    usual: [],
    'best by key': ['--bulk-delete', '--primary-key-only'],
    'best by index': ['--bulk-delete'],
  }[form]
  const args = ['--source', source, '--where', job.where, '--purge', '--no-check-charset']
  return startProgram('pt-archiver', [...args, ...['--limit', String(commitSize), '--commit-each'], ...more])
}

/** Windows of the primary key with the predicate repeated, a commit each, inside the server. */
export async function createDeleteLoop(
  sql: Sql,
  table: string,
  column: string,
  index: string,
): Promise<void> {
  await sql.run(`CREATE OR REPLACE PROCEDURE delete_loop(IN bound DATETIME, IN seconds DOUBLE)
    BEGIN
      DECLARE a, z BIGINT;
      DECLARE began DOUBLE DEFAULT UNIX_TIMESTAMP(SYSDATE(3));
      SELECT MIN(id), MAX(id) INTO a, z FROM ${table} FORCE INDEX (${index}) WHERE ${column} < bound;
      WHILE a <= z AND UNIX_TIMESTAMP(SYSDATE(3)) - began < seconds DO
        DELETE FROM ${table} WHERE id BETWEEN a AND a + ${commitSize - 1} AND ${column} < bound;
        SET a = a + ${commitSize};
      END WHILE;
    END`)
}

/** On a connection of the peer's own: that of the tables stays out of the binary log. */
export function startCall(peer: Sql, name: string, bound: string, seconds: number): Running {
  return inServer(peer.run(`CALL ${name}(?, ?)`, [bound, seconds]))
}
