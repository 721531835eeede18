/** The grammar of one kind of data in the data map. */
import { z } from 'zod'
import { eventSchema } from './event-schema.ts'
import * as w from './schema-words.ts'
import { strategy } from './strategy-schema.ts'

const { says } = w

const columns = z.union([w.columnName, w.listOf(w.columnName)], { error: 'E_COLUMN_NAME' })
const byColumn = w.recordOf(w.columnPath, w.values)
const columnToColumn = w.recordOf(w.columnName, w.columnName)

const link = z.union(
  [
    w.mapOf({
      columns: columnToColumn.meta(
        says('Own column to column of the parent.', 'Colonne d’ici vers colonne du parent.'),
      ),
      where: w
        .recordOf(w.columnName, w.scalar)
        .optional()
        .meta(says('Constants that select this parent.', 'Constantes qui désignent ce parent.')),
    }),
    columnToColumn,
  ],
  { error: 'E_LINK' },
)

export const kindSchema = w.mapOf({
  label: w
    .mapOf({
      en: w.text.meta(says('In English.', 'En anglais.')),
      fr: w.text.meta(says('In French.', 'En français.')),
      gender: z
        .enum(['m', 'f'], { error: 'E_CHOICE' })
        .meta(says('Gender of the French noun.', 'Genre du nom français.')),
    })
    .optional()
    .meta(
      says(
        'Plural nouns for the plain sentence: { en: accounts, fr: comptes, gender: m }.',
        'Noms au pluriel pour la phrase claire : { en: accounts, fr: comptes, gender: m }.',
      ),
    ),
  category: w.name
    .optional()
    .meta(
      says(
        'What the rule packs call it. By default the name of the kind.',
        'Son nom dans les jeux de règles. Par défaut le nom de la catégorie.',
      ),
    ),
  table: w.tableName.meta(says('The table, or schema.table.', 'La table, ou schéma.table.')),
  key: columns.meta(
    says('The column or columns of the primary key.', 'La ou les colonnes de la clé primaire.'),
  ),
  identity: columns
    .optional()
    .meta(
      says(
        'Columns that tell a person from a later one with the same key.',
        'Colonnes qui distinguent une personne d’une autre venue plus tard avec la même clé.',
      ),
    ),
  subject: z
    .boolean({ error: 'E_EXPECTED_BOOLEAN' })
    .optional()
    .meta(says('true: a row is a person.', 'true : une ligne est une personne.')),
  of: w.name
    .optional()
    .meta(says('The kind to which the rows belong.', 'La catégorie à laquelle les lignes appartiennent.')),
  link: link
    .optional()
    .meta(
      says(
        'Own column to column of the parent, where no foreign key says it: { user_id: id }.',
        'Colonne d’ici vers colonne du parent, si aucune clé étrangère ne le dit : { user_id: id }.',
      ),
    ),
  contact: w
    .mapOf({
      email: w.columnName.meta(says('Column of the mail address.', 'Colonne de l’adresse électronique.')),
      name: w.columnName
        .optional()
        .meta(says('Column of the name to greet with.', 'Colonne du nom pour la salutation.')),
      locale: w.columnName.optional().meta(says('Column of the language.', 'Colonne de la langue.')),
    })
    .optional()
    .meta(
      says('Columns with the address, name and language.', 'Colonnes de l’adresse, du nom et de la langue.'),
    ),
  events: w
    .recordOf(w.name, eventSchema)
    .optional()
    .meta(says('What happened when, by name.', 'Ce qui est arrivé et quand, par nom.')),
  states: w
    .recordOf(w.name, byColumn)
    .optional()
    .meta(
      says(
        'Named states: { order_open: { orders.status: [paid, shipped] } }.',
        'États nommés : { order_open: { orders.status: [paid, shipped] } }.',
      ),
    ),
  except: byColumn
    .optional()
    .meta(
      says(
        'Rows that no policy ever touches: { role: [admin] }. What they would leave with stays too.',
        'Lignes qu’aucune règle ne touche : { role: [admin] }. Ce avec quoi elles partiraient reste aussi.',
      ),
    ),
  restricted: byColumn
    .optional()
    .meta(
      says(
        'Rows whose processing is restricted (GDPR 18).',
        'Lignes dont le traitement est limité (RGPD 18).',
      ),
    ),
  personal: w
    .recordOf(w.columnName, strategy)
    .optional()
    .meta(
      says(
        'Personal columns, each with what anonymising writes.',
        'Colonnes personnelles, chacune avec ce que l’anonymisation y écrit.',
      ),
    ),
  exempt: w
    .recordOf(w.columnName, w.text)
    .optional()
    .meta(
      says(
        'Columns that hold nothing personal, each with the reason.',
        'Colonnes sans rien de personnel, chacune avec le motif.',
      ),
    ),
  archive: w
    .mapOf({
      into: w.name.meta(
        says('The kind that holds the archived rows.', 'La catégorie qui reçoit les lignes archivées.'),
      ),
      columns: z
        .union([w.listOf(w.columnName), columnToColumn], { error: 'E_ARCHIVE_COLUMNS' })
        .meta(
          says(
            'Columns to copy: a list, or archive column to own column.',
            'Colonnes à copier : une liste, ou colonne d’archive vers colonne d’ici.',
          ),
        ),
    })
    .optional()
    .meta(says('Where archiving puts the rows.', 'Où l’archivage place les lignes.')),
  withdrawn: w
    .recordOf(w.columnName, z.union([w.scalar, z.null()], { error: 'E_EXPECTED_VALUE' }))
    .optional()
    .meta(
      says(
        'What withdrawing consent writes: { opted_in: 0 }.',
        'Ce que le retrait du consentement écrit : { opted_in: 0 }.',
      ),
    ),
  done: w
    .mapOf({
      anonymise: w.columnName
        .optional()
        .meta(says('Set when the row is anonymised.', 'Renseignée quand la ligne est anonymisée.')),
      'truncate fields': w.columnName
        .optional()
        .meta(says('Set when the fields are truncated.', 'Renseignée quand les champs sont tronqués.')),
      'withdraw consent': w.columnName
        .optional()
        .meta(says('Set when the consent is withdrawn.', 'Renseignée quand le consentement est retiré.')),
    })
    .optional()
    .meta(
      says(
        'Columns that note the moment an action was done.',
        'Colonnes qui notent le moment où une action a été faite.',
      ),
    ),
  partitions: z
    .enum(['drop'], { error: 'E_CHOICE' })
    .optional()
    .meta(
      says(
        'drop: partitions whose rows are all due are dropped whole.',
        'drop : les partitions dont toutes les lignes sont échues sont supprimées entières.',
      ),
    ),
})

export type KindFile = z.output<typeof kindSchema>
