/** Texts onto the disk: whole, and there when it resolves. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OubliError, safeError } from '../base/errors.ts'

/** What `writeAtomic` writes before it has its name; one that stays is of a program that was killed. */
export const temporaryName = /^\.[0-9a-f]{12}\.tmp$/

/**
 * All or nothing, also when the power fails: a reader sees the old text or the new one. Missing folders are
 * made. The file is on the disk when this resolves.
 */
export async function writeAtomic(path: string, text: string, mode = 0o644): Promise<void> {
  await makeFolder(dirname(path))
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeDurably(temporary, text, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw unwritable(path, error)
  }
  await syncFolder(dirname(path))
}

/** For keys and secrets: readable by the owner only, and never over a file that is there. */
export async function writeNew(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path), 0o700)
  await writeOnce(path, text, 0o600)
}

/**
 * Never over a file that is there, and under its name from the start, for folders in which nothing may be renamed
 * or removed. Throws an OubliError: `E_FILE_EXISTS`, `E_FILE_UNWRITABLE`.
 */
export async function writeOnce(path: string, text: string, mode = 0o644): Promise<void> {
  try {
    await writeDurably(path, text, mode)
  } catch (error) {
    if (safeError(error).code !== 'EEXIST') throw unwritable(path, error)
    throw new OubliError(
      'settings',
      'E_FILE_EXISTS',
      `${path}: expected no file, found one; it was left as it is`,
      'Move it away first, if it is really to be replaced.',
    )
  }
  await syncFolder(dirname(path))
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    // Half a text under its name would pass for a changed one.
    await rm(path, { force: true }).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
}

/** A rename is durable only once its folder is. Not every system lets a folder be opened. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function makeFolder(folder: string, mode = 0o755): Promise<void> {
  await mkdir(folder, { recursive: true, mode }).catch((error: unknown) => {
    throw unwritable(folder, error)
  })
}

function unwritable(path: string, error: unknown): OubliError {
  return new OubliError(
    'settings',
    'E_FILE_UNWRITABLE',
    `${path}: expected a place that can be written, found ${safeError(error).code ?? 'an error'}`,
    'Check the path in the settings, the rights of the account that runs Oubli, and the space on the disk.',
  )
}
