/** A folder that grows by whole files and loses whole files: the ledger beside the log. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OubliError, safeError } from '../base/errors.ts'
import { temporaryName } from './write-file.ts'

/** Names of files in order; none when there is no such folder. What begins with a dot was never finished. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    const { code } = safeError(error)
    if (code === 'ENOENT') return []
    throw new OubliError(
      'settings',
      'E_FILE_UNREADABLE',
      `${folder}: expected a folder that can be read, found ${code ?? 'an error'}`,
      'Check the path in the settings and the rights of the account that runs Oubli.',
    )
  })
  return names.filter((name) => !name.startsWith('.')).sort()
}

/**
 * Removes what a killed writer of this folder left half written, and nothing else. For one writer at a time. What
 * cannot be removed stays.
 */
export async function sweepFolder(folder: string): Promise<void> {
  const left = (await readdir(folder).catch(() => [])).filter((name) => temporaryName.test(name))
  for (const name of left) await rm(join(folder, name), { force: true }).catch(() => undefined)
}

/** One that is gone already is no error. */
export async function removeFile(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true }).catch((error: unknown) => {
    throw new OubliError(
      'settings',
      'E_FILE_UNWRITABLE',
      `${join(folder, name)}: expected a file that can be removed, found ${safeError(error).code ?? 'an error'}`,
      'Check the rights of the account that runs Oubli.',
    )
  })
}
