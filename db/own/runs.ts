/** Runs, and what each policy did in one. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import { point } from '../../base/point.ts'
import type { Session } from '../session.ts'
import { count, text, textOrNull } from './row.ts'

export type RunState = 'running' | 'done' | 'partly' | 'failed' | 'refused' | 'interrupted'

export interface NewRun {
  readonly id: string
  readonly job: string
  readonly slot: string | null
  readonly asOf: string
  readonly toolVersion: string
  readonly fingerprint: string | null
  readonly startedAt: string
  /** The most rows that a pilot may do. */
  readonly pilot?: number
}

export interface RunRow extends Omit<NewRun, 'pilot'> {
  readonly state: RunState
  readonly endedAt: string | null
  readonly whyStopped: string | null
}

export async function insertRun(session: Session, run: NewRun): Promise<void> {
  await session.run({
    text: "INSERT INTO oubli_run (id, job, slot, as_of, tool_version, fingerprint, state, started_at, pilot) VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?)",
    values: [
      ...[run.id, run.job, run.slot, run.asOf, run.toolVersion, run.fingerprint, run.startedAt],
      run.pilot ?? null,
    ],
  })
  await point('run begun')
}

export async function finishRun(
  session: Session,
  id: string,
  state: RunState,
  at: Instant,
  why: string,
): Promise<void> {
  await session.run({
    text: 'UPDATE oubli_run SET state = ?, ended_at = ?, why_stopped = ? WHERE id = ?',
    values: [state, isoInstant(at), why.slice(0, 255), id],
  })
  await point('run finished')
}

/** What a run says that was killed: nobody knows when it ended. */
const noWord = 'its process ended without a word'

/** Under the lease of runs none but `id` is at work: whatever else still says so is of a process that died. */
export async function interruptOthers(session: Session, id: string): Promise<void> {
  const rows = await session.rows({ text: "SELECT id FROM oubli_run WHERE state = 'running'", values: [] })
  for (const other of rows.map((row) => text(row, 'id')).filter((one) => one !== id))
    await session.run({
      text: "UPDATE oubli_run SET state = 'interrupted', why_stopped = ? WHERE id = ? AND state = 'running'",
      values: [noWord, other],
    })
}

/** The run with the latest `as_of`, of one job or of any, whatever became of it. */
export async function lastRun(session: Session, job?: string): Promise<RunRow | null> {
  return await newest(session, job === undefined ? '' : 'WHERE job = ?', job === undefined ? [] : [job])
}

/** The same of those that do this part, alone or with others. A pilot is none: it says nothing of the next night. */
export async function lastRunWith(session: Session, part: 'warn' | 'purge'): Promise<RunRow | null> {
  return await newest(session, "WHERE pilot IS NULL AND (job = 'run' OR job LIKE ?)", [`%${part}%`])
}

async function newest(session: Session, where: string, values: readonly string[]): Promise<RunRow | null> {
  const [row] = await session.rows({
    text: `SELECT id, job, slot, as_of, tool_version, fingerprint, state, started_at, ended_at, why_stopped FROM oubli_run ${where} ORDER BY as_of DESC, started_at DESC LIMIT 1`,
    values,
  })
  if (row === undefined) return null
  return {
    id: text(row, 'id'),
    job: text(row, 'job'),
    slot: textOrNull(row, 'slot'),
    asOf: text(row, 'as_of'),
    toolVersion: text(row, 'tool_version'),
    fingerprint: textOrNull(row, 'fingerprint'),
    startedAt: text(row, 'started_at'),
    state: text(row, 'state') as RunState,
    endedAt: textOrNull(row, 'ended_at'),
    whyStopped: textOrNull(row, 'why_stopped'),
  }
}

/** When a run last came to its end, whatever became of it, as an ISO instant; null: none has. */
export async function lastEnd(session: Session): Promise<string | null> {
  const [row] = await session.rows({ text: 'SELECT MAX(ended_at) AS last FROM oubli_run', values: [] })
  return row === undefined ? null : textOrNull(row, 'last')
}

export interface RunPolicyRow {
  readonly runId: string
  readonly policy: string
  readonly termsHash: string
  readonly mode: 'observed' | 'enforced' | 'refused'
  readonly due: number
  readonly done: number
  readonly leftOver: number
  readonly warned: number
  readonly byElse: number
  readonly newlyDue: number
  /** Canonical JSON: reason → count. */
  readonly spared: string
}

export async function insertRunPolicy(session: Session, row: RunPolicyRow): Promise<void> {
  await session.run({
    text:
      'INSERT INTO oubli_run_policy (run_id, policy, terms_hash, mode, due, done, left_over, warned, by_else, newly_due, spared)' +
      ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      row.runId,
      row.policy,
      row.termsHash,
      row.mode,
      row.due,
      row.done,
      row.leftOver,
      row.warned,
      row.byElse,
      row.newlyDue,
      row.spared,
    ],
  })
}

/** When a restored backup was last replayed, finished or not; null: never. */
export async function lastReplayAt(session: Session): Promise<Instant | null> {
  const [row] = await session.rows({
    text: "SELECT MAX(as_of) AS last FROM oubli_run WHERE job = 'replay'",
    values: [],
  })
  const last = row === undefined ? null : textOrNull(row, 'last')
  return last === null ? null : Date.parse(last)
}

/** What one policy did in the latest runs that let it act, newest first. */
export async function lastRunPolicies(
  session: Session,
  policy: string,
  limit: number,
): Promise<readonly (RunPolicyRow & { readonly asOf: Instant })[]> {
  const rows = await session.rows({
    text:
      'SELECT r.as_of, p.run_id, p.policy, p.terms_hash, p.mode, p.due, p.done, p.left_over, p.warned, p.by_else, p.newly_due, p.spared' +
      ` FROM oubli_run_policy p JOIN oubli_run r ON r.id = p.run_id WHERE p.policy = ? AND p.mode = 'enforced' ORDER BY r.as_of DESC, r.started_at DESC LIMIT ${Math.floor(limit)}`,
    values: [policy],
  })
  return rows.map((row) => ({
    asOf: Date.parse(text(row, 'as_of')),
    runId: text(row, 'run_id'),
    policy: text(row, 'policy'),
    termsHash: text(row, 'terms_hash'),
    mode: text(row, 'mode') as RunPolicyRow['mode'],
    due: count(row, 'due'),
    done: count(row, 'done'),
    leftOver: count(row, 'left_over'),
    warned: count(row, 'warned'),
    byElse: count(row, 'by_else'),
    newlyDue: count(row, 'newly_due'),
    spared: text(row, 'spared'),
  }))
}

/**
 * Of the runs whose `as_of` is later than `since`, those that broke off before they wrote down what this policy did;
 * oldest first. `but`: the run that asks.
 */
export async function brokenRuns(
  session: Session,
  policy: string,
  since: Instant,
  but: string | null,
): Promise<readonly { readonly id: string; readonly asOf: Instant }[]> {
  const rows = await session.rows({
    text:
      "SELECT r.id, r.as_of FROM oubli_run r WHERE r.as_of > ? AND r.state IN ('running', 'interrupted', 'failed')" +
      ' AND NOT EXISTS (SELECT 1 FROM oubli_run_policy p WHERE p.run_id = r.id AND p.policy = ?) ORDER BY r.as_of',
    values: [isoInstant(since), policy],
  })
  return rows
    .map((row) => ({ id: text(row, 'id'), asOf: Date.parse(text(row, 'as_of')) }))
    .filter(({ id }) => id !== but)
}
