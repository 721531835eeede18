/** Mail over SMTP, with the ways closed in which the library is too helpful. */
import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { OubliError } from '../base/errors.ts'
import { checkAddress } from './address.ts'
import type { MailToSend, Sent, Transport } from './transport.ts'

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** `implicit`: TLS from the first byte. `starttls`: required, never optional. `none`: loopback only. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly login: { readonly user: string; readonly password: string } | null
  /** Where bounces go: MAIL FROM. */
  readonly bounceAddress: string
  /** Our own name in EHLO; null: the host's. */
  readonly name: string | null
  /** Further certificate authority in PEM; null: those of Node. */
  readonly ca: string | null
}

/** Milliseconds. */
export interface SmtpTimeouts {
  readonly connection: number
  readonly greeting: number
  readonly socket: number
}

/** The library's own: shorter ones make mails unknown that a slow relay did accept. Tests alone shorten them. */
export const patientTimeouts: SmtpTimeouts = { connection: 120_000, greeting: 30_000, socket: 600_000 }

/** Throws OubliError E_SMTP_TLS for a relay off this machine without required TLS. */
export function smtpTransport(settings: SmtpSettings, timeouts: SmtpTimeouts = patientTimeouts): Transport {
  requireTls(settings)
  const fullySent = new Set<string>()
  const mailer = createTransport({
    pool: true,
    maxConnections: 1,
    maxRequeues: 0,
    host: settings.host,
    port: settings.port,
    secure: settings.tls === 'implicit',
    requireTLS: settings.tls === 'starttls',
    ignoreTLS: settings.tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(settings.ca === null ? {} : { ca: settings.ca }) },
    ...(settings.login === null
      ? {}
      : { auth: { user: settings.login.user, pass: settings.login.password } }),
    ...(settings.name === null ? {} : { name: settings.name }),
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  // Error fields cannot tell `never connected` from `accepted, answer lost`; whether the last byte was read can.
  mailer.use('stream', (mail, done) => {
    const token = mail.data.dsn?.id
    const message = mail.message
    const create = message.createReadStream.bind(message)
    message.createReadStream = (options) => {
      const stream = create(options)
      stream.once('end', () => {
        if (typeof token === 'string') fullySent.add(token)
      })
      return stream
    }
    done()
  })
  const send = async (mail: MailToSend): Promise<Sent> => {
    const check = checkAddress(mail.address)
    if (!check.ok || check.address !== mail.address) return { result: 'rejected', code: 'EADDRESS' }
    fullySent.delete(mail.token)
    try {
      const info = await mailer.sendMail({
        raw: Buffer.from(mail.message),
        envelope: { from: settings.bounceAddress, to: [mail.address] },
        dsn: { id: mail.token, return: 'headers', notify: ['failure'] },
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const to: readonly unknown[] = info.envelope.to
      if (to.length !== 1 || to[0] !== mail.address) return { result: 'unknown', code: 'EENVELOPE' }
      return { result: 'accepted', code: /^\d{3}/.exec(info.response)?.[0] ?? null }
    } catch (error) {
      return outcomeOf(error, fullySent.has(mail.token))
    } finally {
      fullySent.delete(mail.token)
    }
  }
  return {
    send,
    close: () => {
      mailer.close()
      return Promise.resolve()
    },
  }
}

function requireTls({ host, tls }: SmtpSettings): void {
  if (tls !== 'none' || isLoopback(host)) return
  throw new OubliError(
    'settings',
    'E_SMTP_TLS',
    'mail settings: expected TLS to a relay on another machine, found none',
    'Set tls to starttls or implicit. Without it passwords and addresses cross the network in clear.',
  )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * What an error means for the mail. A reply to the recipient or to the message is an answer. A refused
 * sender or login is our fault, not the recipient's, and so deferred with a code that is not a reply.
 */
function outcomeOf(error: unknown, fullySent: boolean): Sent {
  const { code, responseCode, command, permanent } = error as {
    readonly code?: unknown
    readonly responseCode?: unknown
    readonly command?: unknown
    readonly permanent?: unknown
  }
  const name = typeof code === 'string' && /^[A-Z]{1,16}$/.test(code) ? code : 'ESEND'
  const reply = typeof responseCode === 'number' ? String(responseCode) : null
  const answered = (name === 'EENVELOPE' || name === 'EMESSAGE') && reply !== null
  if (answered && command !== 'MAIL FROM') {
    return { result: permanent === true ? 'rejected' : 'deferred', code: reply }
  }
  if (fullySent && !answered) return { result: 'unknown', code: name }
  return { result: 'deferred', code: name === 'EPROTOCOL' && reply !== null ? reply : name }
}
