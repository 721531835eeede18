/**
 * The calls by which the log reaches the disk, one by one, so that a test can let each of them fail, kill the
 * program at it, or cut the power after it.
 */
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { safeError } from '../base/errors.ts'
import { syncFolder } from './write-file.ts'

export interface OpenFile {
  write(bytes: Uint8Array): Promise<void>
  /** On the disk when it resolves. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** Null: there is no such file. */
  read(path: string): Promise<Uint8Array | null>
  /** Names in a folder; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** With those above it. The first that had to be made; undefined: all were there. */
  makeFolder(folder: string): Promise<string | undefined>
  /** A new file. Rejects with `EEXIST` where there is something, were it a link. */
  create(path: string): Promise<OpenFile>
  rename(from: string, to: string): Promise<void>
  /** The names in a folder are on the disk when it resolves. */
  syncFolder(folder: string): Promise<void>
  /** A file, or a folder with all in it; nothing happens when it is not there. */
  remove(path: string): Promise<void>
}

export const disk: Disk = {
  read: (path) => unlessMissing(readFile(path), null),
  list: (folder) => unlessMissing(readdir(folder), []),
  makeFolder: (folder) => mkdir(folder, { recursive: true }),
  create: async (path) => {
    const file = await open(path, 'wx', 0o644)
    return {
      write: (bytes) => file.writeFile(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    }
  },
  rename,
  syncFolder,
  remove: (path) => rm(path, { recursive: true, force: true }),
}

async function unlessMissing<T>(found: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await found
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(safeError(error).code ?? '')) return otherwise
    throw error
  }
}
