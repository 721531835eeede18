/** Signed notes (C2SP signed-note): a text for people, an empty line, and a line for each signature. */
import { sign, verify } from 'node:crypto'
import { fromBase64, type SigningKey, type VerifierKey } from './keys.ts'

const longestNote = 1_000_000
const mostSignatures = 100
const signatureLine = /^— (\S+) ([A-Za-z0-9+/=]+)$/u

/** Signatures of other keys are skipped, which lets a second party sign the same note. */
export type OpenedNote =
  | { readonly state: 'signed'; readonly text: string }
  | { readonly state: 'unknown key'; readonly text: string }
  | { readonly state: 'bad signature' }
  | { readonly state: 'malformed' }

/** The text (which ends in a newline and has no other control characters) with the key's signature. */
export function signNote(text: string, key: SigningKey): string {
  if (!isNoteText(text)) throw new TypeError('a note ends in a newline and has no control characters')
  const signature = Buffer.concat([Buffer.from(key.id, 'hex'), sign(null, Buffer.from(text), key.key)])
  return `${text}\n— ${key.name} ${signature.toString('base64')}\n`
}

/** Checks a note against one key. `unknown key`: well formed, but nothing in it is from this key. */
export function openNote(note: string, key: VerifierKey): OpenedNote {
  const parts = splitNote(note)
  if (parts === null) return { state: 'malformed' }
  let found = false
  for (const line of parts.signatures) {
    const [, name = '', body = ''] = signatureLine.exec(line) ?? []
    const bytes = fromBase64(body)
    if (name === '' || name.includes('+') || bytes === null || bytes.length < 5) return { state: 'malformed' }
    if (name !== key.name || Buffer.from(bytes.subarray(0, 4)).toString('hex') !== key.id) continue
    if (!verify(null, Buffer.from(parts.text), key.key, bytes.subarray(4))) return { state: 'bad signature' }
    found = true
  }
  return { state: found ? 'signed' : 'unknown key', text: parts.text }
}

/** The text of a note without asking who signed it; null when it is not a note. */
export function unsignedTextOf(note: string): string | null {
  return splitNote(note)?.text ?? null
}

function splitNote(note: string): { text: string; signatures: readonly string[] } | null {
  const end = note.lastIndexOf('\n\n')
  if (note.length > longestNote || end < 0 || !note.endsWith('\n')) return null
  const text = note.slice(0, end + 1)
  const signatures = note.slice(end + 2, -1).split('\n')
  if (!isNoteText(text) || signatures.length > mostSignatures) return null
  return signatures.every((line) => signatureLine.test(line)) ? { text, signatures } : null
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && !/[^\P{Cc}\n]|[\p{Cs}\ufffd]/u.test(text)
}
