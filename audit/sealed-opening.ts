/**
 * What opens the commitment to a person, locked up until somebody asks for a receipt. Only the site's secret
 * together with kind and key opens it, and only for its own entry: the row is worth nothing to whoever reads it.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { canonicalText } from '../base/canonical.ts'
import { keyedHash, keyText } from '../base/subject-ref.ts'
import type { Opening } from './receipt.ts'

const algorithm = 'aes-256-gcm'
const nonceLength = 12
const tagLength = 16
/** Every text is filled up to a multiple of this, or its length would tell something of an identity. */
const blockLength = 256

/** In base64: nonce, what is locked up, tag. */
export function sealOpening(
  secret: Uint8Array,
  entryId: string,
  opening: Opening,
  random: (bytes: number) => Uint8Array,
): string {
  const { identity, salt } = opening
  const plain = canonicalText({ identity, salt })
  const filled = plain + ' '.repeat(blockLength - (Buffer.byteLength(plain) % blockLength))
  const nonce = random(nonceLength)
  const cipher = createCipheriv(algorithm, keyFor(secret, opening), nonce).setAAD(Buffer.from(entryId))
  const locked = [cipher.update(filled, 'utf8'), cipher.final()]
  return Buffer.concat([nonce, ...locked, cipher.getAuthTag()]).toString('base64')
}

/** Null: another person, another entry, another secret, or it was changed. */
export function openSealed(
  secret: Uint8Array,
  entryId: string,
  person: Pick<Opening, 'kind' | 'key'>,
  sealed: string,
): Opening | null {
  const bytes = Buffer.from(sealed, 'base64')
  const nonce = bytes.subarray(0, nonceLength)
  try {
    const decipher = createDecipheriv(algorithm, keyFor(secret, person), nonce, { authTagLength: tagLength })
      .setAAD(Buffer.from(entryId))
      .setAuthTag(bytes.subarray(-tagLength))
    const locked = bytes.subarray(nonceLength, -tagLength)
    const plain = Buffer.concat([decipher.update(locked), decipher.final()]).toString('utf8')
    const { identity, salt } = JSON.parse(plain) as Pick<Opening, 'identity' | 'salt'>
    return { kind: person.kind, key: person.key, identity, salt }
  } catch {
    return null
  }
}

function keyFor(secret: Uint8Array, { kind, key }: Pick<Opening, 'kind' | 'key'>): Uint8Array {
  return Buffer.from(keyedHash(secret, 'oubli/opening/v1', [kind, keyText(key)]), 'hex')
}
