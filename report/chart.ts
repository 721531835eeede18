/** A bar for each month: geometry only, in units of the drawing. Hidden counts are drawn alike, whatever they are. */
import type { Instant } from '../base/clock.ts'
import { dayOf, partsOf } from '../plan/day.ts'
import type { Masked } from './mask.ts'

export interface Chart {
  readonly width: string
  readonly height: string
  readonly base: string
  readonly bars: readonly {
    readonly x: string
    readonly y: string
    readonly width: string
    readonly height: string
    /** Its number is hidden. */
    readonly few: boolean
  }[]
  /** A line at the beginning of each year. */
  readonly years: readonly { readonly x: string; readonly labelX: string; readonly text: string }[]
}

const step = 8
const gap = 2
const tall = 56
const room = 14
/** Height of a bar that says no more than that there are some. */
const fewTall = 5

export function chartOf(months: readonly Instant[], counts: readonly Masked[], zone: string): Chart {
  const most = Math.max(1, ...counts.map(({ low }) => low))
  const width = months.length * step
  return {
    width: String(width),
    height: String(tall + room),
    base: String(tall),
    bars: counts.flatMap(({ low, hidden }, i) => {
      const few = hidden > 0 && low === 0
      if (low === 0 && !few) return []
      const height = few ? fewTall : Math.max(1.5, (low / most) * (tall - 2))
      return [
        {
          x: fixed(i * step + gap / 2),
          y: fixed(tall - height),
          width: fixed(step - gap),
          height: fixed(height),
          few,
        },
      ]
    }),
    years: months.flatMap((at, i) => {
      const { year, month } = partsOf(dayOf(at, zone))
      // A label that does not fit before the edge is left out.
      const text = i > months.length - 4 ? '' : String(year)
      return month === 1 ? [{ x: fixed(i * step), labelX: fixed(i * step + 2), text }] : []
    }),
  }
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/** From the first month's height down to nothing at `end`, in the scale of the bars of the same counts. */
export function slopeOf(
  months: readonly Instant[],
  counts: readonly Masked[],
  from: number,
  end: Instant,
): { readonly y: string; readonly x: string } {
  const most = Math.max(1, ...counts.map(({ low }) => low))
  const before = months.filter((at) => at < end).length
  return { y: fixed(tall - (from / most) * (tall - 2)), x: String(before * step) }
}
