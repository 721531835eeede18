/** A site's database with some kinds and policies tied to it, and runs of the engine alone. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopwatch } from '../../base/clock.ts'
import { inspectSchema } from '../../db/inspect.ts'
import { migrate } from '../../db/migrate.ts'
import { forgetHolds } from '../../db/own/holds.ts'
import { forgetKept } from '../../db/own/kept.ts'
import { takeLease } from '../../db/own/lease.ts'
import { forgetSetAside } from '../../db/own/set-aside.ts'
import type { Database, Row, SqlValue } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import { steadyPace, type Pace } from '../../engine/pace.ts'
import { runPolicy, type PolicyOutcome } from '../../engine/run-policy.ts'
import { forgetSubject, warningsOf } from '../../mail/warnings.ts'
import type { Compiled } from '../../plan/compile.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { DataMap, Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { compile, mapOf, policy } from '../plan/site-builder.ts'

/** The `now` of every run: what is older than three years is due. */
export const asOf = Date.parse('2026-06-01T10:00:00Z')
export const due = '2020-01-01 08:00:00'
export const fresh = '2026-05-30 08:00:00'

export interface Site {
  readonly tables: readonly string[]
  readonly kinds: readonly Kind[]
  readonly policies?: readonly Policy[]
  readonly map?: Partial<DataMap>
}

export interface Lab {
  readonly database: Database
  readonly dataMap: DataMap
  readonly compiled: Compiled
  readonly ports: EnginePorts
  /** Called at the named places of every batch. */
  point: (point: Point) => Promise<void>
  /** Fence of the lease that the runs hold. */
  readonly lease: { readonly name: string; token: bigint }
  /** Of the runs that begin from now on. */
  pace: Pace
  run(id?: string, items?: number): Promise<PolicyOutcome>
  policy(id?: string): CompiledPolicy
  rows(table: string): Promise<readonly Row[]>
}

export async function createLab(database: Database, site: Site): Promise<Lab> {
  await migrate(database)
  for (const text of site.tables) await database.run({ text, values: [] })
  const dataMap = mapOf(site.kinds, { storedIn: 'UTC', ...site.map })
  const compiled = compile(await inspectSchema(database), dataMap, site.policies ?? [policy('account')])
  const taken = await takeLease(database, { name: 'run', owner: 'lab', now: Date.now(), ttlMs: 60_000 })
  const lab: Lab = {
    database,
    dataMap,
    compiled,
    ports: portsOf(database, (point) => lab.point(point)),
    point: () => Promise.resolve(),
    lease: { name: 'run', token: taken?.token ?? 0n },
    pace: steadyPace(25, () => null),
    run: (id = 'p', items = 10_000) =>
      runPolicy(
        lab.ports,
        lab.policy(id),
        { run: randomBytes(16).toString('hex'), asOf, lease: lab.lease },
        { items, pace: lab.pace },
      ),
    policy: (id = 'p') => {
      const found = compiled.plan.policies.find((one) => one.policy.id === id)
      if (found === undefined)
        throw new Error(`refused: ${compiled.problems.map((one) => `${one.code} ${one.table}`).join(', ')}`)
      return found
    },
    rows: (table) => dumpOf(database, table),
  }
  return lab
}

export function portsOf(database: Database, point: EnginePorts['point']): EnginePorts {
  return {
    database,
    secret: Buffer.alloc(32, 7),
    toolVersion: '0.0.0-test',
    random: (bytes) => randomBytes(bytes),
    stopwatch,
    // Waits between tries are shorter than in life.
    sleep: async (milliseconds) => {
      await sleep(milliseconds / 10)
    },
    point,
    readAddress: () => ({ state: 'none', hash: null }),
    warningsOf,
    forget: async (tx, kind, keyTexts) => {
      await forgetSubject(tx, kind, keyTexts)
      await forgetHolds(tx, kind, keyTexts)
      await forgetKept(tx, kind, keyTexts)
      await forgetSetAside(tx, kind, keyTexts)
    },
  }
}

/**
 * Resolves once it has been answered, or stands before a lock of ours: of a server, which says so. SQLite has one lock,
 * and whoever meets it comes again for seconds.
 */
export async function answeredOrWaiting(database: Database, answer: Promise<unknown>): Promise<void> {
  const answered = { yet: false }
  const tell = (): void => void (answered.yet = true)
  void answer.then(tell, tell)
  if (database.dialect.locksRows) while (!answered.yet && !(await somebodyWaits(database))) await sleep(5)
  else await Promise.race([answer, sleep(60)])
}

/** Resolves once somebody waits for a row lock of the server. */
export async function waiting(database: Database): Promise<void> {
  while (!(await somebodyWaits(database))) await sleep(5)
}

async function somebodyWaits(database: Database): Promise<boolean> {
  const text = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
  const [row] = await database.rows({ text, values: [] })
  return Number(row?.['Value']) > 0
}

/** Every row of a table, in the order of its text. */
export async function dumpOf(database: Database, table: string): Promise<readonly Row[]> {
  const rows = await database.rows({ text: `SELECT * FROM ${database.dialect.quote(table)}`, values: [] })
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

export async function insert(
  database: Database,
  table: string,
  rows: readonly Readonly<Record<string, SqlValue>>[],
): Promise<void> {
  const outcome = await database.transaction(async (tx) => {
    for (const row of rows)
      await tx.run({
        text: `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
          .map(() => '?')
          .join(', ')})`,
        values: Object.values(row),
      })
  })
  if (outcome.state !== 'committed') throw outcome.error
}

export async function sql(database: Database, text: string, ...values: SqlValue[]): Promise<number> {
  return await database.run({ text, values })
}
