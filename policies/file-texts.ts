/** What lint says of the phrases and groups that only one kind of file has. */
import type { ProblemTexts } from './problem-text.ts'

export const fileTexts = {
  E_CONDITION: {
    severity: 'error',
    en: '"{key}": "{found}" is not a condition. Expected a value, a list of values, "at least 120 EUR" or "below 120 EUR".',
    fr: '« {key} » : « {found} » n’est pas une condition. On attend une valeur, une liste de valeurs, « au moins 120 EUR » ou « moins de 120 EUR ».',
  },
  E_AMOUNT_THOUSANDS: {
    severity: 'error',
    en: '"{key}": in "{found}" the mark before three digits can mean thousands or decimals. Write 1200 or 1 200 for thousands, and decimals with one or two digits, such as 120.50.',
    fr: '« {key} » : dans « {found} », le signe devant trois chiffres peut marquer des milliers ou des décimales. Écrivez 1200 ou 1 200 pour des milliers, et les décimales avec un ou deux chiffres, comme 120,50.',
  },
  E_DEPARTURE: {
    severity: 'error',
    en: '"{key}": found {found}. Expected what happens to these data when the person goes: erase, detach, anonymise, archive, { anonymise: policy }, { archive: policy } or { keep: reason }.',
    fr: '« {key} » : on trouve {found}. On attend ce que deviennent ces données quand la personne part : erase, detach, anonymise, archive, { anonymise: règle }, { archive: règle } ou { keep: motif }.',
  },
  E_UNREACHABLE: {
    severity: 'error',
    en: '"{key}": found {found}. Expected "a person decides" or { refusals: 2 on different days, wait: 90 days, finally: erase }.',
    fr: '« {key} » : on trouve {found}. On attend « a person decides » (une personne décide) ou { refusals: 2 à des jours différents, wait: 90 jours, finally: erase }.',
  },
  E_REFUSALS: {
    severity: 'error',
    en: '"{key}": found "{found}", expected "2 on different days". Two refusals on one day may be one failure, so the days belong to the words.',
    fr: '« {key} » : on trouve « {found} », on attend « 2 à des jours différents ». Deux refus le même jour peuvent être une seule panne, les jours font donc partie des mots.',
  },
  E_TERM_MISSING: {
    severity: 'error',
    en: 'The policy says for no period how long the data are kept, which would mean for ever. Add "keep_at_most: 3 years", or "keep_at_least:" for a duty to keep.',
    fr: 'La règle ne dit pas combien de temps les données sont gardées, ce qui voudrait dire toujours. Ajoutez « keep_at_most: 3 ans », ou « keep_at_least: » pour une obligation de garder.',
  },
  E_TERM_TWICE: {
    severity: 'error',
    en: 'Found keep_at_most: {most} and keep_at_least: {least}; one policy has one term. Keep one of the two, or write the same period in both for exactly that long, or make two policies.',
    fr: 'On trouve keep_at_most: {most} et keep_at_least: {least} ; une règle a un seul délai. Gardez l’un des deux, ou écrivez la même durée dans les deux pour dire exactement cette durée, ou faites deux règles.',
  },
  E_AGGREGATE_NOT_BUILT: {
    severity: 'error',
    en: '"then: aggregate" is planned, but this version cannot do it. Use anonymise or erase.',
    fr: '« then: aggregate » est prévu, mais cette version ne sait pas le faire. Utilisez anonymise ou erase.',
  },
  E_KEYS_EXCLUDE: {
    severity: 'error',
    en: 'Found {keys} together: they are different names of one limit. Keep one of them.',
    fr: 'On trouve {keys} ensemble : ce sont les noms d’une même limite. N’en gardez qu’un.',
  },
  E_EVENT_SOURCE: {
    severity: 'error',
    en: 'The event "{event}" needs either "column:" or "latest_of:", and not both. Name the column that tells when it happened.',
    fr: 'L’événement « {event} » demande soit « column: », soit « latest_of: », mais pas les deux. Nommez la colonne qui dit quand il a eu lieu.',
  },
  E_TIME_COLUMN: {
    severity: 'error',
    en: '"{key}": found {found}. Expected a column, table.column, or { column: …, format: …, zone: … }.',
    fr: '« {key} » : on trouve {found}. On attend une colonne, table.colonne, ou { column: …, format: …, zone: … }.',
  },
  E_STRATEGY: {
    severity: 'error',
    en: '"{key}": found "{found}".[[ Did you mean "{near}"?]] Expected what anonymising writes there: {allowed}, { generalised: 2 } (characters that stay), { bucketed: 5 } (width of a bucket), { fixed: value }, { without: [$.key] } or { keep: reason }.',
    fr: '« {key} » : on trouve « {found} ».[[ Vouliez-vous dire « {near} » ?]] On attend ce que l’anonymisation y écrit : {allowed}, { generalised: 2 } (caractères qui restent), { bucketed: 5 } (largeur d’une tranche), { fixed: valeur }, { without: [$.clé] } ou { keep: motif }.',
  },
  E_LINK: {
    severity: 'error',
    en: '"{key}": found {found}. Expected own column and column of the parent, { user_id: id }, or { columns: { user_id: id }, where: { owner_type: user } }.',
    fr: '« {key} » : on trouve {found}. On attend la colonne d’ici et celle du parent, { user_id: id }, ou { columns: { user_id: id }, where: { owner_type: user } }.',
  },
  E_ARCHIVE_COLUMNS: {
    severity: 'error',
    en: '"{key}": found {found}. Expected a list of columns, or archive column and own column: { number: invoice_number }.',
    fr: '« {key} » : on trouve {found}. On attend une liste de colonnes, ou colonne d’archive et colonne d’ici : { number: invoice_number }.',
  },
} satisfies ProblemTexts
