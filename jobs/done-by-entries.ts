/** What runs did, from the evidence that they left: also of one that broke before it wrote its results down. */
import { entryFrom } from '../audit/entry-text.ts'
import { leavesOfRuns } from '../db/own/results.ts'
import type { JobContext } from './context.ts'

/** Table → act → rows. */
export type ActNumbers = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface EntryDone {
  readonly run: string
  readonly policy: string
  /** Rows, or people, that the policy is about. */
  readonly rows: number
  readonly acts: ActNumbers
}

export async function* doneByEntries(
  { database }: Pick<JobContext, 'database'>,
  runs: readonly string[],
): AsyncGenerator<EntryDone> {
  for await (const leaf of leavesOfRuns(database, runs)) {
    const entry = entryFrom(leaf)
    if (entry === null || !('tables' in entry)) continue
    const acts = numbersIn(entry.tables)
    const rows = 'subject' in entry ? 1 : Object.values(acts).reduce((sum, of) => sum + total(of), 0)
    yield { run: entry.run, policy: entry.policy.id, rows, acts }
  }
}

export function numbersIn(tables: Readonly<Record<string, Readonly<Record<string, string>>>>): ActNumbers {
  return Object.fromEntries(
    Object.entries(tables).map(([table, acts]) => [
      table,
      Object.fromEntries(Object.entries(acts).map(([act, rows]) => [act, Number(rows)])),
    ]),
  )
}

function total(acts: Readonly<Record<string, number>>): number {
  return Object.values(acts).reduce((sum, rows) => sum + rows, 0)
}
