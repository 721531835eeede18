/** The grammar of `warn:` in a policy file. */
import { z } from 'zod'
import { parseRefusals } from './condition-text.ts'
import * as w from './schema-words.ts'

const { choice, says } = w

const unreachable = z.union(
  [
    z.literal('a person decides'),
    w.mapOf({
      refusals: z
        .string({ error: 'E_REFUSALS' })
        .refine((found) => parseRefusals(found) !== null, { error: 'E_REFUSALS' })
        .meta({
          ...says(
            'How many refusals, each on another day, make a person unreachable: "2 on different days".',
            'Combien de refus, chacun un autre jour, rendent une personne injoignable : « 2 à des jours différents ».',
          ),
          examples: ['2 on different days', '2 à des jours différents'],
        }),
      wait: w.days.meta(
        says('How long to wait after the last refusal.', 'Combien de temps attendre après le dernier refus.'),
      ),
      finally: choice(['erase', 'a person decides'], {
        erase: 'Erase without a warning. / Effacer sans avertissement.',
        'a person decides': 'Set the case aside. / Mettre le cas de côté.',
      }).meta(says('What happens after that wait.', 'Ce qui se passe après cette attente.')),
    }),
  ],
  { error: 'E_UNREACHABLE' },
)

export const warn = w
  .mapOf({
    when: choice(['before the term', 'at the term'], {
      'before the term':
        'Mails go out before the term ends; nothing is kept longer. / Les courriels partent avant la fin du délai ; rien n’est gardé plus longtemps.',
      'at the term':
        'Mails go out when the term ends; data are kept longer by the notice. / Les courriels partent à la fin du délai ; le préavis s’y ajoute.',
    })
      .optional()
      .meta(
        says(
          'When the warnings go out. By default before the term.',
          'Quand partent les avertissements. Par défaut avant la fin du délai.',
        ),
      ),
    days_before_erasure: w
      .listOf(w.wholeNumber(1, 365))
      .meta(
        says(
          'Days before the announced day on which a mail goes out, the largest first: [60, 30, 7].',
          'Nombre de jours avant la date annoncée où part un courriel, le plus grand d’abord : [60, 30, 7].',
        ),
      ),
    minimum_notice: w.days.meta(
      says(
        'The shortest time between the first accepted mail and the erasure: 30 days.',
        'Le temps le plus court entre le premier courriel accepté et l’effacement : 30 jours.',
      ),
    ),
    bounce_window: w.days
      .optional()
      .meta(
        says(
          'How long after its acceptance a mail may still come back: 5 days, unless the notice is shorter. It lies inside the notice.',
          'Combien de temps après son acceptation un courriel peut encore revenir : 5 jours, sauf préavis plus court. Ce temps tient dans le préavis.',
        ),
      ),
    template: w.name.meta(says('Name of the mail template.', 'Nom du modèle de courriel.')),
    if_unreachable: unreachable
      .optional()
      .meta(
        says(
          'What happens when the mails are refused. By default a person decides.',
          'Ce qui se passe quand les courriels sont refusés. Par défaut une personne décide.',
        ),
      ),
    no_address: choice(['a person decides', 'erase'], {
      'a person decides': 'Set the case aside. / Mettre le cas de côté.',
      erase: 'Erase without a warning. / Effacer sans avertissement.',
    })
      .optional()
      .meta(
        says(
          'What happens to a person who gave no address. By default a person decides.',
          'Ce qui se passe pour une personne qui n’a donné aucune adresse. Par défaut une personne décide.',
        ),
      ),
    invalid_address: w
      .mapOf({
        wait: w.days.meta(
          says(
            'How long to wait after the end of the term, at least the minimum notice: the address may be put right.',
            'Combien de temps attendre après la fin du délai, au moins le préavis : l’adresse peut être corrigée.',
          ),
        ),
        finally: choice(['erase', 'a person decides'], {
          erase: 'Erase without a warning. / Effacer sans avertissement.',
          'a person decides': 'Set the case aside. / Mettre le cas de côté.',
        }).meta(says('What happens after that wait.', 'Ce qui se passe après cette attente.')),
      })
      .optional()
      .meta(
        says(
          'What happens to a person to whose address no mail can be sent. Without this line a person decides.',
          'Ce qui se passe pour une personne à l’adresse de laquelle aucun courriel ne peut partir. Sans cette ligne, une personne décide.',
        ),
      ),
    variant: choice(['full', 'bare', 'discreet'], {
      full: 'Name, month of the last use, what goes and what stays. / Nom, mois de la dernière utilisation, ce qui part et ce qui reste.',
      bare: 'Nothing about the person or the account: after a long silence the mailbox may be somebody else’s. / Rien sur la personne ni sur le compte : après un long silence, la boîte est peut-être à quelqu’un d’autre.',
      discreet:
        'As bare, and from the neutral name of "site: discreet". / Comme bare, et sous le nom neutre de « site: discreet ».',
    })
      .optional()
      .meta(
        says('How much the mails say. By default full.', 'Ce que disent les courriels. Par défaut full.'),
      ),
    then_tell: w
      .mapOf({
        template: w.name.meta(
          says('Name of the template of the last mail.', 'Nom du modèle du dernier courriel.'),
        ),
        within: w.days.meta({
          ...says(
            'The address is kept until the mail has left, and no longer than this: 5 days.',
            'L’adresse est gardée jusqu’au départ du courriel, et pas plus longtemps : 5 jours.',
          ),
          examples: ['5 days', '5 jours'],
        }),
      })
      .optional()
      .meta(
        says(
          'A last mail, which says that the erasure is done. Without this line there is none.',
          'Un dernier courriel, qui dit que l’effacement est fait. Sans cette ligne, il n’y en a pas.',
        ),
      ),
  })
  .meta(
    says(
      'How people are warned before anything is erased.',
      'Comment les personnes sont averties avant tout effacement.',
    ),
  )
