/** A folder in which a mail program leaves what came back: plain files, a Maildir, or both. */
import { constants } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OubliError, safeError } from '../base/errors.ts'

/** `new` and `cur` are those of a Maildir; what stands in `tmp` is not whole yet. */
const places = ['', 'new', 'cur'] as const

/**
 * Paths of the files in it, none of its other folders. Names that begin with a dot are other programs' files.
 * Throws an OubliError `E_FILE_UNREADABLE` where the folder itself cannot be read.
 */
export async function lettersIn(folder: string): Promise<readonly string[]> {
  const paths: string[] = []
  for (const place of places) {
    const entries = await readdir(join(folder, place), { withFileTypes: true }).catch((error: unknown) => {
      const { code } = safeError(error)
      if (place !== '' && code === 'ENOENT') return []
      throw new OubliError(
        'settings',
        'E_FILE_UNREADABLE',
        `${join(folder, place)}: expected a folder that can be read, found ${code ?? 'an error'}`,
        'Check the path and the rights of the account that runs Oubli.',
      )
    })
    for (const entry of entries)
      if (entry.isFile() && !entry.name.startsWith('.')) paths.push(join(folder, place, entry.name))
  }
  return paths.sort()
}

/** `gone`: another process took it meanwhile. `unreadable`: it stays where it is. */
export async function readLetter(path: string): Promise<Uint8Array | 'gone' | 'unreadable'> {
  return await readFile(path).catch((error: unknown) =>
    safeError(error).code === 'ENOENT' ? 'gone' : 'unreadable',
  )
}

/**
 * Into a folder of that name beside the others, made where it is missing; never over another file. Copied, then
 * removed: a crash in between leaves it twice, and reading it twice changes nothing. False: it stays.
 */
export async function moveLetter(path: string, folder: string, into: 'done' | 'other'): Promise<boolean> {
  try {
    await mkdir(join(folder, into), { recursive: true, mode: 0o700 })
    for (let copy = 0; ; copy += 1) {
      const name = copy === 0 ? basename(path) : `${basename(path)}.${copy}`
      const failed = await copyFile(path, join(folder, into, name), constants.COPYFILE_EXCL).then(
        () => null,
        (error: unknown) => error,
      )
      if (failed === null) break
      if (safeError(failed).code !== 'EEXIST') return safeError(failed).code === 'ENOENT'
    }
    await rm(path, { force: true })
    return true
  } catch {
    return false
  }
}
