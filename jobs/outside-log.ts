/**
 * The log as it lies outside the database: its newest signed checkpoint, and the sealed entries as text. Whoever
 * compares or restores reads it through this and knows nothing of the files.
 */
import { createHash } from 'node:crypto'
import { readCheckpoint, type Checkpoint } from '../audit/checkpoint.ts'
import { readVerifierKey, type VerifierKey } from '../audit/keys.ts'
import { growingTree, leafHash } from '../audit/merkle.ts'
import { openNote } from '../audit/note.ts'
import { readLog } from '../audit/read-log.ts'
import { readBundle, tileWidth } from '../audit/tiles.ts'
import { OubliError } from '../base/errors.ts'
import { openLogFolder } from '../config/log-folder.ts'
import type { JobContext } from './context.ts'
import { checkpointFile, newestKept, textIn } from './log-files.ts'

type Place = Pick<JobContext, 'settings' | 'signingKey' | 'disk'>

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

export type Outside =
  | { readonly state: 'signed'; readonly log: OutsideLog }
  /**
   * `nothing`: nothing was ever sealed here. `unsigned`: a checkpoint is there that our key did not sign.
   * `no key`: one is there, and nobody here can say whose it is.
   */
  | { readonly state: 'nothing' | 'unsigned' | 'no key' }

/** One that does not open is never passed over: a key that was lost would let everything through. */
export async function outsideLog(ctx: Place): Promise<Outside> {
  const folder = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
  const notes = [await textIn(folder, checkpointFile), await newestKept(folder)].filter(
    (note) => note !== null,
  )
  if (notes.length === 0) return { state: 'nothing' }
  const key = keyOf(ctx)
  if (key === null) return { state: 'no key' }
  const signed = notes.flatMap((note) => signedBy(key, note))
  if (signed.length < notes.length) return { state: 'unsigned' }
  const [newest] = signed.sort((a, b) => b.checkpoint.size - a.checkpoint.size)
  if (newest === undefined || newest.checkpoint.size === 0) return { state: 'nothing' }
  const { checkpoint, text } = newest
  return {
    state: 'signed',
    log: {
      checkpoint,
      id: createHash('sha256').update(text).digest('hex').slice(0, 32),
      last: () => lastText(ctx, checkpoint.size),
      entries: () => checked(ctx, checkpoint),
    },
  }
}

/** A host that only sends mails need not hold the key that signs. */
function keyOf({ signingKey, settings: { evidence } }: Place): VerifierKey | null {
  if (signingKey !== null) return signingKey.verifier
  return evidence.verifierKey === null ? null : readVerifierKey(evidence.verifierKey)
}

function signedBy(
  key: VerifierKey,
  note: string,
): readonly { readonly checkpoint: Checkpoint; readonly text: string }[] {
  const opened = openNote(note, key)
  if (opened.state !== 'signed') return []
  const checkpoint = readCheckpoint(opened.text)
  return checkpoint?.origin === key.name ? [{ checkpoint, text: opened.text }] : []
}

async function* checked(ctx: Place, checkpoint: Checkpoint) {
  const folder = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
  const tree = growingTree()
  for await (const { text } of readLog(folder, checkpoint.size, () => undefined)) {
    if (text === null) throw incomplete(ctx, checkpoint, `none at ${tree.size()}`)
    tree.add(leafHash(text))
    yield { index: tree.size() - 1, text }
  }
  if (Buffer.compare(tree.root(), checkpoint.root) !== 0) throw incomplete(ctx, checkpoint, 'others')
}

function incomplete({ settings }: Place, { size }: Checkpoint, found: string): OubliError {
  return new OubliError(
    'evidence',
    'E_LOG_INCOMPLETE',
    `${settings.evidence.folder}: expected the ${size} entries that the checkpoint signs, found ${found}`,
    'Bring the whole evidence folder back from its newest copy; nothing can be restored from a part of it.',
  )
}

async function lastText(ctx: Place, size: number): Promise<string | null> {
  const folder = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
  const index = Math.floor((size - 1) / tileWidth)
  const entries = await readBundle((path) => folder.read(path), index, size - index * tileWidth)
  return entries?.at(-1) ?? null
}
