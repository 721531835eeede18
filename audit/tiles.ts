/**
 * The log as static files (C2SP tlog-tiles): their names and the bytes in them. A tile holds up to 256 hashes
 * of one level of the tree, a bundle the entries below a tile of level 0. A full one never changes; a partial
 * one never changes at its width, because a wider one has another name.
 */
import { growingTree, type TreeHash } from './merkle.ts'

/** Hashes in a full tile, entries in a full bundle. */
export const tileWidth = 256

export interface LogFile {
  /** Below the folder of the log, with slashes. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** One file of the log by its path; null: there is none. */
export type ReadLogFile = (path: string) => Promise<Uint8Array | null>

/** `width` from 1 to 256. `level`: 0 is that of the leaf hashes. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  const full = `tile/${level}/${indexPath(index)}`
  return width === tileWidth ? full : `${full}.p/${width}`
}

/** Folder of the partial files of a tile. */
export function partialFolder(level: number | 'entries', index: number): string {
  return `tile/${level}/${indexPath(index)}.p`
}

/** 1234067 → `x001/x234/067`: no folder holds more than a thousand files. */
function indexPath(index: number): string {
  const last = String(index % 1000).padStart(3, '0')
  let path = last
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  return path
}

/** How many hashes a tree of this size has at a level: those of full subtrees of 256^level leaves. */
export function hashesAt(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** Levels of a tree that has at least one leaf. */
export function levelsOf(size: number): number {
  let levels = 0
  while (hashesAt(size, levels) > 0) levels += 1
  return levels
}

export function tileBytes(hashes: readonly TreeHash[]): Uint8Array {
  return Buffer.concat(hashes)
}

/** Each entry behind its length in two bytes, the higher first. */
export function bundleBytes(entries: readonly string[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      return [length, bytes]
    }),
  )
}

/** The first `width` hashes of a tile; null when it is missing, torn, or longer than its name says. */
export async function readTile(
  read: ReadLogFile,
  level: number,
  index: number,
  width: number,
): Promise<readonly TreeHash[] | null> {
  return await readAtWidth(read, level, index, width, hashesIn)
}

/** The first `width` entries of a bundle; null as for `readTile`. */
export async function readBundle(
  read: ReadLogFile,
  index: number,
  width: number,
): Promise<readonly string[] | null> {
  return await readAtWidth(read, 'entries', index, width, entriesIn)
}

/** The file of this width, or the full one, which takes its place once it is there. Each must be as long as its name says. */
async function readAtWidth<T>(
  read: ReadLogFile,
  level: number | 'entries',
  index: number,
  width: number,
  partsOf: (bytes: Uint8Array) => readonly T[] | null,
): Promise<readonly T[] | null> {
  for (const named of new Set([width, tileWidth])) {
    const bytes = await read(tilePath(level, index, named))
    if (bytes === null) continue
    const parts = partsOf(bytes)
    return parts?.length === named ? parts.slice(0, width) : null
  }
  return null
}

function hashesIn(bytes: Uint8Array): readonly TreeHash[] | null {
  if (bytes.length % 32 !== 0 || bytes.length > tileWidth * 32) return null
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32))
}

function entriesIn(bytes: Uint8Array): readonly string[] | null {
  const entries: string[] = []
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < view.length;) {
    const end = at + 2 + (at + 2 <= view.length ? view.readUInt16BE(at) : 0)
    if (at + 2 > view.length || end > view.length || entries.length === tileWidth) return null
    entries.push(view.toString('utf8', at + 2, end))
    at = end
  }
  return entries
}

/** Root over hashes of one level, which are those of full subtrees. */
export function rootOfHashes(hashes: readonly TreeHash[]): TreeHash {
  const tree = growingTree()
  for (const hash of hashes) tree.add(hash)
  return tree.root()
}
