/** A delivery status notification as a mail server would send it back for one of our mails (RFC 3464). */

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
