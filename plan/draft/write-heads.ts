/** Sentences at the head of proposed files and of the lists in them. */
import type { Language } from '../../policies/problem.ts'

interface Heads {
  readonly map: readonly string[]
  readonly additions: readonly string[]
  readonly policy: readonly string[]
  readonly zone: string
  readonly storedIn: string
  readonly launched: string
  readonly canaries: string
  readonly unmapped: string
  readonly things: string
  readonly nothing: string
  readonly clerk: string
  readonly anAct: string
  readonly period: string
  readonly observes: string
  readonly purpose: string
  readonly basis: string
  readonly because: string
  readonly keeps: string
}

export const heads: Readonly<Record<Language, Heads>> = {
  en: {
    map: [
      'Where the site keeps what the policies speak of. Proposed by `oubli init` from schema and a sample.',
      'Read it with a developer, line by line; what is not sure is marked todo. No value of a row stands here.',
    ],
    additions: [
      'What the data map does not mention yet. Proposed by `oubli init`; this file is read by nobody but you.',
      'Move what is right into the data map, under the kinds that are there; each part after --- is a policy of its own.',
    ],
    policy: [
      'Proposed by `oubli init`. It only observes, and cannot be enforced while a todo stands in its words.',
    ],
    zone: 'days begin and end here',
    storedIn: 'todo: the zone of dates that name none',
    launched: 'todo: launched_on: 2010-01-04, the day before which no date can be true',
    canaries: 'todo: canaries: { a kind: { a column: a value } }, rows that must never be due',
    unmapped: 'todo: these tables speak of people, and cannot be in this map as they are.',
    things:
      'todo: these tables hold words of people or of things. Make a kind of each, or name it in out_of_scope with the reason.',
    nothing:
      'Nothing personal was seen in these tables. Move those you have looked at to out_of_scope, with the reason.',
    clerk: 'todo, names another person',
    anAct: 'todo: an act of the person?',
    period: 'todo',
    observes: 'the report says what would happen; nothing does',
    purpose: 'todo: what the data are for',
    basis: 'todo: contract, consent, legal obligation or legitimate interests',
    because: 'todo: why this period and not another, in a sentence that an auditor can read.',
    keeps: 'todo: why these data stay when who wrote them leaves',
  },
  fr: {
    map: [
      'Où le site garde ce dont parlent les règles. Proposé par `oubli init` d’après schéma et échantillon.',
      'À relire ligne à ligne avec un développeur ; ce qui n’est pas sûr porte todo. Aucune valeur n’est ici.',
    ],
    additions: [
      'Ce que la carte des données ne mentionne pas encore. Proposé par `oubli init` ; vous seul lisez ce fichier.',
      'Reportez ce qui est juste dans la carte, sous les catégories en place ; chaque partie après --- est une règle.',
    ],
    policy: [
      'Proposée par `oubli init`. Elle observe seulement, et ne s’applique pas tant qu’un todo y figure.',
    ],
    zone: 'les jours commencent et finissent ici',
    storedIn: 'todo: le fuseau des dates qui n’en portent pas',
    launched: 'todo: launched_on: 2010-01-04, le jour avant lequel aucune date ne peut être vraie',
    canaries: 'todo: canaries: { une catégorie: { une colonne: une valeur } }, lignes jamais échues',
    unmapped: 'todo: ces tables parlent de personnes et ne peuvent pas être dans cette carte telles quelles.',
    things:
      'todo: ces tables portent des mots sur des personnes ou des choses. Faites-en des catégories, ou citez-les dans out_of_scope avec le motif.',
    nothing:
      'Rien de personnel n’a été vu dans ces tables. Celles que vous avez relues vont dans out_of_scope.',
    clerk: 'todo, désigne une autre personne',
    anAct: 'todo: un acte de la personne ?',
    period: 'todo',
    observes: 'le rapport dit ce qui se passerait ; rien ne se passe',
    purpose: 'todo: à quoi servent les données',
    basis: 'todo: contract, consent, legal obligation ou legitimate interests',
    because: 'todo: pourquoi cette durée et pas une autre, en une phrase qu’un auditeur peut lire.',
    keeps: 'todo: pourquoi ces données restent quand leur auteur part',
  },
}
