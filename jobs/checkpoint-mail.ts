/** The mail that brings a checkpoint to whoever keeps it. */
import type { MailSettings } from '../config/settings.ts'

interface Told {
  readonly origin: string
  readonly size: number
  /** The signed checkpoint, as it is. */
  readonly note: string
}

export interface CheckpointMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export function checkpointMail(told: Told, language: MailSettings['language']): CheckpointMail {
  const { subject, before, after } = language === 'fr' ? french(told) : english(told)
  return {
    subject,
    text: `${before}\n\n${told.note}\n${after}\n`,
    html: `<p>${html(before)}</p><pre>${html(told.note)}</pre><p>${html(after)}</p>`,
  }
}

function english({ origin, size }: Told) {
  return {
    subject: `Evidence of ${origin}: checkpoint over ${size} entries`,
    before:
      'This is the newest signed checkpoint of the evidence log. Keep this mail. If log and database are ever put back to an older day, it is what shows it.',
    after:
      'To check the log against it, save the lines between the two paragraphs as a file and run: oubli audit verify --since FILE --key KEY',
  }
}

function french({ origin, size }: Told) {
  return {
    subject: `Preuves, ${origin} : point de contrôle sur ${size} entrées`,
    before:
      'Voici le dernier point de contrôle signé du journal de preuves. Conservez ce courriel. Si le journal et la base étaient un jour ramenés à un état plus ancien, c’est lui qui le montrerait.',
    after:
      'Pour vérifier le journal, enregistrez les lignes entre ces deux paragraphes dans un fichier et lancez : oubli audit verify --since FICHIER --key CLÉ',
  }
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
