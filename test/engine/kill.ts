/** Runs the command line in a process of its own and kills or freezes it; what a site looks like afterwards. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Point } from '../../base/point.ts'
import type { Database } from '../../db/session.ts'
import type { Installation } from './installation.ts'
import { dumpOf } from './lab.ts'

export interface Blow {
  readonly point: Point | 'nowhere'
  /** Which time that the place is reached; the first unless told. */
  readonly time?: number
  readonly signal?: 'SIGKILL' | 'SIGSTOP'
  /** The host's clock is ahead by this. Milliseconds. */
  readonly ahead?: number
  /** Environment variables `OUBLI_…` that win over the settings file. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Ended {
  readonly signal: string | null
  readonly exit: number | null
  readonly text: string
}

/** Beyond the time that a lease outlives its holder, for so many holders one after the other. */
export const later = (leases = 1): number => leases * 61_000

export function begin(
  one: Installation,
  { env = {}, ...blow }: Blow,
  argv: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const driver = join(dirname(fileURLToPath(import.meta.url)), 'kill-driver.js')
  const child = spawn(process.execPath, [driver, JSON.stringify(blow), ...argv], {
    cwd: one.folder,
    env: { ...process.env, ...env },
    stdio: 'pipe',
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      one.said.push(chunk.toString())
    })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (exit, signal) => {
      resolve({ signal, exit, text })
    })
  })
  return { child, ended }
}

/** Null: it ended by itself, so the place was not reached. */
export async function killAt(
  one: Installation,
  blow: Blow,
  argv: readonly string[] = ['run'],
): Promise<string | null> {
  return (await begin(one, blow, argv).ended).signal
}

/** Resolves once the process stands still; fails at once when it ends instead. */
export async function stopped(child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 6000; tries += 1) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('it ended and never stood still')
    if (isStopped(child)) return
    await sleep(20)
  }
  throw new Error('it never stood still')
}

function isStopped({ pid }: ChildProcess): boolean {
  try {
    return /\) T /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'))
  } catch {
    // It has gone, and its end is about to be told.
    return false
  }
}

export async function siteOf(database: Database, tables: readonly string[]): Promise<unknown> {
  const dump: Record<string, unknown> = {}
  for (const table of tables) dump[table] = await dumpOf(database, table)
  return dump
}

export async function leavesOf(database: Database): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
  return rows.map((row) => JSON.parse(String(row['leaf'])) as Record<string, unknown>)
}

/** What was changed, without what is random (ids of entries, runs and batches, the commitment) and the times. */
export async function changesOf(
  database: Database,
  times: readonly string[] = [],
): Promise<readonly string[]> {
  const random = new Set(['id', 'run', 'batch', 'subject', ...times])
  return (await leavesOf(database))
    .filter((leaf) => leaf['kind'] !== 'run.finished' && leaf['kind'] !== 'purge.checked')
    .map((leaf) => JSON.stringify(Object.entries(leaf).filter(([name]) => !random.has(name))))
    .sort()
}

export async function verified(one: Installation): Promise<string> {
  const key = join(one.folder, 'keys/signing-key.verifier')
  return (await one.oubli(['audit', 'verify', '--key', key])).text
}
