/** What the status of a failure (RFC 3463) says: of the address, or only of this mail, of this day, or of us. */
import { domainToASCII } from 'node:url'

/**
 * Of the address: there is no such mailbox, or no such domain. Nothing else may make somebody unreachable, for whom a
 * policy can end in an erasure, so the list is closed: what is new, or a vendor's own (Microsoft's 5.1.90 is a limit of
 * the sender), says nothing of the address.
 */
const ofAddress: ReadonlySet<string> = new Set([
  '5.1.0', // Ours: a reply without a status of its own that says so in words. As a server's it is vague.
  ...['5.1.1', '5.1.2', '5.1.3', '5.1.6'], // RFC 3463 §3.2: no such mailbox, no such domain, no address, moved away.
  '5.1.10', // RFC 7505, and Microsoft's RecipientNotFound.
  '5.2.1', // RFC 3463 §3.3: disabled. Gmail's for one that was closed.
  '5.4.1', // Microsoft's for an unknown one, in these words only: see `owned`.
  '5.4.310', // Microsoft's for a domain that does not exist.
  '5.4.4', // Postfix's for one, in these words only; Microsoft's for what the sender has set up wrongly.
])

export function speaksOfAddress(status: string): boolean {
  return ofAddress.has(status)
}

/** Of a host that was not found: the domain of the address, or a relay whose name we have mistyped. */
const ofHost: ReadonlySet<string> = new Set(['5.1.2', '5.4.310', '5.4.4'])

const host = '([\\p{L}\\p{N}_-]+(?:\\.[\\p{L}\\p{N}_-]+)'

/** How servers name it: Postfix, Sendmail, Microsoft, qmail; or any other, where it looks like the name of one. */
const named = new RegExp(
  `\\b(?:name=|name server: ?|dns domain |host named )${host}*)|\\b(?:host|domain)(?: name)?:? ["']?${host}+)`,
  'giu',
)

/** Words that are these servers' own for an address that is gone, although others say the same words of us. */
const owned: Readonly<Record<string, RegExp>> = {
  '5.1.2': /\bhost named \S+/gi,
  '5.4.1': /recipient address rejected(?:: access denied)?/gi,
  '5.4.310': /dns domain \S+ does not exist/gi,
  '5.4.4': /host or domain name not found\. name service error for name=\S+ type=\w+: host not found/gi,
}

/** Alone they say nothing of the address. */
const onlyInWords: ReadonlySet<string> = new Set(['5.4.1', '5.4.4'])

/** Tables of Postfix in which it did not find the recipient. */
const tables = /\bin (?:local recipient|relay recipient|virtual (?:mailbox|alias)) table\b/gi

/**
 * Some servers say no more than this (Exim always, Sendmail often), and leave the reply in the diagnostic. 5.1.0 does not
 * say whose address, and 5.2.0 not what is wrong with the mailbox.
 */
const vague = /^[45]\.[01235]\.0$/

/** `550-…`, `552 …`. */
const reply = /(?:^|[\s:;])([45])(\d\d)\b/

/** Anywhere in a reply: `550-5.1.1 …`, `552 (#5.2.2)`, `550 [5.7.1]`; no part of an IP address. */
const enhanced = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)/g

/** They fail for an address, and for whatever a filter has against us (RFC 5321 §4.2.3). */
const refusal = new Set(['550', '551', '553'])

/** Of us, of the mail or of the moment, whatever else is said: an address that cannot be verified may be our own. */
const notOfAddress =
  /\d{1,3}(?:\.\d{1,3}){3}|spam|block|black|denylist|\bzen\b|\brbl|reputation|abuse|unsolicited|virus|content|policy|spf|dkim|dmarc|auth|relay|sender|envelope|return.?path|mail ?from|badmail|\bfrom\b|helo|ehlo|\bip\b|\bptr\b|\bdns\b|host ?name|client|denied|permit|allow|banned|access|rate\b|too (?:many|quick|fast)|limit|later|tempora|full\b|quota|storage|size|expired/i

