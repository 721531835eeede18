/**
 * Keys that sign and check checkpoints, in the text formats of signed notes (C2SP signed-note, Ed25519), so
 * that other tools can read them: `PRIVATE+KEY+name+id+base64` to sign, `name+id+base64` to check.
 */
import { createHash, createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { OubliError } from '../base/errors.ts'

/** Ed25519 in signed notes. */
const algorithm = Uint8Array.of(1)
const privateMark = 'PRIVATE+KEY+'
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

export interface VerifierKey {
  /** Name of the key, which is also the origin of the log. */
  readonly name: string
  /** First four bytes of SHA-256 over name and key, in hex; tells two keys of one name apart. */
  readonly id: string
  readonly key: KeyObject
  readonly text: string
}

export interface SigningKey {
  readonly name: string
  readonly id: string
  readonly key: KeyObject
  readonly verifier: VerifierKey
}

/**
 * A new pair for a log. `origin`: a name without spaces or plus signs, best a host and a path that the
 * controller owns (`boutique.example/oubli`). The private text is a secret; the verifier text is for everyone.
 */
export function generateSigningKey(
  origin: string,
  seed: Uint8Array = randomBytes(32),
): { readonly privateText: string; readonly verifierText: string } {
  if (!isKeyName(origin)) {
    throw new OubliError(
      'settings',
      'E_KEY_NAME',
      'The origin of the evidence log must not be empty and has no spaces, control characters or plus signs.',
      'Choose a name such as boutique.example/oubli.',
    )
  }
  const verifier = verifierOf(origin, privateKeyOf(seed))
  const body = Buffer.concat([algorithm, seed]).toString('base64')
  return { privateText: `${privateMark}${origin}+${verifier.id}+${body}`, verifierText: verifier.text }
}

/** Reads `PRIVATE+KEY+…`, surrounding white space allowed. Throws an OubliError that shows nothing of it. */
export function readSigningKey(text: string): SigningKey {
  const line = text.trim()
  const parts = line.startsWith(privateMark) ? splitKey(line.slice(privateMark.length)) : null
  if (parts === null) throw badKey('signing key', 'PRIVATE+KEY+name+id+base64')
  const key = privateKeyOf(parts.bytes)
  const verifier = verifierOf(parts.name, key)
  if (verifier.id !== parts.id) throw badKey('signing key', 'an id that belongs to its name and key')
  return { name: parts.name, id: parts.id, key, verifier }
}

/** Reads `name+id+base64`, surrounding white space allowed. Throws an OubliError. */
export function readVerifierKey(text: string): VerifierKey {
  const line = text.trim()
  const parts = line.startsWith(privateMark) ? null : splitKey(line)
  if (parts === null) throw badKey('verifier key', 'name+id+base64')
  const key = createPublicKey({ key: Buffer.concat([spkiHead, parts.bytes]), format: 'der', type: 'spki' })
  if (keyId(parts.name, parts.bytes) !== parts.id) {
    throw badKey('verifier key', 'an id that belongs to its name and key')
  }
  return { name: parts.name, id: parts.id, key, text: line }
}

/** Not empty, no white space or control character, no plus sign. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.length <= 200 && !/[\s\p{Cc}+]/u.test(name)
}

/** The bytes, when the text is the one base64 form of them; null otherwise. */
export function fromBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

function splitKey(line: string): { name: string; id: string; bytes: Uint8Array } | null {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line)
  const [, name = '', id = '', body = ''] = match ?? []
  const bytes = fromBase64(body)
  if (!isKeyName(name) || bytes === null || bytes.length !== 33 || bytes[0] !== algorithm[0]) return null
  return { name, id, bytes: bytes.subarray(1) }
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })
}

function verifierOf(name: string, privateKey: KeyObject): VerifierKey {
  const key = createPublicKey(privateKey)
  const bytes = key.export({ format: 'der', type: 'spki' }).subarray(spkiHead.length)
  const id = keyId(name, bytes)
  const text = `${name}+${id}+${Buffer.concat([algorithm, bytes]).toString('base64')}`
  return { name, id, key, text }
}

function keyId(name: string, publicBytes: Uint8Array): string {
  const hash = createHash('sha256').update(`${name}\n`).update(algorithm).update(publicBytes)
  return hash.digest('hex').slice(0, 8)
}

function badKey(what: string, expected: string): OubliError {
  return new OubliError(
    'settings',
    'E_KEY_FORMAT',
    `The ${what} cannot be read. Expected one line ${expected} with an Ed25519 key.`,
    'Copy the whole line as it was made; `oubli migrate` makes a new pair for a new log.',
  )
}
