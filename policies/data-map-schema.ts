/** The grammar of the data map. */
import type { z } from 'zod'
import { kindSchema } from './kind-schema.ts'
import * as w from './schema-words.ts'

const { says } = w

const discreet = w
  .mapOf({
    name: w.text.meta(
      says(
        'A neutral name that the person recognises: sender and subject of discreet mails.',
        'Un nom neutre que la personne reconnaît : expéditeur et objet des courriels discrets.',
      ),
    ),
    url: w.webAddress.meta(
      says('A neutral address that leads to the sign-in.', 'Une adresse neutre qui mène à la connexion.'),
    ),
    contact: w.mailAddress.meta(
      says(
        'A neutral mailbox that is read: discreet mails come from it.',
        'Une boîte neutre et lue : les courriels discrets en viennent.',
      ),
    ),
  })
  .meta(
    says(
      'What stands in a discreet mail in place of the site: for "variant: discreet".',
      'Ce qui tient lieu du site dans un courriel discret : pour « variant: discreet ».',
    ),
  )

export const dataMapSchema = w
  .mapOf({
    controller: w
      .mapOf({
        name: w.text.meta(says('Name of the controller.', 'Nom du responsable de traitement.')),
        contact: w.mailAddress.meta(
          says(
            'Address that people can write to and that is read.',
            'Adresse à laquelle on peut écrire et qui est lue.',
          ),
        ),
        dpo: w.mailAddress.meta(
          says('Address of the data protection officer.', 'Adresse du délégué à la protection des données.'),
        ),
      })
      .meta(says('Who is responsible.', 'Qui est responsable.')),
    site: w
      .mapOf({
        name: w.text.meta(says('Name of the site, as people know it.', 'Nom du site, tel qu’on le connaît.')),
        url: w.webAddress.meta(says('Address of the site.', 'Adresse du site.')),
        discreet: discreet.optional(),
      })
      .meta(says('The site that the warnings speak of.', 'Le site dont parlent les avertissements.')),
    zone: w.zone.meta(
      says(
        'Zone in which days begin and end: Europe/Paris.',
        'Fuseau où les jours commencent et finissent : Europe/Paris.',
      ),
    ),
    stored_in: w.zone.meta(
      says(
        'Zone of stored times that name none. A date without an hour is a day of "zone".',
        'Fuseau des heures enregistrées qui n’en portent pas. Une date sans heure est un jour de « zone ».',
      ),
    ),
    launched_on: w.date
      .optional()
      .meta(
        says(
          'No date before this day can be true. By default 1995-01-01.',
          'Aucune date avant ce jour ne peut être vraie. Par défaut 1995-01-01.',
        ),
      ),
    fiscal_year_ends: w.monthDay
      .optional()
      .meta(
        says(
          'Last day of the fiscal year, month-day. By default 12-31.',
          'Dernier jour de l’exercice, mois-jour. Par défaut 12-31.',
        ),
      ),
    canaries: w
      .recordOf(w.name, w.recordOf(w.columnName, w.values))
      .optional()
      .meta(
        says(
          'Rows that must never be due: the run stops when one is.',
          'Lignes qui ne doivent jamais être échues : le passage s’arrête si l’une l’est.',
        ),
      ),
    kinds: w
      .recordOf(w.name, kindSchema)
      .meta(says('The kinds of data, by name.', 'Les catégories de données, par nom.')),
    out_of_scope: w
      .recordOf(w.tableName, w.text)
      .optional()
      .meta(
        says(
          'Tables without personal data, each with the reason.',
          'Tables sans données personnelles, chacune avec le motif.',
        ),
      ),
  })
  .meta({
    title: 'Oubli data map / Carte des données Oubli',
    ...says(
      'Where the site keeps what the policies speak of.',
      'Où le site garde ce dont parlent les règles.',
    ),
  })

export type DataMapFile = z.output<typeof dataMapSchema>
