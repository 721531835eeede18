/** The text format of a proof that needs nothing beside it but a key (C2SP tlog-proof). */
import { fromBase64 } from './keys.ts'
import type { TreeHash } from './merkle.ts'

export interface TlogProof {
  /** Bytes that nobody vouches for by themselves; null: none. */
  readonly extra: Uint8Array | null
  readonly index: number
  /** Sibling hashes from the leaf up. */
  readonly path: readonly TreeHash[]
  /** The signed checkpoint, as it was issued. */
  readonly checkpoint: string
}

const head = 'c2sp.org/tlog-proof@v1'
/** A tree of 2^53 leaves has no longer path. */
const longestPath = 64

export function tlogProofText({ extra, index, path, checkpoint }: TlogProof): string {
  const lines = [
    head,
    ...(extra === null ? [] : [`extra ${Buffer.from(extra).toString('base64')}`]),
    `index ${index}`,
    ...path.map((hash) => Buffer.from(hash).toString('base64')),
  ]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/** Null when the text is no such proof. Whether it holds is not asked here. */
export function readTlogProof(text: string): TlogProof | null {
  const end = text.indexOf('\n\n')
  const [first, ...rest] = end < 0 ? [] : text.slice(0, end).split('\n')
  if (first !== head) return null
  const extra = rest[0]?.startsWith('extra ') === true ? fromBase64(rest.shift()?.slice(6) ?? '') : undefined
  const index = /^index (0|[1-9]\d{0,15})$/.exec(rest.shift() ?? '')?.[1]
  const path = rest.map((line) => fromBase64(line))
  if (extra === null || index === undefined || !Number.isSafeInteger(Number(index))) return null
  if (path.length > longestPath || path.some((hash) => hash?.length !== 32)) return null
  return {
    extra: extra ?? null,
    index: Number(index),
    path: path.filter((hash) => hash !== null),
    checkpoint: text.slice(end + 2),
  }
}
