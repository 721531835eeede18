/**
 * The Merkle tree of RFC 6962, section 2.1: SHA-256, a leaf is hashed with a 0 before it and a pair with a 1,
 * so that no leaf can pass for a pair. The position of a leaf is bound by the root, hence no chain beside it.
 */
import { hash } from 'node:crypto'

/** 32 bytes. */
export type TreeHash = Uint8Array

const leafPrefix = Uint8Array.of(0)
const pairPrefix = Uint8Array.of(1)

/** Hash of a leaf's text (UTF-8) or bytes. */
export function leafHash(leaf: string | Uint8Array): TreeHash {
  const bytes = typeof leaf === 'string' ? `\0${leaf}` : Buffer.concat([leafPrefix, leaf])
  return hash('sha256', bytes, 'buffer')
}

export function pairHash(left: TreeHash, right: TreeHash): TreeHash {
  return hash('sha256', Buffer.concat([pairPrefix, left, right]), 'buffer')
}

/** Root of the tree without leaves: the hash of nothing. */
export function emptyRoot(): TreeHash {
  return hash('sha256', '', 'buffer')
}

/** A tree that only grows and forgets its leaves: it keeps one hash for each 1 bit of its size. */
export interface GrowingTree {
  readonly size: () => number
  readonly add: (leaf: TreeHash) => void
  /** Root of what was added so far; of the empty tree, the hash of nothing. */
  readonly root: () => TreeHash
  /** Another tree that goes on from here by itself. */
  readonly fork: () => GrowingTree
}

export function growingTree(): GrowingTree {
  return growTree(0, [])
}

/** `peaks`: roots of the full subtrees, largest first. */
function growTree(size: number, peaks: TreeHash[]): GrowingTree {
  function add(leaf: TreeHash): void {
    let hash = leaf
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = peaks.pop()
      if (left !== undefined) hash = pairHash(left, hash)
    }
    peaks.push(hash)
    size += 1
  }
  function root(): TreeHash {
    const last = peaks.at(-1)
    if (last === undefined) return emptyRoot()
    return peaks.slice(0, -1).reduceRight((right, left) => pairHash(left, right), last)
  }
  return { size: () => size, add, root, fork: () => growTree(size, [...peaks]) }
}

/** Size and root over leaf hashes in order, in memory that grows with the logarithm of their number. */
export async function rootOf(
  leaves: Iterable<TreeHash> | AsyncIterable<TreeHash>,
): Promise<{ readonly size: number; readonly root: TreeHash }> {
  const tree = growingTree()
  for await (const leaf of leaves) tree.add(leaf)
  return { size: tree.size(), root: tree.root() }
}
