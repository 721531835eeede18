/** What lint says of mails. */
import type { ProblemText } from './problem-text.ts'

export const mailRuleTexts = {
  E_MAP_TODO: {
    severity: 'error',
    en: '"{key}" is still at todo.example, which stands for nobody, and the mails of the enforced policy "{policy}" would name it. Write what is true (without a DPO, write the address of the contact), or set "status: observe".',
    fr: '«\u00a0{key}\u00a0» est encore à todo.example, qui ne désigne personne, et les courriels de la règle appliquée «\u00a0{policy}\u00a0» le diraient. Écrivez ce qui est vrai (sans DPO, écrivez l’adresse du contact), ou «\u00a0status: observe\u00a0».',
  },
  W_MAP_TODO: {
    severity: 'warning',
    en: '"{key}" is still at todo.example, which stands for nobody. No mail of an enforced policy names it, but the report does. Write what is true; without a DPO, write the address of the contact.',
    fr: '«\u00a0{key}\u00a0» est encore à todo.example, qui ne désigne personne. Aucun courriel d’une règle appliquée ne le dit, mais le rapport le dit. Écrivez ce qui est vrai\u00a0; sans DPO, écrivez l’adresse du contact.',
  },
  E_DISCREET_WITHOUT_NAME: {
    severity: 'error',
    en: 'The mails are to be discreet, but the data map gives no neutral name for them. Add "site: { discreet: { name: …, url: …, contact: … } }" to the data map, or write "variant: bare".',
    fr: 'Les courriels doivent être discrets, mais la carte des données ne leur donne pas de nom neutre. Ajoutez «\u00a0site: { discreet: { name: …, url: …, contact: … } }\u00a0» à la carte des données, ou écrivez «\u00a0variant: bare\u00a0».',
  },
  E_DISCREET_TELLS: {
    severity: 'error',
    en: 'The "{key}" of discreet mails gives away "{name}", which tells the site: its name, its address or who runs it. Write a neutral one.',
    fr: 'Le «\u00a0{key}\u00a0» des courriels discrets laisse lire «\u00a0{name}\u00a0», qui dit de quel site il s’agit\u00a0: son nom, son adresse ou qui le tient. Écrivez-en un qui soit neutre.',
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
  E_ACCOUNT_NOT_WARNED: {
    severity: 'error',
    en: 'Policy "{policy}" erases accounts of silent people without telling them first; expected "warn:". Add it, for example with "days_before_erasure: [60, 30, 7]".',
    fr: 'La règle «\u00a0{policy}\u00a0» efface les comptes de personnes silencieuses sans les prévenir\u00a0; «\u00a0warn:\u00a0» est attendu. Ajoutez-le, par exemple avec «\u00a0days_before_erasure: [60, 30, 7]\u00a0».',
  },
  W_ACCOUNT_NOT_WARNED: {
    severity: 'warning',
    en: 'Policy "{policy}" erases accounts without telling the people first, and the data map does not say who moves the date "{event}" from which it counts. If a sign-in or a purchase moves it, add "warn:". If no act of the person does, as with a request, write "slides: never" there.',
    fr: 'La règle «\u00a0{policy}\u00a0» efface des comptes sans prévenir les personnes, et la carte des données ne dit pas qui déplace la date «\u00a0{event}\u00a0» à partir de laquelle elle compte. Si une connexion ou un achat la déplace, ajoutez «\u00a0warn:\u00a0». Si aucun acte de la personne ne la déplace, comme pour une demande, écrivez-y «\u00a0slides: never\u00a0».',
  },
  E_WARN_WITHOUT_CONTACT: {
    severity: 'error',
    en: 'People are to be warned, but the data map gives no address for "{kind}". Add "contact: { email: … }" to that kind.',
    fr: 'Les personnes doivent être prévenues, mais la carte des données ne donne pas d’adresse pour «\u00a0{kind}\u00a0». Ajoutez «\u00a0contact: { email: … }\u00a0» à cette donnée.',
  },
  E_WARN_WITHOUT_WORDS: {
    severity: 'error',
    en: 'The mails say that an account is erased, made anonymous or archived; "then: {action}"[[ on the fields {fields}]] does none of these to the whole row. Remove "warn:", or let the policy act on the whole row.',
    fr: 'Les courriels disent qu’un compte est effacé, anonymisé ou archivé\u00a0; «\u00a0then: {action}\u00a0»[[ sur les champs {fields}]] n’en fait rien pour la ligne entière. Retirez «\u00a0warn:\u00a0», ou faites agir la règle sur la ligne entière.',
  },
  E_WARN_FIXED_CLOCK: {
    severity: 'error',
    en: 'The mails say that the account stays if the person signs in, but the term is counted from "{event}", and the data map does not say that an act of the person moves it: whoever obeys would be erased all the same. If it does, write "slides: by the person" there. If not, count from a sign of life, or remove "warn:" (requests to stay do not hold then: set a hold for these people first).',
    fr: 'Les courriels disent que le compte reste si la personne se connecte, mais la durée est comptée depuis «\u00a0{event}\u00a0», et la carte des données ne dit pas qu’un acte de la personne le déplace\u00a0: elle serait effacée malgré sa connexion. Si c’est le cas, écrivez-y «\u00a0slides: by the person\u00a0». Sinon, comptez depuis un signe de vie, ou retirez «\u00a0warn:\u00a0» (les demandes de rester ne valent alors plus\u00a0: mettez d’abord un gel pour ces personnes).',
  },
  E_LADDER_NOT_DESCENDING: {
    severity: 'error',
    en: '"days_before_erasure" is {found}; expected the largest number first and none twice, because a mail whose day has passed when the first one goes is left out. Write {expected}.',
    fr: '«\u00a0days_before_erasure\u00a0» vaut {found}\u00a0; le plus grand nombre d’abord et aucun en double sont attendus, car un courriel dont le jour est passé quand part le premier n’est pas envoyé. Écrivez {expected}.',
  },
  E_NOTICE_LONGER_THAN_LADDER: {
    severity: 'error',
    en: 'The minimum notice is {found} days, but the first warning goes {first} days before the erasure, so every erasure would be late. Warn earlier, or shorten "minimum_notice".',
    fr: 'Le préavis minimal est de {found} jours, mais le premier avertissement part {first} jours avant l’effacement\u00a0: chaque effacement serait en retard. Prévenez plus tôt, ou réduisez «\u00a0minimum_notice\u00a0».',
  },
  E_BOUNCE_WINDOW: {
    severity: 'error',
    en: 'Mails may come back for {found} days, but the minimum notice is {notice} days: somebody could be erased while the mail is still on its way back. Shorten "bounce_window", or raise "minimum_notice".',
    fr: 'Les courriels peuvent revenir pendant {found} jours, mais le préavis minimal est de {notice} jours\u00a0: une personne pourrait être effacée alors que son courriel revient encore. Réduisez «\u00a0bounce_window\u00a0», ou augmentez «\u00a0minimum_notice\u00a0».',
  },
  E_LADDER_BEYOND_TERM: {
    severity: 'error',
    en: 'The first warning goes {found} days before the end of a term of {term_en}, that is before the term begins. Start the warnings later, or lengthen the term.',
    fr: 'Le premier avertissement part {found} jours avant la fin d’une durée de {term_fr}, donc avant que celle-ci ne commence. Prévenez plus tard, ou allongez la durée.',
  },
  E_UNREACHABLE_TOO_SOON: {
    severity: 'error',
    en: 'People count as unreachable after {found} refusal; expected refusals on at least 2 different days, because one bad day of a mail server proves nothing. Write "refusals: 2 on different days".',
    fr: 'Les personnes sont jugées injoignables après {found} refus\u00a0; des refus sur au moins 2 jours différents sont attendus, car un seul mauvais jour d’un serveur de messagerie ne prouve rien. Écrivez «\u00a0refusals: 2 on different days\u00a0».',
  },
  E_INVALID_ADDRESS_TOO_SOON: {
    severity: 'error',
    en: 'People whose address is invalid would go {found} days after the term, but the minimum notice is {notice} days, and nobody can write to them; expected at least that wait, so that a typing error can be put right.',
    fr: 'Les personnes dont l’adresse est invalide partiraient {found} jours après le délai, alors que le préavis est de {notice} jours et que nul ne peut leur écrire\u00a0; une attente au moins aussi longue est attendue, pour qu’une faute de frappe puisse être corrigée.',
  },
  I_WARNED_AT_THE_TERM: {
    severity: 'info',
    en: 'The first mail goes only when the term of {term_en} is over, so people are really kept for {term_en} and {days} days. Say so in the privacy notice, or write "when: before the term".',
    fr: 'Le premier courriel ne part qu’au terme de la durée de {term_fr}\u00a0: les données sont réellement conservées {term_fr} et {days} jours. Indiquez-le dans la notice d’information, ou écrivez «\u00a0when: before the term\u00a0».',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
