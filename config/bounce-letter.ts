/** One file of a folder in which a mail program leaves what came back: what it holds, and whether it is whole. */
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Instant } from '../base/clock.ts'
import { safeError } from '../base/errors.ts'

/** Milliseconds. In a plain folder nothing else tells that a mail is whole. */
const settled = 60_000

/** Bytes. Of a letter that is larger no more is read: what a report says comes before the mail that it returns. */
const largest = 5_000_000

/** Every mail begins with a field of its head. A mailbox in one file (`From …`), an archive or a compressed one does not. */
const beginning = /^[!-9;-~]+[ \t]*:/

/** A mailbox in one file, and what is packed by gzip, zip or tar: there may be many mails in it. */
// eslint-disable-next-line no-control-regex
const ofMany = /^(?:(?:\xef\xbb\xbf)?\s*From |\x1f\x8b|PK\x03\x04|[^]{257}ustar)/

/** So `git mailsplit` and MH name a file, in which no second mail is ever written. */
const ofOne = /^\d+$/

/** In no text. */
// eslint-disable-next-line no-control-regex
const binary = /[\0-\x08\x0e-\x1f\x7f]/

const from = Buffer.from('From ')

/** Bytes: a name of a field is shorter. */
const longestName = 1000

export interface LetterFile {
  readonly path: string
  /** In a Maildir a file appears when it is whole; in a plain folder it may still be written. */
  readonly whole: boolean
}

/** Neither a mail nor what may hold mails, as it can be opened. */
export async function isServers(path: string): Promise<boolean> {
  try {
    const file = await open(path)
    try {
      const bytes = await firstOf(file, longestName)
      return !beginsAsMail(bytes) && !ofMany.test(Buffer.from(bytes).toString('latin1'))
    } finally {
      await file.close()
    }
  } catch {
    return false
  }
}

export function beginsAsMail(bytes: Uint8Array): boolean {
  return beginning.test(Buffer.from(bytes.subarray(0, longestName)).toString('latin1'))
}

/**
 * `gone`: another process took it meanwhile. `young`: changed less than a minute before `now`, by this machine's
 * clock, and not known to be whole, or empty. `left`: packed, or a mailbox (mbox), which a mail server may go on writing
 * at any time; also the one mail of a mailbox that was split, for that minute. `unreadable`: cannot be opened or read.
 * All of them stay where they are. What else is text is given out, with or without a head.
 */
export async function readLetter(
  { path, whole }: LetterFile,
  now: Instant,
): Promise<Uint8Array | 'gone' | 'young' | 'left' | 'unreadable'> {
  try {
    const file = await open(path)
    try {
      const { size, mtimeMs } = await file.stat()
      const bytes = size > largest ? await firstOf(file, largest) : await file.readFile()
      const isYoung = now - mtimeMs < settled
      // A mailbox into which mails keep coming is never old.
      if (!beginsAsMail(bytes) && isOfMany(bytes)) {
        const known = size <= largest && ofOne.test(basename(path)) && !isYoung
        return (known ? onlyMail(bytes) : null) ?? 'left'
      }
      return (!whole || size === 0) && isYoung ? 'young' : bytes
    } finally {
      await file.close()
    }
  } catch (error) {
    return safeError(error).code === 'ENOENT' ? 'gone' : 'unreadable'
  }
}

function isOfMany(bytes: Buffer): boolean {
  const text = bytes.toString('latin1')
  return ofMany.test(text) || binary.test(text)
}

/** The mail below the line with which a mailbox begins; null: there is none, or another such line. */
function onlyMail(bytes: Buffer): Buffer | null {
  if (!bytes.subarray(0, 5).equals(from) || bytes.includes('\nFrom ')) return null
  const mail = bytes.subarray(bytes.indexOf('\n') + 1)
  return beginsAsMail(mail) ? mail : null
}

async function firstOf(file: FileHandle, most: number): Promise<Buffer> {
  const bytes = Buffer.alloc(most)
  const { bytesRead } = await file.read(bytes, 0, most, 0)
  return bytes.subarray(0, bytesRead)
}
