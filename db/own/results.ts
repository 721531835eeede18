/** What the policies did, run by run: the figures of the report. */
import type { Turn } from '../../plan/held-up.ts'
import type { Session } from '../session.ts'
import { count, marks, text, textOrNull } from './row.ts'
import type { RunRow, RunState } from './runs.ts'

/** Table → act → rows. */
export type Acts = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Result {
  readonly runId: string
  readonly policy: string
  /** People who came back since they were warned. */
  readonly returned: number
  readonly acts: Acts
  /** Rows that the database was asked after again, and rows that it still had; null: it was not asked. */
  readonly asked: number | null
  readonly leftBehind: number | null
}

export interface NewResult extends Result {
  /** Null: the run erases nothing, or does not let it act. */
  readonly turn: Turn | null
  /** It warns, and mails of this run did not leave. */
  readonly mailsHeld: boolean
}

export async function insertResult(tx: Session, result: NewResult): Promise<void> {
  const { runId, policy, returned, acts, asked, leftBehind, turn, mailsHeld } = result
  await tx.run({
    text: 'INSERT INTO oubli_run_result (run_id, policy, returned, acts, asked, left_behind, had_turn, held_up, mails_held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      ...[runId, policy, returned, JSON.stringify(acts), asked, leftBehind],
      ...(turn === null ? [null, null] : [turn.had ? 1 : 0, turn.heldUp]),
      mailsHeld ? 1 : 0,
    ],
  })
}

/** One policy in one run. Runs of before this table was there have no acts. */
export interface PastResult extends Omit<Result, 'acts'> {
  readonly mode: string
  readonly done: number
  readonly warned: number
  readonly acts: Acts | null
}

/** Of the runs whose `as_of` lies in a period: `from` inclusive, `to` exclusive, ISO instants. */
export async function resultsBetween(
  session: Session,
  from: string,
  to: string,
): Promise<readonly PastResult[]> {
  const rows = await session.rows({
    text:
      'SELECT p.run_id, p.policy, p.mode, p.done, p.warned, s.returned, s.acts, s.asked, s.left_behind' +
      ' FROM oubli_run r JOIN oubli_run_policy p ON p.run_id = r.id' +
      ' LEFT JOIN oubli_run_result s ON s.run_id = p.run_id AND s.policy = p.policy' +
      ' WHERE r.as_of >= ? AND r.as_of < ?',
    values: [from, to],
  })
  return rows.map((row) => {
    const acts = textOrNull(row, 'acts')
    const number = (column: string): number | null => (row[column] === null ? null : count(row, column))
    return {
      runId: text(row, 'run_id'),
      policy: text(row, 'policy'),
      mode: text(row, 'mode'),
      done: count(row, 'done'),
      warned: count(row, 'warned'),
      returned: number('returned') ?? 0,
      acts: acts === null ? null : (JSON.parse(acts) as Acts),
      asked: number('asked'),
      leftBehind: number('left_behind'),
    }
  })
}

export interface PastRun extends Pick<RunRow, 'id' | 'job' | 'asOf' | 'state' | 'endedAt' | 'whyStopped'> {
  /** It wrote down what its policies did; one that was killed did not come so far. */
  readonly concluded: boolean
  /** Null: it was no pilot. */
  readonly pilot: number | null
}

/** Runs of a period, newest first. */
export async function runsBetween(session: Session, from: string, to: string): Promise<readonly PastRun[]> {
  const rows = await session.rows({
    text:
      'SELECT r.id, r.job, r.as_of, r.state, r.ended_at, r.why_stopped, r.pilot,' +
      ' EXISTS (SELECT 1 FROM oubli_run_policy p WHERE p.run_id = r.id) AS concluded' +
      ' FROM oubli_run r WHERE r.as_of >= ? AND r.as_of < ? ORDER BY r.as_of DESC, r.started_at DESC',
    values: [from, to],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    job: text(row, 'job'),
    asOf: text(row, 'as_of'),
    state: text(row, 'state') as RunState,
    endedAt: textOrNull(row, 'ended_at'),
    whyStopped: textOrNull(row, 'why_stopped'),
    concluded: text(row, 'concluded') === '1',
    pilot: row['pilot'] === null ? null : count(row, 'pilot'),
  }))
}

/**
 * Runs of a period that left entries and have no row, as those that a restored backup knew nothing of; with their
 * `as_of`. Reads every entry of the period.
 */
export async function runsWithoutRow(
  session: Session,
  from: string,
  to: string,
): Promise<readonly Pick<PastRun, 'id' | 'asOf'>[]> {
  const rows = await session.rows({
    text:
      'SELECT e.run_id, MAX(e.created_at) AS as_of FROM oubli_entry e WHERE e.created_at >= ? AND e.created_at < ?' +
      ' AND (e.leaf LIKE ? OR e.leaf LIKE ?)' +
      ' AND NOT EXISTS (SELECT 1 FROM oubli_run r WHERE r.id = e.run_id) GROUP BY e.run_id',
    values: [from, to, '%"kind":"run.finished"%', '%"tables":{%'],
  })
  return rows.map((row) => ({ id: text(row, 'run_id'), asOf: text(row, 'as_of') }))
}

/**
 * Texts of the entries of some runs: what was done by one that did not write its results down. `policy`: of this one,
 * and perhaps of others.
 */
export async function* leavesOfRuns(
  session: Session,
  runs: readonly string[],
  policy?: string,
): AsyncGenerator<string> {
  const page = 1000
  const [of, named] = policy === undefined ? ['', []] : [' AND leaf LIKE ?', [`%"policy":{"id":"${policy}"%`]]
  for (const run of runs)
    for (let after = ''; ;) {
      const rows = await session.rows({
        text: `SELECT id, leaf FROM oubli_entry WHERE run_id IN (${marks([run])}) AND id > ?${of} ORDER BY id LIMIT ${page}`,
        values: [run, after, ...named],
      })
      for (const row of rows) yield text(row, 'leaf')
      const last = rows.at(-1)
      if (last === undefined || rows.length < page) break
      after = text(last, 'id')
    }
}
