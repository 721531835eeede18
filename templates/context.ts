/** What a warning may say: facts in, plain strings in one language out. Nothing else reaches a template. */
import type { Instant } from '../base/clock.ts'
import type { Site } from '../policies/data-map.ts'
import type { Period } from '../policies/period.ts'
import type { Language } from '../policies/problem.ts'
import type { ToldAct } from '../policies/told-act.ts'
import type { Variant } from '../policies/variant.ts'
import { greetingName } from './greeting.ts'
import { senderIn, type Controller, type Sender } from './sender.ts'
import {
  dayInWords,
  daysInWords,
  minuteInWords,
  monthInWords,
  periodInWords,
  weekdayInWords,
  yearInWords,
  zoneInWords,
} from './words.ts'

/** Something that outlives the account, in the words of the reader's language. */
export interface Stay {
  readonly what: string
  readonly because: string
  /** A phrase: `until 31 December 2036`, `pendant dix ans`; null: no term is known. */
  readonly until: string | null
}

export interface WarningFacts {
  readonly site: Site
  readonly controller: Controller
  readonly variant: Variant
  /** What becomes of the account itself. */
  readonly act: ToldAct
  readonly name: string | null
  /** First instant at which erasure is announced: the start of a local day, so the last day is the one before. */
  readonly announced: Instant
  /** An earlier message about the same silence, at this address. Null: there is none. */
  readonly earlier: { readonly sent: Instant; readonly announced: Instant } | null
  /** The newest sign of life, of whatever source: an order may be one. Null: there was none. */
  readonly lastSignIn: Instant | null
  readonly signedUp: Instant | null
  readonly unusedFor: Period
  /** What is deleted, by language. */
  readonly goes: Readonly<Record<Language, readonly string[]>>
  readonly stays: Readonly<Record<Language, readonly Stay[]>>
  /** 0: the first warning. */
  readonly step: number
  /** No further mail follows this one. */
  readonly lastStep: boolean
  /** Days for which the address is kept for a last mail; null: there is none. */
  readonly thenTellWithin: number | null
}

export interface StayWords {
  readonly what: string
  readonly because: string
  readonly until: string
}

export interface WarningContext extends Sender {
  /** With neither of the two the account is deleted. */
  readonly anonymises: boolean
  readonly archives: boolean
  /** Empty: greet without a name. */
  readonly name: string
  readonly lastDay: string
  readonly lastDayWithWeekday: string
  readonly zone: string
  /** The last minute in which a sign-in is in time, with its zone. */
  readonly deadline: string
  /** Day of the earlier message that this one takes the place of; empty: it takes the place of none. */
  readonly replacedMessage: string
  /** The last day that the earlier message named; empty: the same. */
  readonly replacedDay: string
  /** Month of the last use, by sign-in or otherwise. Empty: never used, or not to be told. */
  readonly lastSignIn: string
  /** Empty: unknown, or not to be told; the month as well. */
  readonly signUpYear: string
  readonly signUpMonth: string
  readonly unusedFor: string
  /** Empty: not to be told; `stays` as well. */
  readonly goes: readonly string[]
  readonly stays: readonly StayWords[]
  /** Something stays, told here or not. */
  readonly keeps: boolean
  readonly reminder: boolean
  readonly lastReminder: boolean
  /** Empty: no mail comes after the deletion. */
  readonly thenTellWithin: string
}

/**
 * The facts in one language. The last day is told, not the first day after it: people read `by`, not `before`.
 * What a variant does not tell is not in it: no template can say it.
 */
export function warningContext(facts: WarningFacts, lang: Language, zone: string): WarningContext {
  const { announced, earlier, variant } = facts
  const lastDay = announced - 1
  const changed = earlier !== null && earlier.announced !== announced
  return {
    ...senderIn(facts, variant),
    anonymises: facts.act === 'anonymise',
    archives: facts.act === 'archive',
    ...aboutPerson(variant === 'full' ? facts : unknown, lang, zone),
    lastDay: dayInWords(lastDay, lang, zone),
    lastDayWithWeekday: weekdayInWords(lastDay, lang, zone),
    zone: zoneInWords(zone, lang),
    deadline: minuteInWords(lastDay, lang, zone),
    // A reminder of the same day takes the place of nothing.
    replacedMessage:
      earlier !== null && (changed || facts.step === 0) ? dayInWords(earlier.sent, lang, zone) : '',
    replacedDay: changed ? dayInWords(earlier.announced - 1, lang, zone) : '',
    unusedFor: periodInWords(facts.unusedFor, lang),
    keeps: facts.stays[lang].length > 0,
    reminder: facts.step > 0,
    lastReminder: facts.step > 0 && facts.lastStep,
    thenTellWithin: facts.thenTellWithin === null ? '' : daysInWords(facts.thenTellWithin, lang),
  }
}

type Personal = Pick<WarningFacts, 'name' | 'lastSignIn' | 'signedUp' | 'goes' | 'stays'>

const unknown: Personal = {
  name: null,
  lastSignIn: null,
  signedUp: null,
  goes: { en: [], fr: [] },
  stays: { en: [], fr: [] },
}

function aboutPerson({ name, lastSignIn, signedUp, goes, stays }: Personal, lang: Language, zone: string) {
  return {
    name: greetingName(name),
    lastSignIn: lastSignIn === null ? '' : monthInWords(lastSignIn, lang, zone),
    signUpYear: signedUp === null ? '' : yearInWords(signedUp, lang, zone),
    signUpMonth: signedUp === null ? '' : monthInWords(signedUp, lang, zone),
    goes: goes[lang],
    stays: stayWords(stays[lang]),
  }
}

export function stayWords(stays: readonly Stay[]): readonly StayWords[] {
  return stays.map((stay) => ({ ...stay, until: stay.until ?? '' }))
}
