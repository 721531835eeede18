/** What the mail after an erasure may say. It is written before the person goes, and says less than any warning. */
import type { Instant } from '../base/clock.ts'
import type { Site } from '../policies/data-map.ts'
import type { Language } from '../policies/problem.ts'
import type { Variant } from '../policies/variant.ts'
import { stayWords, type Stay, type StayWords } from './context.ts'
import { senderIn, type Controller, type Sender } from './sender.ts'
import { dayInWords, daysInWords } from './words.ts'

export interface LastMailFacts {
  readonly site: Site
  readonly controller: Controller
  readonly variant: Variant
  readonly erased: Instant
  readonly stays: Readonly<Record<Language, readonly Stay[]>>
  /** Days for which the address is kept at most. */
  readonly within: number
}

export interface LastMailContext extends Sender {
  readonly erasedOn: string
  readonly within: string
  /** Empty: nothing stays, or it is not to be told here. */
  readonly stays: readonly StayWords[]
  /** Something stays, told here or not. */
  readonly keeps: boolean
}

export function lastMailContext(facts: LastMailFacts, lang: Language, zone: string): LastMailContext {
  const stays = facts.stays[lang]
  return {
    ...senderIn(facts, facts.variant),
    erasedOn: dayInWords(facts.erased, lang, zone),
    within: daysInWords(facts.within, lang),
    stays: facts.variant === 'full' ? stayWords(stays) : [],
    keeps: stays.length > 0,
  }
}
