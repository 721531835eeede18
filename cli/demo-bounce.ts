/** What comes back in the demo: a delivery status notification as a mail server would write it (RFC 3464). */
import { join } from 'node:path'
import { readFolder, writeAtomic } from '../config/files.ts'
import type { Stage } from './demo-stage.ts'

/** Lays the last mail to an address, come back, into the Maildir of bounces. False: there was none. */
export async function mailBack({ folder }: Stage, address: string): Promise<boolean> {
  const mails = await readFolder(folder.mails, (name) => name.endsWith('.eml'))
  const last = mails
    .filter((mail) => mail.text.includes(address))
    .sort((a, b) => sentAt(a.text) - sentAt(b.text))
    .at(-1)
  if (last === undefined) return false
  const name = last.path.slice(last.path.lastIndexOf('/') + 1)
  await writeAtomic(join(folder.root, 'bounces/new', name), bounceFor(last.text, address))
  return true
}

/** A mailbox that the shop does not have. */
const nobody = 'nobody@boutique.example'

/** A mail to nobody goes out and comes back, told as it is typed. */
export async function testComesBack(stage: Stage, type: Stage['type'] | Stage['quietly']): Promise<void> {
  await type(['mail', 'selftest', '--to', nobody], 1)
  await mailBack(stage, nobody)
  await type(['mail', 'bounces', join(stage.folder.root, 'bounces')], 1)
}

function sentAt(mail: string): number {
  return Date.parse(/^Date: (.+)$/im.exec(mail)?.[1] ?? '')
}

export function bounceFor(mail: string, address: string): string {
  const id = /^Message-ID: (<[^>]+>)/im.exec(mail)?.[1] ?? ''
  const token = /^<([0-9a-f]{32})@/.exec(id)?.[1] ?? ''
  return [
    'From: MAILER-DAEMON@mx.example',
    'To: privacy@boutique.example',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Your message could not be delivered.',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    `Original-Envelope-Id: ${token}`,
    'Reporting-MTA: dns; mx.example',
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    'Status: 5.1.1',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${id}`,
    '',
    '--b--',
    '',
  ].join('\r\n')
}
