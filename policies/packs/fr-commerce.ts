/** Duties to keep, and their ends, of French commercial, consumer and hosting law. */
import { openRule, type PackRule } from './pack.ts'

const shared = {
  ...openRule,
  pack: 'fr-commerce',
  clock: 'fixed',
  validFrom: null,
  checkedOn: '2026-11-22',
} as const

export const frCommerceRules: readonly PackRule[] = [
  {
    ...shared,
    id: 'F01',
    appliesTo: ['invoice', 'accounting'],
    atLeast: [{ period: 'P10Y', override: 'none' }],
    atMost: [{ period: 'P11Y', override: 'justify' }],
    start: 'end of fiscal year',
    requires: {
      en: 'ten years from the close of the fiscal year',
      fr: 'dix ans depuis la clôture de l’exercice',
    },
    reference: 'Code de commerce art. L123-22',
  },
  {
    ...shared,
    id: 'F02',
    appliesTo: ['consumer_contract_electronic'],
    atLeast: [{ period: 'P10Y', override: 'none' }],
    atMost: [{ period: 'P11Y', override: 'justify' }],
    requires: {
      en: 'ten years from delivery, for electronic contracts with consumers of 120 EUR and more',
      fr: 'dix ans depuis la livraison, pour les contrats électroniques avec un consommateur dès 120 euros',
    },
    reference: 'Code de la consommation art. L213-1',
  },
  {
    ...shared,
    id: 'F03',
    appliesTo: ['contract', 'order'],
    atMost: [{ period: 'P5Y', override: 'justify' }],
    requires: {
      en: 'five years from the end, which is the limitation of claims',
      fr: 'cinq ans depuis la fin, soit la prescription',
    },
    reference: 'Code civil art. 2224',
    checkedOn: null,
  },
  {
    ...shared,
    id: 'F04',
    appliesTo: ['tax_document'],
    atLeast: [{ period: 'P6Y', override: 'none' }],
    atMost: [{ period: 'P10Y', override: 'justify' }],
    requires: { en: 'six years', fr: 'six ans' },
    reference: 'Livre des procédures fiscales art. L102 B',
    checkedOn: null,
  },
  {
    ...shared,
    id: 'F05',
    appliesTo: ['host_identity'],
    atLeast: [{ period: 'P5Y', override: 'none' }],
    atMost: [{ period: 'P5Y1M', override: 'justify' }],
    requires: { en: 'five years from the end of the contract', fr: 'cinq ans depuis la fin du contrat' },
    reference: 'Decree 2021-1362 art. 2',
  },
  {
    ...shared,
    id: 'F06',
    appliesTo: ['host_account_data', 'host_payment'],
    atLeast: [{ period: 'P1Y', override: 'none' }],
    atMost: [{ period: 'P1Y1M', override: 'justify' }],
    requires: { en: 'one year from the closure of the account', fr: 'un an depuis la fermeture du compte' },
    reference: 'Decree 2021-1362',
  },
  {
    ...shared,
    id: 'F07',
    appliesTo: ['host_connection_source'],
    atLeast: [{ period: 'P1Y', override: 'none' }],
    atMost: [{ period: 'P1Y1M', override: 'none' }],
    requires: { en: 'one year from the connection', fr: 'un an depuis la connexion' },
    reference: 'Decree 2021-1362 art. 5',
  },
  {
    ...shared,
    id: 'F08',
    appliesTo: ['warranty', 'claim'],
    atMost: [{ period: 'P5Y', override: 'justify' }],
    requires: { en: 'five years at most', fr: 'cinq ans au plus' },
    reference: 'Code de la consommation art. L217-3',
    checkedOn: null,
  },
]
