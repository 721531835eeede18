/** Proofs over the tree: that a leaf is in it, and that a later tree continues an earlier one. */
import { growingTree, pairHash, type TreeHash } from './merkle.ts'

/** Sibling hashes from the leaf up. `index` from 0; throws a RangeError when it is not in the tree. */
export function inclusionProof(leaves: readonly TreeHash[], index: number): readonly TreeHash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError('no such leaf in the tree')
  }
  if (leaves.length === 1) return []
  const split = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return index < split
    ? [...inclusionProof(left, index), rootOfList(right)]
    : [...inclusionProof(right, index - split), rootOfList(left)]
}

/** Hashes that lead from the root at `size` to the root of all leaves. 1 ≤ size ≤ number of leaves. */
export function consistencyProof(leaves: readonly TreeHash[], size: number): readonly TreeHash[] {
  if (!Number.isSafeInteger(size) || size < 1 || size > leaves.length) {
    throw new RangeError('the earlier tree must have at least one leaf and not more than the later one')
  }
  return subProof(leaves, size, true)
}

function subProof(leaves: readonly TreeHash[], size: number, whole: boolean): readonly TreeHash[] {
  if (size === leaves.length) return whole ? [] : [rootOfList(leaves)]
  const split = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return size <= split
    ? [...subProof(left, size, whole), rootOfList(right)]
    : [...subProof(right, size - split, false), rootOfList(left)]
}

/** The largest power of two below the size (size ≥ 2). */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

function rootOfList(leaves: readonly TreeHash[]): TreeHash {
  const tree = growingTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree.root()
}

/** RFC 9162, 2.1.3.2: the leaf stands at `index` of the tree with this size and root. */
export function verifyInclusion(
  leaf: TreeHash,
  index: number,
  size: number,
  proof: readonly TreeHash[],
  root: TreeHash,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  if (leaf.length !== 32 || root.length !== 32) return false
  let [at, last, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false
    if (at % 2 === 1 || at === last) {
      hash = pairHash(sibling, hash)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      hash = pairHash(hash, sibling)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && same(hash, root)
}

/** RFC 9162, 2.1.4.2: the tree of size2 starts with the leaves of the tree of size1, unchanged and in order. */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly TreeHash[],
  root1: TreeHash,
  root2: TreeHash,
): boolean {
  if (!Number.isSafeInteger(size1) || !Number.isSafeInteger(size2) || size1 < 1 || size2 < size1) return false
  if (size1 === size2) return proof.length === 0 && same(root1, root2)
  if (proof.length === 0 || proof.some((hash) => hash.length !== 32)) return false
  // Where size1 is a power of two, its root is itself the node from which the proof starts.
  const path = Number.isInteger(Math.log2(size1)) ? [root1, ...proof] : proof
  let [at, last] = [size1 - 1, size2 - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  const [start, ...steps] = path
  if (start === undefined) return false
  let [hash1, hash2] = [start, start]
  for (const step of steps) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      hash1 = pairHash(step, hash1)
      hash2 = pairHash(step, hash2)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      hash2 = pairHash(hash2, step)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && same(hash1, root1) && same(hash2, root2)
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function same(a: TreeHash, b: TreeHash): boolean {
  return Buffer.compare(a, b) === 0
}
