/** A fault of the database that ends a job, as a person reads it. None is a defect of ours. */
import { OubliError } from '../base/errors.ts'
import { DatabaseError } from '../db/database-error.ts'

const nothingHalf = 'No batch was left half done.'

/** Anything else comes back as it is. */
export function asFault(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error
  const told = (code: string, what: string, remedy: string): OubliError =>
    new OubliError('database', code, `${what} (${error.code})`, remedy)
  switch (error.kind) {
    case 'connection lost':
      return told(
        'E_DATABASE_LOST',
        'the database server went away during the run',
        `${nothingHalf} Once the server answers, run again: it goes on where this run stopped.`,
      )
    case 'not writable':
      return told(
        'E_NOT_WRITABLE',
        'the database server does not take writes now',
        `${nothingHalf} Look whether it is read-only or became a replica, then run again.`,
      )
    case 'killed':
      return told(
        'E_QUERY_KILLED',
        'a statement of the run was ended on the server, by hand or by its time limit',
        `${nothingHalf} Ask who ended it, then run again.`,
      )
    default:
      return error
  }
}
