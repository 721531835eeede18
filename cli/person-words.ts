/** What `explain --for-the-person` says: to the person, in whole sentences, without a term of the trade. */
import type { Decision, SpareReason } from '../plan/decision.ts'
import type { Language } from '../policies/problem.ts'
import { fillText } from '../policies/problem-text.ts'
import { dayInWords } from '../templates/words.ts'

interface Said {
  readonly en: string
  readonly fr: string
}

const warned: Said = {
  en: 'We told you so by mail. Your data is kept at least until the end of {day}. Sign in once by then, and it stays.',
  fr: 'Nous vous l’avons annoncé par courriel. Conservation au moins jusqu’à la fin du {day}. Connectez-vous une fois d’ici là, et rien n’est supprimé.',
}

/** `{day}` is the last day; a sentence in double square brackets is left out where nobody knows it. */
const kept: Readonly<Record<SpareReason, Said>> = {
  active: {
    en: 'Your data is kept at least until the end of {day}.',
    fr: 'Conservation au moins jusqu’à la fin du {day}.',
  },
  'kept on request': {
    en: 'You asked us to keep your data: it is kept at least until the end of {day}.',
    fr: 'Vous nous avez demandé de garder vos données : conservation au moins jusqu’à la fin du {day}.',
  },
  held: {
    en: 'Your data is kept for now, for a legal reason. Nothing is done as long as this reason lasts.',
    fr: 'Conservation pour le moment, pour une raison juridique. Rien n’est fait tant que cette raison dure.',
  },
  restricted: {
    en: 'The use of your data is restricted (article 18 of the GDPR): it is stored, and nothing else is done with it.',
    fr: 'Le traitement est limité (article 18 du RGPD) : les données sont stockées, et rien d’autre n’est fait.',
  },
  'not while': {
    en: 'Your data is kept as long as something is under way, such as an open order.',
    fr: 'Conservation tant que quelque chose est en cours, comme une commande ouverte.',
  },
  exception: {
    en: 'Your data is kept, because an exception was made for it.',
    fr: 'Conservation, car une exception a été faite.',
  },
  'clock cannot be true': {
    en: 'The date from which the time counts cannot be right. Somebody looks at it before anything is done.',
    fr: 'La date d’où part le délai ne peut pas être juste. Quelqu’un l’examine avant que rien ne soit fait.',
  },
  'no clock': {
    en: 'No date is known from which the time would count. Somebody looks at it before anything is done.',
    fr: 'Aucune date d’où partirait le délai n’est connue. Quelqu’un l’examine avant que rien ne soit fait.',
  },
  'warned, not yet due': warned,
  'accepted, waiting for bounces': warned,
  'warning on its way': {
    en: 'We are writing to you about it. Nothing is done before the day that the mail names. Sign in once, and it stays.',
    fr: 'Nous vous écrivons à ce sujet. Rien n’est fait avant le jour que le courriel indique. Connectez-vous une fois, et rien n’est supprimé.',
  },
  'deferred for days': {
    en: 'A mail to you has been delayed for days. Nothing is done before we could write to you. Sign in once, and it stays.',
    fr: 'Un courriel qui vous est adressé est retardé depuis plusieurs jours. Rien n’est fait avant que nous ayons pu vous écrire. Connectez-vous une fois, et rien n’est supprimé.',
  },
  'our own fault': {
    en: 'Our mails cannot leave at the moment, which is our fault. Nothing is done before we could write to you. Sign in once, and it stays.',
    fr: 'Nos courriels ne peuvent pas partir pour le moment, par notre faute. Rien n’est fait avant que nous ayons pu vous écrire. Connectez-vous une fois, et rien n’est supprimé.',
  },
  'no address': {
    en: 'We have no address to write to. Somebody decides before anything is done. Sign in once, and it stays.',
    fr: 'Nous n’avons pas d’adresse où vous écrire. Quelqu’un décide avant que rien ne soit fait. Connectez-vous une fois, et rien n’est supprimé.',
  },
  'invalid address': {
    en: 'The address that we have cannot be written to.[[ Your data is kept at least until the end of {day}.]] Sign in once and correct it, and it stays.',
    fr: 'L’adresse que nous avons ne permet pas de vous écrire.[[ Conservation au moins jusqu’à la fin du {day}.]] Connectez-vous une fois et corrigez-la, et rien n’est supprimé.',
  },
  unreachable: {
    en: 'Our mails to you could not be delivered.[[ Your data is kept at least until the end of {day}.]] Sign in once and correct your address, and it stays.',
    fr: 'Nos courriels n’ont pas pu vous être remis.[[ Conservation au moins jusqu’à la fin du {day}.]] Connectez-vous une fois et corrigez votre adresse, et rien n’est supprimé.',
  },
  'given up by other servers': {
    en: 'Our mails to you came back: your mail server could not be reached, or did not take them. Somebody decides before anything is done. Sign in once and check your address, and it stays.',
    fr: 'Nos courriels nous sont revenus : votre serveur de messagerie était injoignable ou ne les a pas pris. Quelqu’un décide avant que rien ne soit fait. Connectez-vous une fois et vérifiez votre adresse, et rien n’est supprimé.',
  },
}

const due: Said = {
  en: 'The time is over: one of the next runs does it.',
  fr: 'Le délai est écoulé : l’un des prochains passages s’en charge.',
}
const dueWarned: Said = {
  en: 'The time is over: one of the next runs does it. If you sign in before, it stays.',
  fr: 'Le délai est écoulé : l’un des prochains passages s’en charge. Si vous vous connectez avant, rien n’est supprimé.',
}
const toWarn: Said = {
  en: 'Your account has not been used for a long time. We write to you first; nothing is done before the day that the mail names. Sign in once, and it stays.',
  fr: 'Votre compte n’a pas été utilisé depuis longtemps. Nous vous écrivons d’abord ; rien n’est fait avant le jour que le courriel indique. Connectez-vous une fois, et rien n’est supprimé.',
}
/** Headings. */
export const headings = {
  rules: { en: 'What applies to you, and what comes next:', fr: 'Ce qui s’applique à vous, et la suite :' },
  below: { en: 'What belongs to it has terms of its own:', fr: 'Ce qui en dépend a ses propres délais :' },
} as const satisfies Readonly<Record<string, Said>>

/** No day earlier than one that a mail has named: a day is said only where nothing can come before it. */
export function personSentence(decision: Decision, lang: Language, zone: string): string {
  const say = (said: Said, until: number | null): string =>
    fillText(said[lang], { day: until === null ? '' : dayInWords(until - 1, lang, zone) })
  switch (decision.act) {
    case 'due':
      return say(decision.notice === 'none needed' ? due : dueWarned, null)
    case 'warn':
      return decision.step === 0
        ? say(toWarn, null)
        : say(kept['warned, not yet due'], Math.max(decision.announced, decision.dueFrom))
    case 'spare':
      return say(kept[decision.reason], decision.until)
  }
}
