/** The grammar of `per_run:` (a slice) and `stop_above:` (an alarm). */
import { z } from 'zod'
import * as w from './schema-words.ts'

const { says } = w

const most = 100_000_000
const people = w.wholeNumber(1, most)

export const perRun = w
  .mapOf({
    people: people
      .optional()
      .meta(says('At most so many people in one run.', 'Au plus tant de personnes par passage.')),
    rows: people
      .optional()
      .meta(says('At most so many rows in one run.', 'Au plus tant de lignes par passage.')),
    items: people
      .optional()
      .meta(
        says(
          'At most so many people or rows in one run.',
          'Au plus tant de personnes ou de lignes par passage.',
        ),
      ),
    mails: people
      .optional()
      .meta(says('At most so many mails in one run.', 'Au plus tant de courriels par passage.')),
  })
  .meta(
    says(
      'The slice of one run; the rest waits for the next. By default 500 and 2000 mails.',
      'La part d’un passage ; le reste attend le suivant. Par défaut 500 et 2000 courriels.',
    ),
  )

export const stopAbove = w
  .mapOf({
    percent: z
      .number({ error: 'E_EXPECTED_NUMBER' })
      .gt(0, { error: 'E_NUMBER_RANGE' })
      .max(100, { error: 'E_NUMBER_RANGE' })
      .optional()
      .meta(says('Share newly due, in percent.', 'Part nouvellement échue, en pour cent.')),
    people: people
      .optional()
      .meta(says('Number of people newly due.', 'Nombre de personnes nouvellement échues.')),
    rows: people.optional().meta(says('Number of rows newly due.', 'Nombre de lignes nouvellement échues.')),
    count: people.optional().meta(says('Number newly due.', 'Nombre nouvellement échu.')),
    percent_by_else: z
      .number({ error: 'E_EXPECTED_NUMBER' })
      .min(0, { error: 'E_NUMBER_RANGE' })
      .max(100, { error: 'E_NUMBER_RANGE' })
      .optional()
      .meta(
        says(
          'Share decided by the substitute date, in percent.',
          'Part décidée par la date de remplacement, en pour cent.',
        ),
      ),
  })
  .meta(
    says(
      'The alarm: above this nothing is done and the run says so. By default 2 percent.',
      'L’alarme : au-delà, rien n’est fait et le passage le dit. Par défaut 2 pour cent.',
    ),
  )
