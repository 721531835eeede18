/** A sentence for each finding of a verification: where, and what. None quotes an entry. */
import type { Finding } from '../audit/finding.ts'
import { fillText, spaced } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'

type Code = Exclude<Finding['code'], 'entry differs'>
type Place = Extract<Finding, { readonly code: 'entry differs' }>['place']

/** `{span}` is one entry or several, so it stands where no verb depends on it. */
const sentences: Readonly<Record<Code | `entry differs in ${Place}`, Readonly<Record<Language, string>>>> = {
  'no checkpoint': {
    en: 'There is no checkpoint: nothing says what the log should be.',
    fr: 'Il n’y a aucun point de contrôle : rien ne dit ce que le journal devrait être.',
  },
  'checkpoint unreadable': {
    en: '{checkpoint}: is not a signed checkpoint, or was damaged.',
    fr: '{checkpoint} : n’est pas un point de contrôle signé, ou a été abîmé.',
  },
  'signature invalid': {
    en: '{checkpoint}: the signature does not fit the text; the checkpoint was changed.',
    fr: '{checkpoint} : la signature ne correspond pas au texte ; le point de contrôle a été modifié.',
  },
  'unknown key': {
    en: '{checkpoint}: carries no signature of the verifier key.',
    fr: '{checkpoint} : ne porte aucune signature de la clé de vérification.',
  },
  'other log': {
    en: '{checkpoint}: is signed for another log (its origin is not the name of the key).',
    fr: '{checkpoint} : est signé pour un autre journal (son origine n’est pas le nom de la clé).',
  },
  'checkpoints contradict': {
    en: '{checkpoint}: cannot follow {earlier}; two histories were signed.',
    fr: '{checkpoint} : ne peut pas faire suite à {earlier} ; deux histoires ont été signées.',
  },
  'checkpoint put back': {
    en: '{checkpoint}: is over {size} entries, although {signed} were signed; an older one was put in its place.',
    fr: '{checkpoint} : porte sur {size} entrées alors que {signed} ont été signées ; un plus ancien a été mis à sa place.',
  },
  'root differs': {
    en: '{checkpoint}: the signed root does not fit {span}; something there was changed, added, removed or moved.',
    fr: '{checkpoint} : la racine signée ne correspond pas à {span} ; quelque chose y a été modifié, ajouté, retiré ou déplacé.',
  },
  'entry differs in database': {
    en: 'The entry at {index} was changed in the database; the log still has the right one, the signed root says so.',
    fr: 'L’entrée {index} a été modifiée dans la base ; le journal a encore la bonne, la racine signée le dit.',
  },
  'entry differs in entries': {
    en: 'The entry at {index} was changed in the files of the log; the signed root says so.',
    fr: 'L’entrée {index} a été modifiée dans les fichiers du journal ; la racine signée le dit.',
  },
  'entry differs in hashes': {
    en: 'The hash of the entry at {index} was changed in the tiles of the log; the signed root says so.',
    fr: 'L’empreinte de l’entrée {index} a été modifiée dans les tuiles du journal ; la racine signée le dit.',
  },
  'entry differs in copy': {
    en: 'The entry at {index} is another in the copy; the log has the right one, the signed root says so.',
    fr: 'L’entrée {index} est une autre dans la copie ; le journal a la bonne, la racine signée le dit.',
  },
  'copies disagree': {
    en: 'The copies of the entry at {index} differ, and no signed checkpoint says which one is right.',
    fr: 'Les copies de l’entrée {index} diffèrent, et aucun point de contrôle signé ne dit laquelle est la bonne.',
  },
  'entries removed': {
    en: 'The database lacks {span}.',
    fr: 'Il manque dans la base {span}.',
  },
  'out of order': {
    en: 'The entry at {index} stands twice or out of order in the database.',
    fr: 'L’entrée {index} figure deux fois dans la base, ou n’y est pas à sa place.',
  },
  'not an entry': {
    en: 'The entry at {index} is not the canonical text of an entry.',
    fr: 'L’entrée {index} n’est pas le texte canonique d’une entrée.',
  },
  'id repeated': {
    en: 'The entry at {index} repeats the id of an earlier one.',
    fr: 'L’entrée {index} répète l’identifiant d’une entrée antérieure.',
  },
  'file missing': {
    en: '{path}: is missing in the log, or torn.',
    fr: '{path} : manque dans le journal, ou est incomplet.',
  },
  'file differs': {
    en: '{path}: does not hold what the rest of the log says.',
    fr: '{path} : ne contient pas ce que dit le reste du journal.',
  },
  'log truncated': {
    en: '{checkpoint}: {size} entries were signed, {entries} are there; the end of the log is gone.',
    fr: '{checkpoint} : {size} entrées ont été signées, {entries} sont là ; la fin du journal a disparu.',
  },
  'tail not signed': {
    en: 'No checkpoint covers {span}: the newest checkpoint is missing or was replaced by an older one, or they were added, or a run was killed before it signed them (the next run does).',
    fr: 'Aucun point de contrôle ne couvre {span} : le dernier manque ou a été remplacé par un plus ancien, ou il y a eu un ajout, ou une exécution a été tuée avant de signer (la suivante le fait).',
  },
  'count differs': {
    en: 'The database claims {sealed} sealed entries, {entries} were read.',
    fr: 'La base annonce {sealed} entrées scellées, {entries} ont été lues.',
  },
  'database behind': {
    en: 'The database holds {sealed} sealed entries, the log {size}: an older state of the database was put back, or rows were removed.',
    fr: 'La base contient {sealed} entrées scellées, le journal {size} : un état plus ancien de la base a été remis, ou des lignes ont été retirées.',
  },
  'entries forgotten': {
    en: '{count} entries in the database have no place in the log and do not wait for one: they were added, or the note that they wait was removed.',
    fr: '{count} entrées de la base n’ont aucune place dans le journal et n’en attendent pas : elles ont été ajoutées, ou la note de leur attente a été retirée.',
  },
  'waiting entries removed': {
    en: '{count} entries that waited for their place in the log are not in the database any more: they were removed.',
    fr: '{count} entrées qui attendaient leur place dans le journal ne sont plus dans la base : elles ont été retirées.',
  },
  'run without entry': {
    en: 'The run as of {lastRunAt} ended, but the log has no entry of its end.',
    fr: 'L’exécution de {lastRunAt} s’est terminée, mais le journal n’a aucune entrée de sa fin.',
  },
}

const spans: Readonly<Record<Language, { readonly one: string; readonly many: string }>> = {
  en: { one: 'the entry at {first}', many: 'the entries from {first} to {last}' },
  fr: { one: 'l’entrée {first}', many: 'les entrées {first} à {last}' },
}

/** Numbers stay plain, as they stand in the files of the log. */
export function findingText(finding: Finding, lang: Language): string {
  const { code, ...rest } = finding
  const key = code === 'entry differs' ? (`entry differs in ${finding.place}` as const) : code
  const params = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
  const text = fillText(sentences[key][lang], {
    ...params,
    span: 'from' in finding ? span(finding, lang) : '',
  })
  return spaced(lang, text)
}

function span({ from, to }: { readonly from: number; readonly to: number }, lang: Language): string {
  const last = to - 1
  return fillText(last === from ? spans[lang].one : spans[lang].many, {
    first: String(from),
    last: String(last),
  })
}
