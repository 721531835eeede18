/** What a warning may say: facts in, plain strings in one language out. Nothing else reaches a template. */
import type { Instant } from '../base/clock.ts'
import type { Period } from '../policies/period.ts'
import type { Language } from '../policies/problem.ts'
import { dayInWords, monthInWords, periodInWords, weekdayInWords, yearInWords, zoneInWords } from './words.ts'

/** Something that outlives the account, in the words of the reader's language. */
export interface Stay {
  readonly what: string
  readonly because: string
  /** A phrase: `until 31 December 2036`, `pendant dix ans`; null: no term is known. */
  readonly until: string | null
}

export interface WarningFacts {
  readonly site: { readonly name: string; readonly url: string }
  readonly controller: { readonly name: string; readonly contact: string; readonly dpo: string }
  readonly name: string | null
  /** First instant at which erasure is announced: the start of a local day, so the last day is the one before. */
  readonly announced: Instant
  /** Null: the person never signed in. */
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
}

export interface WarningContext {
  readonly siteName: string
  readonly siteUrl: string
  readonly controllerName: string
  readonly contact: string
  readonly dpo: string
  /** Empty: greet without a name. */
  readonly name: string
  readonly lastDay: string
  readonly lastDayWithWeekday: string
  readonly zone: string
  /** Empty: never signed in. */
  readonly lastSignIn: string
  /** Empty: unknown. */
  readonly signUpYear: string
  readonly unusedFor: string
  readonly goes: readonly string[]
  readonly stays: readonly { readonly what: string; readonly because: string; readonly until: string }[]
  readonly reminder: boolean
  readonly lastReminder: boolean
}

const longestName = 80

/**
 * A name fit for a greeting, or nothing. Anybody can type anything into a name field, also somebody else's
 * address into the field beside it: what looks like a link or an address is not repeated in a mail.
 */
export function greetingName(name: string | null): string {
  if (name === null) return ''
  const clean = name
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  if (/:\/\/|@|\.[\p{L}\p{N}]{2}/u.test(clean)) return ''
  const letters = Array.from(new Intl.Segmenter().segment(clean), (part) => part.segment)
  return letters.length > longestName ? `${letters.slice(0, longestName - 1).join('')}…` : clean
}

/** The facts in one language. The last day is told, not the first day after it: people read `by`, not `before`. */
export function warningContext(facts: WarningFacts, lang: Language, zone: string): WarningContext {
  const lastDay = facts.announced - 1
  return {
    siteName: facts.site.name,
    siteUrl: facts.site.url,
    controllerName: facts.controller.name,
    contact: facts.controller.contact,
    dpo: facts.controller.dpo,
    name: greetingName(facts.name),
    lastDay: dayInWords(lastDay, lang, zone),
    lastDayWithWeekday: weekdayInWords(lastDay, lang, zone),
    zone: zoneInWords(zone, lang),
    lastSignIn: facts.lastSignIn === null ? '' : monthInWords(facts.lastSignIn, lang, zone),
    signUpYear: facts.signedUp === null ? '' : yearInWords(facts.signedUp, lang, zone),
    unusedFor: periodInWords(facts.unusedFor, lang),
    goes: facts.goes[lang],
    stays: facts.stays[lang].map((stay) => ({ ...stay, until: stay.until ?? '' })),
    reminder: facts.step > 0,
    lastReminder: facts.step > 0 && facts.lastStep,
  }
}
