/** What lint says of mails. */
import type { ProblemText } from './problem-text.ts'

export const mailRuleTexts = {
  E_DISCREET_WITHOUT_NAME: {
    severity: 'error',
    en: 'The mails are to be discreet, but the data map gives no neutral name for them. Add "site: { discreet: { name: …, url: …, contact: … } }" to the data map, or write "variant: bare".',
    fr: 'Les courriels doivent être discrets, mais la cartographie ne leur donne pas de nom neutre. Ajoutez «\u00a0site: { discreet: { name: …, url: …, contact: … } }\u00a0» à la cartographie, ou écrivez «\u00a0variant: bare\u00a0».',
  },
  E_DISCREET_TELLS: {
    severity: 'error',
    en: 'The "{key}" of discreet mails holds the name of the site, "{name}"; expected one that tells nobody which site it is. Write a neutral one.',
    fr: 'Le «\u00a0{key}\u00a0» des courriels discrets contient le nom du site, «\u00a0{name}\u00a0»\u00a0; il ne doit dire à personne de quel site il s’agit. Écrivez-en un qui soit neutre.',
  },
  E_THEN_TELL_NOBODY: {
    severity: 'error',
    en: '"then_tell" says that an account was erased; expected "then: erase" on a kind with "subject: true", found "then: {action}" on "{kind}". Remove "then_tell:".',
    fr: '«\u00a0then_tell\u00a0» dit qu’un compte a été effacé\u00a0; «\u00a0then: erase\u00a0» sur une donnée «\u00a0subject: true\u00a0» est attendu, «\u00a0then: {action}\u00a0» sur «\u00a0{kind}\u00a0» est trouvé. Retirez «\u00a0then_tell:\u00a0».',
  },
  E_THEN_TELL_TOO_LONG: {
    severity: 'error',
    en: 'The address of an erased person would be kept for up to {found} days to send one mail; expected 1 to 30. Write for example "within: 5 days".',
    fr: 'L’adresse d’une personne effacée serait gardée jusqu’à {found} jours pour envoyer un courriel\u00a0; 1 à 30 sont attendus. Écrivez par exemple «\u00a0within: 5 days\u00a0».',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
