/** Proofs over the tree: that a leaf is in it, and that a later tree continues an earlier one. */
import { pairHash, type TreeHash } from './merkle.ts'

/** Root over the leaves from (inclusive) to (exclusive), as a tree of their own. */
export type RangeRoot = (from: number, to: number) => Promise<TreeHash>

/** Sibling hashes from the leaf up. `index` from 0; throws a RangeError when it is not in the tree. */
export async function inclusionProof(
  rootOf: RangeRoot,
  size: number,
  index: number,
): Promise<readonly TreeHash[]> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError('no such leaf in the tree')
  }
  const path: TreeHash[] = []
  for (let [from, to] = [0, size]; to - from > 1;) {
    const split = from + splitOf(to - from)
    path.push(index < split ? await rootOf(split, to) : await rootOf(from, split))
    if (index < split) to = split
    else from = split
  }
  return path.reverse()
}

/** Hashes that lead from the root over `earlier` leaves to the root over `size`. 1 ≤ earlier ≤ size. */
export async function consistencyProof(
  rootOf: RangeRoot,
  earlier: number,
  size: number,
): Promise<readonly TreeHash[]> {
  if (!Number.isSafeInteger(earlier) || earlier < 1 || earlier > size) {
    throw new RangeError('the earlier tree must have at least one leaf and not more than the later one')
  }
  const path: TreeHash[] = []
  let [from, to] = [0, size]
  while (earlier < to) {
    const split = from + splitOf(to - from)
    path.push(earlier <= split ? await rootOf(split, to) : await rootOf(from, split))
    if (earlier <= split) to = split
    else from = split
  }
  // What is left is a subtree of both; only at the very left does the verifier have it already.
  if (from > 0) path.push(await rootOf(from, to))
  return path.reverse()
}

/** The largest power of two below the size (size ≥ 2). */
export function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
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
