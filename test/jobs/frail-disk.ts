/**
 * A disk in memory that fails as disks do: at one call there is no space, or an error, or the process is killed,
 * or the power fails, which takes with it what was never synced.
 */
import { dirname } from 'node:path'
import type { Disk } from '../../config/disk.ts'

interface Content {
  now: Uint8Array
  /** What is left of it without power. */
  kept: Uint8Array
}

/** Path → a file, or null for a folder. */
type Names = Map<string, Content | null>

/**
 * What a power cut leaves of what was not synced. `nothing`; `names`: new names, and files without their bytes,
 * as file systems do that write their own records first; `newest`: only the last file that got its name.
 */
export type Cut = 'nothing' | 'names' | 'newest'

export type Fault =
  | { readonly at: number; readonly kind: 'ENOSPC' | 'EIO' | 'kill' }
  | { readonly at: number; readonly kind: 'power'; readonly left: Cut }

export class Gone extends Error {}

export interface FrailDisk extends Disk {
  /** Calls since the last `arm`. */
  calls(): number
  /** Counts from here; null: nothing happens. */
  arm(fault: Fault | null): void
  /** The same content, with everything on the disk for good. */
  copy(): FrailDisk
  /** Calls of one kind since the last `arm`. */
  count(name: keyof Disk | 'write' | 'sync' | 'close'): number
}

export function frailDisk(names: Names = new Map()): FrailDisk {
  let kept: Names = new Map(names)
  let armed: Fault | null = null
  let counts = new Map<string, number>()
  let gone = false

  /** Every call comes by here; a write that fails for want of space has written its first half. */
  function call(name: string, half?: () => void): void {
    if (gone) throw new Gone('the process is gone')
    counts.set(name, (counts.get(name) ?? 0) + 1)
    counts.set('', (counts.get('') ?? 0) + 1)
    if (armed === null || counts.get('') !== armed.at) return
    half?.()
    if (armed.kind === 'power') cut(armed.left)
    gone = armed.kind === 'power' || armed.kind === 'kill'
    if (gone) throw new Gone('the process is gone')
    throw Object.assign(new Error('a disk fails'), { code: armed.kind })
  }

  function cut(left: Cut): void {
    const newest = [...names].filter(([path, content]) => content !== null && !kept.has(path)).at(-1)
    for (const content of names.values())
      if (content !== null && (left !== 'newest' || content !== newest?.[1])) content.now = content.kept
    if (left === 'names') return
    const survives = new Map(kept)
    if (left === 'newest' && newest !== undefined) survives.set(...newest)
    names.clear()
    // A name lives only as long as the folder that it stands in.
    for (const path of [...survives.keys()].sort()) {
      const parent = dirname(path)
      if (parent === '/' || names.has(parent)) names.set(path, survives.get(path) ?? null)
    }
  }

  function missing(path: string): Error {
    return Object.assign(new Error(path), { code: 'ENOENT' })
  }

  return {
    calls: () => counts.get('') ?? 0,
    count: (name) => counts.get(name) ?? 0,
    arm: (fault) => {
      armed = fault
      counts = new Map()
      gone = false
    },
    copy: () =>
      frailDisk(
        new Map(
          [...names].map(([path, content]) => [
            path,
            content === null ? null : { now: content.now, kept: content.now },
          ]),
        ),
      ),
    read: async (path) => {
      await Promise.resolve()
      call('read')
      return names.get(path)?.now ?? null
    },
    list: async (folder) => {
      await Promise.resolve()
      call('list')
      const inside = folder.replace(/\/\.$/, '')
      return [...names.keys()]
        .filter((path) => dirname(path) === inside)
        .map((path) => path.slice(inside.length + 1))
    },
    makeFolder: async (folder) => {
      await Promise.resolve()
      call('makeFolder')
      let first: string | undefined
      for (let each = folder; each !== '/' && !names.has(each); each = dirname(each)) {
        names.set(each, null)
        first = each
      }
      return first
    },
    create: async (path) => {
      await Promise.resolve()
      call('create')
      if (!names.has(dirname(path))) throw missing(path)
      if (names.has(path)) throw Object.assign(new Error(path), { code: 'EEXIST' })
      const content: Content = { now: new Uint8Array(), kept: new Uint8Array() }
      names.set(path, content)
      return {
        write: async (bytes) => {
          await Promise.resolve()
          call('write', () => {
            content.now = bytes.slice(0, bytes.length >> 1)
          })
          content.now = bytes.slice()
        },
        sync: async () => {
          await Promise.resolve()
          call('sync')
          content.kept = content.now
        },
        close: async () => {
          await Promise.resolve()
          call('close')
        },
      }
    },
    rename: async (from, to) => {
      await Promise.resolve()
      call('rename')
      const content = names.get(from)
      if (content === undefined) throw missing(from)
      names.set(to, content)
      names.delete(from)
    },
    syncFolder: async (folder) => {
      await Promise.resolve()
      call('syncFolder')
      if (folder !== '/' && !names.has(folder)) throw missing(folder)
      const next: Names = new Map([...kept].filter(([path]) => dirname(path) !== folder))
      for (const [path, content] of names) if (dirname(path) === folder) next.set(path, content)
      kept = next
    },
    remove: async (path) => {
      await Promise.resolve()
      call('remove')
      for (const each of [...names.keys()])
        if (each === path || each.startsWith(`${path}/`)) names.delete(each)
    },
  }
}
