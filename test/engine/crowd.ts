/** Forty people of a small shop who are due, worked on by as many writers as are told, and the proof of what went. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { steadyPace } from '../../engine/pace.ts'
import { leavesOf } from './kill.ts'
import { createLab, type Lab } from './lab.ts'
import { fill, shopOf, shopTables } from './shop.ts'

export const people = Array.from({ length: 40 }, (_, i) => i + 1)

export async function crowdOf(
  database: Database,
  writers: number,
  ties: 'loose' | 'tied' = 'tied',
): Promise<Lab> {
  const lab = await createLab(database, shopOf(ties))
  await fill(lab.database, people)
  lab.pace = { ...steadyPace(4, () => null), writers: () => writers }
  return lab
}

/** The evidence counts, table by table, what is missing now and was there before. `others`: users beside the forty. */
export async function expectProven(lab: Lab, others = 0): Promise<void> {
  const proven: Record<string, number> = {}
  for (const leaf of await leavesOf(lab.database)) {
    const tables = leaf['tables'] as Readonly<Record<string, Readonly<Record<string, string>>>>
    for (const [table, acts] of Object.entries(tables))
      proven[table] = (proven[table] ?? 0) + Number(acts['erased'] ?? 0)
  }
  const each: Readonly<Record<string, number>> = { sessions: 2, order_lines: 2 }
  for (const table of shopTables) {
    const were = people.length * (each[table] ?? 1) + (table === 'users' ? others : 0)
    const gone = were - (await lab.rows(table)).length
    expect(proven[table] ?? 0, `entries about ${table}`).to.equal(gone)
  }
}
