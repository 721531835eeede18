/** What policies did, run by run and summed. */
import type { Acts, Done } from './facts.ts'

/** Runs that a page shows; a year of nights would be a book. */
export const mostRuns = 60

export const emptyDone: Done = { rows: 0, warned: 0, returned: 0, acts: {}, again: null, basis: 'exact' }

/**
 * A policy's work in the parts that a page tells apart: each run that it shows, and all before them as one. `runs`:
 * newest first; null where the policy did nothing.
 */
export function toldApart(runs: readonly (Done | null)[]): readonly Done[] {
  const shown = runs.slice(0, mostRuns)
  const before = runs.slice(mostRuns).filter((one) => one !== null)
  return [...shown, before.length === 0 ? null : totalOf(before)].filter((one) => one !== null)
}

export function totalOf(parts: readonly Done[]): Done {
  return parts.reduce(addDone, emptyDone)
}

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
    basis: one.basis === 'exact' ? other.basis : one.basis,
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

/** Rows of one act, a number for each table and part. */
export function rowsOf(parts: readonly Done[], act: string): readonly number[] {
  return parts.flatMap(({ acts }) => Object.values(acts).map((ofTable) => ofTable[act] ?? 0))
}
