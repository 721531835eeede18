/** The tables that a person reads: medians over the rounds. */
import { number } from '../cli/table.ts'
import type { Measured } from './observe.ts'
import type { Table } from './outcome.ts'
import type { Round } from './rounds.ts'
import { median } from './statistics.ts'

export function measuredTable(units: string, rounds: readonly Round[]): Table {
  return {
    title: 'medians; the rate is taken while it writes, from its first write to its last',
    columns: [
      'contender',
      `${units}/s`,
      `${units}/s drained`,
      'server µs each',
      'own µs each',
      'history most',
      'drain s',
    ],
    rows: byContender(rounds).map(([name, all]) => [
      name,
      whole(all, (m) => m.rate),
      whole(all, (m) => m.sustained),
      fixed(all, (m) => m.serverCpu, 1),
      fixed(all, (m) => m.ownCpu, 1),
      whole(all, (m) => m.historyMost),
      fixed(all, (m) => m.drain ?? NaN, 1),
    ]),
  }
}

/** What lies before and after the writing, and what it would make of all that is due. */
export function timesOf(units: string, due: number, rounds: readonly Round[]): Table {
  return {
    title: `a whole job of ${number(due)} ${units}, extrapolated: start, planning and end as measured, writing at that rate`,
    columns: ['contender', 's before', 's after', `${units}/s whole`],
    rows: byContender(rounds).map(([name, all]) => [
      name,
      fixed(all, (m) => m.lead, 2),
      fixed(all, (m) => m.tail, 2),
      whole(all, (m) => m.whole),
    ]),
  }
}

export function byContender<T>(
  rounds: readonly ReadonlyMap<string, T>[],
): readonly (readonly [string, readonly T[]])[] {
  const names = [...new Set(rounds.flatMap((round) => [...round.keys()]))].sort()
  return names.map((name) => [
    name,
    rounds.flatMap((round) => {
      const one = round.get(name)
      return one === undefined ? [] : [one]
    }),
  ])
}

export function fixed<T>(all: readonly T[], pick: (one: T) => number, digits: number): string {
  const values = all.map(pick).filter((value) => Number.isFinite(value))
  return values.length === 0 ? '-' : median(values).toFixed(digits)
}

export function whole(all: readonly Measured[], pick: (one: Measured) => number): string {
  const values = all.map(pick).filter((value) => Number.isFinite(value))
  return values.length === 0 ? '-' : number(Math.round(median(values)))
}
