/** The mail that is to come back: it goes to a mailbox that does not exist, and says so to whoever gets it. */
import type { MailSettings } from '../config/settings.ts'

export interface SelftestMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const words = {
  en: {
    subject: 'Test of returned mail, nothing to do',
    text: 'Oubli sent this mail to an address that should not exist, to see whether it comes back. If you can read it, the address exists: choose another one for the test.',
  },
  fr: {
    subject: 'Essai de retour de courriel, rien à faire',
    text: 'Oubli a envoyé ce courriel à une adresse qui ne devrait pas exister, pour voir s’il revient. Si vous le lisez, l’adresse existe : choisissez-en une autre pour l’essai.',
  },
} as const

export function selftestMail(language: MailSettings['language']): SelftestMail {
  const { subject, text } = words[language]
  return { subject, text: `${text}\n`, html: `<p>${text}</p>` }
}
