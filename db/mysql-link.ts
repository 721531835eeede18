/** A connection of mysql2: what it is told at birth, and how its answers become rows of text. */
import type { Row, Statement } from './session.ts'
import { DatabaseError, databaseError, lacksRoom } from './database-error.ts'
import type { FailurePhase } from './database-error.ts'
import { checkValues } from './link.ts'
import type { Answer, Link } from './link.ts'

interface Field {
  readonly name: string
  readonly columnType: number
  readonly characterSet: number
}

interface WriteHeader {
  readonly affectedRows?: number | string
  readonly warningStatus?: number
}

/** The part of mysql2's connection that is used here. */
export interface MysqlConnection {
  query(
    options: { sql: string; values: readonly unknown[]; typeCast: false; rowsAsArray: true },
    done: (error: unknown, result: unknown, fields: unknown) => void,
  ): void
  destroy(): void
}

/**
 * A session that every statement can rely on: UTC, strict but able to read zero dates, short lock waits,
 * no UPDATE or DELETE without a key; foreign keys at work, answers whole, and each statement committed by itself unless
 * a transaction was begun, whatever the server gives to new sessions. `DEFAULT` would be that again.
 */
const required = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO', " +
    'innodb_lock_wait_timeout = 3, lock_wait_timeout = 5, sql_safe_updates = 1, ' +
    'foreign_key_checks = 1, sql_select_limit = 18446744073709551615, autocommit = 1, completion_type = 0',
]

/**
 * Each keeps values out of the binary log, a plan stable, or what is read with a lock the newest there is, never an
 * error (1020) because it changed since we began; servers that lack one, or the right, refuse it.
 */
const wished = [
  'SET SESSION innodb_snapshot_isolation = 0',
  'SET SESSION binlog_annotate_row_events = 0',
  'SET SESSION binlog_rows_query_log_events = 0',
  "SET SESSION binlog_row_image = 'MINIMAL'",
  'SET SESSION in_predicate_conversion_threshold = 0',
]

export async function prepareMysqlConnection(connection: MysqlConnection): Promise<void> {
  for (const text of required) await send(connection, { text, values: [] }, 'connect')
  for (const text of wished) {
    try {
      await send(connection, { text, values: [] }, 'connect')
    } catch (error) {
      if (error instanceof DatabaseError && error.kind === 'connection lost') throw error
    }
  }
}

export function mysqlLink(connection: MysqlConnection, qualify: (text: string) => string): Link {
  const plain = async (text: string, phase: FailurePhase): Promise<void> => {
    await send(connection, { text, values: [] }, phase)
  }
  return {
    query: (statement, phase = 'statement') =>
      send(connection, { ...statement, text: qualify(statement.text) }, phase),
    begin: async (isolation) => {
      if (isolation === 'repeatable read') {
        await plain('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'begin')
      }
      await plain('START TRANSACTION', 'begin')
    },
    commit: () => plain('COMMIT', 'commit'),
    rollback: () => plain('ROLLBACK', 'rollback'),
    surelyNotCommitted: (error) =>
      error.kind === 'deadlock' || (error.kind === 'not writable' && !lacksRoom(error)),
    spoiledBy: (error) => error.kind === 'connection lost',
  }
}

function send(connection: MysqlConnection, statement: Statement, phase: FailurePhase): Promise<Answer> {
  checkValues(statement)
  const { text } = statement
  return new Promise((resolve, reject) => {
    connection.query(
      { sql: text, values: statement.values, typeCast: false, rowsAsArray: true },
      (error, result, fields) => {
        if (error !== null && error !== undefined) {
          reject(databaseError(error, phase, /\bNOWAIT$/.test(text)))
        } else if (isSeveral(fields)) {
          // A compound statement: its one result, then the end of the statement.
          resolve({ rows: asRows((result as unknown[][][])[0] ?? [], fields[0] ?? []), matched: 0 })
        } else if (Array.isArray(result)) {
          resolve({ rows: asRows(result as unknown[][], fields as readonly Field[]), matched: 0 })
        } else {
          settleWrite(text, result ?? {}, phase, resolve, reject)
        }
      },
    )
  })
}

function isSeveral(fields: unknown): fields is readonly (readonly Field[] | undefined)[] {
  return Array.isArray(fields) && Array.isArray(fields[0])
}

/**
 * INSERT IGNORE of one row either stores it as it is or meets a duplicate. Anything else that IGNORE
 * forgives (a text cut short, a missing value) is an error here.
 */
function settleWrite(
  text: string,
  header: WriteHeader,
  phase: FailurePhase,
  resolve: (answer: Answer) => void,
  reject: (error: DatabaseError) => void,
): void {
  const matched = Number(header.affectedRows ?? 0)
  if (text.startsWith('INSERT IGNORE') && matched + (header.warningStatus ?? 0) !== 1) {
    reject(new DatabaseError('other', phase, 'VALUE_DOES_NOT_FIT'))
    return
  }
  resolve({ rows: [], matched })
}

function asRows(results: readonly (readonly unknown[])[], fields: readonly Field[]): readonly Row[] {
  return results.map((values) => {
    const row: Record<string, string | null | Uint8Array> = {}
    fields.forEach((field, at) => {
      row[field.name] = asValue(values[at], field)
    })
    return row
  })
}

const binaryCharset = 63
const bitType = 16
const geometryType = 255
/** VARCHAR, the four BLOBs, VAR_STRING, STRING. */
const textTypes = new Set([15, 249, 250, 251, 252, 253, 254])

function asValue(value: unknown, field: Field): string | null | Uint8Array {
  if (value === null || value === undefined) return null
  if (!Buffer.isBuffer(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  if (field.columnType === bitType) return BigInt(`0x${value.toString('hex') || '0'}`).toString()
  const binary = field.characterSet === binaryCharset && textTypes.has(field.columnType)
  return binary || field.columnType === geometryType ? new Uint8Array(value) : value.toString('utf8')
}
