/** A database with entries that wait, and a sealer whose disk a test holds in its hands. */
import { randomBytes } from 'node:crypto'
import { loadSettings } from '../../config/load.ts'
import type { Disk } from '../../config/disk.ts'
import { insertEntries } from '../../db/own/entries.ts'
import type { Database } from '../../db/session.ts'
import type { JobContext } from '../../jobs/context.ts'
import { openContext } from '../../jobs/open.ts'
import { seal } from '../../jobs/seal.ts'
import { verify, type VerifyWith } from '../../jobs/verify.ts'
import type { VerifyReport } from '../../audit/verify.ts'
import { entryText } from '../../audit/entry-text.ts'
import { personEntry } from '../audit/sample-log.ts'
import { install, type Installation } from '../engine/installation.ts'
import { siteFiles } from '../engine/site-files.ts'

const now = Date.parse('2026-06-01T10:00:00Z')

export interface Sealing {
  readonly installed: Installation
  readonly ctx: JobContext
  readonly key: string
  /** Events that were logged. */
  readonly said: string[]
  /** Entries from (inclusive) to (exclusive) are committed and wait. */
  put(from: number, to: number): Promise<void>
  seal(disk: Disk): Promise<number>
  verify(disk: Disk, more?: Partial<VerifyWith>): Promise<VerifyReport>
  close(): Promise<void>
}

export async function openSealing(database: Database): Promise<Sealing> {
  const installed = await install(database, siteFiles, now)
  const settings = await loadSettings({ env: {}, cwd: installed.folder })
  const said: string[] = []
  const ctx = await openContext(settings, {
    clock: () => now,
    random: (bytes) => randomBytes(bytes),
    stop: () => null,
    writeLog: (line) => void said.push(line),
  })
  const key = ctx.signingKey?.verifier.text ?? ''
  return {
    ...{ installed, ctx, key, said },
    put: async (from, to) => {
      const entries = Array.from({ length: to - from }, (_, at) => personEntry(from + at)).map((entry) => ({
        id: entry.id,
        runId: 'r-1',
        // One after the other in time, so that their order is known.
        createdAt: new Date(
          now + Number.parseInt(entry.tables['orders']?.['erase'] ?? '0', 10),
        ).toISOString(),
        leaf: entryText(entry),
      }))
      const outcome = await ctx.database.transaction((tx) => insertEntries(tx, entries))
      if (outcome.state !== 'committed') throw outcome.error
    },
    seal: (disk) => seal({ ...ctx, disk }),
    verify: (disk, more = {}) => verify({ ...ctx, disk }, { key, ...more }),
    close: async () => {
      await ctx.close()
      await installed.close()
    },
  }
}

/** Back to where only the first entries have a place and the others wait. */
export async function unseal(database: Database, from: number): Promise<void> {
  const bound = [BigInt(from)]
  await database.run({
    text: 'INSERT INTO oubli_waiting (entry_id, created_at) SELECT e.id, e.created_at FROM oubli_seal s JOIN oubli_entry e ON e.id = s.entry_id WHERE s.leaf_index >= ?',
    values: bound,
  })
  await database.run({ text: 'DELETE FROM oubli_seal WHERE leaf_index >= ?', values: bound })
  await database.run({ text: 'DELETE FROM oubli_checkpoint WHERE size > ?', values: bound })
}
