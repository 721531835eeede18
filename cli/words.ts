/** What commands say in tables and short sentences: the English words, and French for each. */
import { fillText, spaced } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'
import { receiptFrench } from './receipt-words.ts'
import { bounceFrench } from './bounce-words.ts'
import { deskFrench } from './desk-words.ts'
import { replayFrench } from './replay-words.ts'

/** Machine words of lines that scripts look for (`why stopped:`, `oubli approve`, VERIFIED) stay English. */
const french = {
  ...receiptFrench,
  ...deskFrench,
  ...bounceFrench,
  ...replayFrench,
  POLICY: 'RÈGLE',
  ACTION: 'ACTION',
  DUE: 'ÉCHUS',
  'TO WARN': 'À PRÉVENIR',
  SPARED: 'ÉPARGNÉS',
  'OLDEST DUE': 'PLUS ANCIEN',
  STANDING: 'STATUT',
  MAILS: 'COURRIELS',
  RETURNED: 'REVENUS',
  DONE: 'FAITS',
  ROWS: 'LIGNES',
  AGAIN: 'À REFAIRE',
  HELD: 'SOUS GEL',
  RESTRICTED: 'LIMITÉS',
  LEFT: 'RESTENT',
  // what a policy does
  erase: 'effacer',
  anonymise: 'anonymiser',
  archive: 'archiver',
  detach: 'détacher',
  keep: 'garder',
  'withdraw consent': 'retirer le consentement',
  'truncate fields': 'tronquer des champs',
  // standing
  acted: 'appliquée',
  alarm: 'alarme',
  enforced: 'appliquée',
  observed: 'observée',
  refused: 'refusée',
  'stopped by an alarm': 'arrêtée par une alarme',
  'observes ({why})': 'observe ({why})',
  'refused ({why})': 'refusée ({why})',
  status: 'statut',
  'new terms': 'version nouvelle',
  'not approved': 'pas approuvée',
  'more than approved': 'plus que ce qui est approuvé',
  // calendar
  'Calendar, at the latest: nobody comes back, nobody new falls due':
    'Calendrier, au plus tard : personne ne revient, personne d’autre n’échoit',
  DAY: 'JOUR',
  'WEEK OF': 'SEMAINE DU',
  MONTH: 'MOIS',
  'FIRST MAILS': 'PREMIERS COURRIELS',
  'LATER MAILS': 'COURRIELS SUIVANTS',
  ERASURES: 'EFFACEMENTS',
  // why somebody is spared
  active: 'actif',
  'kept on request': 'gardé à sa demande',
  held: 'sous gel juridique',
  restricted: 'traitement limité',
  'not while': 'état qui retient',
  exception: 'exception',
  'clock cannot be true': 'date invraisemblable',
  'no clock': 'aucune date',
  'warned, not yet due': 'prévenu, pas encore échu',
  'accepted, waiting for bounces': 'accepté, peut encore revenir',
  'warning on its way': 'avertissement en route',
  'deferred for days': 'courriel différé depuis des jours',
  'our own fault': 'nos courriels ne partent pas',
  'no address': 'sans adresse',
  'invalid address': 'adresse invalide',
  unreachable: 'injoignable',
  'given up by other servers': 'rendu par d’autres serveurs',
  // life of a subject
  silent: 'silencieux',
  warned: 'prévenu',
  due: 'échu',
  erased: 'effacé',
  returned: 'revenu',
  'set aside': 'mis de côté',
  'Locked by the site in three runs or more: {rows}[[ and {more} more]].':
    'Verrouillées par le site lors de trois exécutions ou plus : {rows}[[ et {more} autres]].',
  'Set aside, nothing of them was changed (docs/errors.md): {rows}[[ and {more} more]].':
    'Mises de côté, rien n’en a été changé (docs/errors.md) : {rows}[[ et {more} autres]].',
  'none needed': 'pas d’avertissement requis',
  // control and progress
  'Paused until `oubli resume`.': 'En pause jusqu’à `oubli resume`.',
  'It was paused already.': 'La pause durait déjà.',
  'The run at work stops writing after the transaction at hand.':
    'L’exécution en cours cesse d’écrire après la transaction en cours.',
  'Resumed.': 'Reprise.',
  'Nothing was paused.': 'Rien n’était en pause.',
  'No run is at work.': 'Aucune exécution en cours.',
  'The run ends after the transaction at hand.': 'L’exécution se termine après la transaction en cours.',
  '{done} of {due}': '{done} sur {due}',
  '{time} left': 'encore {time}',
  '{count} writers': '{count} écrivains',
  'throttled for {time}': 'retenue pendant {time} pour ménager le site',
  'paused for {time}': 'en pause pendant {time}',
  'No turn before the time was used up, first in the next run: {policies}':
    'Pas de tour avant la fin du temps, en tête de la prochaine exécution : {policies}',
  'A run is at work: {progress}': 'Une exécution est en cours : {progress}',
  'A run is at work.': 'Une exécution est en cours.',
  'No word of it for {time}.': 'Sans nouvelles depuis {time}.',
  'Paused[[ by {name}]] since {at}; `oubli resume` ends it.':
    'En pause[[, par {name},]] depuis {at} ; `oubli resume` y met fin.',
  'Asked to stop[[ by {name}]] at {at}.': 'Arrêt demandé[[ par {name}]] à {at}.',
  // after a restored backup
  'OLDER  The database has {here} sealed entries, the log outside {outside}: a backup was restored. Nothing runs until `oubli replay`.':
    'OLDER  La base compte {here} entrées scellées, le journal au-dehors {outside} : une sauvegarde a été restaurée. Rien ne tourne avant `oubli replay`.',
  'REFUSED  The database and the log outside have different pasts: docs/restore.md.':
    'REFUSED  La base et le journal au-dehors n’ont pas le même passé : docs/restore.md.',
  '{sent} mails were sent before; {fresh} of them would have been sent again.':
    '{sent} courriels étaient déjà partis ; {fresh} seraient repartis.',
  '{count} mails came back or were answered since, which this database did not know: they count no more.':
    '{count} courriels sont revenus ou restés sans objet depuis, ce que cette base ignorait : ils ne comptent plus.',
  '{count} people in the log cannot be looked for: no reference to them was kept.':
    '{count} personnes du journal ne peuvent pas être recherchées : aucune référence à elles ne reste.',
  '{count} people who went since the backup were not found: they registered after it, or their identity is read otherwise today.':
    '{count} personnes parties depuis la sauvegarde n’ont pas été retrouvées : elles se sont inscrites après elle, ou leur identité se lit autrement aujourd’hui.',
  '{count} people of the kind {kind} cannot be looked for, as the data map has no such kind that can be read[[ ({why})]]; --confirm refuses.':
    '{count} personnes de la catégorie {kind} ne peuvent pas être recherchées, car la carte des données n’a pas de catégorie lisible de ce nom[[ ({why})]] ; --confirm refuse.',
  '{count} mails in the ledger are not in the signed log; they are not taken for sent.':
    '{count} courriels du registre ne figurent pas dans le journal signé ; ils ne sont pas tenus pour envoyés.',
  'REFUSED  The checkpoint outside is not signed by the key that is here: bring the right key back (docs/restore.md).':
    'REFUSED  Le point de contrôle au-dehors n’est pas signé par la clé présente : remettez la bonne clé (docs/restore.md).',
  'The hold {id} was set after the backup and is not here: set it again.':
    'Le gel {id} a été posé après la sauvegarde et n’est plus là : posez-le de nouveau.',
  '{count} requests to stay that the backup did not have are recorded again.':
    '{count} demandes de rester que la sauvegarde ne connaissait pas sont enregistrées de nouveau.',
  'The request to stay {id} was recorded after the backup and is not here: record it again.':
    'La demande de rester {id} a été enregistrée après la sauvegarde et n’est plus là : enregistrez-la de nouveau.',
  'To do this: oubli replay --confirm': 'Pour le faire : oubli replay --confirm',
  // sentences
  'Plan {plan} as of {now}': 'Plan {plan} au {now}',
  'spared, {reason}: {count}': 'épargnés, {reason} : {count}',
  'partition {partition} ({rows} rows) will be dropped':
    'la partition {partition} ({rows} lignes) sera supprimée',
  'partition {partition} is not dropped whole: a date in it cannot be true':
    'la partition {partition} n’est pas supprimée entière : une date y est invraisemblable',
  '{count} gap(s): personal columns that nothing rules; `oubli doctor` lists them.':
    '{count} lacune(s) : des colonnes personnelles que rien ne régit ; `oubli doctor` les énumère.',
  'Nothing was changed. To let new terms act: oubli approve {plan}':
    'Rien n’a été modifié. Pour laisser agir les versions nouvelles : oubli approve {plan}',
  'New terms were observed only. To let them act: oubli approve {plan}':
    'Les versions nouvelles ont seulement été observées. Pour les laisser agir : oubli approve {plan}',
  'Due since {day} (notice: {notice}).': 'Échu depuis le {day} (avertissement : {notice}).',
  'To be warned now; erasure announced for {day} at the earliest.':
    'À prévenir maintenant ; effacement annoncé au plus tôt pour le {day}.',
  'Kept: {reason}[[, until {day}]].': 'Gardé : {reason}[[, jusqu’au {day}]].',
  // the first enforcement and its pilots
  '{count} more, counted in the receipt of the run.': '{count} autres, comptés dans le reçu de l’exécution.',
  'The receipt of one: oubli audit receipt ID. Of this run:':
    'Le reçu de l’un d’eux : oubli audit receipt ID. Celui de cette exécution :',
  'Next: a whole run.': 'Ensuite : une exécution entière.',
  'Next: oubli run --policy {policy} --pilot {size}': 'Ensuite : oubli run --policy {policy} --pilot {size}',
  '{policy}: up to {count}': '{policy} : jusqu’à {count}',
  '--backlog-by {day} applies to nothing: no policy with new terms has anything overdue.':
    '--backlog-by {day} ne s’applique à rien : aucune règle dans une version nouvelle n’a de retard.',
  'The word on the backup was not kept: no policy acts for the first time under this approval.':
    'L’indication sur la sauvegarde n’a pas été conservée : aucune règle n’agit pour la première fois.',
  'Approved until {day}. The next run may act.': 'Approuvé jusqu’au {day}. La prochaine exécution peut agir.',
  '{policy}: {count} are overdue now; at {pace} a run the last goes about {about}. To be finished by {by}.':
    '{policy} : {count} en retard aujourd’hui ; à {pace} par exécution, le dernier part vers le {about}. À finir le {by} au plus tard.',
  '{policy}: {count} are overdue now; by the calendar of `oubli plan` the last goes about {about}. To be finished by {by}.':
    '{policy} : {count} en retard aujourd’hui ; d’après le calendrier de `oubli plan`, le dernier part vers le {about}. À finir le {by} au plus tard.',
  'Backup of {taken}, kept until {until}.': 'Sauvegarde du {taken}, gardée jusqu’au {until}.',
  'No backup: {reason}': 'Pas de sauvegarde : {reason}',
  'The binary log of the server keeps erased rows for {days} day(s).':
    'Le journal binaire du serveur garde les lignes effacées pendant {days} jour(s).',
  'The binary log of the server keeps erased rows for ever.':
    'Le journal binaire du serveur garde les lignes effacées pour toujours.',
  'The server has no binary log.': 'Le serveur n’a pas de journal binaire.',
  'Nothing that is erased wrongly can be brought back.':
    'Rien de ce qui serait effacé à tort ne reviendrait.',
  'Restored today, the backup would bring back {count} people who were erased since, and after each run those whom it erased; `oubli replay` erases them again (docs/restore.md).':
    'Restaurée aujourd’hui, la sauvegarde ramènerait {count} personnes effacées depuis, et après chaque exécution celles qu’elle aura effacées ; `oubli replay` les efface de nouveau (docs/restore.md).',
  'First time: begin with ten of each, oubli run --policy {policy} --pilot 10':
    'Première fois : commencez par dix de chaque, oubli run --policy {policy} --pilot 10',
  'Backlog of {policy}: {left} of {size} were left when the last run began, to be finished by {by}.':
    'Retard, {policy} : {left} sur {size} restaient au début de la dernière exécution, à finir le {by} au plus tard.',
  'Pilot of {policy}: {size} on {day}, clean.': 'Essai, {policy} : {size} le {day}, sans reste.',
  'Pilot of {policy}: {size} on {day}, not clean ({why}).':
    'Essai, {policy} : {size} le {day}, à revoir ({why}).',
  'not ended': 'pas allé au bout',
  'nothing done': 'rien n’était échu',
  'fewer done': 'moins que son nombre, alors qu’il restait des échus',
  'not checked': 'base non interrogée',
  'something left': 'des lignes sont restées',
  // evidence
  'The checkpoint stays on this host: if log and database were both put back to an older day, nobody would notice. Set evidence.sinks.':
    'Le point de contrôle reste sur cette machine : si le journal et la base étaient ramenés à un état plus ancien, personne ne s’en apercevrait. Renseignez evidence.sinks.',
  'What was done stands, and its evidence waits in the database until the next run seals it.':
    'Ce qui a été fait reste fait ; sa preuve attend dans la base que la prochaine exécution la scelle.',
  'What was done stands and is sealed, but the ledger could not be told: a backup restored now would bring back whom this run erased, and no replay would find them.':
    'Ce qui a été fait reste fait et est scellé, mais le registre n’a pas pu être complété : une sauvegarde restaurée maintenant ramènerait les personnes que cette exécution a effacées, et rien ne les retrouverait.',
  'The checkpoint did not reach the sink {sink}: {code}':
    'Le point de contrôle n’a pas atteint {sink} : {code}',
  'The file is not a receipt of Oubli, or was damaged.':
    'Le fichier n’est pas un reçu d’Oubli, ou il est endommagé.',
  'The checkpoint in it is not a signed checkpoint, or was damaged.':
    'Le point de contrôle qu’il contient n’est pas signé, ou il est endommagé.',
  'The signature does not fit: the checkpoint in it was changed.':
    'La signature ne correspond pas : le point de contrôle qu’il contient a été modifié.',
  'It is not signed by this key.': 'Il n’est pas signé par cette clé.',
  'It is signed for another log.': 'Il est signé pour un autre journal.',
  'The entry in it does not stand in the signed log, or it was changed.':
    'L’entrée qu’il contient ne figure pas dans le journal signé, ou elle a été modifiée.',
  'What stands in the signed log is not an entry of Oubli.':
    'Ce qui figure dans le journal signé n’est pas une entrée d’Oubli.',
  'The person named in it is not the one of the entry.':
    'La personne qu’il nomme n’est pas celle de l’entrée.',
  'entry {index} of {size} in the log {origin}': 'entrée {index} sur {size} du journal {origin}',
  'The person is {kind} {key}.': 'La personne est {kind} {key}.',
  'Delivered: nothing here opens the entry {entry} any more.':
    'Remis : plus rien ici n’ouvre l’entrée {entry}.',
  'The run {run} ended: {stopped}. Its day and hour: {at}. Per policy: {policies}.':
    'L’exécution {run} s’est terminée : {stopped}. Son jour et son heure : {at}. Par règle : {policies}.',
  'On {at} a person asked to stay: the term began anew.':
    'Le {at}, une personne a demandé à rester : le délai est reparti.',
  'Entered on {at}: {kind}.': 'Inscrit le {at} : {kind}.',
  '{entries} entries, newest checkpoint {size}': '{entries} entrées, dernier point de contrôle {size}',
  'Checkpoints from elsewhere that were compared: {count}':
    'Points de contrôle gardés ailleurs qui ont été comparés : {count}',
  'over {size}': 'sur {size}',
  '… and {count} more': '… et {count} autres',
  none: 'aucun',
  'no verifier key was given, so the signatures were not checked':
    'aucune clé de vérification n’a été donnée, les signatures n’ont donc pas été vérifiées',
} as const satisfies Readonly<Record<string, string>>

export type Words = keyof typeof french

/** `{name}` is filled in; a part in double square brackets is left out when its parameter is empty. */
export function words(lang: Language, text: Words, params: Readonly<Record<string, string>> = {}): string {
  return spaced(lang, fillText(lang === 'fr' ? french[text] : text, params))
}

/** For words that come as plain text: in French where there is French, otherwise as they are. */
export function wordOf(lang: Language, text: string): string {
  return Object.hasOwn(french, text) ? words(lang, text as Words) : text
}
