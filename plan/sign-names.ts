/** Which time columns may show that a person did something, judged by their names in English and French. */
import { wordsOf } from './personal-words.ts'

/**
 * What is done to a person or a row, what looks ahead, and what a machine writes for itself. Everything else may
 * be an act of the person: to take a column for one in vain costs a waiver, to miss one costs a person.
 */
const noActs = new Set(
  (
    'born birth birthday birthdate naissance dob ' +
    'deleted deletion erased erasure purged anonymised anonymized pseudonymised truncated archived redacted ' +
    'supprime suppression efface effacement anonymise archive ' +
    'expires expiry expire expiration expired until due deadline next renewal renews end ends ' +
    'echeance fin prochain prochaine ' +
    'synced sync imported import indexed exported export migrated cached scanned computed ' +
    'refreshed replicated importe indexe exporte migre synchronise ' +
    'notified notification reminded reminder warned warning mailed emailed relance notifie ' +
    'restricted blocked banned suspended terminated locked moderated assigned bloque suspendu resilie'
  ).split(' '),
)

export function mayBeAnAct(name: string): boolean {
  return !wordsOf(name).some((word) => noActs.has(word))
}

const timeWords = new Set(
  (
    'at on time date ts timestamp stamp dateline since seen when created modified updated visit activity active ' +
    'connection post posted registered registration joined sent read used cree modifie vu visite activite ' +
    'inscription inscrit heure jour'
  ).split(' '),
)

/** Parts of words: `lastpost`, `derniere`, `timeaccess`, `logindate`. */
const timeParts = /^(?:last|dernier)|date|time|access|acces|log(?:in|on)|connexion/

/** `created_at`, `dateAdd`, `lastvisit`, `derniere_connexion`: a text under such a name can be a time. */
export function soundsLikeTime(name: string): boolean {
  return wordsOf(name).some((word) => timeWords.has(word) || timeParts.test(word))
}
