/** Files that are not text: mails, and folders that a command of ours made and may take away. */
import { existsSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Instant } from '../base/clock.ts'
import { OubliError, safeError } from '../base/errors.ts'

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch {
    throw new OubliError(
      'settings',
      'E_FILE_UNREADABLE',
      `${path}: expected a file that can be read`,
      'Check the path and its rights.',
    )
  }
}

/** Written beside and renamed, readable by the owner only: a mail holds an address. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.part`, bytes, { mode: 0o600 })
  await rename(`${path}.part`, path)
}

/** Takes a folder away with everything in it. Only for folders that carry a mark of ours. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

export function isFileThere(path: string): boolean {
  return existsSync(path)
}

/** A file that was looked for: since when it is there, or why nobody can tell whether it is. */
export type Sighting = { readonly since: Instant } | { readonly unseen: string }

/** Looks at once and does not wait. Null: it is surely not there; `unseen`: the code of the system, such as `EACCES`. */
export function lookFor(path: string): Sighting | null {
  try {
    return { since: statSync(path).mtime.getTime() }
  } catch (error) {
    const code = safeError(error).code ?? 'unknown'
    return ['ENOENT', 'ENOTDIR'].includes(code) ? null : { unseen: code }
  }
}
