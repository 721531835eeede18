/** What the rule packs would call a kind, and the period that a proposal starts from. */
import type { Looked } from './tree.ts'
import { soundsLikeAccounts } from './names.ts'

const byWord: readonly (readonly [RegExp, string])[] = [
  [
    /(?:^|_)(?:newsletter|prospect|subscriber|subscription|lead|abonne|abonnement|mailing)(?:_|$)/,
    'prospect',
  ],
  [/(?:^|_)(?:candidate|candidat|applicant|application)(?:_|$)/, 'candidate'],
  [/(?:^|_)(?:consent|consentement)(?:_|$)/, 'cookie_consent'],
  [/(?:^|_)(?:cookie|tracker)(?:_|$)/, 'cookie'],
  [/(?:^|_)(?:invoice|facture|billing|accounting|bill)(?:_|$)/, 'invoice'],
  [/(?:^|_)(?:order|commande|contract|contrat)(?:_|$)/, 'order'],
  [
    /(?:^|_)(?:log|view|visit|visite|access|hit|track|tracking|audit|traffic|guest|connexion|connection)(?:_|$)/,
    'app_log',
  ],
]

/** Null: none that the packs know. */
export function categoryOf({ words, findings }: Looked, subject: boolean): string | null {
  const name = words.join('_')
  const found = byWord.find(([pattern]) => pattern.test(name))?.[1] ?? null
  if (!subject) return found
  if (found === 'prospect' || found === 'candidate') return found
  const password = findings.some((one) => one.sure && one.meaning === 'secret')
  return soundsLikeAccounts(words) || password ? 'account' : null
}

/** Within what every pack allows without a signature. */
const terms: Readonly<Record<string, string>> = {
  account: '2 years',
  prospect: '3 years',
  candidate: '2 years',
  cookie_consent: '6 months',
  cookie: '13 months',
  invoice: '10 years',
  order: '5 years',
  app_log: '12 months',
}

export function termOf(category: string | null, kind: string): string {
  return terms[category ?? kind] ?? '3 years'
}

/** Records that the law asks to keep, by the words of the table: `facturedet` too. */
export function isAccounting(words: readonly string[]): boolean {
  return /(?:^|_)(?:(?:invoice|facture)[a-z]*|order|commande|payment|paiement|transaction|bill|contract|contrat|credit_note|avoir|refund)(?:_|$)/.test(
    words.join('_'),
  )
}

/** Who works for the site. */
export function soundsLikeStaff(words: readonly string[]): boolean {
  return words.some((word) => staff.test(word))
}

const staff =
  /^(?:employees?|employes?|staff|admins?|administrators?|administrateurs?|moderators?|moderateurs?|editors?|operators?|agents?|backend)$/

/** What several write in turn: the dossier of one of them where the others answer for the site, else nobody's. */
export function isExchange(words: readonly string[]): boolean {
  return /(?:^|_)(?:thread|conversation|discussion|chat|exchange|echange)$/.test(words.join('_'))
}

const dossiers =
  /(?:^|_)(?:ticket|case|complaint|claim|reclamation|dossier|request|demande|quote|devis|cart|basket|panier|booking|reservation|shipment|delivery|livraison|return|retour)$/

/** What one person has with the house, so that each part of it is about that person: an order, a ticket. */
export function isDossier(words: readonly string[]): boolean {
  return isAccounting(words.slice(-1)) || dossiers.test(words.join('_'))
}
