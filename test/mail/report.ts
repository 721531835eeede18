import { tokenTo } from './bounces-site.ts'
import type { ScriptedServer } from './scripted-smtp.ts'

/** A delivery status notification as a relay writes it. */
export interface ReportOptions {
  readonly token: string
  /** Whose mailbox it is about. */
  readonly to?: string
  readonly action?: string
  readonly status?: string
  readonly envid?: boolean
  readonly returned?: 'message/rfc822' | 'text/rfc822-headers'
}

export function report({
  token,
  to = 'camille@mail.example',
  action = 'failed',
  status = '5.1.1',
  envid = true,
  returned = 'message/rfc822',
}: ReportOptions): string {
  return [
    'From: MAILER-DAEMON@relay.example',
    'To: bounces@boutique.example',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    '\tboundary="AB12/relay.example"',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--AB12/relay.example',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `I could not deliver your message to <${to}>.`,
    '',
    '--AB12/relay.example',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; relay.example',
    ...(envid ? [`Original-Envelope-Id: ${token}`] : []),
    '',
    `Final-Recipient: rfc822; ${to}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; 550 5.1.1 <${to}>: unknown`,
    '',
    '--AB12/relay.example',
    `Content-Type: ${returned}`,
    '',
    'Subject: notice',
    `Message-ID: <${token}@boutique.example>`,
    '',
    'Bonjour',
    '--AB12/relay.example--',
    '',
  ].join('\r\n')
}

/** About the last mail to an address. */
export function reportOn(
  relay: ScriptedServer,
  to: string,
  more: Omit<ReportOptions, 'token' | 'to'> = {},
): string {
  return report({ token: tokenTo(relay, to), to, ...more })
}
