/** Problems between the data map and the live tables. */
import type { ProblemText } from '../policies/problem-text.ts'

export const mapTexts = {
  E_UNKNOWN_TABLE: {
    severity: 'error',
    en: 'The database has no table "{table}".[[ Did you mean "{near}"?]][[ Tables of the own schema stand without "{schema}."; those of another are seen only with a right on it, such as REFERENCES.]]',
    fr: 'La base n’a pas de table « {table} ».[[ Vouliez-vous dire « {near} » ?]][[ Une table du schéma du site s’écrit sans « {schema}. » ; celles d’un autre ne se voient qu’avec un droit sur lui, comme REFERENCES.]]',
  },
  E_NO_SCHEMAS: {
    severity: 'error',
    en: 'SQLite has no other schemas, so "{table}" cannot be reached. Write the name of a table of the site alone.',
    fr: 'SQLite n’a pas d’autres schémas : « {table} » est hors d’atteinte. Écrivez seulement le nom d’une table du site.',
  },
  W_UNKNOWN_TABLE: {
    severity: 'warning',
    en: 'out_of_scope names "{table}", which the database does not have.[[ Did you mean "{near}"?]]',
    fr: 'out_of_scope nomme « {table} », absente de la base.[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_UNKNOWN_COLUMN: {
    severity: 'error',
    en: 'The table "{table}" has no column "{column}".[[ Did you mean "{near}"?]]',
    fr: 'La table « {table} » n’a pas de colonne « {column} ».[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_UNKNOWN_KIND: {
    severity: 'error',
    en: 'The data map has no kind "{kind}".[[ Did you mean "{near}"?]]',
    fr: 'La carte n’a pas de catégorie « {kind} ».[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_CANARY_KIND: {
    severity: 'error',
    en: 'canaries name the kind "{kind}", which the data map does not have.[[ Did you mean "{near}"?]]',
    fr: 'canaries nomme la catégorie « {kind} », absente de la carte.[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_BROKEN_KIND: {
    severity: 'error',
    en: 'This needs the kind "{kind}", which has a problem of its own. Mend that one first.',
    fr: 'La catégorie « {kind} », nécessaire ici, a son propre problème. Corrigez-le d’abord.',
  },
  E_VALUE_TYPE: {
    severity: 'error',
    en: '"{table}.{column}" is {type} and cannot hold "{value}". Write the value as the column holds it.',
    fr: '« {table}.{column} » est de type {type} et ne peut pas contenir « {value} ». Écrivez la valeur telle que la colonne la contient.',
  },
  E_NO_PRIMARY_KEY: {
    severity: 'error',
    en: 'The table "{table}" has no primary key, so its rows cannot be locked one by one. Add one.',
    fr: 'La table « {table} » n’a pas de clé primaire : ses lignes ne peuvent pas être verrouillées une à une. Ajoutez-en une.',
  },
  E_NO_ROLLBACK: {
    severity: 'error',
    en: 'The table "{table}" is not InnoDB: an erasure could stop half-way, or not see who comes back meanwhile. Convert it to InnoDB.',
    fr: 'La table « {table} » n’est pas en InnoDB : un effacement pourrait rester à moitié fait, ou ne pas voir qui revient entre-temps. Passez-la en InnoDB.',
  },
  E_VERSIONED: {
    severity: 'error',
    en: 'The table "{table}" keeps every past version of its rows (SYSTEM VERSIONING): what is erased could still be read. End that: `ALTER TABLE {table} DROP SYSTEM VERSIONING`. A history that the site needs belongs into a table of its own, with a policy.',
    fr: 'La table « {table} » garde toutes les versions passées de ses lignes (SYSTEM VERSIONING) : ce qui est effacé resterait lisible. Mettez-y fin : `ALTER TABLE {table} DROP SYSTEM VERSIONING`. Un historique dont le site a besoin a sa place dans une table à lui, avec une règle.',
  },
  W_PARTITIONED: {
    severity: 'warning',
    en: 'The table "{table}" is partitioned: no foreign key can protect it, and rows are deleted one by one. A technical table can say `partitions: drop`.',
    fr: 'La table « {table} » est partitionnée : aucune clé étrangère ne la protège, et les lignes partent une à une. Une table technique peut dire `partitions: drop`.',
  },
  W_TRIGGERS: {
    severity: 'warning',
    en: 'Triggers run inside our transactions on "{table}" and may copy what is erased: {triggers}. Read them.',
    fr: 'Des déclencheurs agissent dans nos transactions sur « {table} » et peuvent copier ce qui est effacé : {triggers}. Relisez-les.',
  },
  W_TRIGGERS_UNSEEN: {
    severity: 'warning',
    en: 'This account may not see the triggers of {tables}, which can copy what is erased. Ask an administrator to look (`SHOW TRIGGERS`). A run under such an account deletes what hangs on people the slower way and drops no partition; `oubli grants` prints the right that ends this.',
    fr: 'Ce compte ne peut pas voir les déclencheurs de {tables}, qui peuvent copier ce qui est effacé. Faites regarder un administrateur (`SHOW TRIGGERS`). Sous un tel compte, une exécution supprime par la voie lente ce qui dépend des personnes, et aucune partition d’un bloc ; `oubli grants` imprime le droit qui y met fin.',
  },
  E_KEY_NOT_UNIQUE: {
    severity: 'error',
    en: 'The key of "{kind}" ({columns}) is not unique in "{table}".[[ Its primary key is ({primary}).]] Use a primary or unique key without NULL.',
    fr: 'La clé de « {kind} » ({columns}) n’est pas unique dans « {table} ».[[ La clé primaire est ({primary}).]] Prenez une clé primaire ou unique sans NULL.',
  },
  E_NO_FOREIGN_KEY: {
    severity: 'error',
    en: '"{table}" has no foreign key to "{toTable}", so nothing says how {kind} hangs on {parent}. Declare it:\n{stub}',
    fr: '« {table} » n’a pas de clé étrangère vers « {toTable} » : rien ne dit comment {kind} dépend de {parent}. Déclarez-le :\n{stub}',
  },
  E_AMBIGUOUS_LINK: {
    severity: 'error',
    en: 'Several foreign keys lead from {kind} to {parent}: {keys}. Say which:\n{stub}',
    fr: 'Plusieurs clés étrangères mènent de {kind} à {parent} : {keys}. Dites laquelle :\n{stub}',
  },
  E_LINK_EMPTY: {
    severity: 'error',
    en: 'The link of "{kind}" names no column. Write `link: { own_column: parent_column }`.',
    fr: 'Le lien de « {kind} » ne nomme aucune colonne. Écrivez `link: { colonne: colonne_du_parent }`.',
  },
  E_LINK_TYPES: {
    severity: 'error',
    en: '"{table}.{column}" ({type}) cannot be compared with {parent} ({parentType}) through an index. Give both one type.',
    fr: '« {table}.{column} » ({type}) ne se compare pas à {parent} ({parentType}) par un index. Donnez-leur un même type.',
  },
  E_LINK_NOT_UNIQUE: {
    severity: 'error',
    en: '{kind} is linked to ({columns}) of "{toTable}", which several rows can share: the data of somebody else would leave. Link to a unique key.',
    fr: '{kind} est lié à ({columns}) de « {toTable} », que plusieurs lignes peuvent partager : les données d’autrui partiraient. Liez à une clé unique.',
  },
  E_PERSONAL_MISSING: {
    severity: 'error',
    en: 'The personal column "{column}" is not in "{table}".[[ Did you mean "{near}"?]]',
    fr: 'La colonne personnelle « {column} » n’est pas dans « {table} ».[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_DONE_MISSING: {
    severity: 'error',
    en: 'The column "{column}" that marks what is done is not in "{table}".[[ Did you mean "{near}"?]] Leave `done` out to use our own mark.',
    fr: 'La colonne « {column} » qui marque ce qui est fait n’est pas dans « {table} ».[[ Vouliez-vous dire « {near} » ?]] Sans `done`, notre propre marque sert.',
  },
  E_DONE_UNUSABLE: {
    severity: 'error',
    en: '"{table}.{column}" ({type}) cannot mark what is done: it needs a date, a date and time or a text that may be NULL.',
    fr: '« {table}.{column} » ({type}) ne peut pas marquer ce qui est fait : il faut une date, une date-heure ou un texte qui accepte NULL.',
  },
} as const satisfies Record<string, ProblemText>
