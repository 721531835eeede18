/** One mail as the bytes that are queued. They are made once: every retry sends the same ones. */
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { checkAddress } from './address.ts'

export interface Mailbox {
  readonly name: string
  readonly address: string
}

export interface MailToCompose {
  readonly from: Mailbox
  /** A mailbox that somebody reads. */
  readonly replyTo: Mailbox
  /** The address only: a name in the head of a mail would be one more value to leak. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** See `messageIdOf`. */
  readonly messageId: string
  readonly date: Instant
  readonly headers?: Readonly<Record<string, string>>
}

/** A token is 32 hex digits that say nothing about the person; it comes back in bounces. */
export const tokenPattern = /^[0-9a-f]{32}$/

/** The header that repeats the token, for relays that replace the Message-ID. */
export const tokenHeader = 'X-Oubli-Token'

/** `<token@domain>`, the domain of the sender's address. */
export function messageIdOf(token: string, from: Mailbox): string {
  return `<${token}@${from.address.slice(from.address.indexOf('@') + 1)}>`
}

/**
 * A multipart/alternative mail to one recipient. No List-Unsubscribe: this is a legal notice, and a scanner
 * that follows every link must not be able to unsubscribe somebody from it.
 * Throws OubliError E_MAIL_ADDRESS for a sender, reply or recipient address that `checkAddress` refuses.
 */
export async function composeMail(mail: MailToCompose): Promise<Uint8Array> {
  const token = /^<([0-9a-f]{32})@/.exec(mail.messageId)?.[1]
  const composer = new MailComposer({
    from: box(mail.from, 'the sender'),
    replyTo: box(mail.replyTo, 'the address for replies'),
    to: { name: '', address: checked(mail.to, 'the recipient') },
    subject: withoutControls(mail.subject),
    text: mail.text,
    html: mail.html,
    messageId: withoutControls(mail.messageId),
    date: new Date(mail.date),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(token === undefined ? {} : { [tokenHeader]: token }),
      ...cleanHeaders(mail.headers ?? {}),
    },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const message = composer.compile()
  const { to } = message.getEnvelope()
  if (to.length !== 1 || to[0] !== checked(mail.to, 'the recipient')) throw notOneRecipient()
  return new Uint8Array(await message.build())
}

function box(mailbox: Mailbox, what: string): { name: string; address: string } {
  return { name: withoutControls(mailbox.name), address: checked(mailbox.address, what) }
}

function checked(address: string, what: string): string {
  const check = checkAddress(address)
  if (check.ok) return check.address
  throw new OubliError(
    'mail',
    'E_MAIL_ADDRESS',
    `mail: expected ${what} to be a plain address (name@domain), found one that cannot be written to`,
    'Correct the address where it is kept. It is not shown here because it may be a person’s.',
  )
}

function notOneRecipient(): Error {
  return new Error('a composed mail must have exactly the recipient it was given')
}

function cleanHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (/^[A-Za-z0-9-]+$/.test(name)) clean[name] = withoutControls(value)
  }
  return clean
}

/** The library neutralises line breaks too; four ways past it were fixed in one year, so we do not rely on it. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
