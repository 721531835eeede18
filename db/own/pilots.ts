/** Runs that were pilots, with what they did and what was found when the database was asked again. */
import type { PastPilot } from '../../plan/pilot.ts'
import type { Row, Session } from '../session.ts'
import { count, text } from './row.ts'

export interface PilotRow extends PastPilot {
  readonly runId: string
  readonly policy: string
  readonly termsHash: string
  /** ISO instant. */
  readonly asOf: string
}

const selected = (join: 'JOIN' | 'LEFT JOIN'): string =>
  'SELECT r.id, r.as_of, r.state, r.pilot, p.policy, p.terms_hash, p.due, p.done, p.left_over, s.asked, s.left_behind' +
  ` FROM oubli_run r ${join} oubli_run_policy p ON p.run_id = r.id` +
  ' LEFT JOIN oubli_run_result s ON s.run_id = p.run_id AND s.policy = p.policy WHERE r.pilot IS NOT NULL'

/**
 * The newest pilot of that size under these terms; null: there was none. One that was killed before it said which
 * policy it was of may have been of any: it has not ended.
 */
export async function lastPilot(
  session: Session,
  policy: string,
  termsHash: string,
  size: number,
): Promise<PastPilot | null> {
  const [row] = await session.rows({
    text: `${selected('LEFT JOIN')} AND ((p.policy = ? AND p.terms_hash = ?) OR p.policy IS NULL) AND r.pilot = ? ORDER BY r.as_of DESC, r.started_at DESC, r.id DESC LIMIT 1`,
    values: [policy, termsHash, size],
  })
  return row === undefined ? null : pastOf(row)
}

/** Newest first, whatever the terms were. */
export async function pilotsOf(session: Session, policy: string, most: number): Promise<readonly PilotRow[]> {
  const rows = await session.rows({
    text: `${selected('JOIN')} AND p.policy = ? ORDER BY r.as_of DESC, r.started_at DESC, r.id DESC LIMIT ${Math.floor(most)}`,
    values: [policy],
  })
  return rows.map(pilotOf)
}

/** The newest pilot of each policy. */
export async function lastPilots(session: Session): Promise<readonly PilotRow[]> {
  const rows = await session.rows({
    text: `${selected('JOIN')} ORDER BY r.as_of, r.started_at, r.pilot, r.id`,
    values: [],
  })
  return [...new Map(rows.map((row) => [text(row, 'policy'), pilotOf(row)])).values()]
}

function pilotOf(row: Row): PilotRow {
  return {
    runId: text(row, 'id'),
    policy: text(row, 'policy'),
    termsHash: text(row, 'terms_hash'),
    asOf: text(row, 'as_of'),
    ...pastOf(row),
  }
}

function pastOf(row: Row): PastPilot {
  const number = (column: string): number | null => (row[column] === null ? null : count(row, column))
  const done = number('done') ?? 0
  return {
    size: count(row, 'pilot'),
    ended: text(row, 'state') === 'done',
    done,
    // What is left counts also whom a policy has yet to warn; who came back meanwhile is not left.
    rest: Math.max(0, Math.min((number('due') ?? 0) - done, number('left_over') ?? 0)),
    asked: number('asked'),
    left: number('left_behind'),
  }
}
