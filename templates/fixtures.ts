/** Made-up facts with which lint and the preview render templates. No real person. */
import type { Variant } from '../policies/variant.ts'
import type { WarningFacts } from './context.ts'
import type { LastMailFacts } from './last-mail.ts'

export const usualWarning: WarningFacts = {
  site: {
    name: 'Boutique',
    url: 'https://www.boutique.example',
    discreet: { name: 'Account service', url: 'https://accounts.example', contact: 'hello@accounts.example' },
  },
  controller: {
    name: 'Boutique SAS',
    contact: 'privacy@boutique.example',
    dpo: 'dpo@boutique.example',
  },
  variant: 'full',
  act: 'erase',
  name: 'Camille',
  // 2027-01-31T00:00 in Paris: the last day is Saturday 30 January 2027.
  announced: Date.UTC(2027, 0, 30, 23),
  earlier: null,
  lastSignIn: Date.UTC(2024, 0, 15, 12),
  signedUp: Date.UTC(2019, 4, 2, 12),
  unusedFor: { years: 3, months: 0, weeks: 0, days: 0, hours: 0 },
  goes: {
    en: ['Your profile and your address', 'Your reviews'],
    fr: ['Votre profil et votre adresse', 'Vos avis'],
  },
  stays: {
    en: [{ what: 'Your invoices', because: 'the law tells us to', until: 'for ten years' }],
    fr: [{ what: 'Vos factures', because: 'la loi nous y oblige', until: 'pendant dix ans' }],
  },
  step: 0,
  lastStep: false,
  thenTellWithin: null,
}

/** Sent on 20 November 2026: the day after, another last day, or the same one. */
export const earlierDay = { sent: Date.UTC(2026, 10, 20, 9), announced: Date.UTC(2027, 0, 4, 23) }
const sameDay = { ...earlierDay, announced: usualWarning.announced }

/**
 * The usual case first; then what texts break on: no name, a long one, markup and braces, one from right to
 * left, no dates, nothing kept, later steps, a day that took the place of another one, a last mail to come, other
 * acts. Of an anonymised account nothing else goes.
 */
const cases: readonly WarningFacts[] = [
  usualWarning,
  { ...usualWarning, name: null },
  { ...usualWarning, name: 'Marie-Antoinette '.repeat(20) },
  { ...usualWarning, name: '<b>Zoé</b> & "Noé"' },
  { ...usualWarning, name: '{{siteUrl}} {{#if' },
  { ...usualWarning, name: '\u202eשרה' },
  { ...usualWarning, lastSignIn: null, signedUp: null },
  { ...usualWarning, stays: { en: [], fr: [] } },
  { ...usualWarning, step: 1 },
  { ...usualWarning, step: 2, lastStep: true },
  { ...usualWarning, step: 1, earlier: earlierDay },
  { ...usualWarning, earlier: earlierDay },
  { ...usualWarning, earlier: sameDay },
  { ...usualWarning, thenTellWithin: 5 },
  { ...usualWarning, act: 'anonymise', goes: { en: [], fr: [] } },
  { ...usualWarning, act: 'archive' },
  { ...usualWarning, act: 'archive', goes: { en: [], fr: [] } },
]

export function warningFixtures(variant: Variant): readonly WarningFacts[] {
  return cases.map((facts) => ({ ...facts, variant }))
}

export function lastMailFixtures(variant: Variant): readonly LastMailFacts[] {
  const { site, controller, stays } = usualWarning
  const usual = { site, controller, variant, stays, within: 5, erased: Date.UTC(2027, 0, 31, 4, 30) }
  return [usual, { ...usual, stays: { en: [], fr: [] } }]
}
