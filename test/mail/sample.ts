/** One mail and one queued warning for the tests of this folder. */
import type { MailToCompose } from '../../mail/compose.ts'
import type { QueuedWarning } from '../../mail/warnings.ts'

export const token = '0123456789abcdef0123456789abcdef'

export const sample: MailToCompose = {
  from: { name: 'Boutique', address: 'notices@boutique.example' },
  replyTo: { name: 'Boutique', address: 'privacy@boutique.example' },
  to: 'camille@mail.example',
  subject: 'Votre compte Boutique\u00a0: connectez-vous au plus tard le 1er août 2027 pour le garder',
  text: 'Bonjour,\n.\nÀ bientôt\n..\nfin',
  html: '<!doctype html><html lang="fr"><title>é</title><p>À bientôt</p></html>',
  messageId: `<${token}@boutique.example>`,
  date: Date.UTC(2026, 10, 2, 9),
}

export const start = Date.UTC(2026, 10, 2, 9)
export const day = 86_400_000

/** The n-th person's warning; every one has its own token and address. */
export function warning(n: number, over: Partial<QueuedWarning> = {}): QueuedWarning {
  const own = n.toString(16).padStart(32, '0')
  return {
    campaign: 'inactivity-warning',
    policy: 'inactive-accounts',
    kind: 'account',
    keyText: JSON.stringify([String(n)]),
    token: own,
    messageId: `<${own}@boutique.example>`,
    address: `person${n}@mail.example`,
    message: Buffer.from(`Message-ID: <${own}@boutique.example>\r\n\r\nhello ${n}\r\n`),
    now: start,
    notBefore: start,
    giveUpAt: start + 5 * day,
    cycle: Date.UTC(2023, 0, 1),
    round: 0,
    step: 0,
    addressHash: 'a'.repeat(64),
    termsHash: 'b'.repeat(64),
    announced: start + 60 * day,
    ...over,
  }
}
