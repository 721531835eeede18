/** What policies did, run by run and summed. */
import type { Acts, Done } from './facts.ts'

/** Runs that a page shows; a year of nights would be a book. */
export const mostRuns = 60

export const emptyDone: Done = { rows: 0, warned: 0, returned: 0, acts: {}, again: null, basis: 'exact' }

/** What a policy did in a run; null: nothing. */
export interface RunDone {
  readonly run: string
  readonly done: Done | null
}

/**
 * A policy's work in the parts that a page tells apart: each run that it shows, and all others as one. `runs`: newest
 * first. `named`: runs that the page tells however far back they are.
 */
export function toldApart(runs: readonly RunDone[], named: ReadonlySet<string> = new Set()): readonly Done[] {
  const isShown = ({ run }: RunDone, i: number): boolean => i < mostRuns || named.has(run)
  const doneIn = (some: readonly RunDone[]): readonly Done[] => some.flatMap(({ done }) => done ?? [])
  const others = doneIn(runs.filter((one, i) => !isShown(one, i)))
  return [...doneIn(runs.filter(isShown)), ...(others.length === 0 ? [] : [totalOf(others)])]
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
