/**
 * A receipt: one entry, with the proof that it stands in the signed log. It is a tlog-proof whose extra data is
 * the entry's text, so that any tool can hash it; a second line, if there is one, opens the commitment to the
 * person, and only whoever has the receipt can do that.
 */
import { canonicalText } from '../base/canonical.ts'
import { commitTo } from '../base/subject-ref.ts'
import { readCheckpoint } from './checkpoint.ts'
import type { Entry } from './entry.ts'
import { entryFrom } from './entry-text.ts'
import type { VerifierKey } from './keys.ts'
import { leafHash } from './merkle.ts'
import { openNote, unsignedTextOf } from './note.ts'
import { verifyInclusion } from './proof.ts'
import { readTlogProof, tlogProofText, type TlogProof } from './tlog-proof.ts'

/** Who stands behind an entry, and the salt of the commitment to them. */
export interface Opening {
  readonly kind: string
  readonly key: readonly string[]
  readonly identity: readonly (string | null)[]
  /** 32 bytes in hex. */
  readonly salt: string
}

export interface Receipt extends Omit<TlogProof, 'extra'> {
  /** Canonical text of the entry. */
  readonly entry: string
  /** Null: nobody is named. */
  readonly opening: Opening | null
}

export function receiptText({ entry, opening, ...proof }: Receipt): string {
  const second = opening === null ? '' : `\n${canonicalText({ ...opening })}`
  return tlogProofText({ ...proof, extra: Buffer.from(entry + second) })
}

export type ReceiptFault =
  | 'not a receipt'
  | 'checkpoint unreadable'
  | 'signature invalid'
  | 'unknown key'
  | 'other log'
  | 'not in the log'
  | 'not an entry'
  | 'another person'

export interface ReceiptCheck {
  /** `verified` needs a key. */
  readonly state: 'verified' | 'failed' | 'unverified'
  readonly fault: ReceiptFault | null
  /** Null unless all but the key is as it should be. */
  readonly said: {
    readonly entry: Entry
    readonly opening: Opening | null
    readonly index: number
    readonly size: number
    readonly origin: string
  } | null
}

/** Needs no database, no network, and no trust in whoever made the receipt. Never throws for what it reads. */
export function checkReceipt(text: string, verifier: VerifierKey | null): ReceiptCheck {
  const failed = (fault: ReceiptFault): ReceiptCheck => ({ state: 'failed', fault, said: null })
  const proof = readTlogProof(text)
  const parts = proof?.extra == null ? null : readExtra(proof.extra)
  if (proof === null || parts === null) return failed('not a receipt')
  const signed = signedText(proof.checkpoint, verifier)
  if ('fault' in signed) return failed(signed.fault)
  const checkpoint = readCheckpoint(signed.text)
  if (checkpoint === null) return failed('checkpoint unreadable')
  const { size, root, origin } = checkpoint
  if (verifier !== null && origin !== verifier.name) return failed('other log')
  if (!verifyInclusion(leafHash(parts.entry), proof.index, size, proof.path, root))
    return failed('not in the log')
  const entry = entryFrom(parts.entry)
  if (entry === null) return failed('not an entry')
  if (parts.opening !== null && !opens(entry, parts.opening)) return failed('another person')
  const said = { entry, opening: parts.opening, index: proof.index, size, origin }
  return { state: verifier === null ? 'unverified' : 'verified', fault: null, said }
}

function signedText(
  note: string,
  verifier: VerifierKey | null,
): { readonly text: string } | { readonly fault: ReceiptFault } {
  if (verifier === null) {
    const text = unsignedTextOf(note)
    return text === null ? { fault: 'checkpoint unreadable' } : { text }
  }
  const opened = openNote(note, verifier)
  switch (opened.state) {
    case 'signed':
      return opened
    case 'unknown key':
      return { fault: 'unknown key' }
    case 'bad signature':
      return { fault: 'signature invalid' }
    case 'malformed':
      return { fault: 'checkpoint unreadable' }
  }
}

function readExtra(extra: Uint8Array): { readonly entry: string; readonly opening: Opening | null } | null {
  const text = Buffer.from(extra).toString('utf8')
  const [entry = '', second, ...more] = text.split('\n')
  if (more.length > 0) return null
  const opening = second === undefined ? null : readOpening(second)
  return second !== undefined && opening === null ? null : { entry, opening }
}

function readOpening(text: string): Opening | null {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Opening, unknown>>
    const { kind, key, identity, salt } = value
    const fine =
      typeof kind === 'string' &&
      Array.isArray(key) &&
      key.every((part) => typeof part === 'string') &&
      Array.isArray(identity) &&
      identity.every((part) => part === null || typeof part === 'string') &&
      typeof salt === 'string' &&
      /^[0-9a-f]{64}$/.test(salt) &&
      Object.keys(value).length === 4
    return fine ? (value as Opening) : null
  } catch {
    return null
  }
}

function opens(entry: Entry, { salt, ...subject }: Opening): boolean {
  return 'subject' in entry && commitTo(subject, Buffer.from(salt, 'hex')).commitment === entry.subject
}
