/** The grammar of one event of the data map: when something happened, in which columns. */
import { z } from 'zod'
import * as w from './schema-words.ts'

const { choice, says } = w

const format = choice(
  ['auto', 'datetime', 'timestamp', 'date', 'epoch seconds', 'epoch milliseconds', '14 digits', 'iso text'],
  {
    auto: 'From the type of the column. / D’après le type de la colonne.',
    datetime: 'YYYY-MM-DD HH:MM:SS in the declared zone. / Dans le fuseau déclaré.',
    timestamp: 'MySQL TIMESTAMP, read in UTC. / Lu en UTC.',
    date: 'A civil date. / Une date civile.',
    'epoch seconds': 'Seconds since 1970. / Secondes depuis 1970.',
    'epoch milliseconds': 'Milliseconds since 1970. / Millisecondes depuis 1970.',
    '14 digits': 'YYYYMMDDHHMMSS in the declared zone. / Dans le fuseau déclaré.',
    'iso text': 'ISO 8601 text with an offset. / Texte ISO 8601 avec décalage.',
  },
).meta(
  says(
    'How the column writes time. By default from its type.',
    'Comment la colonne écrit le temps. Par défaut d’après son type.',
  ),
)

const zone = w.zone.meta(
  says(
    'Zone of values that name none. By default stored_in; for dates without an hour, zone.',
    'Fuseau des valeurs qui n’en portent pas. Par défaut stored_in ; pour les dates sans heure, zone.',
  ),
)

const never = w
  .listOf(z.union([w.scalar, z.null()], { error: 'E_EXPECTED_VALUE' }))
  .meta(
    says(
      'Values that mean "did not happen": [null, 0, 0000-00-00]. By default [null].',
      'Valeurs qui veulent dire « n’a pas eu lieu » : [null, 0, 0000-00-00]. Par défaut [null].',
    ),
  )

const ordered = z
  .boolean({ error: 'E_EXPECTED_BOOLEAN' })
  .meta(
    says(
      'false when the values do not sort by time; the column is then never searched by date.',
      'false quand l’ordre des valeurs n’est pas celui du temps ; la colonne n’est alors jamais parcourue par date.',
    ),
  )

const where = w
  .recordOf(w.columnName, w.scalar)
  .meta(
    says(
      'Only rows of the other table with these values: { meta_key: last_login }.',
      'Seulement les lignes de l’autre table qui ont ces valeurs : { meta_key: last_login }.',
    ),
  )

const path = w.jsonPath.meta(
  says(
    'Where the time stands in a column of JSON: $.last_login.',
    'Où se trouve la date dans une colonne de JSON : $.last_login.',
  ),
)

/** A column alone, or with what is special about it. */
export const timeColumn = z.union(
  [
    w.columnPath,
    w.mapOf({
      column: w.columnPath.meta(says('The column, or table.column.', 'La colonne, ou table.colonne.')),
      where: where.optional(),
      path: path.optional(),
      format: format.optional(),
      zone: zone.optional(),
      never: never.optional(),
      ordered: ordered.optional(),
    }),
  ],
  { error: 'E_TIME_COLUMN' },
)

const label = w.mapOf({
  en: w.text.meta(says('In English.', 'En anglais.')),
  fr: w.text.meta(says('In French.', 'En français.')),
})

export const eventSchema = w.mapOf({
  column: w.columnPath.optional().meta(says('The column that tells when.', 'La colonne qui dit quand.')),
  latest_of: w
    .listOf(timeColumn)
    .optional()
    .meta(
      says(
        'The latest of several columns; the first is the one that is searched.',
        'La plus récente de plusieurs colonnes ; la première est celle qui est parcourue.',
      ),
    ),
  format: format.optional(),
  zone: zone.optional(),
  never: never.optional(),
  ordered: ordered.optional(),
  else: timeColumn
    .optional()
    .meta(
      says(
        'The column that counts when it never happened.',
        'La colonne qui compte quand cela n’a jamais eu lieu.',
      ),
    ),
  rounded_to: z
    .enum(['end of fiscal year'], { error: 'E_CHOICE' })
    .optional()
    .meta(says('Count from the end of the fiscal year.', 'Compter depuis la clôture de l’exercice.')),
  slides: choice(['never', 'by the person', 'by the site'], {
    never: 'A fixed start. / Un départ fixe.',
    'by the person': 'Moved by an act of the person. / Déplacé par un acte de la personne.',
    'by the site': 'Moved by the site itself. / Déplacé par le site lui-même.',
  })
    .optional()
    .meta(
      says(
        'Who moves this date. By default never; say so where it erases accounts without a warning.',
        'Qui déplace cette date. Par défaut personne (never) ; dites-le là où elle efface des comptes sans prévenir.',
      ),
    ),
  waived: w
    .recordOf(w.columnPlace, w.text)
    .optional()
    .meta(
      says(
        'Time columns that do not show a person to be active, each with the reason: { reviews.created_at: written by an import in 2023 }. Of JSON or of rows of key and value one place as well, as `oubli doctor --clocks` prints it: prefs $.last_login.',
        'Colonnes de date qui ne montrent pas qu’une personne est active, chacune avec le motif : { reviews.created_at: écrites par un import en 2023 }. Dans du JSON ou des lignes clé-valeur, un seul endroit aussi, comme l’affiche `oubli doctor --clocks` : prefs $.last_login.',
      ),
    ),
  label: label
    .optional()
    .meta(
      says(
        'Words after "three years after": { en: the last sign-in, fr: la dernière connexion }.',
        'Mots après « trois ans après » : { en: the last sign-in, fr: la dernière connexion }.',
      ),
    ),
  idle: label
    .optional()
    .meta(
      says(
        'What the rows are called meanwhile: { en: unused, fr: inutilisés }.',
        'Comment on nomme les lignes entre-temps : { en: unused, fr: inutilisés }.',
      ),
    ),
})

export type EventFile = z.output<typeof eventSchema>
export type TimeColumnFile = z.output<typeof timeColumn>
