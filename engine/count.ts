/** Every write says how many rows it matched, and is held to it. */

/** The rows that were locked are not the rows that were matched: nothing of this batch may stand. */
export class CountMismatch extends Error {
  readonly table: string
  constructor(table: string) {
    super(`another number of rows than were locked in ${table}`)
    this.name = 'CountMismatch'
    this.table = table
  }
}

export function assertCount(table: string, expected: number, found: number): void {
  if (found !== expected) throw new CountMismatch(table)
}
