/** Checks the evidence in the database against the signed checkpoints outside it. */
import { join } from 'node:path'
import { readVerifierKey, type VerifierKey } from '../audit/keys.ts'
import { verifyLog, type VerifyReport } from '../audit/verify.ts'
import { readFolderIfThere } from '../config/files.ts'
import { entryCounts, readSealed } from '../db/own/entries.ts'
import { lastRun } from '../db/own/runs.ts'
import type { JobContext } from './context.ts'
import { checkpointFile, checkpointFolder } from './seal.ts'

const pageSize = 1000

/** Runs in these states wrote the entry that closes them; one that failed may not have come so far. */
const closed: readonly string[] = ['done', 'partly', 'refused']

/** `key`: the verifier key as text; null leaves the result `unverified` at best. */
export async function verify(
  ctx: Pick<JobContext, 'settings' | 'database'>,
  key: string | null,
): Promise<VerifyReport> {
  const verifier: VerifierKey | null = key === null ? null : readVerifierKey(key)
  const folder = ctx.settings.evidence.folder
  const kept = await readFolderIfThere(join(folder, checkpointFolder), () => true)
  // Killed before it replaced the newest checkpoint, the sealer leaves one behind that is kept already.
  const newest = await readFolderIfThere(folder, (name) => name === checkpointFile)
  const others = newest.filter((file) => kept.every(({ text }) => text !== file.text))
  const counts = await entryCounts(ctx.database)
  const last = await lastRun(ctx.database)
  return await verifyLog({
    entries: sealedEntries(ctx),
    sealed: counts.sealed,
    unsealed: counts.unsealed,
    checkpoints: [...kept, ...others].map((file) => ({ name: file.path, text: file.text })),
    verifier,
    lastRunAt: last !== null && closed.includes(last.state) ? Date.parse(last.asOf) : null,
  })
}

async function* sealedEntries(
  ctx: Pick<JobContext, 'database'>,
): AsyncGenerator<{ readonly index: number; readonly text: string }> {
  for (let next = 0; ;) {
    const page = await readSealed(ctx.database, next, pageSize)
    for (const { index, leaf } of page) yield { index, text: leaf }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    next = last.index + 1
  }
}
