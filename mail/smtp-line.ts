/**
 * One connection to a relay. It is the mail library's own connection, below its pool and its composing: the
 * bytes are ready, and nothing but the protocol may touch them.
 */
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'

export type LineOptions = NonNullable<ConstructorParameters<typeof SMTPConnection>[0]>

export interface Login {
  readonly user: string
  readonly password: string
}

export interface LineMail {
  readonly from: string
  readonly to: string
  readonly message: Uint8Array
  /** Comes back in reports, where the relay knows how. */
  readonly envelopeId: string
}

export type LineResult =
  | { readonly ok: true; readonly accepted: readonly string[]; readonly response: string }
  | {
      readonly ok: false
      readonly error: unknown
      /** Bytes of the message may have reached the relay. */
      readonly touched: boolean
    }

export interface Line {
  /** A mail was sent over it before, so the relay may have ended it meanwhile. */
  readonly used: () => boolean
  readonly closed: () => boolean
  /** One mail at a time. */
  readonly send: (mail: LineMail) => Promise<LineResult>
  /** Resolves when the next mail may be sent, or the line is closed. */
  readonly ready: () => Promise<void>
  readonly close: () => void
}

/** Throws what kept it from opening: no answer, no TLS where it is required, a refused login. */
export async function openLine(options: LineOptions, login: Login | null): Promise<Line> {
  const connection = new SMTPConnection(options)
  let closed = false
  connection.once('end', () => {
    closed = true
  })
  await opened(connection)
  if (login !== null && connection.allowsAuth) await loggedIn(connection, login)
  let used = false
  let ready = Promise.resolve()
  return {
    used: () => used,
    closed: () => closed,
    ready: () => ready,
    send: async (mail) => {
      const result = await sendOver(connection, mail)
      used = true
      if (!result.ok) ready = recover(connection, result.error)
      return result
    },
    close: () => {
      closed = true
      connection.close()
    },
  }
}

/** Errors have several ways out of the library; whichever comes first settles it, the others find it settled. */
function opened(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.on('error', reject)
    connection.once('end', () => {
      reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNECTION' }))
    })
    connection.connect((error) => {
      if (error === undefined) resolve()
      else reject(error)
    })
  })
}

function loggedIn(connection: SMTPConnection, { user, password }: Login): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.on('error', reject)
    connection.login({ user, pass: password }, (error) => {
      if (error === null) {
        resolve()
        return
      }
      connection.close()
      reject(error)
    })
  })
}

function sendOver(connection: SMTPConnection, mail: LineMail): Promise<LineResult> {
  // Error fields cannot tell `never connected` from `accepted, answer lost`; whether the bytes were read can.
  let touched = false
  const bytes = new Readable({
    read() {
      touched = true
      this.push(mail.message)
      this.push(null)
    },
  })
  const envelope = {
    from: mail.from,
    to: [mail.to],
    dsn: { id: mail.envelopeId, return: 'headers', notify: ['failure'] },
  }
  return new Promise((resolve) => {
    connection.send(envelope, bytes, (error, info) => {
      if (error !== null) resolve({ ok: false, error, touched })
      else resolve({ ok: true, accepted: info.accepted, response: info.response })
    })
  })
}

/** After a reply that refused the mail the line is good for the next one; after anything else it is closed. */
async function recover(connection: SMTPConnection, error: unknown): Promise<void> {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown }
  const refused = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== 421
  if (!refused || connection.destroyed) {
    connection.close()
    return
  }
  await new Promise<void>((resolve) => {
    // A relay that answers no more ends the line by its silence.
    connection.once('end', resolve)
    connection.reset((failed) => {
      if (failed !== null) connection.close()
      resolve()
    })
  })
}
