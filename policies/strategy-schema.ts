/** The grammar of what anonymising writes into a column. */
import { z } from 'zod'
import * as w from './schema-words.ts'

const { says } = w

/** Strategies that are one word; the others carry a value. */
export const plainStrategies = [
  'blank',
  'null',
  'unique_address',
  'year',
  'month',
  'truncated_ip',
  'coarse_user_agent',
] as const

export const strategy = z
  .union(
    [
      z.enum(plainStrategies),
      z.null(),
      w.mapOf({
        generalised: w
          .wholeNumber(1, 1000)
          .meta(
            says(
              'How many characters stay, from the first on: 2 of a French postcode name the département.',
              'Combien de caractères restent, à partir du premier : 2 d’un code postal français disent le département.',
            ),
          ),
      }),
      w.mapOf({
        bucketed: w
          .wholeNumber(1, 1_000_000_000)
          .meta(
            says(
              'How wide a bucket is: with 5 an age of 37 becomes 35, with 10 the year 1984 becomes 1980.',
              'La largeur d’une tranche : avec 5, l’âge 37 devient 35 ; avec 10, l’année 1984 devient 1980.',
            ),
          ),
      }),
      w.mapOf({ fixed: w.scalar.meta(says('The value to write.', 'La valeur à écrire.')) }),
      w.mapOf({
        without: w
          .listOf(w.jsonPath)
          .meta(
            says(
              'Places that leave a column of JSON: [$.phone, $.address].',
              'Endroits qui quittent une colonne de JSON : [$.phone, $.address].',
            ),
          ),
      }),
      w.mapOf({ keep: w.text.meta(says('Why the value may stay.', 'Pourquoi la valeur peut rester.')) }),
    ],
    {
      error: 'E_STRATEGY',
    },
  )
  .meta({
    defaultSnippets: [
      ...plainStrategies.map((label) => ({ label, body: label })),
      { label: '{ generalised: 2 }', body: { generalised: 2 } },
      { label: '{ bucketed: 5 }', body: { bucketed: 5 } },
      { label: '{ fixed: value / valeur }', body: { fixed: '$1' } },
      { label: '{ without: [$.key / $.clé] }', body: { without: ['$1'] } },
      { label: '{ keep: reason / motif }', body: { keep: '$1' } },
    ],
  })
