/** The grammar of a policy file. Every key carries the words that an editor shows for it. */
import { z } from 'zod'
import { looksLikeAmount, marksThousands, parseAmount } from './condition-text.ts'
import { perRun, stopAbove } from './limits-schema.ts'
import * as w from './schema-words.ts'
import { warn } from './warn-schema.ts'

const { choice, says } = w

const status = choice(['observe', 'enforce'], {
  observe: 'Only report what would happen. / Seulement signaler ce qui arriverait.',
  enforce: 'Do it. / Le faire.',
}).meta(
  says(
    'observe: the run only reports what would happen; enforce: it happens. A policy without this line observes.',
    'observe : le traitement signale seulement ce qui arriverait ; enforce : il le fait. Sans cette ligne, la règle observe.',
  ),
)

const action = choice(['erase', 'anonymise', 'archive', 'withdraw consent', 'truncate fields', 'aggregate'], {
  erase: 'Delete the rows and what depends on them. / Supprimer les lignes et ce qui en dépend.',
  anonymise: 'Keep the rows without what tells who it was. / Garder les lignes sans ce qui identifie.',
  archive:
    'Move the rows to the archive table, and delete what depends on them. / Déplacer les lignes vers la table d’archive, et supprimer ce qui en dépend.',
  'withdraw consent': 'Write that consent is withdrawn. / Écrire que le consentement est retiré.',
  'truncate fields': 'Shorten the columns under fields. / Tronquer les colonnes citées sous fields.',
  aggregate: 'Not available yet. / Pas encore disponible.',
}).meta(says('What happens when the term is over.', 'Ce qui se passe à la fin du délai.'))

const departure = z
  .union(
    [
      z.enum(['erase', 'detach', 'anonymise', 'archive']),
      w.mapOf({ keep: w.text.meta(says('Why these data stay.', 'Pourquoi ces données restent.')) }),
      w.mapOf({
        anonymise: w.name.meta(
          says(
            'The policy under which they are anonymised.',
            'La règle selon laquelle elles sont anonymisées.',
          ),
        ),
      }),
      w.mapOf({
        archive: w.name.meta(
          says('The policy that takes over in the archive.', 'La règle qui prend le relais dans l’archive.'),
        ),
      }),
    ],
    { error: 'E_DEPARTURE' },
  )
  .meta({
    defaultSnippets: [
      { label: '{ archive: policy / règle }', body: { archive: '$1' } },
      { label: '{ keep: reason / motif }', body: { keep: '$1' } },
    ],
  })

const condition = z.union(
  [
    w.scalar.refine((found) => !looksLikeAmount(String(found)) || parseAmount(String(found)) !== null, {
      error: ({ input }) => (marksThousands(String(input)) ? 'E_AMOUNT_THOUSANDS' : 'E_CONDITION'),
    }),
    w.listOf(w.scalar),
  ],
  { error: 'E_CONDITION' },
)

