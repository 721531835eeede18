/** Letters of mail servers that are no report which anybody can read, and may be about a mail of ours all the same. */
import { allParts, contentType, decodedText, parameter, readPart } from './mime.ts'

/** Of one letter; more are no returned mail. */
const mostTokens = 20

const mostInText = 500

/** Characters. */
const longestFrom = 1000

/** In the head of a mail of ours that was returned. Behind a `>` somebody quotes it, as absences do. */
const inCopy =
  /^[ \t]*(?:X-Oubli-Token:\s*|Message-ID:\s*<|Original-Envelope-Id:\s*)([0-9a-f]{32})(?![0-9a-f])/gim

/** Nobody writes from there. */
const daemon = /^mailer-daemon/i

/** Servers write from there, and people. */
const perhapsDaemon = /^(?:postmaster|microsoftexchange)/i

export interface Unheard {
  /** Which may be ours. */
  readonly tokens: readonly string[]
  /** The address in `From`, as it stands: an answer of the person whom the mail went to is no report. Null: none. */
  readonly from: string | null
}

/**
 * Of a mail. Tokens in the head of our mail that it holds, where its return path is empty or its sender is a mailer
 * daemon; a `postmaster` is one where no return path says otherwise. An absence has an empty return path as well, and
 * names the mail that it answers: then, and where our mail is only named, the sender has to be one. None of a letter
 * that says what it is: a receipt, or a complaint.
 */
export function unheardOf(bytes: Uint8Array): Unheard {
  const letter = readPart(bytes)
  const from = fromOf((letter.headers.get('from') ?? '').slice(0, longestFrom))
  const kind = parameter(letter, 'report-type')?.toLowerCase() ?? 'delivery-status'
  if (contentType(letter) === 'multipart/report' && kind !== 'delivery-status') return { tokens: [], from }
  const path = letter.headers.get('return-path')?.replace(/\s/g, '')
  const isEmpty = path === '<>'
  const isDaemons = daemon.test(from ?? '')
  const isServers = isDaemons || (perhapsDaemon.test(from ?? '') && (isEmpty || path === undefined))
  const isReturned = isEmpty && !letter.headers.has('in-reply-to')
  if (!isServers && !isReturned) return { tokens: [], from }
  const held = allParts(letter).flatMap((part) => [...decodedText(part).matchAll(inCopy)])
  const answered = ['in-reply-to', 'references'].map((name) => letter.headers.get(name) ?? '').join(' ')
  const named = isDaemons || (isServers && isEmpty) ? [...answered.matchAll(/<([0-9a-f]{32})@/g)] : []
  return { tokens: tokensOf([...held, ...named], mostTokens), from }
}

/** Of a text without a head: whoever lost that may have lost it of a report. */
export function unheardInText(bytes: Uint8Array): Unheard {
  const text = Buffer.from(bytes).toString('latin1')
  return {
    tokens: tokensOf([...text.matchAll(/(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f])/gi)], mostInText),
    from: null,
  }
}

function tokensOf(found: readonly RegExpExecArray[], most: number): readonly string[] {
  return [...new Set(found.map(([, token = '']) => token.toLowerCase()))].slice(0, most)
}

/** Without the name, in which anybody writes what he likes. */
function fromOf(value: string): string | null {
  const bare = value.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/\([^()]*\)/g, '')
  const address = (/<([^<>]*)>[^<>]*$/.exec(bare)?.[1] ?? bare).trim()
  return address === '' ? null : address
}
