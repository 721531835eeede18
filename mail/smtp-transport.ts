/** Mail over SMTP: several lines to one relay, and what its answers mean for a mail. */
import { isIP } from 'node:net'
import { OubliError } from '../base/errors.ts'
import { checkAddress } from './address.ts'
import { speaksOfAddress, statusOf } from './bounce-status.ts'
import { openLine, type Line, type LineMail, type LineOptions, type LineResult } from './smtp-line.ts'
import { tooLate } from './tally.ts'
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
  /** At most; opened when there are mails for them. */
  readonly connections: number
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
  const options = lineOptions(settings, timeouts)
  const lines = new Lines(settings.connections, () => openLine(options, settings.login))
  return {
    connections: settings.connections,
    send: async (mail: MailToSend): Promise<Sent> => {
      const check = checkAddress(mail.address)
      if (!check.ok || check.address !== mail.address)
        return { result: 'rejected', code: 'EADDRESS', ofAddress: true }
      const { address: to, message, token: envelopeId } = mail
      const result = await lines.send({ from: settings.bounceAddress, to, message, envelopeId }, mail.late)
      if (!result.ok) return outcomeOf(result.error, result.touched, to)
      const { accepted, response } = result
      if (accepted.length !== 1 || accepted[0] !== to) return { result: 'unknown', code: 'EENVELOPE' }
      return { result: 'accepted', code: /^\d{3}/.exec(response)?.[0] ?? null }
    },
    close: () => {
      lines.close()
      return Promise.resolve()
    },
  }
}

function lineOptions(settings: SmtpSettings, timeouts: SmtpTimeouts): LineOptions {
  return {
    host: settings.host,
    port: settings.port,
    secure: settings.tls === 'implicit',
    requireTLS: settings.tls === 'starttls',
    ignoreTLS: settings.tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(settings.ca === null ? {} : { ca: settings.ca }) },
    ...(settings.name === null ? {} : { name: settings.name }),
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    logger: false,
  }
}

/** Open lines, lent to one mail at a time; the last one that was used is used next. */
class Lines {
  readonly #most: number
  readonly #open: () => Promise<Line>
  readonly #free: Line[] = []
  readonly #waiting: (() => void)[] = []
  /** Mails that have a line, or are opening one. */
  #busy = 0

  constructor(most: number, open: () => Promise<Line>) {
    this.#most = most
    this.#open = open
  }

  async send(mail: LineMail, late: () => boolean = () => false): Promise<LineResult> {
    while (this.#busy >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (late()) {
      // The line that it was waked for is the next one's.
      this.#waiting.shift()?.()
      return { ok: false, error: { code: tooLate }, touched: false }
    }
    this.#busy += 1
    let line: Line | undefined
    try {
      line = this.#takeFree() ?? (await this.#open())
      const usedBefore = line.used()
      const result = await line.send(mail)
      if (!usedBefore || result.ok || result.touched || !wasGone(result.error)) return result
      // Not a byte of the message left: another line may take it.
      line.close()
      line = await this.#open()
      return await line.send(mail)
    } catch (error) {
      return { ok: false, error, touched: false }
    } finally {
      void this.#giveBack(line)
    }
  }

  #takeFree(): Line | undefined {
    for (;;) {
      const line = this.#free.pop()
      if (line === undefined || !line.closed()) return line
    }
  }

  async #giveBack(line: Line | undefined): Promise<void> {
    await line?.ready()
    if (line !== undefined && !line.closed()) this.#free.push(line)
    this.#busy -= 1
    this.#waiting.shift()?.()
  }

  close(): void {
    for (const line of this.#free.splice(0)) line.close()
  }
}

/** The relay had ended the line, or ends it now: nothing about the mail. */
function wasGone(error: unknown): boolean {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown }
  return responseCode === 421 || code === 'ECONNECTION' || code === 'ESOCKET'
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
 * What an error means for the mail. A reply to the recipient or to the message is an answer, and its words are judged
 * as those of a report that comes back later. A refused
 * sender or login is our fault, not the recipient's, and so deferred with a code that is not a reply.
 */
function outcomeOf(error: unknown, touched: boolean, recipient: string): Sent {
  const { code, response, responseCode, command, permanent } = error as {
    readonly code?: unknown
    readonly response?: unknown
    readonly responseCode?: unknown
    readonly command?: unknown
    readonly permanent?: unknown
  }
  const name = typeof code === 'string' && /^[A-Z]{1,16}$/.test(code) ? code : 'ESEND'
  const reply = typeof responseCode === 'number' ? String(responseCode) : null
  const answered = (name === 'EENVELOPE' || name === 'EMESSAGE') && reply !== null
  if (answered && command !== 'MAIL FROM') {
    if (permanent !== true) return { result: 'deferred', code: reply }
    const said = typeof response === 'string' ? response : undefined
    const status = statusOf({ reply: said, toRecipient: command === 'RCPT TO', recipient })
    return { result: 'rejected', code: reply, ofAddress: speaksOfAddress(status ?? '') }
  }
  if (touched && !answered) return { result: 'unknown', code: name }
  return { result: 'deferred', code: name === 'EPROTOCOL' && reply !== null ? reply : name }
}
