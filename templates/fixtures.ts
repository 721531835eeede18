/** Made-up facts with which lint and the preview render templates. No real person. */
import type { WarningFacts } from './context.ts'

export const usualWarning: WarningFacts = {
  site: { name: 'Boutique', url: 'https://www.boutique.example' },
  controller: {
    name: 'Boutique SAS',
    contact: 'privacy@boutique.example',
    dpo: 'dpo@boutique.example',
  },
  name: 'Camille',
  // 2027-01-31T00:00 in Paris: the last day is Saturday 30 January 2027.
  announced: Date.UTC(2027, 0, 30, 23),
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
}

/** The usual case first; then what texts break on: no name, a long one, markup, no dates, nothing kept, the last step. */
export const warningFixtures: readonly WarningFacts[] = [
  usualWarning,
  { ...usualWarning, name: null },
  { ...usualWarning, name: 'Marie-Antoinette '.repeat(20) },
  { ...usualWarning, name: '<b>Zoé</b> & "Noé"' },
  { ...usualWarning, lastSignIn: null, signedUp: null },
  { ...usualWarning, stays: { en: [], fr: [] } },
  { ...usualWarning, step: 1 },
  { ...usualWarning, step: 2, lastStep: true },
]
