/**
 * A log that grows as files. It keeps only the right edge of the tree in memory, at most 255 hashes a level
 * and 255 entries, and is taken up again from the files of that edge: what an entry costs does not depend on
 * how many there are.
 */
import { OubliError } from '../base/errors.ts'
import { emptyRoot, leafHash, pairHash, type TreeHash } from './merkle.ts'
import {
  bundleBytes,
  hashesAt,
  levelsOf,
  partialFolder,
  readBundle,
  readTile,
  rootOfHashes,
  tileBytes,
  tilePath,
  tileWidth,
  type LogFile,
  type ReadLogFile,
} from './tiles.ts'

/** Entries apart from hashes: a hash on the disk must not be without its entry. */
export interface LogFiles {
  readonly entries: readonly LogFile[]
  readonly hashes: readonly LogFile[]
}

export interface TileLog {
  readonly size: () => number
  /** Canonical text of an entry, at most 65,535 bytes. */
  readonly add: (entry: string) => void
  readonly root: () => TreeHash
  /** The files that became full since the last call. */
  readonly full: () => LogFiles
  /** The partial files of the right edge as it is now. */
  readonly edge: () => LogFiles
  /** Folders of partial files in whose place there is a full one, since the log was opened. */
  readonly outgrown: () => readonly string[]
}

interface Edge {
  size: number
  /** By level: the hashes of its last, partial tile. */
  readonly levels: TreeHash[][]
  /** Those of the last, partial bundle. */
  bundle: string[]
}

/**
 * The log of this size as its files say; null when one of the edge is missing or torn. Throws
 * `E_EVIDENCE_CHANGED` when an entry of the edge is not the one of its hash: the root would not show it, and
 * the full bundle would keep it for ever.
 */
export async function openTileLog(read: ReadLogFile, size: number): Promise<TileLog | null> {
  const levels: TreeHash[][] = []
  for (let level = 0; level < levelsOf(size); level += 1) {
    const hashes = await lastTile(read, level, hashesAt(size, level))
    if (hashes === null) return null
    levels.push([...hashes])
  }
  const width = size % tileWidth
  const bundle = width === 0 ? [] : await readBundle(read, Math.floor(size / tileWidth), width)
  if (bundle === null) return null
  const wrong = bundle.findIndex(
    (entry, at) => Buffer.compare(leafHash(entry), levels[0]?.[at] ?? emptyRoot()) !== 0,
  )
  if (wrong !== -1) throw notItsHash(size - width + wrong)
  return growing({ size, levels, bundle: [...bundle] })
}

function notItsHash(index: number): OubliError {
  return new OubliError(
    'evidence',
    'E_EVIDENCE_CHANGED',
    `the evidence was changed: in the files of the log the entry at ${index} and its hash do not belong together`,
    'Nothing is signed until a person has looked: `oubli audit verify` says which of the two is wrong.',
  )
}

export function newTileLog(): TileLog {
  return growing({ size: 0, levels: [], bundle: [] })
}

async function lastTile(
  read: ReadLogFile,
  level: number,
  count: number,
): Promise<readonly TreeHash[] | null> {
  const width = count % tileWidth
  return width === 0 ? [] : await readTile(read, level, Math.floor(count / tileWidth), width)
}

function growing(edge: Edge): TileLog {
  let entries: LogFile[] = []
  let hashes: LogFile[] = []
  const outgrown: string[] = []
  function push(level: number, hash: TreeHash): void {
    const tile = (edge.levels[level] ??= [])
    tile.push(hash)
    if (tile.length < tileWidth) return
    const index = hashesAt(edge.size, level + 1) - 1
    hashes.push({ path: tilePath(level, index, tileWidth), bytes: tileBytes(tile) })
    outgrown.push(partialFolder(level, index))
    edge.levels[level] = []
    push(level + 1, rootOfHashes(tile))
  }
  function add(entry: string): void {
    edge.size += 1
    edge.bundle.push(entry)
    if (edge.bundle.length === tileWidth) {
      const index = edge.size / tileWidth - 1
      entries.push({ path: tilePath('entries', index, tileWidth), bytes: bundleBytes(edge.bundle) })
      outgrown.push(partialFolder('entries', index))
      edge.bundle = []
    }
    push(0, leafHash(entry))
  }
  function full(): LogFiles {
    const files = { entries, hashes }
    entries = []
    hashes = []
    return files
  }
  return {
    size: () => edge.size,
    add,
    root: () => edgeRoot(edge.levels),
    full,
    edge: () => edgeFiles(edge),
    outgrown: () => outgrown,
  }
}

function edgeFiles({ size, levels, bundle }: Edge): LogFiles {
  const hashes = levels.flatMap((tile, level) =>
    tile.length === 0
      ? []
      : [
          {
            path: tilePath(level, Math.floor(hashesAt(size, level) / tileWidth), tile.length),
            bytes: tileBytes(tile),
          },
        ],
  )
  if (bundle.length === 0) return { entries: [], hashes }
  const path = tilePath('entries', Math.floor(size / tileWidth), bundle.length)
  return { entries: [{ path, bytes: bundleBytes(bundle) }], hashes }
}

/** From the top of the tree down, each tile of the edge falls into full subtrees, the larger first. */
function edgeRoot(levels: readonly (readonly TreeHash[])[]): TreeHash {
  const peaks: TreeHash[] = []
  for (const tile of levels.toReversed())
    for (let from = 0; from < tile.length;) {
      const width = 2 ** Math.floor(Math.log2(tile.length - from))
      peaks.push(rootOfHashes(tile.slice(from, from + width)))
      from += width
    }
  const last = peaks.at(-1)
  return last === undefined
    ? emptyRoot()
    : peaks.slice(0, -1).reduceRight((right, left) => pairHash(left, right), last)
}
