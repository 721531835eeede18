/** A flat table of dated rows, and runs over it that tell what they did. */
import type { Point } from '../../base/point.ts'
import type { Database } from '../../db/session.ts'
import type { Pace, Sample } from '../../engine/pace.ts'
import { steadyPace } from '../../engine/pace.ts'
import { runPolicy, type PolicyOutcome, type RunLimits } from '../../engine/run-policy.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, insert, sql, type Lab } from './lab.ts'

export interface Log {
  readonly id: number
  readonly seen_at: string
}

export async function logs(
  database: Database,
  rows: readonly Log[],
  more: Partial<Policy> = {},
  key: Partial<Kind> = {},
): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE logs (id INTEGER NOT NULL, part INTEGER NOT NULL, seen_at DATETIME NULL, PRIMARY KEY (${(key.key ?? ['id']).join(', ')}))`,
      'CREATE INDEX logs_seen ON logs (seen_at)',
    ],
    kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) }, ...key })],
    policies: [policy('log', more)],
  })
  await insert(
    database,
    'logs',
    rows.map((row) => ({ part: 1, ...row })),
  )
  return lab
}

export const second = (n: number) =>
  `2020-01-01 00:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`
export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
export const old = (ids: readonly number[]) => ids.map((id): Log => ({ id, seen_at: due }))
export const aged = (ids: readonly number[]) => ids.map((id, i): Log => ({ id, seen_at: second(i) }))

export interface Worked extends PolicyOutcome {
  /** Trips of flat rows, and batches in which each row was judged. */
  readonly trips: number
  readonly judged: number
  /** What the pace was told. */
  readonly samples: readonly Sample[]
}

export async function work(
  lab: Lab,
  size: number,
  limits: Partial<RunLimits> = {},
  pace: Partial<Pace> = {},
): Promise<Worked> {
  const passed: Point[] = []
  const samples: Sample[] = []
  const { point } = lab
  lab.point = async (place) => {
    passed.push(place)
    await point(place)
  }
  const told: Pace = { ...steadyPace(size, () => null), took: (sample) => samples.push(sample), ...pace }
  const outcome = await runPolicy(
    lab.ports,
    lab.policy(),
    { run: 'f'.repeat(32), asOf, lease: lab.lease },
    { items: 10_000, ...limits, pace: told },
  )
  const times = (name: Point) => passed.filter((one) => one === name).length
  return { ...outcome, trips: times('flat rows committed'), judged: times('re-checked'), samples }
}

export async function idsLeft(lab: Lab): Promise<readonly number[]> {
  const rows = await lab.database.rows({ text: 'SELECT id FROM logs ORDER BY id', values: [] })
  return rows.map((row) => Number(row['id']))
}

/** Nobody can delete these. */
export async function protect(lab: Lab, ids: string): Promise<void> {
  const fails = lab.database.dialect.locksRows
    ? `FOR EACH ROW BEGIN IF OLD.id IN (${ids}) THEN SIGNAL SQLSTATE '45000'; END IF; END`
    : `BEGIN SELECT RAISE(ABORT, 'no') WHERE OLD.id IN (${ids}); END`
  await sql(lab.database, `CREATE TRIGGER keeps BEFORE DELETE ON logs ${fails}`)
}
