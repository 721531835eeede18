/** How soon each defect is caught: what the table of the tests and of `npm run simulate -- --defects` shows. */
import type { Defect } from './defects.ts'
import type { Violation } from './invariants.ts'
import { scriptOf, type What } from './script.ts'
import { play } from './story.ts'

export interface Caught {
  readonly defect: Defect
  /** Stories until one went wrong, that one included; null: none did. */
  readonly seeds: number | null
  readonly violation: Violation | null
}

/** What has to meet the defect at the right moment, and seldom does by chance: it happens more often then. */
const often: Readonly<Partial<Record<Defect, readonly What[]>>> = {
  'no re-check': ['sign in', 'session'],
  'children not locked': ['use session'],
  'bounce beside a batch': ['bounce', 'all bounce'],
  'given up taken as refused': ['bounce', 'all bounce'],
  'given up without end': ['bounce', 'all bounce'],
  'mail of an earlier silence leaves': ['late session'],
  'hold checked only in the plan': ['hold'],
  'more than planned': ['hold', 'release', 'restrict', 'unrestrict'],
  'hold without holding off': ['hold'],
}

/** Throws where the story goes wrong without the defect too: then nothing was caught. */
export function catchDefect(defect: Defect, most: number): Caught {
  for (let seed = 0; seed < most; seed += 1) {
    const script = scriptOf(seed, often[defect])
    const violation = play(script, defect)
    if (violation === null) continue
    if (play(script, null) !== null) throw new Error(`seed ${seed} goes wrong without "${defect}" too`)
    return { defect, seeds: seed + 1, violation }
  }
  return { defect, seeds: null, violation: null }
}

export function tableOf(rows: readonly Caught[]): string {
  const line = (a: string, b: string, c: string): string => `  ${a.padEnd(36)}${b.padStart(6)}  ${c}`
  return [
    line('DEFECT', 'SEEDS', 'CAUGHT BY'),
    ...rows.map(({ defect, seeds, violation }) =>
      line(defect, seeds === null ? '-' : String(seeds), violation?.invariant ?? 'NOT CAUGHT'),
    ),
  ].join('\n')
}
