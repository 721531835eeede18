/** Turns outcomes and judgements into lines, and into the object for the file. */
import { table } from '../cli/table.ts'
import type { Judgement } from './judge.ts'
import type { Outcome } from './outcome.ts'
import type { Target, Workload } from './targets.ts'

export interface Reported {
  readonly workload: Workload
  readonly seconds: number
  readonly outcome: Outcome
  readonly judgements: readonly Judgement[]
}

export function outcomeLines({ workload, seconds, outcome, judgements }: Reported): readonly string[] {
  const tables = outcome.tables.flatMap(({ title, columns, rows }) => [
    '',
    title,
    ...table(
      columns.map((name, i) => ({ title: name, right: i > 0 })),
      rows,
    ),
  ])
  return [
    `${workload}, ${Math.round(seconds)} s`,
    ...tables,
    '',
    ...judgementLines(judgements),
    ...outcome.notes.map((note) => `note: ${note}`),
    '',
  ]
}

export function judgementLines(judgements: readonly Judgement[]): readonly string[] {
  const rows = judgements.map((one) => {
    const { target, interval, rounds } = one
    if (interval === null) return [target.says, '-', '-', '-', wordOf(target), 'not measured']
    return [
      target.says,
      show(interval.median, target),
      `${show(interval.low, target)} to ${show(interval.high, target)}`,
      `${Math.floor(interval.coverage * 100)} %, ${rounds}`,
      wordOf(target),
      one.goal === null ? (one.floor ?? '') : `${one.floor ?? ''}, goal ${one.goal}`,
    ]
  })
  const lines = table(
    [
      { title: 'target' },
      { title: 'median', right: true },
      { title: 'interval', right: true },
      { title: 'sure, rounds', right: true },
      { title: 'wanted' },
      { title: 'verdict' },
    ],
    rows,
  )
  const missing = new Set(judgements.flatMap((one) => (one.missing === null ? [] : [one.missing])))
  return [...lines, ...[...missing].map((reason) => `not measured: ${reason}`)]
}

/** Seconds of a workload in its short form. */
export const quickAtMost = 120

/** A short form that is not short is an error of the bench. */
export function tooLongLines(reports: readonly Reported[]): readonly string[] {
  return reports
    .filter(({ seconds }) => seconds > quickAtMost)
    .map(
      ({ workload, seconds }) =>
        `${workload} took ${Math.ceil(seconds)} s: with --quick it has to end within ${quickAtMost}`,
    )
}

function wordOf({ at, floor, goal, unit }: Target): string {
  const sign = at === 'least' ? '≥' : '≤'
  return `${sign} ${floor}${goal === null ? '' : ` → ${goal}`}${unit === '' ? '' : ` ${unit}`}`
}

function show(value: number, { unit }: Target): string {
  if (!Number.isFinite(value)) return '-'
  const digits = unit === '' || Math.abs(value) >= 100 ? 0 : 2
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`
}
