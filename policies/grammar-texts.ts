/** What lint says when a key or a value is not one that the grammar knows. */
import type { ProblemTexts } from './problem-text.ts'

export const grammarTexts = {
  E_UNKNOWN_KEY: {
    severity: 'error',
    en: 'Unknown key "{key}"[[ in {in}]].[[ Did you mean "{near}"?]][[ Expected one of: {allowed}.]] Correct the key, or remove it.',
    fr: 'Clé inconnue « {key} »[[ dans {in}]].[[ Vouliez-vous dire « {near} » ?]][[ On attend l’une de : {allowed}.]] Corrigez la clé, ou supprimez-la.',
  },
  E_MISSING_KEY: {
    severity: 'error',
    en: 'The key "{key}" is missing[[ in {in}]]. Add a line "{key}: …".',
    fr: 'La clé « {key} » manque[[ dans {in}]]. Ajoutez une ligne « {key}: … ».',
  },
  E_EMPTY: {
    severity: 'error',
    en: '"{key}" has no value. Write one after the colon, or remove the key.',
    fr: '« {key} » n’a pas de valeur. Écrivez-en une après les deux-points, ou supprimez la clé.',
  },
  E_EXPECTED_TEXT: {
    severity: 'error',
    en: '"{key}": expected a text, found {found}. Write a text, in double quotes if it looks like a number.',
    fr: '« {key} » : on attend un texte, on trouve {found}. Écrivez un texte, entre guillemets droits (") s’il ressemble à un nombre.',
  },
  E_EXPECTED_LIST: {
    severity: 'error',
    en: '"{key}": expected a list, found {found}. Write it in square brackets, with commas: [first, second].',
    fr: '« {key} » : on attend une liste, on trouve {found}. Écrivez-la entre crochets, avec des virgules : [premier, second].',
  },
  E_EXPECTED_MAP: {
    severity: 'error',
    en: '"{key}": expected keys with values, found {found}. Write "key: value" lines, indented by two spaces, below "{key}:".',
    fr: '« {key} » : on attend des clés avec leurs valeurs, on trouve {found}. Écrivez des lignes « clé: valeur », en retrait de deux espaces, sous « {key}: ».',
  },
  E_EXPECTED_NUMBER: {
    severity: 'error',
    en: '"{key}": expected a number, found {found}. Write it in digits, without a unit, a percent sign or quotes.',
    fr: '« {key} » : on attend un nombre, on trouve {found}. Écrivez-le en chiffres, sans unité, sans signe pour cent et sans guillemets.',
  },
  E_EXPECTED_WHOLE_NUMBER: {
    severity: 'error',
    en: '"{key}": expected a whole number, found {found}. Write it in digits, without a decimal point, a unit or quotes.',
    fr: '« {key} » : on attend un nombre entier, on trouve {found}. Écrivez-le en chiffres, sans virgule, sans unité et sans guillemets.',
  },
  E_EXPECTED_BOOLEAN: {
    severity: 'error',
    en: '"{key}": expected true or false, found {found}. Write one of the two, without quotes.',
    fr: '« {key} » : on attend true (vrai) ou false (faux), on trouve {found}. Écrivez l’un des deux, sans guillemets.',
  },
  E_EXPECTED_VALUE: {
    severity: 'error',
    en: '"{key}": expected one value as the column holds it, found {found}. Write a text, a number, true or false.',
    fr: '« {key} » : on attend une valeur telle que la colonne la contient, on trouve {found}. Écrivez un texte, un nombre, true ou false.',
  },
  E_VALUES: {
    severity: 'error',
    en: '"{key}": expected a value or a list of values, found {found}. Write, for example, admin or [paid, shipped].',
    fr: '« {key} » : on attend une valeur ou une liste de valeurs, on trouve {found}. Écrivez par exemple admin ou [paid, shipped].',
  },
  E_CHOICE: {
    severity: 'error',
    en: '"{key}": found "{found}".[[ Did you mean "{near}"?]] Expected one of: {allowed}.',
    fr: '« {key} » : on trouve « {found} ».[[ Vouliez-vous dire « {near} » ?]] On attend l’un de : {allowed}.',
  },
  E_NUMBER_RANGE: {
    severity: 'error',
    en: '"{key}": found {found}, expected a number[[ of at least {least}]][[ above {above}]][[ of at most {most}]]. Write a number within this limit.',
    fr: '« {key} » : on trouve {found}, on attend un nombre[[ d’au moins {least}]][[ supérieur à {above}]][[ d’au plus {most}]]. Écrivez un nombre dans cette limite.',
  },
  E_PERIOD: {
    severity: 'error',
    en: '"{key}": "{found}" is not a period. Expected a whole number with its unit, such as 3 years, 13 months, 1 year 6 months, 90 days, 72 hours or P3Y; hours stand alone, and zero is none.',
    fr: '« {key} » : « {found} » n’est pas une durée. On attend un nombre entier avec son unité, comme 3 ans, 13 mois, 1 an et 6 mois, 90 jours, 72 heures ou P3Y ; les heures vont seules, et zéro n’en est pas une.',
  },
  E_DAYS: {
    severity: 'error',
    en: '"{key}": expected a number of days, found "{found}". Write days or weeks, such as 30 days; months differ in length and cannot be used here.',
    fr: '« {key} » : on attend un nombre de jours, on trouve « {found} ». Écrivez des jours ou des semaines, comme 30 jours ; les mois n’ont pas tous la même longueur et ne conviennent pas ici.',
  },
  E_DATE: {
    severity: 'error',
    en: '"{key}": "{found}" is not a day of the calendar. Write year-month-day, such as 2026-11-22.',
    fr: '« {key} » : « {found} » n’est pas un jour du calendrier. Écrivez année-mois-jour, comme 2026-11-22.',
  },
  E_MONTH_DAY: {
    severity: 'error',
    en: '"{key}": "{found}" is not a day of every year. Write month-day in quotes, such as "12-31" or "06-30".',
    fr: '« {key} » : « {found} » n’est pas un jour de chaque année. Écrivez mois-jour entre guillemets, comme "12-31" ou "06-30".',
  },
  E_NAME: {
    severity: 'error',
    en: '"{found}" cannot be a name. Expected lower case letters without accents, digits, "-" and "_", beginning with a letter, 40 characters at most, such as inactive-accounts.',
    fr: '« {found} » ne peut pas être un nom. On attend des minuscules sans accent, des chiffres, « - » et « _ », en commençant par une lettre, 40 caractères au plus, comme comptes-inactifs.',
  },
  E_TABLE_NAME: {
    severity: 'error',
    en: '"{found}" is not the name of a table. Expected letters, digits, "_" and "$", with at most one dot: orders or shop.orders.',
    fr: '« {found} » n’est pas le nom d’une table. On attend des lettres, des chiffres, « _ » et « $ », avec un point au plus : orders ou shop.orders.',
  },
  E_COLUMN_NAME: {
    severity: 'error',
    en: '"{found}" is not the name of a column. Expected letters, digits, "_" and "$", such as last_login_at; where another table is allowed, table.column.',
    fr: '« {found} » n’est pas le nom d’une colonne. On attend des lettres, des chiffres, « _ » et « $ », comme last_login_at ; là où une autre table est admise, table.colonne.',
  },
  E_JSON_PATH: {
    severity: 'error',
    en: '"{found}" is not a place in JSON. Expected "$" and the names of keys, each after a dot: $.last_login or $.stats.seen.',
    fr: '« {found} » n’est pas un endroit dans du JSON. On attend « $ » et des noms de clés, chacun après un point : $.last_login ou $.stats.seen.',
  },
  E_ZONE: {
    severity: 'error',
    en: '"{key}": "{found}" is not a known time zone. Write continent and city, such as Europe/Paris, or UTC.',
    fr: '« {key} » : « {found} » n’est pas un fuseau horaire connu. Écrivez continent et ville, comme Europe/Paris, ou UTC.',
  },
  E_EMAIL: {
    severity: 'error',
    en: '"{key}": "{found}" is not a mail address. Write one address, such as privacy@boutique.example.',
    fr: '« {key} » : « {found} » n’est pas une adresse électronique. Écrivez une seule adresse, comme privacy@boutique.example.',
  },
  E_URL: {
    severity: 'error',
    en: '"{key}": "{found}" is not a web address. Write it whole, such as https://boutique.example.',
    fr: '« {key} » : « {found} » n’est pas une adresse de site. Écrivez-la en entier, comme https://boutique.example.',
  },
} satisfies ProblemTexts
