/** What runs did, from the evidence that they left: also of one that broke before it wrote its results down. */
import { entryFrom } from '../audit/entry-text.ts'
import { leavesOfRuns } from '../db/own/results.ts'
import { verbs } from '../engine/write.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { JobContext } from './context.ts'

/** Table → act → rows. */
export type ActNumbers = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface EntryDone {
  readonly run: string
  readonly policy: string
  /** Rows, or people, that the policy is about; of one that is not known, rows of all tables. */
  readonly rows: number
  readonly acts: ActNumbers
}

export async function* doneByEntries(
  { database }: Pick<JobContext, 'database'>,
  runs: readonly string[],
  policies: readonly CompiledPolicy[],
): AsyncGenerator<EntryDone> {
  for await (const leaf of leavesOfRuns(database, runs)) {
    const entry = entryFrom(leaf)
    if (entry === null || !('tables' in entry)) continue
    const acts = numbersIn(entry.tables)
    const policy = policies.find(({ policy: { id } }) => id === entry.policy.id)
    const rows = 'subject' in entry ? 1 : rowsOf(acts, policy)
    yield { run: entry.run, policy: entry.policy.id, rows, acts }
  }
}

/** Of rows that are not people, one entry counts those of all tables. */
function rowsOf(acts: ActNumbers, policy: CompiledPolicy | undefined): number {
  const own = policy === undefined ? undefined : acts[policy.table]?.[verbs[policy.act.act]]
  return own ?? Object.values(acts).reduce((sum, of) => sum + total(of), 0)
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
