/**
 * Gives committed entries their place in the tree and signs a checkpoint outside the database. A log that no
 * longer agrees with the last checkpoint is never signed again: the new signature would cover the change up.
 */
import { join } from 'node:path'
import { checkpointText, readCheckpoint } from '../audit/checkpoint.ts'
import { growingTree, leafHash } from '../audit/merkle.ts'
import { openNote, signNote } from '../audit/note.ts'
import { OubliError } from '../base/errors.ts'
import { point } from '../base/point.ts'
import { readTextIfThere, writeAtomic } from '../config/files.ts'
import { insertSeals, readSealed, unsealedEntries } from '../db/own/entries.ts'
import type { JobContext } from './context.ts'
import { withLease } from './lease.ts'

/** Entries read or sealed at a time. */
const pageSize = 1000

/** Newest checkpoint of the log; every one that was signed stays beside it under `checkpoints/`. */
export const checkpointFile = 'checkpoint'
export const checkpointFolder = 'checkpoints'

/** Returns the size of the tree. Sealing twice changes nothing. */
export async function seal(ctx: JobContext): Promise<number> {
  return await withLease(ctx, 'seal', async () => {
    const { signingKey } = ctx
    if (signingKey === null)
      throw new OubliError('settings', 'E_NO_SIGNING_KEY', 'there is no signing key', 'Run `oubli migrate`.')
    const before = await lastCheckpoint(ctx)
    const tree = growingTree()
    await replay(ctx, tree, before)
    await sealNew(ctx, tree)
    if (before !== null && before.size === tree.size()) return tree.size()
    const text = checkpointText({ origin: signingKey.name, size: tree.size(), root: tree.root() })
    const note = signNote(text, signingKey)
    const folder = ctx.settings.evidence.folder
    await writeAtomic(join(folder, checkpointFolder, String(tree.size()).padStart(12, '0')), note)
    await writeAtomic(join(folder, checkpointFile), note)
    return tree.size()
  })
}

async function lastCheckpoint(ctx: JobContext) {
  const note = await readTextIfThere(join(ctx.settings.evidence.folder, checkpointFile))
  if (note === null || ctx.signingKey === null) return null
  const opened = openNote(note, ctx.signingKey.verifier)
  const checkpoint = opened.state === 'signed' ? readCheckpoint(opened.text) : null
  if (checkpoint === null) throw changed('the newest checkpoint is not signed by the key of this log')
  return checkpoint
}

/** Rebuilds the tree from what is sealed, and compares it with the last checkpoint on the way. */
async function replay(
  ctx: JobContext,
  tree: ReturnType<typeof growingTree>,
  before: { readonly size: number; readonly root: Uint8Array } | null,
): Promise<void> {
  for (;;) {
    const page = await readSealed(ctx.database, tree.size(), pageSize)
    for (const { index, leaf } of page) {
      if (index !== tree.size()) throw changed(`the entry with index ${tree.size()} is missing`)
      tree.add(leafHash(leaf))
      if (tree.size() === before?.size && Buffer.compare(tree.root(), before.root) !== 0)
        throw changed(`the first ${before.size} entries are not those that were signed`)
    }
    if (page.length < pageSize) break
  }
  if (before !== null && tree.size() < before.size)
    throw changed(`the database holds ${tree.size()} sealed entries, the checkpoint ${before.size}`)
}

async function sealNew(ctx: JobContext, tree: ReturnType<typeof growingTree>): Promise<void> {
  for (;;) {
    const page = await unsealedEntries(ctx.database, pageSize)
    if (page.length === 0) return
    await point('unsealed read')
    const seals = page.map((entry, i) => ({ leafIndex: tree.size() + i, entryId: entry.id }))
    const outcome = await ctx.database.transaction((tx) => insertSeals(tx, seals), {
      beforeCommit: () => point('seals inserted'),
    })
    if (outcome.state !== 'committed') throw outcome.error
    await point('seals committed')
    for (const { leaf } of page) tree.add(leafHash(leaf))
  }
}

function changed(what: string): OubliError {
  return new OubliError(
    'evidence',
    'E_EVIDENCE_CHANGED',
    `the evidence was changed: ${what}`,
    'Nothing is signed until a person has looked: `oubli audit verify` says where. After a restored backup see docs/restore.md.',
  )
}
