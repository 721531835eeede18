/** A failure of the database, reduced to its codes: drivers put values of rows into messages and statements. */

export type FailureKind =
  | 'deadlock'
  | 'lock wait'
  | 'no wait'
  | 'duplicate'
  | 'connection lost'
  | 'not writable'
  | 'not permitted'
  | 'damaged'
  | 'foreign key'
  | 'safe update'
  | 'killed'
  | 'other'

export type FailurePhase = 'connect' | 'begin' | 'statement' | 'commit' | 'rollback'

export class DatabaseError extends Error {
  readonly kind: FailureKind
  readonly phase: FailurePhase
  /** Symbol of the driver, such as `ER_LOCK_DEADLOCK` or `SQLITE_BUSY`; never text of a server. */
  readonly code: string
  readonly errno: number | undefined
  readonly sqlState: string | undefined

  constructor(kind: FailureKind, phase: FailurePhase, code: string, errno?: number, sqlState?: string) {
    super(`database: ${kind} at ${phase} (${code}${errno === undefined ? '' : ` ${errno}`})`)
    this.name = 'DatabaseError'
    this.kind = kind
    this.phase = phase
    this.code = code
    this.errno = errno
    this.sqlState = sqlState
  }
}

/** Fields that a driver's error may have. Its message is not read, on purpose. */
interface DriverError {
  readonly name?: unknown
  readonly code?: unknown
  readonly errno?: unknown
  readonly rawCode?: unknown
  readonly sqlState?: unknown
  readonly fatal?: unknown
}

/**
 * Turns whatever a driver or the pool threw into a `DatabaseError`. `noWait`: the statement asked not to
 * wait for locks; MariaDB answers it with the same number as a lock wait that ran out (1205).
 */
export function databaseError(thrown: unknown, phase: FailurePhase, noWait = false): DatabaseError {
  if (thrown instanceof DatabaseError) return thrown
  const error: DriverError = typeof thrown === 'object' && thrown !== null ? thrown : {}
  const code = symbolOf(error.code) ?? symbolOf(error.name) ?? 'UNKNOWN'
  if (code.startsWith('SQLITE_')) {
    const errno = typeof error.rawCode === 'number' ? error.rawCode : undefined
    return new DatabaseError(sqliteKind(code), phase, code, errno)
  }
  const errno = typeof error.errno === 'number' ? error.errno : undefined
  const kind = mysqlKind(code, errno, error.fatal === true)
  return new DatabaseError(
    kind === 'lock wait' && noWait ? 'no wait' : kind,
    phase,
    code,
    errno,
    symbolOf(error.sqlState),
  )
}

/** A code is one word of capitals, digits and underscores or a class name; anything else could hold a value. */
function symbolOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : undefined
}

const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'ENOENT',
])

const kindsByErrno: ReadonlyMap<number, FailureKind> = new Map([
  [1213, 'deadlock'],
  [1020, 'deadlock'], // the row changed since the snapshot was taken
  [1614, 'deadlock'],
  [3101, 'deadlock'], // group replication certified another transaction first
  [1205, 'lock wait'],
  [3572, 'no wait'],
  [1062, 'duplicate'],
  [1022, 'duplicate'],
  [1586, 'duplicate'],
  [1053, 'connection lost'],
  [1152, 'connection lost'],
  [1158, 'connection lost'],
  [1159, 'connection lost'],
  [1160, 'connection lost'],
  [1161, 'connection lost'],
  [1927, 'connection lost'],
  [2006, 'connection lost'],
  [2013, 'connection lost'],
  [4031, 'connection lost'],
  [1290, 'not writable'],
  [1792, 'not writable'],
  [1836, 'not writable'],
  [1047, 'not writable'], // a Galera node that left its cluster
  [3100, 'not writable'],
  // No room: the fault of no row, as on SQLite.
  [1021, 'not writable'],
  [1026, 'not writable'],
  [1114, 'not writable'],
  [1037, 'not writable'],
  [1041, 'not writable'],
  // A right that was withdrawn on the way is missing for every row.
  [1044, 'not permitted'],
  [1142, 'not permitted'],
  [1143, 'not permitted'],
  [1227, 'not permitted'],
  [1034, 'damaged'],
  [1035, 'damaged'],
  [1194, 'damaged'],
  [1195, 'damaged'],
  [1877, 'damaged'],
  [1216, 'foreign key'],
  [1217, 'foreign key'],
  [1451, 'foreign key'],
  [1452, 'foreign key'],
  [1175, 'safe update'],
  [1317, 'killed'],
  [1969, 'killed'],
  [3024, 'killed'],
])

/** The fault of no single row: nobody should write now, and smaller pieces would not help. */
export function concernsEveryRow(kind: FailureKind): boolean {
  return everyRow.has(kind)
}

const everyRow: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'not writable',
  'not permitted',
  'damaged',
  'killed',
  'safe update',
])

/** A COMMIT that found no room may have been done on one side of the server and not on the other. */
export function lacksRoom({ errno }: DatabaseError): boolean {
  return errno === 1021 || errno === 1026 || errno === 1114
}

/** What a number of a MySQL or MariaDB server means. */
export function kindOfErrno(errno: number): FailureKind {
  return kindsByErrno.get(errno) ?? 'other'
}

function mysqlKind(code: string, errno: number | undefined, fatal: boolean): FailureKind {
  const known = errno === undefined ? undefined : kindsByErrno.get(errno)
  if (known !== undefined) return known
  return fatal || lostCodes.has(code) ? 'connection lost' : 'other'
}

function sqliteKind(code: string): FailureKind {
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'lock wait'
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return 'duplicate'
  if (code === 'SQLITE_CONSTRAINT_ROWID') return 'duplicate'
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return 'foreign key'
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_FULL') return 'not writable'
  // A disk that refuses is the fault of no row: whoever tried smaller pieces would set people aside for it.
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN')) return 'not writable'
  if (code.startsWith('SQLITE_NOMEM')) return 'not writable'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged'
  if (code === 'SQLITE_PERM' || code === 'SQLITE_AUTH') return 'not permitted'
  if (code === 'SQLITE_INTERRUPT') return 'killed'
  return 'other'
}
