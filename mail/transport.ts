/** Where a mail goes: what every transport promises. */

export interface MailToSend {
  /** Checked, ASCII. */
  readonly address: string
  readonly message: Uint8Array
  readonly token: string
  /** Asked when its turn on a connection comes; true: it has waited too long, and is not begun. */
  readonly late?: () => boolean
}

/**
 * accepted: the other side took the mail over (a 250 after the last byte). deferred: it certainly did not,
 * and may later. rejected: it said never. unknown: all bytes were sent and no answer came.
 */
export interface Sent {
  readonly result: 'accepted' | 'deferred' | 'rejected' | 'unknown'
  /** Three digits of a reply, or the name of a failure of the connection. Never the text: it echoes addresses. */
  readonly code: string | null
  /** Of a refusal: it speaks of the address, and of nothing else. Left out: of us, of the mail, or it does not say. */
  readonly ofAddress?: boolean
}

export interface Transport {
  /** Mails that it sends at the same time; further ones wait inside. */
  readonly connections: number
  send(mail: MailToSend): Promise<Sent>
  /** Ends connections; nothing is sent afterwards. */
  close(): Promise<void>
}
