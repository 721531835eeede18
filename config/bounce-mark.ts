/** The file that makes a folder known: another one in its place has none or another, however it was made. */
import { lstat, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { safeError } from '../base/errors.ts'

/** Its name begins with a dot, so that it is no mail and is never removed. */
export const markName = '.oubli'

/** `id`: what it holds; null: something else. `unread`: why it cannot be read; a link is not followed. */
export type Mark = { readonly id: string | null } | { readonly unread: string }

/** Null: there is none. */
export async function readMark(folder: string): Promise<Mark | null> {
  const path = join(folder, markName)
  try {
    if (!(await lstat(path)).isFile()) return { unread: 'a link, or no file' }
    return { id: /^([0-9a-f]{32})\n?$/.exec(await readFile(path, 'utf8'))?.[1] ?? null }
  } catch (error) {
    const { code } = safeError(error)
    return code === 'ENOENT' ? null : { unread: code ?? 'an error' }
  }
}

/**
 * Leaves one where there is none, and gives the one that lies there then: that of another reader, or of a note that was
 * lost. It is no secret, and whoever runs next must be able to read it. `failed`: why there is none.
 */
export async function leaveMark(
  folder: string,
  id: string,
): Promise<{ readonly id: string } | { readonly failed: string }> {
  try {
    const file = await open(join(folder, markName), 'wx', 0o644)
    try {
      await file.writeFile(`${id}\n`)
      // Whatever the mask of the one who happens to come first.
      await file.chmod(0o644).catch(() => undefined)
    } finally {
      await file.close()
    }
    return { id }
  } catch (error) {
    const code = safeError(error).code ?? 'unexpected'
    if (code !== 'EEXIST') return { failed: code }
    const there = await readMark(folder)
    return there !== null && 'id' in there && there.id !== null ? { id: there.id } : { failed: code }
  }
}
