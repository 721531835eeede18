/** What a run at work says of itself, twice a second: for `status`, and for replicas to show their lag by. */
import type { Database, Session } from '../session.ts'
import { count, text, textOrNull } from './row.ts'

export type BeatState = 'working' | 'slowed' | 'throttled' | 'paused'

export interface BeatRow {
  /** Rises by one each time, over all runs. */
  readonly beat: number
  readonly run: string
  readonly at: string
  readonly policy: string | null
  /** People or rows of this policy in this run. */
  readonly done: number
  readonly due: number
  /** Null while nothing is known. */
  readonly perSecond: number | null
  readonly batchSize: number
  readonly writers: number
  readonly state: BeatState
  readonly reason: string | null
}

const columns = [
  'beat',
  'run_id',
  'beaten_at',
  'policy',
  'done',
  'due',
  'per_second',
  'batch_size',
  'writers',
  'state',
  'reason',
]

export async function readBeat(session: Session): Promise<BeatRow | null> {
  const [row] = await session.rows({
    text: `SELECT ${columns.join(', ')} FROM oubli_beat WHERE name = 'run'`,
    values: [],
  })
  if (row === undefined) return null
  const rate = textOrNull(row, 'per_second')
  return {
    beat: count(row, 'beat'),
    run: text(row, 'run_id'),
    at: text(row, 'beaten_at'),
    policy: textOrNull(row, 'policy'),
    done: count(row, 'done'),
    due: count(row, 'due'),
    perSecond: rate === null ? null : Number(rate),
    batchSize: count(row, 'batch_size'),
    writers: count(row, 'writers'),
    state: text(row, 'state') as BeatState,
    reason: textOrNull(row, 'reason'),
  }
}

export async function writeBeat(database: Database, row: BeatRow): Promise<void> {
  const values = [
    row.beat,
    row.run,
    row.at,
    row.policy,
    row.done,
    row.due,
    row.perSecond === null ? null : String(row.perSecond).slice(0, 16),
    row.batchSize,
    row.writers,
    row.state,
    row.reason === null ? null : row.reason.slice(0, 255),
  ]
  const matched = await database.run({
    text: `UPDATE oubli_beat SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE name = 'run'`,
    values,
  })
  if (matched === 1) return
  const insert = database.dialect.insertIgnore('oubli_beat', ['name', ...columns])
  await database.run({ text: insert, values: ['run', ...values] })
}

/** The newest beat that this server has; 0 when there is none. */
export async function readBeatNumber(session: Session): Promise<number> {
  const [row] = await session.rows({ text: "SELECT beat FROM oubli_beat WHERE name = 'run'", values: [] })
  return row === undefined ? 0 : count(row, 'beat')
}