/** That nobody has this mailbox, in so many words. */
const nobodyThere =
  /\bno such (?:user|recipient|mailbox|address|person|account)|\b(?:unknown|non-?existent) (?:local )?(?:user|recipient|mailbox|address|account)|\b(?:user|recipient|mailbox|address|account)\b[^.;]{0,40}\b(?:unknown|not (?:exist|found|known)|doesn't exist)|\bno mailbox here/i

/**
 * Words of the mailbox that are enough where the recipient was being told, and could be of a sender elsewhere. Not
 * "rejected" alone: a server that denies us says it as well, and nobody may become unreachable by a word of policy.
 */
const ofMailbox =
  /\b(?:mailbox|user|recipient|account|address)\b[^.;]{0,30}\b(?:unavailable|disabled|inactive|closed|suspended|invalid|undeliverable|rejected)\b|\b(?:invalid|inactive|undeliverable) (?:user|recipient|mailbox|address|account)|\bunrouteable address/i

/** One that gets so many mails now is somebody's, although Gmail says 5.2.1 (a mailbox that is closed). */
const tooMany = /\brate\b|too (?:quickly|fast|many)/i

/** Characters of a reply. A server says what matters at its beginning. */
const largestReply = 2000

export interface Said {
  /** As the report has it. */
  readonly status?: string | undefined
  /** What the other server replied. */
  readonly reply?: string | undefined
  /** It replied so when it was told the recipient, and not to our name, our sender or the mail. */
  readonly toRecipient?: boolean
  /** The address that it is about. Without one no host that was not found is known to be that of the address. */
  readonly recipient?: string | null | undefined
  /** The host that a report names as the one that was tried. */
  readonly remote?: string | undefined
}

/**
 * The status of a report, or a closer one from what the other server replied. Null: neither says any. One that tried
 * for days and was put off each time has failed, but not for good, although its own server writes 5.0.0. A refusal
 * without a status of its own is 5.1.0 only where it says that it is of the address, and speaks of nothing else; nor
 * does a status stand for the address beside words of us.
 */
export function statusOf(whole: Said): string | null {
  const found = closestStatus(whole)
  return found !== null && ofHost.has(found) && isOfAnotherHost(whole) ? '5.0.0' : found
}

function closestStatus({ status, reply: whole = '', toRecipient = false }: Said): string | null {
  const said = whole.slice(0, largestReply)
  const own = /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(status ?? '')?.[1] ?? null
  const closer = (said.match(enhanced) ?? []).filter((one) => !vague.test(one))
  // Of two, the one that makes nobody unreachable.
  const found = closer.find((one) => !speaksOfAddress(one)) ?? closer[0]
  if (own !== null && !vague.test(own))
    return believed(speaksOfAddress(own) && found !== undefined ? found : own, said)
  const [, kind = '', digits = ''] = reply.exec(said) ?? []
  if (kind === '') return own === '5.1.0' || own === '5.2.0' ? '5.0.0' : own
  if (found !== undefined) return believed(found, said)
  if (kind + digits === '552') return '5.2.2'
  return refusal.has(kind + digits) && isOfAddress(said, toRecipient) ? '5.1.0' : `${kind}.0.0`
}

function believed(status: string, said: string): string {
  if (status === '5.2.1' && tooMany.test(said)) return '4.2.1'
  if (!speaksOfAddress(status)) return status
  const words = wordsOf(said)
  const own = owned[status]
  const others = own === undefined ? words : words.replace(own, ' ')
  if (onlyInWords.has(status) && others === words) return '5.0.0'
  return notOfAddress.test(others) ? '5.0.0' : status
}

/**
 * A mailer whose relay is mistyped says of each mail that a host was not found, and so may one for a server of a domain
 * that is there. Sendmail says which one only beside its words, which have no status then; with one they are a server's,
 * and that was found.
 */
function isOfAnotherHost({ reply: whole = '', recipient, remote }: Said): boolean {
  const said = whole.slice(0, largestReply)
  const inWords = [...wordsOf(said).matchAll(named)].map(([, exact, other]) => exact ?? other ?? '')
  const beside =
    remote === undefined || said.search(enhanced) !== -1 ? [] : [remote.slice(remote.indexOf(';') + 1)]
  const domain = asHost(recipient?.slice(recipient.lastIndexOf('@') + 1) ?? '')
  return (inWords.length > 0 ? inWords : beside).some((one) => domain === '' || asHost(one) !== domain)
}

function asHost(name: string): string {
  return domainToASCII(name.trim().replace(/\.$/, '')).toLowerCase()
}

function isOfAddress(said: string, toRecipient: boolean): boolean {
  const words = wordsOf(said)
  return !notOfAddress.test(words) && (nobodyThere.test(words) || (toRecipient && ofMailbox.test(words)))
}

/** Addresses may hold any word. */
function wordsOf(said: string): string {
  return said.replace(/<[^>]*>|\S+@\S+/g, ' ').replace(tables, ' ')
}
