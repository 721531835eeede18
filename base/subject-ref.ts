/** How a row or a person is named outside the site's tables. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { canonicalText } from './canonical.ts'

/** The values of a row's key columns, in the order of the data map, always as text. */
export type Key = readonly string[]

/** A key as the text that our own tables store: canonical JSON, compared byte by byte. */
export function keyText(key: Key): string {
  const [only, second] = key
  // By far the most keys are one number, and each row's is written several times.
  return only !== undefined && second === undefined && /^\d+$/.test(only) ? `["${only}"]` : canonicalText(key)
}

export function keyFromText(text: string): Key {
  return JSON.parse(text) as Key
}

/** Characters of a key text for which our own tables have room. */
export const longestKeyText = 500

/**
 * The key text where only a reminder of it is kept: one that is too long as its beginning and its hash, in the form
 * of a key. A text that fits stays as it is.
 */
export function fittingKeyText(text: string): string {
  if (text.length <= longestKeyText) return text
  return canonicalText([`${text.slice(0, 150)}… ${createHash('sha256').update(text).digest('hex')}`])
}

export interface SubjectRef {
  readonly kind: string
  readonly key: Key
  /** Values that tell this person from a later one with the same key (a creation date, for example). */
  readonly identity: readonly (string | null)[]
}

/** HMAC-SHA-256 in hex over a labelled canonical text; the label keeps two uses of one key apart. */
export function keyedHash(secret: Uint8Array, label: string, parts: readonly (string | null)[]): string {
  return createHmac('sha256', secret).update(label).update('\0').update(canonicalText(parts)).digest('hex')
}

/** The tombstone of a person: recognises the person after a restore, and needs the site's secret to do so. */
export function tombstoneOf(secret: Uint8Array, subject: SubjectRef): string {
  return keyedHash(secret, 'oubli/tombstone/v1', [subject.kind, keyText(subject.key), ...subject.identity])
}

/** The same without the identity: answers "since when is there nobody with this key any more?". */
export function keyTombstoneOf(secret: Uint8Array, subject: Pick<SubjectRef, 'kind' | 'key'>): string {
  return keyedHash(secret, 'oubli/key/v1', [subject.kind, keyText(subject.key)])
}

/** Under this lies what opens the entry of a request to stay: apart from what opens an erasure. */
export function requestReferenceOf(secret: Uint8Array, subject: Pick<SubjectRef, 'kind' | 'key'>): string {
  return keyedHash(secret, 'oubli/request/v1', [subject.kind, keyText(subject.key)])
}

/**
 * A mail to a person under a policy in one cycle of the clock, at one address. The start of the cycle stands for
 * the identity: whoever has the same key later has another one.
 */
export function mailReferenceOf(
  secret: Uint8Array,
  mail: {
    readonly kind: string
    readonly keyText: string
    readonly policy: string
    readonly cycle: number
    readonly addressHash: string
  },
): string {
  const { kind, keyText: key, policy, cycle, addressHash } = mail
  return keyedHash(secret, 'oubli/mail/v1', [kind, key, policy, String(cycle), addressHash])
}

/** A short opaque name for logs and messages; stable for one installation, no use without its secret. */
export function shortRef(secret: Uint8Array, kind: string, key: Key): string {
  return `${kind}#${keyedHash(secret, 'oubli/ref/v1', [kind, fittingKeyText(keyText(key))]).slice(0, 12)}`
}

/**
 * A commitment to a person that nobody can open without the salt. The salt is thrown away, or locked up for a
 * receipt as long as the policy says, so the entry cannot be linked to the person afterwards.
 */
export function commitTo(
  subject: SubjectRef,
  salt: Uint8Array = randomBytes(32),
): { salt: Uint8Array; commitment: string } {
  return {
    salt,
    commitment: keyedHash(salt, 'oubli/subject/v1', [
      subject.kind,
      keyText(subject.key),
      ...subject.identity,
    ]),
  }
}