export const policySchema = w
  .mapOf({
    policy: w.name.meta(
      says(
        'Name of this policy; no other file may use it.',
        'Nom de cette règle ; aucun autre fichier ne peut le porter.',
      ),
    ),
    promise: w.name.meta(
      says(
        'The promise in docs/promises.md that this policy keeps.',
        'La promesse de docs/promises.md que cette règle tient.',
      ),
    ),
    status: status.optional(),
    data: w.name.meta(
      says('A kind of data of the data map.', 'Une catégorie de données de la carte des données.'),
    ),
    keep_at_most: w.period
      .optional()
      .meta(
        says(
          'The data are gone after this period: 3 years.',
          'Les données disparaissent après cette durée : 3 ans.',
        ),
      ),
    keep_at_least: w.period
      .optional()
      .meta(
        says(
          'A duty to keep: nothing may remove the data before. Together with the same keep_at_most it means exactly this long.',
          'Une obligation de garder : rien ne peut retirer les données avant. Avec le même keep_at_most, cela veut dire exactement cette durée.',
        ),
      ),
    counted_from: w.name.meta(
      says(
        'The event of that kind from which the period counts.',
        'L’événement de cette catégorie à partir duquel la durée court.',
      ),
    ),
    only: w
      .recordOf(w.columnName, condition)
      .optional()
      .meta(
        says(
          'Only rows for which all of this is true: { total: at least 120 EUR, buyer: consumer }.',
          'Seulement les lignes pour lesquelles tout ceci est vrai : { total: au moins 120 EUR, buyer: consumer }.',
        ),
      ),
    not_while: w
      .listOf(w.name)
      .optional()
      .meta(
        says(
          'States of the data map during which nothing happens.',
          'États de la carte des données pendant lesquels rien ne se passe.',
        ),
      ),
    fields: w
      .listOf(w.columnName)
      .optional()
      .meta(
        says(
          'Columns that the action changes; without this line, the whole row.',
          'Colonnes que l’action modifie ; sans cette ligne, toute la ligne.',
        ),
      ),
    follows: w.name
      .optional()
      .meta(
        says(
          'The policy that acts on these rows before this one. Lint checks that they fit: one event, the longer term here, no duty to keep broken. A run waits for no other policy.',
          'La règle qui agit sur ces lignes avant celle-ci. La vérification contrôle que les deux s’accordent : un même événement, la durée la plus longue ici, aucune obligation de garder rompue. Un traitement n’attend aucune autre règle.',
        ),
      ),
    then: action,
    but: w
      .recordOf(w.text.regex(/^[a-z][a-z0-9_-]{0,39}(?:\.[A-Za-z0-9_$]+)?$/, { error: 'E_NAME' }), departure)
      .optional()
      .meta(
        says(
          'What leaves with the person otherwise than erased: a kind of data, then erase, detach, anonymise, { archive: policy } or { keep: reason }.',
          'Ce qui part avec la personne autrement qu’effacé : une catégorie, puis erase, detach, anonymise, { archive: règle } ou { keep: motif }.',
        ),
      ),
    warn: warn.optional(),
    receipts: w.period
      .optional()
      .meta(
        says(
          'How long a person who was erased can have a receipt: 60 days. Until then what opens the evidence is kept, locked up; without this line it is thrown away at once.',
          'Pendant combien de temps une personne effacée peut recevoir un reçu : 60 jours. Jusque-là, ce qui ouvre la preuve est gardé sous clé ; sans cette ligne, il est jeté aussitôt.',
        ),
      ),
    per_run: perRun.optional(),
    stop_above: stopAbove.optional(),
    purpose: w.text.meta(says('What the data are for.', 'À quoi servent les données.')),
    legal_basis: w.text.meta({
      ...says(
        'The legal basis: consent, contract, legal obligation, vital interests, public task or legitimate interests.',
        'La base légale : consent (consentement), contract (contrat), legal obligation (obligation légale), vital interests, public task ou legitimate interests (intérêt légitime).',
      ),
      examples: [
        'consent',
        'contract',
        'legal obligation',
        'vital interests',
        'public task',
        'legitimate interests',
      ],
    }),
    because: w.text.meta(
      says(
        'Why this period and not another, in a sentence that an auditor can read.',
        'Pourquoi cette durée et pas une autre, en une phrase qu’un auditeur peut lire.',
      ),
    ),
    approved_by: w.text
      .optional()
      .meta(says('Who approved it; printed as declared.', 'Qui l’a approuvée ; repris tel quel.')),
    approved_on: w.date
      .optional()
      .meta(says('The day of the approval, year-month-day.', 'Le jour de l’approbation, année-mois-jour.')),
    review_by: w.date
      .optional()
      .meta(says('The day by which somebody looks at it again.', 'Le jour avant lequel quelqu’un la relit.')),
  })
  .meta({
    title: 'Oubli policy / Règle Oubli',
    ...says(
      'One policy: one kind of data, one clock, one action.',
      'Une règle : une catégorie de données, une horloge, une action.',
    ),
  })

export type PolicyFile = z.output<typeof policySchema>
