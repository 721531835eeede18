/**
 * The log as it lies outside the database: its newest signed checkpoint, and the sealed entries as text. Whoever
 * compares or restores reads it through this and knows nothing of the files.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readCheckpoint, type Checkpoint } from '../audit/checkpoint.ts'
import { growingTree, leafHash } from '../audit/merkle.ts'
import { openNote } from '../audit/note.ts'
import { OubliError } from '../base/errors.ts'
import { namesIn } from '../config/folder.ts'
import { readText, readTextIfThere, writeAtomic } from '../config/files.ts'
import { readSealed } from '../db/own/entries.ts'
import type { JobContext } from './context.ts'
import { checkpointFile } from './seal.ts'

type Place = Pick<JobContext, 'settings' | 'signingKey'>

export interface OutsideLog {
  readonly checkpoint: Checkpoint
  /** Names this state of the log: 32 hex digits, the same until something more is sealed. */
  readonly id: string
  /** The last entry under the checkpoint; null: its text is not there. */
  readonly last: () => Promise<string | null>
  /**
   * Every entry under the checkpoint, from the first. Throws an `evidence` error at the end when together they
   * do not give the signed root, so nothing may be done with them before the end was reached once.
   */
  readonly entries: () => AsyncGenerator<{ readonly index: number; readonly text: string }>
}

/** Null: nothing was ever sealed here, or nobody can say whether the checkpoint is ours. */
export async function outsideLog(ctx: Place): Promise<OutsideLog | null> {
  const note = await readTextIfThere(join(ctx.settings.evidence.folder, checkpointFile))
  if (note === null || ctx.signingKey === null) return null
  const opened = openNote(note, ctx.signingKey.verifier)
  const checkpoint = opened.state === 'signed' ? readCheckpoint(opened.text) : null
  if (checkpoint === null || checkpoint.size === 0) return null
  return {
    checkpoint,
    id: createHash('sha256')
      .update(opened.state === 'signed' ? opened.text : '')
      .digest('hex')
      .slice(0, 32),
    last: () => lastText(ctx, checkpoint.size),
    entries: () => checked(ctx, checkpoint),
  }
}

async function* checked(ctx: Place, checkpoint: Checkpoint) {
  const tree = growingTree()
  for await (const text of texts(ctx)) {
    if (tree.size() === checkpoint.size) break
    tree.add(leafHash(text))
    yield { index: tree.size() - 1, text }
  }
  if (tree.size() === checkpoint.size && Buffer.compare(tree.root(), checkpoint.root) === 0) return
  const found = tree.size() < checkpoint.size ? `only ${tree.size()}` : 'others'
  throw new OubliError(
    'evidence',
    'E_LOG_INCOMPLETE',
    `${ctx.settings.evidence.folder}: expected the ${checkpoint.size} entries that the checkpoint signs, found ${found}`,
    'Bring the whole evidence folder back from its newest copy; nothing can be restored from a part of it.',
  )
}

// What follows is how the texts lie on the disk: files of up to a thousand lines, named by their first index.

const linesInFile = 1000

function folderOf({ settings }: Place): string {
  return join(settings.evidence.folder, 'entries')
}

async function* texts(ctx: Place): AsyncGenerator<string> {
  let next = 0
  for (const name of await namesIn(folderOf(ctx))) {
    const lines = (await readText(join(folderOf(ctx), name))).replace(/\n$/, '').split('\n')
    // A file that was written again after a kill may begin before the end of the one before it.
    for (const line of lines.slice(Math.max(0, next - Number(name)))) {
      yield line
      next += 1
    }
  }
}

async function lastText(ctx: Place, size: number): Promise<string | null> {
  const name = (await namesIn(folderOf(ctx))).findLast((one) => Number(one) < size)
  if (name === undefined) return null
  return (await readText(join(folderOf(ctx), name))).split('\n')[size - 1 - Number(name)] ?? null
}

/** Writes the entries that were sealed since. Safe to repeat. */
export async function keepEntries(ctx: Place & Pick<JobContext, 'database'>): Promise<void> {
  const folder = folderOf(ctx)
  const last = (await namesIn(folder)).at(-1)
  // The last file is filled up: it is written whole, like every other.
  for (let from = last === undefined ? 0 : Number(last); ;) {
    const page = await readSealed(ctx.database, from, linesInFile)
    if (page.length === 0) return
    const name = String(from).padStart(12, '0')
    const text = page.map(({ leaf }) => `${leaf}\n`).join('')
    if ((await readTextIfThere(join(folder, name))) !== text) await writeAtomic(join(folder, name), text)
    if (page.length < linesInFile) return
    from += page.length
  }
}
