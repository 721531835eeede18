/** Roots of ranges of leaves, read from the tiles of a log: what a proof is made of, in a few small reads. */
import { OubliError } from '../base/errors.ts'
import { pairHash, type TreeHash } from './merkle.ts'
import { splitOf, type RangeRoot } from './proof.ts'
import { hashesAt, readTile, rootOfHashes, tilePath, tileWidth, type ReadLogFile } from './tiles.ts'

/** Ranges as RFC 6962 splits them, in a log of this size. Throws `E_EVIDENCE_CHANGED` when a tile is not there. */
export function rangeRootIn(read: ReadLogFile, size: number): RangeRoot {
  const tiles = new Map<string, readonly TreeHash[]>()
  async function tile(level: number, index: number): Promise<readonly TreeHash[]> {
    const width = Math.min(tileWidth, hashesAt(size, level) - index * tileWidth)
    const path = tilePath(level, index, width)
    const known = tiles.get(path) ?? (await readTile(read, level, index, width))
    if (known === null)
      throw new OubliError(
        'evidence',
        'E_EVIDENCE_CHANGED',
        `the evidence was changed: ${path} is missing in the log, or torn`,
        '`oubli audit verify` says what else is; the next run does not write it again.',
      )
    tiles.set(path, known)
    return known
  }
  return async function rootOf(from: number, to: number): Promise<TreeHash> {
    const count = to - from
    const height = Math.log2(count)
    if (!Number.isInteger(height)) {
      const split = from + splitOf(count)
      return pairHash(await rootOf(from, split), await rootOf(split, to))
    }
    const level = Math.floor(height / 8)
    const first = from / tileWidth ** level
    const hashes = await tile(level, Math.floor(first / tileWidth))
    const at = first % tileWidth
    return rootOfHashes(hashes.slice(at, at + 2 ** (height % 8)))
  }
}
