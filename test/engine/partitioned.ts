/** A site with one flat table in yearly partitions, and runs that drop them. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../../db/session.ts'
import { dropPartitions, type Dropped } from '../../engine/drop-partitions.ts'
import { bounds } from '../../engine/walk.ts'
import type { Kind } from '../../policies/data-map.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import type { SiteFiles } from './installation.ts'
import { asOf, createLab, type Lab, type Site } from './lab.ts'

/** Three years are kept and the run is on 1 June 2026: what ends before 1 June 2023 is due. */
export const years = ['2019', '2020', '2021', '2022', '2023', '2024']

export function yearly(bound: (year: string) => string, last = 'MAXVALUE'): string {
  const parts = years.map((year) => {
    const next = String(Number(year) + 1)
    return `PARTITION p${year} VALUES LESS THAN (${bound(next)})`
  })
  return `(${[...parts, ...(last === '' ? [] : [`PARTITION rest VALUES LESS THAN ${last}`])].join(', ')})`
}

export const byDatetime = `PARTITION BY RANGE COLUMNS (seen_at) ${yearly((year) => `'${year}-01-01'`, '(MAXVALUE)')}`

export function viewsTable(cut: string, type = 'DATETIME'): string {
  return `CREATE TABLE views (id INTEGER NOT NULL, user_id INTEGER NOT NULL DEFAULT 1, seen_at ${type} NOT NULL, PRIMARY KEY (id, seen_at), KEY (seen_at), KEY (user_id)) ${cut}`
}

export function viewKind(more: Partial<Kind> = {}): Kind {
  return kind('view', 'views', {
    key: ['id', 'seen_at'],
    events: { seen: event([at('seen_at')]) },
    partitions: 'drop',
    ...more,
  })
}

export async function viewsLab(
  database: Database,
  cut: string = byDatetime,
  more: Partial<Kind> = {},
  site: Partial<Site> & { readonly type?: string } = {},
): Promise<Lab> {
  return await createLab(database, {
    tables: [viewsTable(cut, site.type), ...(site.tables ?? [])],
    kinds: [viewKind(more), ...(site.kinds ?? [])],
    policies: site.policies ?? [policy('view')],
    ...(site.map === undefined ? {} : { map: site.map }),
  })
}

export interface DropOptions {
  readonly items?: number
  readonly stop?: () => string | null
  readonly run?: string
}

export async function drop(lab: Lab, { items = 10_000, stop, run }: DropOptions = {}): Promise<Dropped> {
  const one = lab.policy()
  const place = { run: run ?? randomBytes(16).toString('hex'), asOf, lease: lab.lease }
  return await dropPartitions(
    lab.ports,
    one,
    Object.assign(place, bounds(one, asOf, 0)),
    items,
    stop ?? (() => null),
  )
}

/** Two rows in the middle of each year, numbered by it. */
export async function fillYears(database: Database, wanted: readonly string[] = years): Promise<void> {
  for (const year of wanted)
    await database.run({
      text: 'INSERT INTO views (id, seen_at) VALUES (?, ?), (?, ?)',
      values: [Number(year) * 10, `${year}-03-01 10:00:00`, Number(year) * 10 + 1, `${year}-11-01 10:00:00`],
    })
}

export async function partitionsOf(database: Database, table = 'views'): Promise<readonly string[]> {
  const rows = await database.rows({
    text: 'SELECT partition_name AS name FROM information_schema.partitions WHERE table_schema = DATABASE() AND table_name = ? ORDER BY partition_ordinal_position',
    values: [table],
  })
  return rows.map((row) => String(row['name']))
}

/** Rows that the evidence says were erased from a table. */
export async function provenRows(database: Database, table = 'views'): Promise<readonly number[]> {
  const rows = await database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
  return rows
    .map((row) => JSON.parse(String(row['leaf'])) as { tables?: Record<string, { erased?: string }> })
    .map(({ tables }) => tables?.[table]?.erased)
    .filter((erased) => erased !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
}

/** The same table as a person would have it: files in a folder. */
export const partitionedSite: SiteFiles = {
  tables: [viewsTable(byDatetime)],
  dataMap: `
controller: { name: Petit Site SARL, contact: privacy@site.example, dpo: dpo@site.example }
site: { name: Petit Site, url: https://site.example }
zone: Europe/Paris
stored_in: UTC
launched_on: 2010-01-04
kinds:
  view:
    table: views
    key: [id, seen_at]
    events:
      seen: { column: seen_at }
    partitions: drop
out_of_scope: {}
`,
  policies: {
    views: `policy: views
promise: technical-data
status: enforce
data: view
keep_at_most: 3 years
counted_from: seen
then: erase
per_run: { rows: 1000000 }
stop_above: { percent: 100 }
purpose: technical data
legal_basis: legitimate interest
because: The small site promises this and its technical log is kept for nothing else.
approved_by: DPO
approved_on: 2025-12-01
review_by: 2026-12-01
`,
  },
}
