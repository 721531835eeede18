/** What `oubli doctor --clocks` says, in both languages. */
import { fillText, spaced } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'

const texts = {
  events: { en: 'Events of the data map', fr: 'Événements de la carte des données' },
  EVENT: { en: 'EVENT', fr: 'ÉVÉNEMENT' },
  COLUMN: { en: 'COLUMN', fr: 'COLONNE' },
  ROWS: { en: 'ROWS', fr: 'LIGNES' },
  NEVER: { en: 'NEVER', fr: 'JAMAIS' },
  FIRST: { en: 'FIRST', fr: 'PREMIER' },
  LAST: { en: 'LAST', fr: 'DERNIER' },
  YEAR: { en: 'BY YEAR', fr: 'PAR ANNÉE' },
  ends: {
    en: '{column}: the oldest and the newest rows by primary key were read, not the whole table.',
    fr: '{column} : seules les lignes les plus anciennes et les plus récentes par clé primaire ont été lues.',
  },
  'no right': {
    en: '{column}: this account may not read it. Print the grants again.',
    fr: '{column} : ce compte n’a pas le droit de la lire. Imprimez de nouveau les droits (oubli grants).',
  },
  late: {
    en: '{column}: begins in {first}, while {else} goes back to {since}; whoever came before is counted by {else}.',
    fr: '{column} : commence en {first}, alors que {else} remonte à {since} ; ceux d’avant sont comptés par {else}.',
  },
  stopped: {
    en: '{column}: nothing newer than {last}. Does the site still write it?',
    fr: '{column} : rien de plus récent que {last}. Le site l’écrit-il encore ?',
  },
  value: {
    en: '{column}: {rows} rows have one and the same value, of {month}.',
    fr: '{column} : {rows} lignes ont une seule et même valeur, de {month}.',
  },
  day: {
    en: '{column}: {rows} rows have one and the same day, of {month}.',
    fr: '{column} : {rows} lignes ont un seul et même jour, de {month}.',
  },
  unreadable: {
    en: '{column}: {rows} value(s) are no date.',
    fr: '{column} : {rows} valeur(s) ne sont pas des dates.',
  },
  ancient: {
    en: '{column}: {rows} value(s) lie before the site began.',
    fr: '{column} : {rows} valeur(s) avant le lancement du site.',
  },
  future: {
    en: '{column}: {rows} value(s) lie in the future.',
    fr: '{column} : {rows} valeur(s) dans le futur.',
  },
  policy: {
    en: '{policy}: {silent} people are silent by "{event}", {without} of them because it has no value for them',
    fr: '{policy} : {silent} personnes sont silencieuses selon « {event} », dont {without} parce qu’il n’a pas de valeur pour elles',
  },
  'SIGN OF LIFE': { en: 'SIGN OF LIFE', fr: 'SIGNE DE VIE' },
  'FOUND BY': { en: 'FOUND BY', fr: 'TROUVÉ PAR' },
  PEOPLE: { en: 'PEOPLE', fr: 'PERSONNES' },
  VERDICT: { en: 'VERDICT', fr: 'VERDICT' },
  'own row': { en: 'own row', fr: 'sa propre ligne' },
  'data map': { en: 'data map', fr: 'carte des données' },
  'foreign key': { en: 'foreign key', fr: 'clé étrangère' },
  name: { en: 'its name', fr: 'son nom' },
  waived: { en: 'waived: {reason}', fr: 'écarté : {reason}' },
  contradicts: { en: 'CONTRADICTS', fr: 'CONTREDIT' },
  shown: { en: 'shown only', fr: 'pour information' },
  unread: { en: 'NOT READ: no right', fr: 'NON LU : aucun droit' },
  unlike: {
    en: 'NOT READ: keys in two collations',
    fr: 'NON LU : clés de deux collations',
  },
  sample: {
    en: '{column}: no index leads from a person to the rows, so only the newest {rows} were looked at.',
    fr: '{column} : aucun index ne mène d’une personne à ses lignes ; seules les {rows} plus récentes ont été lues.',
  },
  'not read': {
    en: 'not read, or not but for what is listed above, as neither name nor type speaks of an act and its time: {columns}',
    fr: 'non lues, ou seulement pour ce qui figure ci-dessus, car ni le nom ni le type ne parlent d’un acte et de sa date : {columns}',
  },
  none: { en: 'no newer sign of life', fr: 'aucun signe de vie plus récent' },
  short: {
    en: 'TOO YOUNG  {column} has {first}, which is less than the term ago: nobody knows whether the {without} people without a value were silent for so long',
    fr: 'TROP RÉCENT  {column} {first}, soit moins que la durée : nul ne sait si les {without} personnes sans valeur sont restées silencieuses aussi longtemps',
  },
  'no value before': { en: 'no value before {first}', fr: 'n’a pas de valeur avant {first}' },
  'no value': { en: 'no value', fr: 'n’a aucune valeur' },
  fixed: {
    en: 'counted from a fixed start: what people did since is shown and stops nothing',
    fr: 'compté depuis un départ fixe : ce que les personnes ont fait depuis est montré et n’arrête rien',
  },
  remedy: {
    en: 'Let the column join the clock (latest_of in the data map), or waive it at the event with the reason (waived: { table.column: reason }).',
    fr: 'Ajoutez la colonne à l’événement (latest_of dans la carte des données), ou écartez-la sous cet événement avec le motif (waived: { table.colonne: motif }).',
  },
  refused: {
    en: '{count} clock(s) are contradicted: `oubli approve` refuses the policies that count from them.',
    fr: '{count} horloge(s) contredite(s) : `oubli approve` refuse les règles qui en dépendent.',
  },
  ready: { en: 'No clock is contradicted.', fr: 'Aucune horloge n’est contredite.' },
} as const

export type ClockWord = keyof typeof texts

export function clockWords(
  lang: Language,
  word: ClockWord,
  params: Readonly<Record<string, string>> = {},
): string {
  return spaced(lang, fillText(texts[word][lang], params))
}
