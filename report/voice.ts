/** How a report speaks: one language, one zone, small counts hidden or not. */
import type { Instant } from '../base/clock.ts'
import type { Language } from '../policies/problem.ts'
import { dayInWords, monthInWords, zoneInWords } from '../templates/words.ts'
import type { Figure } from './facts.ts'
import { masked, maskedText, numberText, roughly, type Masked } from './mask.ts'
import { sayIn, type Say } from './words.ts'

export interface Voice {
  readonly lang: Language
  readonly say: Say
  readonly zone: string
  readonly zoneText: string
  /** A count of rows or people; hidden when it is small. */
  readonly count: (rows: number, basis?: Figure['basis']) => Masked
  /** A sum over several policies of which the parts are not known. */
  readonly sum: (rows: number) => Masked
  readonly text: (count: Masked) => string
  /** A number that is nobody's: of runs, of days. */
  readonly number: (value: number) => string
  readonly day: (at: Instant) => string
  readonly month: (at: Instant) => string
  /** A day that belongs to some rows: its month where their number is hidden. */
  readonly dayOf: (at: Instant, count: Masked) => string
}

export function voiceOf(lang: Language, zone: string, masks: boolean): Voice {
  const day = (at: Instant): string => dayInWords(at, lang, zone)
  const say = sayIn(lang)
  const month = (at: Instant): string => monthInWords(at, lang, zone)
  return {
    lang,
    say,
    zone,
    zoneText: zoneInWords(zone, lang),
    count: (rows, basis = 'exact') => (masks ? masked(rows, basis) : { low: rows, hidden: 0, basis }),
    sum: (rows) => (masks ? roughly(rows) : { low: rows, hidden: 0, basis: 'exact' }),
    // Nobody can say of none or a few found among the first rows how many there are.
    text: (count) =>
      count.basis === 'at least' && count.low === 0 ? say('unknown') : maskedText(count, lang),
    number: (value) => numberText(value, lang),
    day,
    month,
    dayOf: (at, count) => (count.hidden > 0 ? month(at) : day(at)),
  }
}
