/** The only door to the disk. Files are small: settings, policies, templates, keys, checkpoints. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OubliError, safeError } from '../base/errors.ts'

export { writeAtomic, writeNew, writeOnce } from './write-file.ts'

export interface TextFile {
  readonly path: string
  readonly text: string
}

let root: string | null = null

/** Folder of the installed package, wherever the compiled file lies in it. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); root === null; folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    if (existsSync(path) && packageAt(path).name === 'oubli') root = folder
    else if (folder === dirname(folder)) throw new Error('no package.json of oubli above its own files')
  }
  return root
}

export function packageVersion(): string {
  return packageAt(join(packageRoot(), 'package.json')).version
}

function packageAt(path: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string }
}

/** True when Node was started with this module, also through a link such as those of `npx`. */
export function isMainModule(url: string): boolean {
  const started = process.argv[1]
  return started !== undefined && existsSync(started) && realpathSync(started) === fileURLToPath(url)
}

export async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts).toString('utf8')
}

/** UTF-8, a byte order mark left out. Throws an OubliError `E_FILE_UNREADABLE` or `E_FILE_ENCODING`. */
export async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw unreadable(path, error)
    throw new OubliError(
      'settings',
      'E_FILE_ENCODING',
      `${path}: expected UTF-8 text, found bytes that are not`,
      'Save the file as UTF-8.',
    )
  }
}

/** Null only when there is no such file; one that cannot be read is an error. */
export async function readTextIfThere(path: string): Promise<string | null> {
  return (await isThere(path)) ? await readText(path) : null
}

/** False also when there is nothing of this name. */
export async function isFolder(path: string): Promise<boolean> {
  return (await isThere(path)) && (await stat(path)).isDirectory()
}

/** Also through links. False when one of them is not there. */
export function isSameFolder(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)
}

/** The text without a last line break; null when there is no such file. Errors as `readSecret`. */
export function readSecretIfThere(path: string): Promise<string | null> {
  return Promise.resolve(existsSync(path) ? readSecret(path) : null)
}

/**
 * The text without a last line break. Read when it is needed and not before, so that a command which needs no
 * secret runs without. Throws an OubliError: `E_SECRET_UNREADABLE`, `E_SECRET_EXPOSED`, `E_SECRET_EMPTY`.
 */
export function readSecret(path: string): string {
  let text: string
  try {
    refuseExposed(path)
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    if (error instanceof OubliError) throw error
    const found = safeError(error).code ?? 'an error'
    throw secretError('E_SECRET_UNREADABLE', path, 'a file that can be read', found, 'Check path and owner.')
  }
  if (text === '') throw secretError('E_SECRET_EMPTY', path, 'a secret', 'nothing', 'Write it into the file.')
  return text
}

/**
 * What systemd hands over lies in a folder of its own that nobody else can enter, and shows rights of the
 * group there because of its access list.
 */
function refuseExposed(path: string): void {
  if (process.platform === 'win32') return
  const forbidden = isCredential(path, process.env['CREDENTIALS_DIRECTORY']) ? 0o007 : 0o077
  const mode = statSync(path).mode & 0o777
  if ((mode & forbidden) === 0) return
  const found = `mode ${mode.toString(8).padStart(4, '0')}`
  const remedy = `chmod 600 ${path}, and change the secret if others could have read it.`
  throw secretError('E_SECRET_EXPOSED', path, 'a file that only its owner can read', found, remedy)
}

function isCredential(path: string, folder: string | undefined): boolean {
  return folder !== undefined && folder !== '' && !relative(resolve(folder), resolve(path)).startsWith('..')
}

/**
 * Files of a folder and the folders in it whose name the filter takes, by path. Names that begin with a dot
 * are left out: they are other programs' files, or ours that were never finished.
 */
export async function readFolder(
  folder: string,
  takes: (name: string) => boolean,
): Promise<readonly TextFile[]> {
  const files: TextFile[] = []
  for (const path of await pathsIn(folder, takes, 3)) files.push({ path, text: await readText(path) })
  return files
}

/** Nothing when there is no such folder. */
export async function readFolderIfThere(
  folder: string,
  takes: (name: string) => boolean,
): Promise<readonly TextFile[]> {
  return (await isThere(folder)) ? await readFolder(folder, takes) : []
}

async function pathsIn(folder: string, takes: (name: string) => boolean, depth: number): Promise<string[]> {
  const paths: string[] = []
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(folder, error)
  })
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry
    if (kind?.isDirectory() === true && depth > 1) paths.push(...(await pathsIn(path, takes, depth - 1)))
    else if (kind?.isFile() === true && takes(entry.name)) paths.push(path)
  }
  return paths.sort()
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (safeError(error).code === 'ENOENT') return false
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): OubliError {
  return new OubliError(
    'settings',
    'E_FILE_UNREADABLE',
    `${path}: expected a file or folder that can be read, found ${safeError(error).code ?? 'an error'}`,
    'Check the path in the settings and the rights of the account that runs Oubli.',
  )
}

function secretError(
  code: string,
  path: string,
  expected: string,
  found: string,
  remedy: string,
): OubliError {
  return new OubliError('settings', code, `${path}: expected ${expected}, found ${found}`, remedy)
}
