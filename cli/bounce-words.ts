/** French for what is said of mails that left, and of a folder of those that came back. */
export const bounceFrench = {
  'No warning was taken for {days} days, and {count} wait or were given up[[ (last answer: {reply})]]. Nobody is warned meanwhile. Look at the relay or, if they are few, at the addresses.':
    'Aucun avertissement n’a été accepté depuis {days} jours, {count} en attente ou abandonnés[[ (dernière réponse : {reply})]]. Personne n’est prévenu entre-temps. Regardez le relais ou, s’ils sont peu nombreux, les adresses.',
  'mail: {accepted} accepted, {deferred} deferred, {refused} refused, {unknown} unknown[[, {late} given up]]':
    'courriels : {accepted} acceptés, {deferred} différés, {refused} refusés, {unknown} sans réponse[[, {late} abandonnés]]',
  'taken in: the acceptance counts no more': 'pris en compte : l’acceptation ne compte plus',
  'test mail(s) came back: bounces are heard of, and the day is on record':
    'courriel(s) d’essai revenu(s) : les retours nous parviennent, et le jour est noté',
  'changed nothing: no final failure, not of a mail that stands, or taken in before':
    'sans effet : pas d’échec définitif, pas d’un courriel en cours, ou déjà pris en compte',
  'no notification of a mail of ours: somebody should read it':
    'sans rapport avec un courriel à nous : quelqu’un devrait le lire',
  'left for the next time: the mail is being sent':
    'laissé pour la prochaine fois : le courriel est en train de partir',
  'too young, taken next time: a mail program may still be writing it':
    'trop récent, pris la prochaine fois : un serveur de courriel l’écrit peut-être encore',
  'left where it was: not readable, not movable, not removable, a mailbox in one file (mbox), or a folder `done` or `other` that is a link or not readable':
    'laissé en place : illisible, impossible à déplacer ou à supprimer, une boîte entière en un fichier (mbox), ou un dossier `done` ou `other` qui est un lien ou ne se lit pas',
  'removed from `done`: read longer ago than mail.bounces.kept_days':
    'supprimé de `done` : lu il y a plus longtemps que mail.bounces.kept_days',
  'not removed, though older than mail.bounces.kept_days: mails in `other` that somebody should read and remove, or files in `done` that have no name of ours':
    'non supprimé, quoique plus ancien que mail.bounces.kept_days : des courriels dans `other`, à lire et à supprimer, ou des fichiers dans `done` qui ne portent pas un nom de nous',
  'Nobody can open, or read as one mail: {files}. While such a file lies in mail.bounces.folder, no run erases anybody who was warned. Split a mailbox in one file (mbox) into a file for each mail (`git mailsplit -oFOLDER MBOX`; they are read a minute later) and move the mailbox itself into `other`, unpack what is packed, give the account that runs Oubli the right to read. Anything else somebody should read: correct the address in the site where it says that a person got no mail, then move it into `other`.':
    'Personne ne peut ouvrir, ou lire comme un seul courriel : {files}. Tant qu’un tel fichier se trouve dans mail.bounces.folder, aucune exécution ne supprime de personnes prévenues. Découpez une boîte en un fichier (mbox) en un fichier par courriel (`git mailsplit -oDOSSIER MBOX` ; ils sont lus une minute plus tard) et mettez la boîte elle-même dans `other`, décompressez ce qui est compressé, donnez au compte qui exécute Oubli le droit de lire. Le reste, quelqu’un doit le lire : s’il dit qu’une personne n’a pas reçu de courriel, corrigez l’adresse dans le site, puis mettez-le dans `other`.',
  'Nothing lay in the folder.': 'Il n’y avait rien dans le dossier.',
  'mail.bounces.folder could not be read ({code}): until it can be, no run erases anybody who was warned. `oubli mail bounces FOLDER` says why, and what to do.':
    'Le dossier mail.bounces.folder n’a pas pu être lu ({code}) : tant qu’il ne l’est pas, aucune exécution ne supprime de personnes prévenues. `oubli mail bounces DOSSIER` dit pourquoi, et quoi faire.',
} as const
