/** A folder in which a mail program leaves what came back: plain files, or a Maildir, in whose root letters may lie too. */
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Instant } from '../base/clock.ts'
import { OubliError, safeError } from '../base/errors.ts'
import { isServers, type LetterFile } from './bounce-letter.ts'

/** `new` and `cur` are those of a Maildir; what stands in `tmp` is not whole yet. */
const places = ['', 'new', 'cur'] as const

/**
 * The files in it, none of its other folders. Names that begin with a dot are other programs' files. In the root of a
 * Maildir lie those of the mail server (Dovecot, Courier), by which it knows the mails: only what begins as a mail or a
 * mailbox, or cannot be opened, is a letter there.
 * Throws an OubliError `E_FILE_UNREADABLE` where the folder itself cannot be read.
 */
export async function lettersIn(folder: string): Promise<readonly LetterFile[]> {
  const letters: LetterFile[] = []
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
    const isRoot = ['new', 'cur'].every((name) => entries.some((one) => one.name === name && !one.isFile()))
    for (const entry of entries) {
      const path = join(folder, place, entry.name)
      if (!entry.isFile() || entry.name.startsWith('.')) continue
      if (place === '' && isRoot && (await isServers(path))) continue
      letters.push({ path, whole: place !== '' })
    }
  }
  return letters.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** How many lie there unread that came before an instant. Throws as `lettersIn`. */
export async function unreadSince(folder: string, before: Instant): Promise<number> {
  let found = 0
  for (const { path } of await lettersIn(folder)) {
    // The time of its change is that of its coming, also of a file that was moved here.
    const since = await lstat(path).then(
      ({ ctimeMs }) => ctimeMs,
      () => before,
    )
    if (since < before) found += 1
  }
  return found
}

/** Where what was read lies. */
const readPlaces = ['done', 'other'] as const

/** How a name ends that was given in `done`: nothing else there is ours to remove. */
const taken = '.taken'

/** Something was put away in it once, whatever is left of that. Where its mount is missing, nothing was. */
export async function wasReadBefore(folder: string): Promise<boolean> {
  for (const place of readPlaces) {
    const found = await lstat(join(folder, place)).then(
      () => true,
      () => false,
    )
    if (found) return true
  }
  return false
}

export interface Forgotten {
  readonly removed: number
  /** Files that cannot be removed, and folders that cannot be looked through. */
  readonly stuck: number
  /** As old, but not removed: in `other` for a person to read, or in `done` under a name that was not given here. */
  readonly old: number
}

/**
 * Removes from `done` what moved there before an instant (exclusive), by this machine's clock. A file's time of
 * change is that of its move, whatever the age of the mail. Only plain files, and nothing where `done` is a link: it
 * leads to somebody else's. Names that begin with a dot are other programs' files.
 */
export async function forgetLetters(folder: string, before: Instant): Promise<Forgotten> {
  const counts = { removed: 0, stuck: 0, old: 0 }
  for (const place of readPlaces) {
    const at = join(folder, place)
    const names = await namesIn(at, place === 'other')
    if (names === null) counts.stuck += 1
    for (const name of names ?? []) {
      const found = await forgetLetter(join(at, name), before, place === 'done' && name.endsWith(taken))
      if (found !== 'stays') counts[found] += 1
    }
  }
  return counts
}

/** Null: it cannot be read, or is a link that is not to be followed. */
async function namesIn(at: string, follow: boolean): Promise<readonly string[] | null> {
  try {
    if (!follow && (await lstat(at)).isSymbolicLink()) return null
    const entries = await readdir(at, { withFileTypes: true })
    return entries.filter((one) => one.isFile() && !one.name.startsWith('.')).map(({ name }) => name)
  } catch (error) {
    return safeError(error).code === 'ENOENT' ? [] : null
  }
}

async function forgetLetter(
  path: string,
  before: Instant,
  isOurs: boolean,
): Promise<keyof Forgotten | 'stays'> {
  try {
    if ((await lstat(path)).ctimeMs >= before) return 'stays'
    if (!isOurs) return 'old'
    await rm(path)
    return 'removed'
  } catch (error) {
    // Another process was quicker.
    return safeError(error).code === 'ENOENT' ? 'stays' : 'stuck'
  }
}

/**
 * Into a folder of that name beside the others, made where it is missing. Renamed, so that whoever has the file
 * open goes on writing into the same one; a name is reserved by an empty file first, because renaming replaces
 * what is there. False: it stays.
 */
export async function moveLetter(
  path: string,
  folder: string,
  into: (typeof readPlaces)[number],
): Promise<boolean> {
  try {
    await mkdir(join(folder, into), { recursive: true, mode: 0o700 })
    const target = await reserveName(join(folder, into, basename(path)), into === 'done' ? taken : '')
    try {
      await rename(path, target)
    } catch (error) {
      await rm(target, { force: true })
      return safeError(error).code === 'ENOENT'
    }
    return true
  } catch {
    return false
  }
}

/** The path itself or, where it is taken, with a number behind it; then the ending. */
async function reserveName(path: string, ending: string): Promise<string> {
  for (let copy = 0; ; copy += 1) {
    const name = (copy === 0 ? path : `${path}.${copy}`) + ending
    try {
      await (await open(name, 'wx', 0o600)).close()
      return name
    } catch (error) {
      if (safeError(error).code !== 'EEXIST') throw error
    }
  }
}
