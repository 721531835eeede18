/** Rules of the General Data Protection Regulation that a policy file or a data map can break. */
import { openRule, type PackRule } from './pack.ts'

const shared = {
  ...openRule,
  pack: 'gdpr',
  appliesTo: [],
  validFrom: '2018-05-25',
  checkedOn: '2026-11-22',
} as const

export const gdprRules: readonly PackRule[] = [
  {
    ...shared,
    id: 'G01',
    // Longer than a life is no limit: "999 years" would pass for a finite term otherwise.
    atMost: [{ period: 'P100Y', override: 'none' }],
    requires: { en: 'a term that really ends', fr: 'une durée qui prend réellement fin' },
    reference: 'GDPR art. 5(1)(e) and 13(2)(a)',
  },
  {
    ...shared,
    id: 'G02',
    heldBy: ['W_KIND_UNRULED'],
    requires: {
      en: 'a policy for every kind of personal data',
      fr: 'une règle pour chaque donnée personnelle',
    },
    reference: 'GDPR art. 25(2) and 30(1)(f)',
  },
  {
    ...shared,
    id: 'G03',
    heldBy: ['E_BECAUSE_TOO_SHORT', 'E_ENFORCED_UNAPPROVED'],
    requires: {
      en: 'a purpose, a legal basis and a reason',
      fr: 'une finalité, une base légale et un motif',
    },
    reference: 'GDPR art. 5(2), 6 and 30',
  },
  {
    ...shared,
    id: 'G04',
    heldBy: ['E_CLOCK_MOVED_BY_SITE'],
    requires: {
      en: 'a clock that only the person can move',
      fr: 'un point de départ que seule la personne peut déplacer',
    },
    reference: 'GDPR art. 5(1)(e); CNIL SAN-2024-020 and SAN-2020-003',
  },
  {
    ...shared,
    id: 'G05',
    heldBy: ['E_START_MISSING'],
    requires: { en: 'a start for everybody', fr: 'un point de départ pour chacun' },
    reference: 'GDPR art. 5(1)(e)',
  },
  {
    ...shared,
    id: 'G06',
    heldBy: ['E_ANONYMISE_KEEPS_IDENTIFIER', 'E_ANONYMISE_NOTHING'],
    requires: {
      en: 'data from which nobody can be singled out',
      fr: 'des données dont personne ne peut être isolé',
    },
    reference: 'GDPR recital 26; WP29 Opinion 05/2014',
  },
  {
    ...shared,
    id: 'G07',
    heldBy: ['E_ANONYMISE_KEEPS_IDENTIFIER'],
    requires: {
      en: 'an end that is more than a pseudonym or a mark',
      fr: 'une fin qui soit plus qu’un pseudonyme ou une marque',
    },
    reference: 'GDPR art. 4(5)',
  },
]
