/** Problems of clocks, states, conditions and indexes. */
import type { ProblemText } from '../policies/problem-text.ts'

export const clockTexts = {
  E_NO_TERM: {
    severity: 'error',
    en: 'The policy has neither keep_at_most nor keep_at_least.',
    fr: 'La règle n’a ni keep_at_most ni keep_at_least.',
  },
  E_UNKNOWN_EVENT: {
    severity: 'error',
    en: 'The kind on "{table}" has no event "{event}".[[ Did you mean "{near}"?]]',
    fr: 'La catégorie sur « {table} » n’a pas d’événement « {event} ».[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_UNKNOWN_STATE: {
    severity: 'error',
    en: 'The kind on "{table}" has no state "{state}".[[ Did you mean "{near}"?]]',
    fr: 'La catégorie sur « {table} » n’a pas d’état « {state} ».[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_NO_WAY: {
    severity: 'error',
    en: 'No kind on "{table}" hangs on {kind}, so its rows cannot be told apart by {kind}. Describe it as a kind with `of`.',
    fr: 'Aucune catégorie sur « {table} » ne dépend de {kind} : ses lignes ne peuvent pas lui être attribuées. Décrivez-la avec `of`.',
  },
  E_AMBIGUOUS_WAY: {
    severity: 'error',
    en: 'Of the kinds on "{table}" that hang on {kind}, no one alone fits: {kinds}. Say with "where" which rows are meant and give them a kind, leave one kind, or read the date from another table.',
    fr: 'Parmi les catégories sur « {table} » qui dépendent de {kind}, aucune ne convient seule : {kinds}. Dites par « where » quelles lignes sont visées et donnez-leur une catégorie, n’en gardez qu’une, ou lisez la date ailleurs.',
  },
  E_CLOCK_FORMAT: {
    severity: 'error',
    en: '"{table}.{column}" is {type} and cannot be read as "{format}".',
    fr: '« {table}.{column} » est de type {type} et ne se lit pas comme « {format} ».',
  },
  E_CLOCK_FORMAT_NEEDED: {
    severity: 'error',
    en: '"{table}.{column}" is {type}, which can mean several things. Declare its format, one of: {formats}.',
    fr: '« {table}.{column} » est de type {type}, qui peut signifier plusieurs choses. Déclarez son format : {formats}.',
  },
  E_CLOCK_TYPE: {
    severity: 'error',
    en: '"{table}.{column}" is {type}, which holds no date. Choose another column.',
    fr: '« {table}.{column} » est de type {type}, qui ne contient pas de date. Choisissez une autre colonne.',
  },
  E_CLOCK_UNORDERED: {
    severity: 'error',
    en: 'The first source "{table}.{column}" does not sort by time, so it cannot be searched. Put an ordered source first.',
    fr: 'La première source « {table}.{column} » ne suit pas l’ordre du temps et ne peut pas être parcourue. Mettez une source ordonnée en premier.',
  },
  E_CLOCK_ELSEWHERE: {
    severity: 'error',
    en: 'The first source "{table}.{column}" is not a column of "{own}", whose rows are searched by it. Put a date of "{own}" first, such as the day of creation, and this one after it.',
    fr: 'La première source « {table}.{column} » n’est pas une colonne de « {own} », dont les lignes sont cherchées par elle. Mettez d’abord une date de « {own} », comme le jour de création, et celle-ci ensuite.',
  },
  E_CLOCK_ELSE: {
    severity: 'error',
    en: '"{table}.{column}" counts where the event never happened, and is searched by date: it needs to be a column of "{own}" itself that sorts by time. Choose one, such as the day of creation.',
    fr: '« {table}.{column} » compte quand l’événement n’a jamais eu lieu, et se cherche par date : il faut une colonne de « {own} » elle-même qui suive l’ordre du temps. Choisissez-en une, comme le jour de création.',
  },
  E_CLOCK_WHERE: {
    severity: 'error',
    en: '"{table}.{column}" is a column of the kind itself, so `where` chooses between no rows. Write `where` only at a column of another table.',
    fr: '« {table}.{column} » est une colonne de la catégorie elle-même : `where` n’a pas de lignes entre lesquelles choisir. N’écrivez `where` que pour une colonne d’une autre table.',
  },
  E_CLOCK_JSON: {
    severity: 'error',
    en: '"{table}.{column}" is {type}, which holds no JSON. Leave `path` out, or name the column of JSON.',
    fr: '« {table}.{column} » est de type {type}, qui ne contient pas de JSON. Retirez `path`, ou nommez la colonne de JSON.',
  },
  E_CLOCK_EMPTY: {
    severity: 'error',
    en: 'No row of "{table}"[[ with {where}]] has a time in "{column}"[[ at {path}]], so that this clock would call everybody silent. Correct `where`, `path` or `format`, or take the source out.',
    fr: 'Aucune ligne de « {table} »[[ avec {where}]] n’a de date dans « {column} »[[ à {path}]] : cette horloge dirait tout le monde silencieux. Corrigez `where`, `path` ou `format`, ou retirez cette source.',
  },
  E_NOT_A_NUMBER: {
    severity: 'error',
    en: '"{table}.{column}" is {type}; "at least" and "below" need a number.',
    fr: '« {table}.{column} » est de type {type} ; « at least » et « below » demandent un nombre.',
  },
  E_INDEX_MISSING: {
    severity: 'error',
    en: 'Without an index on "{table}" ({column}) every run would read the whole table. Create it:\n{sql}',
    fr: 'Sans index sur « {table} » ({column}), chaque passage lirait toute la table. Créez-le :\n{sql}',
  },
  E_INDEX_TEXT: {
    severity: 'error',
    en: '"{table}.{column}" is {type}: no index can hold it whole, so every run would read the whole table. Make it a VARCHAR, or a DATETIME where it tells a time, then index it.',
    fr: '« {table}.{column} » est de type {type} : aucun index ne la contient entière, et chaque passage lirait toute la table. Passez-la en VARCHAR, ou en DATETIME si elle dit un moment, puis indexez-la.',
  },
  W_INDEX_TEXT: {
    severity: 'warning',
    en: '"{table}.{column}" is {type}: no index can hold it whole. The table is small now; before it grows, make it a VARCHAR, or a DATETIME where it tells a time, then index it.',
    fr: '« {table}.{column} » est de type {type} : aucun index ne la contient entière. La table est encore petite ; avant qu’elle ne grandisse, passez-la en VARCHAR, ou en DATETIME si elle dit un moment, puis indexez-la.',
  },
  W_INDEX_MISSING: {
    severity: 'warning',
    en: 'There is no index on "{table}" ({column}). The table is small now; before it grows, create it:\n{sql}',
    fr: 'Il n’y a pas d’index sur « {table} » ({column}). La table est encore petite ; avant qu’elle ne grandisse, créez-le :\n{sql}',
  },
} as const satisfies Record<string, ProblemText>
