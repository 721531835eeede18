/** Figures of the French regulator that a policy file or a data map can break. */
import { openRule, type PackRule } from './pack.ts'

const shared = { ...openRule, pack: 'cnil', validFrom: null, checkedOn: '2026-11-22' } as const

export const cnilRules: readonly PackRule[] = [
  {
    ...shared,
    id: 'C01',
    appliesTo: ['account'],
    atMost: [
      { period: 'P2Y', override: 'justify' },
      { period: 'P3Y', override: 'dpo' },
      { period: 'P5Y', override: 'none' },
    ],
    noticeDays: 30,
    requires: {
      en: 'two years without any act of the person, after a warning',
      fr: 'deux ans sans action de la personne, après un avertissement',
    },
    reference: 'CNIL, inactive online accounts, 18 September 2025; CNIL SAN-2022-020',
    validFrom: '2025-09-18',
  },
  {
    ...shared,
    id: 'C02',
    appliesTo: ['prospect'],
    atMost: [
      { period: 'P3Y', override: 'justify' },
      { period: 'P5Y', override: 'none' },
    ],
    requires: {
      en: 'three years from collection or from the last contact that came from the prospect',
      fr: 'trois ans depuis la collecte ou le dernier contact venant du prospect',
    },
    reference: 'CNIL, commercial management reference; CNIL SAN-2020-003',
  },
  {
    ...shared,
    id: 'C03',
    appliesTo: ['customer_marketing'],
    // Four years were judged excessive for a retailer, so the signature is due just below them.
    atMost: [
      { period: 'P3Y', override: 'justify' },
      { period: 'P47M', override: 'dpo' },
    ],
    clock: 'fixed',
    requires: {
      en: 'three years from the end of the relation',
      fr: 'trois ans depuis la fin de la relation',
    },
    reference: 'CNIL, commercial management reference; CNIL SAN-2020-008',
  },
  {
    ...shared,
    id: 'C04',
    appliesTo: ['cookie', 'tracker'],
    atMost: [{ period: 'P13M', override: 'none' }],
    clock: 'fixed',
    actions: ['erase'],
    requires: {
      en: '13 months from the first deposit, never extended by a visit',
      fr: '13 mois depuis le premier dépôt, jamais prolongés par une visite',
    },
    reference: 'CNIL, deliberation of 4 July 2025 on audience measurement',
    validFrom: '2025-07-04',
  },
  {
    ...shared,
    id: 'C05',
    appliesTo: ['cookie_consent', 'cookie_refusal'],
    atMost: [
      { period: 'P6M', override: 'justify' },
      { period: 'P13M', override: 'none' },
    ],
    clock: 'fixed',
    actions: ['withdraw consent', 'erase'],
    requires: {
      en: 'six months from the choice as good practice, 13 at most',
      fr: 'six mois depuis le choix en bonne pratique, 13 au plus',
    },
    reference: 'CNIL, deliberation 2020-092',
  },
  {
    ...shared,
    id: 'C06',
    appliesTo: ['audience_data'],
    atMost: [{ period: 'P25M', override: 'none' }],
    clock: 'fixed',
    requires: { en: '25 months from the visit', fr: '25 mois depuis la visite' },
    reference: 'CNIL, deliberation of 4 July 2025 on audience measurement',
    validFrom: '2025-07-04',
  },
  {
    ...shared,
    id: 'C07',
    appliesTo: ['app_log', 'security_log'],
    atLeast: [{ period: 'P6M', override: 'justify' }],
    atMost: [
      { period: 'P1Y', override: 'justify' },
      { period: 'P3Y', override: 'none' },
    ],
    clock: 'fixed',
    requires: {
      en: 'six to twelve months from the event',
      fr: 'six à douze mois depuis l’événement',
    },
    reference: 'CNIL, deliberation 2021-122',
  },
  {
    ...shared,
    id: 'C08',
    appliesTo: ['card_number'],
    atMost: [
      { period: 'P13M', override: 'justify' },
      { period: 'P15M', override: 'none' },
    ],
    clock: 'fixed',
    requires: {
      en: '13 months from the debit, 15 where it is deferred',
      fr: '13 mois depuis le débit, 15 s’il est différé',
    },
    reference: 'Code monétaire et financier art. L133-24; CNIL, deliberation 2018-303 art. 4',
  },
  {
    ...shared,
    id: 'C10',
    appliesTo: ['candidate'],
    atMost: [{ period: 'P2Y', override: 'justify' }],
    requires: { en: 'two years from the last contact', fr: 'deux ans depuis le dernier contact' },
    reference: 'CNIL, managing retention periods',
  },
  {
    ...shared,
    id: 'C11',
    appliesTo: ['suppression_list'],
    atLeast: [{ period: 'P3Y', override: 'justify' }],
    clock: 'fixed',
    requires: { en: 'at least three years from the objection', fr: 'au moins trois ans depuis l’opposition' },
    reference: 'CNIL, suppression lists; MED-2023-040',
    checkedOn: null,
  },
  {
    ...shared,
    id: 'C12',
    appliesTo: [],
    heldBy: ['E_ARCHIVE_IN_PLACE'],
    requires: {
      en: 'an archive apart from the active base, not a mark in it',
      fr: 'une archive séparée de la base active, et non une marque dans celle-ci',
    },
    reference: 'CNIL, developer guide, sheet 14',
  },
  {
    ...shared,
    id: 'C15',
    appliesTo: ['id_document'],
    atMost: [{ period: 'P1Y', override: 'justify' }],
    clock: 'fixed',
    requires: { en: 'one year at most, better none', fr: 'un an au plus, mieux encore aucun' },
    reference: 'CNIL, former standard NS-48',
    checkedOn: null,
  },
]
