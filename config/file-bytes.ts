/** Files that are not text: mails, and folders that a command of ours made and may take away. */
import { existsSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'

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

/** Looks at once and does not wait: asked between two transactions. */
export function isFileThere(path: string): boolean {
  return existsSync(path)
}

/** When it was last written, as far as the disk tells; null: it is not there. */
export function fileSince(path: string): Instant | null {
  return statSync(path, { throwIfNoEntry: false })?.mtime.getTime() ?? null
}
