import { expect } from 'chai'
import { growingTree, leafHash, pairHash, rootOf, type TreeHash } from '../../audit/merkle.ts'
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '../../audit/proof.ts'
import { bytes, consistencyVectors, inclusionVectors } from './vectors.ts'

const inclusion = inclusionVectors()
const consistency = consistencyVectors()

/** The definition of RFC 6962, section 2.1, word for word and as slow. */
function definedRoot(leaves: readonly TreeHash[]): TreeHash {
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return pairHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)))
}

function someLeaves(count: number): readonly TreeHash[] {
  return Array.from({ length: count }, (_, index) => leafHash(`leaf ${index}`))
}

/** Roots of ranges by the definition. */
const rangesOf = (leaves: readonly TreeHash[]) => (from: number, to: number) =>
  Promise.resolve(definedRoot(leaves.slice(from, to)))

describe('the Merkle tree', () => {
  it('agrees with the published inclusion figures, good and bad', () => {
    expect([inclusion.length, inclusion.filter((each) => !each.wantErr).length]).to.deep.equal([98, 6])
    for (const { leafIdx, treeSize, root, leafHash: leaf, proof, wantErr, file } of inclusion) {
      const hashes = (proof ?? []).map(bytes)
      const holds = verifyInclusion(bytes(leaf), Number(leafIdx), treeSize, hashes, bytes(root))
      expect(holds, file).to.equal(!wantErr)
    }
  })

  it('agrees with the published consistency figures, good and bad', () => {
    expect([consistency.length, consistency.filter((each) => !each.wantErr).length]).to.deep.equal([98, 6])
    for (const { size1, size2, root1, root2, proof, wantErr, file } of consistency) {
      const holds = verifyConsistency(size1, size2, (proof ?? []).map(bytes), bytes(root1), bytes(root2))
      expect(holds, file).to.equal(!wantErr)
    }
  })

  it('gives the published hashes of nothing and of the empty leaf', async () => {
    const empty = await rootOf([])
    expect(Buffer.from(empty.root).toString('base64')).to.equal(
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    )
    expect(Buffer.from(leafHash('')).toString('base64')).to.equal(
      'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=',
    )
  })

  it('computes at every size the root that the definition gives', () => {
    const leaves = someLeaves(70)
    const tree = growingTree()
    for (const [index, leaf] of leaves.entries()) {
      tree.add(leaf)
      expect(tree.size()).to.equal(index + 1)
      expect(Buffer.compare(tree.root(), definedRoot(leaves.slice(0, index + 1))), `${index + 1}`).to.equal(0)
    }
  })

  it('proves every leaf of small trees and no other', async () => {
    for (let size = 1; size <= 20; size++) {
      const leaves = someLeaves(size)
      const root = definedRoot(leaves)
      for (const [index, leaf] of leaves.entries()) {
        const proof = await inclusionProof(rangesOf(leaves), size, index)
        expect(verifyInclusion(leaf, index, size, proof, root)).to.equal(true)
        expect(verifyInclusion(leafHash('another'), index, size, proof, root)).to.equal(false)
        expect(verifyInclusion(leaf, (index + 1) % (size + 1), size, proof, root)).to.equal(false)
      }
    }
  })

  it('proves that a tree continues each earlier one, and refuses one that does not', async () => {
    const leaves = someLeaves(20)
    for (let size2 = 1; size2 <= leaves.length; size2++) {
      const root2 = definedRoot(leaves.slice(0, size2))
      for (let size1 = 1; size1 <= size2; size1++) {
        const root1 = definedRoot(leaves.slice(0, size1))
        const proof = await consistencyProof(rangesOf(leaves), size1, size2)
        expect(verifyConsistency(size1, size2, proof, root1, root2)).to.equal(true)
        const other = definedRoot([leafHash('changed'), ...leaves.slice(1, size1)])
        expect(verifyConsistency(size1, size2, proof, other, root2)).to.equal(false)
      }
    }
  })

  it('refuses to prove what is not there', async () => {
    const three = rangesOf(someLeaves(3))
    for (const asked of [
      inclusionProof(three, 3, 3),
      consistencyProof(three, 0, 3),
      consistencyProof(three, 4, 3),
    ])
      expect(await asked.catch((error: unknown) => error)).to.be.instanceOf(RangeError)
  })
})
