/** What a policy's clock says of people, and what the same people did elsewhere: counts, small ones hidden. */
import { mostSampled } from '../plan/signs-of-life.ts'
import { isRead, type SignBasis } from '../plan/silence.ts'
import type { ReportFacts } from './facts.ts'
import { sumOf, type Masked } from './mask.ts'
import { steady } from './view-backlog.ts'
import type { Voice } from './voice.ts'

export interface ClockFacts {
  readonly event: string
  /** People whom the clock calls silent. */
  readonly silent: number
  /** Of the silent: those with a newer act in a column that is not waived. */
  readonly people: number
  readonly signs: readonly SignFacts[]
  /** Sources that were not kept for a whole term. */
  readonly keptTooShort: readonly ShortFacts[]
}

export interface ShortFacts {
  readonly table: string
  readonly column: string
  /** Where in the column, if it is not the whole of it. */
  readonly place?: string
  /** Month of the earliest value. */
  readonly first: string | null
  /** Silent people without a value there. */
  readonly without: number
  readonly waived: string | null
}

export interface SignFacts {
  readonly table: string
  readonly column: string
  /** Where in the column, if it is not the whole of it. */
  readonly place?: string
  readonly basis: SignBasis
  /** Year of the newest act → people. */
  readonly years: Readonly<Record<string, number>>
  readonly waived: string | null
}

/** Why nobody looked: rows that are no people, a term that no silence begins, or nobody wanted it. */
export type NotLooked = 'no people' | 'no silence' | 'left out'

export function clockView(report: ReportFacts, clock: ClockFacts | NotLooked, voice: Voice) {
  if (typeof clock === 'string') return { text: voice.say(`d_clock_${clock}`), tooShort: '', signs: [] }
  const count = report.policies[0] === undefined ? voice.count : steady(report.policies[0], voice)
  const silent = voice.text(count(clock.silent))
  return {
    text: [
      voice.say('d_clockSilent', { day: voice.day(report.asOf), event: clock.event, silent }),
      lifeText(clock, count, voice),
    ].join(' '),
    tooShort: clock.keptTooShort.map((short) => tooShortText(short, count, voice)).join(' '),
    signs: clock.signs.map((sign) => signView(sign, count, voice)),
  }
}

function lifeText({ people, signs }: ClockFacts, count: (rows: number) => Masked, voice: Voice): string {
  if (people > 0) {
    const against = signs.filter(({ waived }) => waived === null)
    return voice.say('d_clockPeople', { count: voice.text(unionOf(people, against, count, voice)) })
  }
  const waived = signs.some(({ basis }) => isRead(basis))
  return voice.say(waived ? 'd_clockWaived' : 'd_clockNone')
}

/** Each column's people are among them: where a part of one is hidden, the whole must not give it away. */
function unionOf(
  people: number,
  signs: readonly SignFacts[],
  count: (rows: number) => Masked,
  voice: Voice,
): Masked {
  const columns = signs.map((sign) => columnOf(sign, voice))
  const hidden = columns.reduce((sum, one) => sum + one.hidden, 0)
  if (hidden === 0 || voice.count(people).hidden > 0) return count(people)
  // Of the number that is told, and never of the whole: what is told near it would be told as it.
  const most = count(Math.max(...columns.map(({ low }) => low)))
  return most.basis === 'exact' ? { ...most, hidden } : most
}

function columnOf({ years }: SignFacts, voice: Voice): Masked {
  return sumOf(Object.values(years).map((people) => voice.count(people)))
}

function signView(sign: SignFacts, steadily: (rows: number) => Masked, voice: Voice) {
  const { say, text, count, number } = voice
  const { table, column, place = '', basis, years, waived } = sign
  const unread = !isRead(basis)
  const sum = columnOf(sign, voice)
  const whole = sum.hidden > 0 ? sum : steadily(sum.low)
  // Told as another number, about: its years would add up to its own.
  const isNear = whole.basis !== sum.basis
  const verdict = say(
    waived === null
      ? unread
        ? basis === 'collations'
          ? 'd_unlike'
          : 'd_unread'
        : 'd_contradicts'
      : 'd_waived',
  )
  return {
    column: `${table}.${column}${place}`,
    people: unread ? say('unknown') : text(whole),
    years: Object.entries(years)
      .map(([year, people]) => (isNear ? year : `${year}${say('colon')} ${text(count(people))}`))
      .join(', '),
    verdict:
      basis === 'newest rows' ? `${verdict} (${say('d_newest', { most: number(mostSampled) })})` : verdict,
    against: waived === null,
  }
}

function tooShortText(
  { table, column, place = '', first, without, waived }: ShortFacts,
  count: (rows: number) => Masked,
  voice: Voice,
): string {
  const said = voice.say(first === null ? 'd_clockEmpty' : 'd_clockShort', {
    column: `${table}.${column}${place}`,
    first: first ?? '',
    count: voice.text(count(without)),
  })
  return waived === null ? said : `${said} ${voice.say('d_shortWaived', { because: waived })}`
}
