/**
 * The runs of a period and what each policy did in them: from what they wrote down, and where that is missing from
 * their entries in the evidence. A run that was killed did not come so far; one that a restored backup knows nothing
 * of has its entries back from the log, and nothing else.
 */
import { entryFrom } from '../audit/entry-text.ts'
import type { RunFinishedEntry } from '../audit/entry.ts'
import type { Database } from '../db/session.ts'
import { leavesOfRun } from '../db/own/log-place.ts'
import {
  resultsBetween,
  runsBetween,
  runsWithoutRow,
  type PastResult,
  type PastRun,
} from '../db/own/results.ts'
import { lastReplayAt, type RunState } from '../db/own/runs.ts'
import { addDone, emptyDone } from '../report/done.ts'
import type { Done } from '../report/facts.ts'
import type { JobContext } from './context.ts'
import { doneByEntries, numbersIn, unknownMails } from './done-by-entries.ts'
import type { Prepared } from './prepare.ts'

/** Run → policy → what it did there. */
export type DoneIn = ReadonlyMap<string, ReadonlyMap<string, Done>>

/** Why such a run stopped is not known. */
export const fromLogAlone = 'known from the signed log alone'

/** `from` inclusive, `to` exclusive, ISO instants. Newest first. */
export async function readPastRuns(
  ctx: JobContext,
  prepared: Prepared,
  from: string,
  to: string,
): Promise<{ readonly runs: readonly PastRun[]; readonly done: DoneIn }> {
  const { database } = ctx
  const known = await runsBetween(database, from, to)
  const lost = await lostRuns(database, from, to)
  const runs = [...known, ...lost].sort((a, b) => (a.asOf === b.asOf ? 0 : a.asOf < b.asOf ? 1 : -1))
  return { runs, done: await doneIn(ctx, prepared, runs, await resultsBetween(database, from, to)) }
}

/** Only a replay brings entries back without their runs. */
async function lostRuns(database: Database, from: string, to: string): Promise<readonly PastRun[]> {
  const replayed = await lastReplayAt(database)
  if (replayed === null || replayed < Date.parse(from)) return []
  const lost: PastRun[] = []
  for (const { id, asOf } of await runsWithoutRow(database, from, to)) {
    const [leaf] = await leavesOfRun(database, id, 'run.finished')
    const entry = leaf === undefined ? null : entryFrom(leaf)
    const end = entry?.kind === 'run.finished' ? entry : null
    lost.push({
      ...{ id, asOf, endedAt: null, whyStopped: fromLogAlone, concluded: false },
      // One that left no last word has erased all the same.
      job: end?.job ?? 'purge',
      state: end === null ? 'interrupted' : stateOf(end),
      pilot: end?.pilot === undefined ? null : Number(end.pilot),
    })
  }
  return lost
}

function stateOf({ stopped }: RunFinishedEntry): RunState {
  const states: Readonly<Record<string, RunState>> = {
    done: 'done',
    'partly done': 'partly',
    refused: 'refused',
  }
  return states[stopped] ?? 'failed'
}

/** Of a run in such a state every policy was written down that did anything. */
const ended: ReadonlySet<PastRun['state']> = new Set(['done', 'partly', 'refused'])

async function doneIn(
  ctx: JobContext,
  { plan: { policies } }: Prepared,
  runs: readonly PastRun[],
  results: readonly PastResult[],
): Promise<DoneIn> {
  const byRun = new Map<string, Map<string, Done>>()
  const add = (run: string, policy: string, more: Done): void => {
    const ofRun = byRun.get(run) ?? new Map<string, Done>()
    byRun.set(run, ofRun.set(policy, addDone(ofRun.get(policy) ?? emptyDone, more)))
  }
  for (const result of results) add(result.runId, result.policy, doneOf(result))
  const written = new Set(results.map(({ runId, policy }) => `${runId} ${policy}`))
  const broken = runs.filter(({ concluded, state }) => !concluded || !ended.has(state))
  const unwritten = (run: string, policy: string): boolean => !written.has(`${run} ${policy}`)
  // A mail that was queued leaves no entry: of such a run nobody can say that there was none.
  for (const run of broken.filter(couldWarn))
    for (const { policy } of policies)
      if (policy.warn !== null && unwritten(run.id, policy.id)) add(run.id, policy.id, unknownMails)
  const ids = broken.map(({ id }) => id)
  for await (const { run, policy, done } of doneByEntries(ctx, ids, policies))
    if (unwritten(run, policy)) add(run, policy, done)
  return byRun
}

/** Of one that is known from the log alone and left no last word, the job is not known. */
function couldWarn({ job, state, whyStopped }: PastRun): boolean {
  if (ended.has(state)) return false
  return job === 'run' || job.split('+').includes('warn') || whyStopped === fromLogAlone
}

function doneOf({ done, warned, returned, acts, asked, leftBehind }: PastResult): Done {
  return {
    rows: done,
    warned,
    returned,
    acts: numbersIn(acts ?? {}),
    again: asked === null ? null : { asked, left: leftBehind ?? 0 },
    basis: 'exact',
  }
}
