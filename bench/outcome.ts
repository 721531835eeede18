/** What a workload hands back. */
import type { Figure, Figures } from './judge.ts'
import type { Round } from './rounds.ts'
import { ratios } from './statistics.ts'
import type { Measured } from './observe.ts'

/** Columns of text under a title; the first column left, the others right. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface Outcome {
  readonly tables: readonly Table[]
  readonly figures: Figures
  readonly notes: readonly string[]
  /** Everything that was measured, for the file. */
  readonly rounds: unknown
}

/** The ratio of each round. `missing`: why a peer was not there. */
export function fromRounds(
  rounds: readonly Round[],
  ours: string,
  theirs: string,
  pick: (measured: Measured) => number,
  missing: string | null = null,
): Figure {
  return missing === null ? ratios(rounds, ours, theirs, pick) : { missing }
}
