/** French for what `oubli replay` says of those who go again; the key is the English. */
export const replayFrench = {
  'To do this: oubli replay --confirm --at-most {count}':
    'Pour le faire : oubli replay --confirm --at-most {count}',
  '{policy}: {count} people go again, more than {percent} % of {people} ({limit}). Is it the right backup?':
    '{policy} : {count} personnes partent de nouveau, plus de {percent} % de {people} ({limit}). Est-ce la bonne sauvegarde ?',
  '{policy}: {count} people go again, more than {limit}. Is it the right backup?':
    '{policy} : {count} personnes partent de nouveau, plus de {limit}. Est-ce la bonne sauvegarde ?',
  '{policy}: {count} canaries would go again. They never went: the ledger or the data map is wrong; no number lets this pass.':
    '{policy} : {count} témoin(s) partiraient de nouveau. Ils ne sont jamais partis : le registre ou la carte des données est faux ; aucun nombre n’y change rien.',
  '{count} people go again, more than --at-most {limit}.':
    '{count} personnes partent de nouveau, plus que --at-most {limit}.',
  '{count} mails after an erasure that waited in the backup are not sent: they may have left since.':
    '{count} courriels d’après un effacement qui attendaient dans la sauvegarde ne sont pas envoyés : ils sont peut-être partis depuis.',
  'Asked again afterwards, the database still had {count} rows of people who went: see who writes them.':
    'Interrogée de nouveau ensuite, la base avait encore {count} lignes de personnes parties : voyez qui les écrit.',
} as const
