/** What policies did, summed over runs. */
import type { Acts, PolicyFacts } from './facts.ts'

export type Done = PolicyFacts['done']

export const emptyDone: Done = { rows: 0, warned: 0, returned: 0, acts: {}, again: null }

export function addDone(one: Done, other: Done): Done {
  return {
    rows: one.rows + other.rows,
    warned: one.warned + other.warned,
    returned: one.returned + other.returned,
    acts: addActs(one.acts, other.acts),
    again:
      one.again === null || other.again === null
        ? (one.again ?? other.again)
        : { asked: one.again.asked + other.again.asked, left: one.again.left + other.again.left },
  }
}

function addActs(one: Acts, other: Acts): Acts {
  const sum: Record<string, Record<string, number>> = {}
  for (const acts of [one, other])
    for (const [table, ofTable] of Object.entries(acts))
      for (const [act, rows] of Object.entries(ofTable)) {
        const to = (sum[table] ??= {})
        to[act] = (to[act] ?? 0) + rows
      }
  return sum
}

/** Rows of one act, a number for each table. */
export function rowsOf(acts: Acts, act: string): readonly number[] {
  return Object.values(acts).map((ofTable) => ofTable[act] ?? 0)
}
