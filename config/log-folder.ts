/** The folder of the log. A reader sees a file whole or not at all, whatever happens while it is written. */
import { randomBytes } from 'node:crypto'
import { dirname, join, relative } from 'node:path'
import { OubliError, safeError } from '../base/errors.ts'
import type { Disk } from './disk.ts'

export interface LogFolder {
  /** Null: there is no such file. `path`: below the folder, with slashes. */
  read(path: string): Promise<Uint8Array | null>
  list(path: string): Promise<readonly string[]>
  /** What is in the files is on the disk when it resolves, their names for certain only after `settle`. */
  put(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<void>
  /** As `put`, but the file gets its name only by the call that it resolves with. */
  prepare(path: string, bytes: Uint8Array): Promise<() => Promise<void>>
  /** Every file that was put is on the disk under its name, also when the power fails now. */
  settle(): Promise<void>
  /** Folders that nobody needs any more; one that cannot be removed stays. */
  clear(folders: readonly string[]): Promise<void>
}

export function openLogFolder(disk: Disk, root: string): LogFolder {
  const changed = new Set<string>()
  const swept = new Map<string, Promise<void>>()
  /** Once for each folder: what a killed program left behind. */
  async function sweep(folder: string): Promise<void> {
    const left = (await disk.list(folder)).filter((name) => temporaryName.test(name))
    for (const name of left) await disk.remove(join(folder, name)).catch(() => undefined)
  }
  async function prepare(path: string, bytes: Uint8Array): Promise<() => Promise<void>> {
    const target = join(root, path)
    const folder = dirname(target)
    const made = await disk.makeFolder(folder)
    if (!swept.has(folder)) swept.set(folder, sweep(folder))
    await swept.get(folder)
    // Nobody can have put a link there, and two programs never write into one file.
    const temporary = join(folder, `.${relative(folder, target)}.${randomBytes(8).toString('hex')}.tmp`)
    const removing = async (error: unknown): Promise<never> => {
      // After a failed sync the file may hold anything: it is never tried again, only made anew.
      await disk.remove(temporary).catch(() => undefined)
      throw error
    }
    const file = await disk.create(temporary)
    try {
      await file.write(bytes)
      await file.sync()
    } catch (error) {
      await file.close().catch(() => undefined)
      return await removing(error)
    }
    await file.close().catch(removing)
    return async () => {
      await disk.rename(temporary, target).catch(removing)
      remember(folder, made)
    }
  }
  function remember(folder: string, made: string | undefined): void {
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
    prepare: async (path, bytes) => {
      const name = await prepare(path, bytes).catch(unwritable(root))
      return () => name().catch(unwritable(root))
    },
    put: async (files) => {
      const ends = await Promise.allSettled(
        files.map(async ({ path, bytes }) => {
          await (
            await prepare(path, bytes)
          )()
        }),
      )
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed !== undefined) unwritable(root)(failed.reason)
    },
    settle: async () => {
      try {
        for (const folder of changed) await disk.syncFolder(folder)
      } catch (error) {
        unwritable(root)(error)
      }
      changed.clear()
    },
    clear: async (folders) => {
      for (const folder of folders) await disk.remove(join(root, folder)).catch(() => undefined)
    },
  }
}

const temporaryName = /^\..+\.[0-9a-f]{16}\.tmp$/

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

function unwritable(root: string): (error: unknown) => never {
  return (error) => {
    const { code } = safeError(error)
    // Without a code it is no failure of the disk, but ours.
    if (code === undefined) throw error
    throw new OubliError(
      'disk',
      'E_FILE_UNWRITABLE',
      `${root}: expected a folder that can be written, found ${code}`,
      'Check evidence.folder in the settings, the rights of the account that runs Oubli, and the space on the disk.',
    )
  }
}
