/** What ran last and what waits, from our own tables. */
import { entryCounts } from '../db/own/entries.ts'
import { listSetAside, type SetAside } from '../db/own/set-aside.ts'
import { lastRun, type RunRow } from '../db/own/runs.ts'
import { activeLease } from '../db/own/lease.ts'
import type { JobContext } from './context.ts'

export interface Status {
  readonly lastRun: RunRow | null
  readonly running: boolean
  readonly entries: { readonly sealed: number; readonly unsealed: number }
  readonly setAside: readonly SetAside[]
}

export async function status(ctx: JobContext): Promise<Status> {
  return {
    lastRun: await lastRun(ctx.database),
    running: await activeLease(ctx.database, 'run', ctx.clock()),
    entries: await entryCounts(ctx.database),
    setAside: await listSetAside(ctx.database),
  }
}
