/** The folder of the log. A reader sees a file whole or not at all, whatever happens while it is written. */
import { dirname, join, relative } from 'node:path'
import { OubliError, safeError } from '../base/errors.ts'
import type { Disk } from './disk.ts'

export interface LogFolder {
  /** Null: there is no such file. `path`: below the folder, with slashes. */
  read(path: string): Promise<Uint8Array | null>
  list(path: string): Promise<readonly string[]>
  /** What is in the files is on the disk when it resolves, their names for certain only after `settle`. */
  put(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<void>
  /** Every file that was put is on the disk under its name, also when the power fails now. */
  settle(): Promise<void>
  /** Folders that nobody needs any more; one that cannot be removed stays. */
  clear(folders: readonly string[]): Promise<void>
}

export function openLogFolder(disk: Disk, root: string): LogFolder {
  const changed = new Set<string>()
  async function put(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(root, path)
    const folder = dirname(target)
    const made = await disk.makeFolder(folder)
    // One name for one file: what a killed program left behind is written over.
    const temporary = join(folder, `.${relative(folder, target)}.tmp`)
    try {
      const file = await disk.create(temporary)
      try {
        await file.write(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await disk.rename(temporary, target)
    } catch (error) {
      // After a failed sync the file may hold anything: it is never tried again, only made anew.
      await disk.remove(temporary).catch(() => undefined)
      throw error
    }
    // Also above a folder that was there: who made it may have been killed before its name was synced.
    const top = made !== undefined && isOutside(root, made) ? dirname(made) : root
    for (let each = folder; !isOutside(top, each); each = dirname(each)) {
      changed.add(each)
      if (each === top) break
    }
  }
  return {
    read: (path) => disk.read(join(root, path)).catch(unreadable(join(root, path))),
    list: (path) => disk.list(join(root, path)).catch(unreadable(join(root, path))),
    put: async (files) => {
      const ends = await Promise.allSettled(files.map(({ path, bytes }) => put(path, bytes)))
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed !== undefined) throw unwritable(root, failed.reason)
    },
    settle: async () => {
      try {
        for (const folder of changed) await disk.syncFolder(folder)
      } catch (error) {
        throw unwritable(root, error)
      }
      changed.clear()
    },
    clear: async (folders) => {
      for (const folder of folders) await disk.remove(join(root, folder)).catch(() => undefined)
    },
  }
}

function isOutside(folder: string, path: string): boolean {
  return relative(folder, path).startsWith('..')
}

function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    throw new OubliError(
      'settings',
      'E_FILE_UNREADABLE',
      `${path}: expected a file or folder that can be read, found ${safeError(error).code ?? 'an error'}`,
      'Check evidence.folder in the settings and the rights of the account that runs Oubli.',
    )
  }
}

function unwritable(root: string, error: unknown): unknown {
  const { code } = safeError(error)
  // Without a code it is no failure of the disk, but ours.
  if (code === undefined) return error
  return new OubliError(
    'settings',
    'E_FILE_UNWRITABLE',
    `${root}: expected a folder that can be written, found ${code}`,
    'Check evidence.folder in the settings, the rights of the account that runs Oubli, and the space on the disk.',
  )
}
