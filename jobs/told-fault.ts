/** Faults of a database that are nobody's defect: what happened, and what to do. */
import { OubliError } from '../base/errors.ts'
import { DatabaseError } from '../db/database-error.ts'

const nothingHalf = 'No batch was left half done.'

/** A fault of the database as a person reads it, since it is no defect of ours. Anything else comes back as it is. */
export function toldFault(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error
  const told = (code: string, what: string, remedy: string): OubliError =>
    new OubliError('database', code, `${what} (${error.code})`, remedy)
  switch (error.kind) {
    case 'connection lost':
      if (error.code.startsWith('E_SECRET_'))
        return new OubliError(
          'database',
          error.code,
          'the password file of the settings can no longer be used for a new connection',
          `${nothingHalf} Look at its path, owner and mode ("oubli doctor" says what is expected), then try again.`,
        )
      if (isRefusal(error))
        return told(
          'E_DATABASE_CONNECT',
          'the database server refused us a connection',
          `${nothingHalf} Look whether it has connections to spare, and whether account and password of the settings still hold, then try again.`,
        )
      return told(
        'E_DATABASE_LOST',
        'the database server went away',
        `${nothingHalf} Once the server answers, try again: a run goes on where it stopped.`,
      )
    case 'not writable':
      return told(
        'E_NOT_WRITABLE',
        'the database does not take writes now',
        `${nothingHalf} Look whether it is read-only, became a replica, or has no room on its disk or in memory, then try again.`,
      )
    case 'not permitted':
      return told(
        'E_NOT_PERMITTED',
        'the account of the settings lacks a right that this needs',
        `${nothingHalf} "oubli doctor" names what the account of runs lacks. Grant it, or use the account that may, then try again.`,
      )
    case 'damaged':
      return told(
        'E_DATABASE_DAMAGED',
        'the database reports that its own files are damaged',
        `${nothingHalf} Leave the runs off, repair it or restore a backup, then run "oubli replay".`,
      )
    case 'killed':
      return told(
        'E_QUERY_KILLED',
        'a statement was ended on the server, by hand or by its time limit',
        `${nothingHalf} Ask who ended it, then try again.`,
      )
    case 'lock wait':
      return told(
        'E_DATABASE_LOCKED',
        'somebody else held a lock of the database for longer than Oubli waits',
        `${nothingHalf} Look which other program holds it, then try again.`,
      )
    case 'deadlock':
    case 'no wait':
    case 'duplicate':
    case 'foreign key':
    case 'safe update':
    case 'other':
      return error
  }
}

/** The server answered: numbers of the system are below zero, and a line that broke has none. */
function isRefusal({ phase, errno }: DatabaseError): boolean {
  return phase === 'connect' && errno !== undefined && errno > 0
}
