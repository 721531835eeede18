/** What the policies did, run by run: the figures of the report. */
import type { Session } from '../session.ts'
import { count, marks, text, textOrNull } from './row.ts'
import type { RunRow, RunState } from './runs.ts'
import { oftenBusy } from './set-aside.ts'

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

export async function insertResult(tx: Session, result: Result): Promise<void> {
  const { runId, policy, returned, acts, asked, leftBehind } = result
  await tx.run({
    text: 'INSERT INTO oubli_run_result (run_id, policy, returned, acts, asked, left_behind) VALUES (?, ?, ?, ?, ?, ?)',
    values: [runId, policy, returned, JSON.stringify(acts), asked, leftBehind],
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

const begins = (words: readonly string[]): string =>
  words.map((word) => `r.why_stopped LIKE '${word}%'`).join(' OR ')

/** How the reason of a run begins that ended before its work did: what it did of a policy may be a part. */
const cutShort = begins([
  ...['interrupted by ', 'stopped by oubli stop'],
  'refused by a safety stop: too many entries wait to be sealed',
])

/** The same of one whose mails do not leave. */
const noMails = begins([
  ...['first mails pause: ', 'relay ', 'too many refusals ', 'the mail to our own mailbox '],
])

/** A policy in a run that another one kept from being done. What nobody can handle spoils only its own. */
const didItsPart =
  "r.state IN ('partly', 'refused') AND COALESCE(s.left_behind, 0) = 0" +
  ' AND NOT EXISTS (SELECT 1 FROM oubli_set_aside a WHERE a.policy = p.policy AND a.since <= r.as_of' +
  ` AND (a.last_code <> 'busy' OR a.attempts >= ${oftenBusy}))` +
  ` AND (p.done >= p.due OR (p.done > 0 AND NOT (${cutShort})))`

/**
 * Policy → the latest run in which it erased what it was to erase, as an ISO instant. A run that only warns is none.
 * `warning`: policies that first warn, and get nowhere while mails do not leave.
 */
export async function lastSuccesses(
  session: Session,
  until: string,
  warning: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows({
    text:
      `SELECT p.policy, CASE WHEN ${noMails} THEN 1 ELSE 0 END AS mails_wait, MAX(r.as_of) AS last` +
      ' FROM oubli_run_policy p JOIN oubli_run r ON r.id = p.run_id' +
      ' LEFT JOIN oubli_run_result s ON s.run_id = p.run_id AND s.policy = p.policy' +
      " WHERE p.mode = 'enforced' AND r.as_of <= ? AND (r.job = 'run' OR r.job LIKE '%purge%')" +
      ` AND (r.state = 'done' OR (${didItsPart})) GROUP BY p.policy, mails_wait ORDER BY last`,
    values: [until],
  })
  return new Map(
    rows
      .filter((row) => text(row, 'mails_wait') === '0' || !warning.has(text(row, 'policy')))
      .map((row) => [text(row, 'policy'), text(row, 'last')]),
  )
}

/** Texts of the entries of some runs: what was done by one that did not write its results down. */
export async function* leavesOfRuns(session: Session, runs: readonly string[]): AsyncGenerator<string> {
  const page = 1000
  for (const run of runs)
    for (let after = ''; ;) {
      const rows = await session.rows({
        text: `SELECT id, leaf FROM oubli_entry WHERE run_id IN (${marks([run])}) AND id > ? ORDER BY id LIMIT ${page}`,
        values: [run, after],
      })
      for (const row of rows) yield text(row, 'leaf')
      const last = rows.at(-1)
      if (last === undefined || rows.length < page) break
      after = text(last, 'id')
    }
}
