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

const selected =
  'SELECT r.id, r.as_of, r.state, r.pilot, p.policy, p.terms_hash, p.done, s.asked, s.left_behind' +
  ' FROM oubli_run r JOIN oubli_run_policy p ON p.run_id = r.id' +
  ' LEFT JOIN oubli_run_result s ON s.run_id = p.run_id AND s.policy = p.policy WHERE r.pilot IS NOT NULL'

/** The newest pilot of that size under these terms; null: there was none that came so far as to say what it did. */
export async function lastPilot(
  session: Session,
  policy: string,
  termsHash: string,
  size: number,
): Promise<PilotRow | null> {
  const [row] = await session.rows({
    text: `${selected} AND p.policy = ? AND p.terms_hash = ? AND r.pilot = ? ORDER BY r.as_of DESC, r.started_at DESC, r.id DESC LIMIT 1`,
    values: [policy, termsHash, size],
  })
  return row === undefined ? null : pilotOf(row)
}

/** Newest first, whatever the terms were. */
export async function pilotsOf(session: Session, policy: string, most: number): Promise<readonly PilotRow[]> {
  const rows = await session.rows({
    text: `${selected} AND p.policy = ? ORDER BY r.as_of DESC, r.started_at DESC, r.id DESC LIMIT ${Math.floor(most)}`,
    values: [policy],
  })
  return rows.map(pilotOf)
}

/** The newest pilot of each policy. */
export async function lastPilots(session: Session): Promise<readonly PilotRow[]> {
  const rows = await session.rows({
    text: `${selected} ORDER BY r.as_of, r.started_at, r.pilot, r.id`,
    values: [],
  })
  return [...new Map(rows.map((row) => [text(row, 'policy'), pilotOf(row)])).values()]
}

function pilotOf(row: Row): PilotRow {
  const number = (column: string): number | null => (row[column] === null ? null : count(row, column))
  return {
    runId: text(row, 'id'),
    policy: text(row, 'policy'),
    termsHash: text(row, 'terms_hash'),
    asOf: text(row, 'as_of'),
    size: count(row, 'pilot'),
    ended: text(row, 'state') === 'done',
    done: count(row, 'done'),
    asked: number('asked'),
    left: number('left_behind'),
  }
}
