/** Reads the files of a log from the first entry on, and finds the files that are missing or do not fit. */
import type { Finding } from './finding.ts'
import { leafHash, type TreeHash } from './merkle.ts'
import {
  bundleBytes,
  levelsOf,
  partialFolder,
  readBundle,
  readTile,
  rootOfHashes,
  tileBytes,
  tilePath,
  tileWidth,
  type ReadLogFile,
} from './tiles.ts'

export interface LogReader {
  readonly read: ReadLogFile
  /** Names in a folder below that of the log; none when it is not there. */
  readonly list: (path: string) => Promise<readonly string[]>
}

export interface LoggedEntry {
  /** Null: its file is missing or torn. */
  readonly text: string | null
  /** As the tile holds it; null as for the text. */
  readonly hash: TreeHash | null
}

type Report = (finding: Finding) => void

/** The entries of a log of this size, and reports of what is wrong with its files beside them. */
export async function* readLog(log: LogReader, size: number, report: Report): AsyncGenerator<LoggedEntry> {
  const upper = upperLevels(log, size, report)
  for (let index = 0; index * tileWidth < size; index += 1) {
    const width = Math.min(tileWidth, size - index * tileWidth)
    const entries = await readBundle(log.read, index, width)
    const hashes = await readTile(log.read, 0, index, width)
    if (entries === null) report({ code: 'file missing', path: tilePath('entries', index, width) })
    else await checkNarrower(log, 'entries', index, width, report, (w) => bundleBytes(entries.slice(0, w)))
    if (hashes === null) report({ code: 'file missing', path: tilePath(0, index, width) })
    else await checkNarrower(log, 0, index, width, report, (w) => tileBytes(hashes.slice(0, w)))
    for (let at = 0; at < width; at += 1) yield { text: entries?.[at] ?? null, hash: hashes?.[at] ?? null }
    if (width === tileWidth) {
      const known = hashes ?? entries?.map((entry) => leafHash(entry)) ?? null
      await upper.push(1, known === null ? null : rootOfHashes(known))
    }
  }
  await upper.end()
}

/** The levels above the leaves follow from them: each tile is compared with what it should hold. */
function upperLevels(log: LogReader, size: number, report: Report) {
  const levels: (TreeHash | null)[][] = []
  /** Full tiles so far, by level. */
  const counts: number[] = []
  async function push(level: number, hash: TreeHash | null): Promise<void> {
    const tile = (levels[level] ??= [])
    tile.push(hash)
    if (tile.length < tileWidth) return
    levels[level] = []
    const index = counts[level] ?? 0
    counts[level] = index + 1
    await compare(level, index, tile)
    const known = tile.filter((each) => each !== null)
    await push(level + 1, known.length === tileWidth ? rootOfHashes(known) : null)
  }
  async function compare(
    level: number,
    index: number,
    expected: readonly (TreeHash | null)[],
  ): Promise<void> {
    const width = expected.length
    const path = tilePath(level, index, width)
    const hashes = await readTile(log.read, level, index, width)
    if (hashes === null) {
      report({ code: 'file missing', path })
      return
    }
    const wrong = expected.some((hash, at) => hash !== null && Buffer.compare(hash, hashes[at] ?? hash) !== 0)
    if (wrong) report({ code: 'file differs', path })
    await checkNarrower(log, level, index, width, report, (w) => tileBytes(hashes.slice(0, w)))
  }
  async function end(): Promise<void> {
    for (let level = 1; level < levelsOf(size); level += 1) {
      const tile = levels[level] ?? []
      if (tile.length > 0) await compare(level, counts[level] ?? 0, tile)
    }
  }
  return { push, end }
}

/**
 * Partial files of earlier checkpoints stay until the tile is full, and beside it when a sealer was killed; each
 * is the beginning of the widest.
 */
async function checkNarrower(
  log: LogReader,
  level: number | 'entries',
  index: number,
  width: number,
  report: Report,
  expected: (width: number) => Uint8Array,
): Promise<void> {
  for (const name of await log.list(partialFolder(level, index))) {
    const narrower = /^[1-9]\d{0,2}$/.test(name) ? Number(name) : tileWidth
    if (narrower >= width) continue // of a sealing that was not signed, or of nobody
    const path = tilePath(level, index, narrower)
    const bytes = await log.read(path)
    if (bytes !== null && Buffer.compare(bytes, expected(narrower)) !== 0)
      report({ code: 'file differs', path })
  }
}
