/** What runs did, from the evidence that they left: also of one that broke before it wrote its results down. */
import type { Entry } from '../audit/entry.ts'
import { entryFrom } from '../audit/entry-text.ts'
import { leavesOfRuns } from '../db/own/results.ts'
import { verbs } from '../plan/verbs.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { emptyDone } from '../report/done.ts'
import type { Acts, Done } from '../report/facts.ts'
import type { JobContext } from './context.ts'

export interface EntryDone {
  readonly run: string
  readonly policy: string
  /** `rows`: that the policy is about, or people; of one that is not known, rows of all tables. */
  readonly done: Done
}

/** No entry says who came back, and the one that counts mails is written at the end of a run alone. */
export const unknownMails: Done = { ...emptyDone, basis: 'at least' }

/** One for each entry and policy; `only`: of this policy, and perhaps of others. */
export async function* doneByEntries(
  { database }: Pick<JobContext, 'database'>,
  runs: readonly string[],
  policies: readonly CompiledPolicy[],
  only?: string,
): AsyncGenerator<EntryDone> {
  for await (const leaf of leavesOfRuns(database, runs, only)) {
    const entry = entryFrom(leaf)
    if (entry !== null) yield* doneIn(entry, policies)
  }
}

function doneIn(entry: Entry, policies: readonly CompiledPolicy[]): readonly EntryDone[] {
  if ('tables' in entry) {
    const acts = numbersIn(entry.tables)
    const policy = policies.find(({ policy: { id } }) => id === entry.policy.id)
    const rows = 'subject' in entry ? 1 : rowsOf(acts, policy)
    return [{ run: entry.run, policy: entry.policy.id, done: { ...unknownMails, rows, acts } }]
  }
  if (entry.kind === 'purge.checked') {
    const left = sum(Object.values(entry.left).map(Number))
    const again = { asked: Number(entry.asked), left }
    return [{ run: entry.run, policy: entry.policy.id, done: { ...unknownMails, again } }]
  }
  if (entry.kind !== 'run.finished') return []
  return Object.entries(entry.policies).map(([policy, counts]) => ({
    ...{ run: entry.run, policy },
    done: { ...unknownMails, warned: Number(counts.warned) },
  }))
}

/** Of rows that are not people, one entry counts those of all tables. */
function rowsOf(acts: Acts, policy: CompiledPolicy | undefined): number {
  const own = policy === undefined ? undefined : acts[policy.table]?.[verbs[policy.act.act]]
  return own ?? sum(Object.values(acts).flatMap((of) => Object.values(of)))
}

export function numbersIn(tables: Readonly<Record<string, Readonly<Record<string, string>>>>): Acts {
  return Object.fromEntries(
    Object.entries(tables).map(([table, acts]) => [
      table,
      Object.fromEntries(Object.entries(acts).map(([act, rows]) => [act, Number(rows)])),
    ]),
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
