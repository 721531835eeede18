/** The names of the files of a log that are not tiles, and how they are read. */
import { readCheckpoint } from '../audit/checkpoint.ts'
import { unsignedTextOf } from '../audit/note.ts'
import type { CheckpointFile } from '../audit/read-checkpoints.ts'
import type { LogReader } from '../audit/read-log.ts'

/** Newest checkpoint of the log; every one that was signed stays beside it under `checkpoints/`. */
export const checkpointFile = 'checkpoint'
export const checkpointFolder = 'checkpoints'

/** Path of a kept checkpoint: by name they stand in their order. */
export function keptPath(size: number): string {
  return `${checkpointFolder}/${sizeName(size)}`
}

export function sizeName(size: number): string {
  return String(size).padStart(12, '0')
}

/** Whether a file is called as a sink calls a checkpoint. */
export function isSizeName(name: string): boolean {
  return /^\d{12}$/.test(name)
}

/** Null: there is no such file. */
export async function textIn(log: LogReader, path: string): Promise<string | null> {
  const bytes = await log.read(path)
  return bytes === null ? null : Buffer.from(bytes).toString('utf8')
}

/**
 * The checkpoint under `checkpoints/` that is over the most entries by its name; null: there is none. Reads the
 * names of all of them and one text. There is one for each work that leaves evidence, so a site that delivers
 * every five minutes has a hundred thousand a year, at some 2 µs each.
 */
export async function newestKept(log: LogReader): Promise<string | null> {
  let newest: string | null = null
  for (const name of await log.list(checkpointFolder))
    if (isSizeName(name) && (newest === null || name > newest)) newest = name
  return newest === null ? null : await textIn(log, `${checkpointFolder}/${newest}`)
}

export async function currentIn(log: LogReader): Promise<CheckpointFile | null> {
  const text = await textIn(log, checkpointFile)
  return text === null ? null : { name: checkpointFile, text }
}

/**
 * Every checkpoint of a folder, ascending: those under `checkpoints/`, and those that lie in it by their size
 * as a sink writes them. `shown`: what stands before their names in messages, when it is not the log's own folder.
 */
export async function checkpointsIn(log: LogReader, shown: string): Promise<readonly CheckpointFile[]> {
  const inner = (await log.list(checkpointFolder)).map((name) => `${checkpointFolder}/${name}`)
  const own =
    shown === '' ? [] : (await log.list('.')).filter((name) => name === checkpointFile || isSizeName(name))
  const files: CheckpointFile[] = []
  for (const path of [...inner, ...own].sort()) {
    const text = /(^|\/)\./.test(path) ? null : await textIn(log, path)
    if (text !== null) files.push({ name: shown === '' ? path : `${shown}/${path}`, text })
  }
  return files
}

/** How many entries the newest checkpoint of a log is over, whoever signed it. */
export async function entriesUnder(log: LogReader): Promise<number> {
  const text = await textIn(log, checkpointFile)
  const checkpoint = text === null ? null : readCheckpoint(unsignedTextOf(text) ?? '')
  return checkpoint?.size ?? 0
}
