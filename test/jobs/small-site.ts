/** What the small sites with a clock have in common: the ends of their files, and somebody who signs in meanwhile. */
import type { Point } from '../../base/point.ts'
import type { Database, SqlValue } from '../../db/session.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { answeredOrWaiting, insert, sql } from '../engine/lab.ts'

export const smallNow = Date.parse('2026-06-01T10:00:00Z')

/** Table → rows, parents first. */
export type SmallRows = Readonly<Record<string, readonly Readonly<Record<string, SqlValue>>[]>>

/** `kinds`: their lines, each with its line end. */
export function smallMap(kinds: string): string {
  return `
controller: { name: Petit Site SARL, contact: privacy@site.example, dpo: dpo@site.example }
site: { name: Petit Site, url: https://site.example }
zone: Europe/Paris
stored_in: UTC
launched_on: 2010-01-04
kinds:
${kinds}`
}

/** An enforced policy; `lines`: what it rules, from when, and how much at once. */
export function smallPolicy(id: string, lines: string): string {
  return `policy: ${id}
promise: prospects
status: enforce
${lines}
purpose: newsletter
legal_basis: consent
because: The small site promises this to the people who read it.
approved_by: DPO
approved_on: 2025-12-01
review_by: 2026-12-01
`
}

export async function installFilled(
  open: () => Promise<Database>,
  files: SiteFiles,
  rows: SmallRows,
): Promise<Installation> {
  const one = await install(await open(), files, smallNow)
  await fill(one.database, rows)
  return one
}

export async function fill(database: Database, rows: SmallRows): Promise<void> {
  for (const [table, some] of Object.entries(rows)) await insert(database, table, some)
}

export async function idsIn(database: Database, table: string, column = 'id'): Promise<readonly number[]> {
  const rows = await database.rows({
    text: `SELECT DISTINCT ${column} AS id FROM ${table} ORDER BY ${column}`,
    values: [],
  })
  return rows.map(({ id }) => Number(id))
}

/**
 * Somebody signs in on another connection when a run reaches `barrier`. Whichever of the two has to wait for the other:
 * after a moment the run goes on. `wasBefore`: the sign-in was through by then.
 */
export function signIn(other: Database, text: string, barrier: Point) {
  let told: Promise<boolean> | null = null
  let goesOn = false
  return {
    point: async (reached: Point): Promise<void> => {
      if (reached !== barrier || told !== null) return
      told = sql(other, text).then(
        () => !goesOn,
        // The key refuses a row of somebody who is gone.
        () => false,
      )
      await answeredOrWaiting(other, told)
      goesOn = true
    },
    wasBefore: async (): Promise<boolean | null> => await told,
  }
}
