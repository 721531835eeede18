/** French for what `oubli status`, `hold` and `request keep` say; the key is the English. */
export const deskFrench = {
  'No run yet.': 'Aucune exécution jusqu’ici.',
  'Last run: {at}, {state}[[ ({why})]]': 'Dernière exécution : {at}, {state}[[ ({why})]]',
  'Last that warned: {at}, {state}[[ ({why})]]': 'La dernière qui a averti : {at}, {state}[[ ({why})]]',
  'Last that erased: {at}, {state}[[ ({why})]]': 'La dernière qui a effacé : {at}, {state}[[ ({why})]]',
  'Paused by the pause file since {at}.': 'En pause, par le fichier de pause, depuis {at}.',
  'Paused: the pause file cannot be looked for ({code}).':
    'En pause : impossible de savoir si le fichier de pause est là ({code}).',
  '{reason}; the evidence waits to be sealed: {code}': '{reason} ; la preuve attend d’être scellée : {code}',
  '{reason}; not told to the ledger: {code}': '{reason} ; le registre n’a pas pu être complété : {code}',
  'Not told to the ledger: {count} people. A backup restored now would bring them back, and no replay would find them.':
    'Pas inscrites au registre : {count} personnes. Une sauvegarde restaurée maintenant les ramènerait, et rien ne les retrouverait.',
  'Evidence: {sealed} entries sealed, {waiting} waiting.':
    'Preuve : {sealed} entrées scellées, {waiting} en attente.',
  'Mail: {count} waiting[[, of them {parts}]].': 'Courriels : {count} en attente[[, dont {parts}]].',
  '{count} put off by their servers or the relay': '{count} différés par leurs serveurs ou par le relais',
  '{count} kept by our own fault: the relay is not reached or refuses too much':
    '{count} retenus par notre faute : le relais est injoignable ou refuse trop',
  HOLD: 'GEL',
  KIND: 'CATÉGORIE',
  MATTER: 'AFFAIRE',
  'SET ON': 'POSÉ LE',
  'REVIEW BY': 'À RÉEXAMINER LE',
  '{count} active hold(s)': '{count} gel(s) en vigueur',
  'Hold {id} is set.': 'Le gel {id} est posé.',
  'Hold {id} is released.': 'Le gel {id} est levé.',
  'What the log says of their erasure counts no more: no replay takes them again.':
    'Ce que le journal dit de leur effacement ne compte plus : aucun `oubli replay` ne les reprend.',
  'Nothing here says that a person with this key and identity was erased, so no replay would take them. If they were, put the columns of their identity back as they were, release this hold and set it again.':
    'Rien ici ne dit qu’une personne avec cette clé et cette identité a été effacée ; aucun `oubli replay` ne la prendrait. Si elle l’a été, remettez les colonnes de son identité comme elles étaient, levez ce gel et posez-le de nouveau.',
  '{policy}: kept at least until the end of {day}':
    '{policy} : conservation au moins jusqu’à la fin du {day}',
  'Request {id} is recorded; every warning is void.':
    'La demande {id} est enregistrée ; tout avertissement est sans effet.',
} as const
