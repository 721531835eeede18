/** Readings for which an account with the least rights may not have been given one. */
import { DatabaseError } from './database-error.ts'

/** Null when the account may not read it. */
export async function unlessDenied<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === 'not permitted') return null
    throw error
  }
}

/** Texts in two collations cannot be compared: for two, for three, for more. */
const unlike: readonly (number | undefined)[] = [1267, 1270, 1271]

/** The statement compares keys in two collations, which the server refuses. */
export function isUnlikeCollation(error: unknown): boolean {
  return error instanceof DatabaseError && unlike.includes(error.errno)
}
