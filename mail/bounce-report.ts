/** Reads the reports of other mail servers: delivery status notifications (RFC 3461, RFC 3464), and those of qmail. */
import { statusOf } from './bounce-status.ts'
import { tokenHeader, tokenPattern } from './compose.ts'
import { allParts, contentType, decodedText, readFields, readPart, type Part } from './mime.ts'
import { qmailReport } from './qmail-report.ts'

export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export interface Bounce {
  /** Of the mail that the report is about. Whoever has no token of ours cannot forge one. */
  readonly token: string
  readonly action: BounceAction
  /** Enhanced status code, `5.1.1`. */
  readonly status: string
  /** Whose mailbox it is about: not that of our mail where somebody forwards. Null: it does not say. */
  readonly recipient: string | null
}

/** Characters of the part with the status. A report on one mail needs less than a thousand. */
const largestStatus = 65_536

const actions: readonly string[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded']

/**
 * Null for anything else: an out-of-office reply, a report without a token of ours, a mail that only looks like a
 * report.
 */
export function readBounce(bytes: Uint8Array): Bounce | null {
  const report = readPart(bytes)
  if (contentType(report) === 'text/plain') return plainReport(report)
  // A gateway may wrap the report into another multipart, or lose what kind of report it is.
  if (!contentType(report).startsWith('multipart/')) return null
  const parts = allParts(report)
  const status = parts.find((part) =>
    ['message/delivery-status', 'message/global-delivery-status'].includes(contentType(part)),
  )
  if (status === undefined) return null
  const blocks = decodedText({ ...status, body: status.body.slice(0, largestStatus) })
    .split(/\n(?:[ \t]*\n)+/)
    .map((block) => readFields(block.trim()))
  const token =
    asToken(blocks[0]?.get('original-envelope-id')) ??
    tokenOfId(blocks[0]?.get('x-original-message-id')) ??
    returnedToken(parts) ??
    tokenOfId(report.headers.get('in-reply-to')) ??
    // Exim where it returns nothing of the mail; it names the mails before it first.
    tokenOfId(/<[^<>]*>$/.exec(report.headers.get('references') ?? '')?.[0])
  // Of several, as where somebody forwards to two mailboxes, the one that the mail did not reach.
  const all = blocks.filter((block) => block.has('action'))
  const block = all.find((one) => actionOf(one) === 'failed') ?? all[0]
  if (token === null || block === undefined) return null
  const action = actionOf(block)
  const recipient = recipientOf(block)
  const code = statusOf({
    status: block.get('status'),
    reply: block.get('diagnostic-code'),
    toRecipient: recipient !== null && parts.some((part) => saysRecipient(part, recipient)),
    recipient,
    remote: block.get('remote-mta'),
  })
  if (!actions.includes(action)) return null
  // A failure that says no more is one all the same, of which nobody knows whose fault it was.
  const unsaid = action === 'failed' ? '5.0.0' : '4.0.0'
  return { token, action: action as BounceAction, status: code ?? unsaid, recipient }
}

/**
 * The mailbox that failed. Where somebody forwards, some servers name it apart (Sendmail), and some go on naming the one
 * before it as the original (Postfix), which says nothing against that.
 */
function recipientOf(block: ReadonlyMap<string, string>): string | null {
  const said = ['x-actual-recipient', 'final-recipient', 'original-recipient'].map((name) => block.get(name))
  const found = said.find((one) => one !== undefined)
  const address = found?.slice(found.indexOf(';') + 1).trim() ?? ''
  return address === '' ? null : (/^<(.*)>$/.exec(address)?.[1] ?? address)
}

/** In the words for a person: the reply was one to the name of this recipient. So Exim, Sendmail, then Postfix. */
function saysRecipient(part: Part, recipient: string): boolean {
  if (contentType(part) !== 'text/plain') return false
  const said = decodedText(part).slice(0, largestStatus).toLowerCase()
  const to = `<${recipient.toLowerCase()}>`
  if (said.includes(`after rcpt to:${to}`) || said.includes(`>>> rcpt to:${to}\n<<< `)) return true
  return said
    .split(/\n[ \t]*\n/)
    .some(
      (one) =>
        one.trim().startsWith(to) && one.replace(/\s+/g, ' ').includes('(in reply to rcpt to command)'),
    )
}

/** A report of qmail is final, also where it says no status: nothing more will come of the mail. */
function plainReport(mail: Part): Bounce | null {
  const found = qmailReport(decodedText(mail))
  const token = found === null ? null : tokenInHead(found.returned)
  if (found === null || token === null) return null
  return { token, action: 'failed', status: found.status, recipient: found.recipient }
}

function actionOf(block: ReadonlyMap<string, string>): string {
  return /^[a-z]+/.exec(block.get('action')?.toLowerCase() ?? '')?.[0] ?? ''
}

/** The token in the head of the returned mail, which is a part of its own or the whole of it. */
function returnedToken(parts: readonly Part[]): string | null {
  for (const part of parts) {
    if (!/^(?:message\/(?:rfc822|global)|text\/rfc822-headers)/.test(contentType(part))) continue
    const token = tokenInHead(decodedText(part))
    if (token !== null) return token
  }
  return null
}

function tokenInHead(message: string): string | null {
  const head = readFields(message.replace(/^\n+/, '').split('\n\n')[0] ?? '')
  return asToken(head.get(tokenHeader.toLowerCase())) ?? tokenOfId(head.get('message-id'))
}

function tokenOfId(id: string | undefined): string | null {
  return /^<([0-9a-f]{32})@/.exec(id ?? '')?.[1] ?? null
}

function asToken(value: string | undefined): string | null {
  return value !== undefined && tokenPattern.test(value) ? value : null
}
