/** Strategies that do not fit their column: an error where a policy uses them, a warning before. */
import type { ProblemText } from '../policies/problem-text.ts'
import type { Misfit } from './strategy-fit.ts'

const reasons: Readonly<Record<Misfit, { readonly en: string; readonly fr: string }>> = {
  GENERATED: {
    en: '"{table}.{column}" is computed by the server; change the columns that it is computed from.',
    fr: '« {table}.{column} » est calculée par le serveur ; changez les colonnes dont elle dépend.',
  },
  KEY: {
    en: '"{table}.{column}" is part of the primary key and cannot be changed by "{strategy}".',
    fr: '« {table}.{column} » fait partie de la clé primaire et ne peut pas être changée par « {strategy} ».',
  },
  NULL: {
    en: '"{strategy}" needs NULL, which "{table}.{column}" ({type}) does not allow.',
    fr: '« {strategy} » demande NULL, que « {table}.{column} » ({type}) n’accepte pas.',
  },
  TYPE: {
    en: '"{strategy}" cannot be written to "{table}.{column}" ({type}).',
    fr: '« {strategy} » ne peut pas être écrit dans « {table}.{column} » ({type}).',
  },
  ADDRESS: {
    en: 'No IP address fits into "{table}.{column}" ({type}). "{strategy}" cuts addresses in a text, in a whole number of four bytes or more (INT, BIGINT), in BINARY(4), BINARY(16), VARBINARY or a BLOB, in INET4 and INET6. Use null, blank or fixed.',
    fr: 'Aucune adresse IP ne tient dans « {table}.{column} » ({type}). « {strategy} » tronque les adresses dans un texte, un entier d’au moins quatre octets (INT, BIGINT), BINARY(4), BINARY(16), VARBINARY ou un BLOB, INET4 et INET6. Prenez null, blank ou fixed.',
  },
  CHARACTERS: {
    en: '"{strategy}" keeps the first characters of a text, and "{table}.{column}" is {type}. Numbers take { bucketed: 1000 }, dates year or month.',
    fr: '« {strategy} » garde les premiers caractères d’un texte, et « {table}.{column} » est {type}. Un nombre prend { bucketed: 1000 }, une date year ou month.',
  },
  NUMBER: {
    en: '"{strategy}" rounds numbers down, and "{table}.{column}" is {type}. Dates take year or month, texts { generalised: 2 }.',
    fr: '« {strategy} » arrondit des nombres vers le bas, et « {table}.{column} » est {type}. Une date prend year ou month, un texte { generalised: 2 }.',
  },
  WHOLE: {
    en: '"{strategy}" would leave the whole value in "{table}.{column}" ({type}). Let fewer characters stay, or make the buckets wider.',
    fr: '« {strategy} » laisserait la valeur entière dans « {table}.{column} » ({type}). Laissez moins de caractères, ou élargissez les tranches.',
  },
  LENGTH: {
    en: 'What "{strategy}" writes is longer than "{table}.{column}" ({type}).',
    fr: 'Ce que « {strategy} » écrit est plus long que « {table}.{column} » ({type}).',
  },
  UNIQUE: {
    en: '"{strategy}" would give two rows one value, and "{table}.{column}" is unique. Use unique_address or null.',
    fr: '« {strategy} » donnerait la même valeur à deux lignes, et « {table}.{column} » est unique. Prenez unique_address ou null.',
  },
}

const texts: Record<string, ProblemText> = {
  E_FIELD_WITHOUT_STRATEGY: {
    severity: 'error',
    en: '"{column}" of "{kind}" is to be changed, but `personal` does not say into what.[[ Did you mean "{near}"?]]',
    fr: '« {column} » de « {kind} » doit être changée, mais `personal` ne dit pas en quoi.[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_NOTHING_TO_CHANGE: {
    severity: 'error',
    en: '"{act}" has nothing to write in "{table}": the data map names no column for it.',
    fr: '« {act} » n’a rien à écrire dans « {table} » : la carte ne nomme aucune colonne.',
  },
}
const referred = {
  en: 'The foreign key {key} leads from {from} to "{table}.{column}". A change there would change those rows too, outside the plan (ON UPDATE CASCADE), or be refused by the database. Keep the column with { keep: why }, erase the row, or let the key lead to the primary key.',
  fr: 'La clé étrangère {key} mène de {from} à « {table}.{column} ». Y changer une valeur changerait aussi ces lignes, hors du plan (ON UPDATE CASCADE), ou serait refusé par la base. Gardez la colonne avec { keep: pourquoi }, effacez la ligne, ou faites mener la clé à la clé primaire.',
}
texts['E_REFERRED_COLUMN'] = { severity: 'error', ...referred }
texts['W_REFERRED_COLUMN'] = { severity: 'warning', ...referred }
for (const [why, text] of Object.entries(reasons)) {
  texts[`E_STRATEGY_${why}`] = { severity: 'error', ...text }
  texts[`W_STRATEGY_${why}`] = { severity: 'warning', ...text }
}

export const strategyTexts: Readonly<Record<string, ProblemText>> = texts
