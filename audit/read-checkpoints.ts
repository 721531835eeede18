/** The checkpoints that verification may rely on: readable, signed by the key, of this log, in one history. */
import { readCheckpoint, type Checkpoint } from './checkpoint.ts'
import type { Finding } from './finding.ts'
import type { VerifierKey } from './keys.ts'
import { openNote, unsignedTextOf } from './note.ts'

/** A signed note as it was read, with the name of its file for messages. */
export interface CheckpointFile {
  readonly name: string
  readonly text: string
}

export interface NamedCheckpoint extends Checkpoint {
  readonly name: string
}

/**
 * Reports every file that cannot be relied on and gives the others in their order. Sizes never shrink in the
 * result: a smaller tree after a larger one, or another root for the same size, is a second history.
 */
export function readCheckpoints(
  files: readonly CheckpointFile[],
  verifier: VerifierKey | null,
  report: (finding: Finding) => void,
): readonly NamedCheckpoint[] {
  const usable: NamedCheckpoint[] = []
  for (const { name, text } of files) {
    const read = readOne(name, text, verifier)
    if ('code' in read) {
      report(read)
      continue
    }
    const before = usable.at(-1)
    const contradicts =
      before !== undefined &&
      (read.size < before.size ||
        (read.size === before.size && Buffer.compare(read.root, before.root) !== 0) ||
        read.origin !== before.origin)
    if (contradicts) report({ code: 'checkpoints contradict', checkpoint: name, earlier: before.name })
    else usable.push(read)
  }
  return usable
}

/**
 * Checkpoints from elsewhere (kept off the host, or by the database) put among those of the log, ascending.
 * One that differs at the same size belongs to a second history.
 */
export function withOthers(
  own: readonly NamedCheckpoint[],
  files: readonly CheckpointFile[],
  verifier: VerifierKey | null,
  report: (finding: Finding) => void,
): readonly NamedCheckpoint[] {
  const all = new Map(own.map((checkpoint) => [checkpoint.size, checkpoint]))
  for (const { name, text } of files) {
    const read = readOne(name, text, verifier)
    if ('code' in read) {
      report(read)
      continue
    }
    const same = all.get(read.size)
    const other = own[0] !== undefined && own[0].origin !== read.origin
    if (same === undefined && !other) all.set(read.size, read)
    else if (other || (same !== undefined && Buffer.compare(same.root, read.root) !== 0))
      report({ code: 'checkpoints contradict', checkpoint: name, earlier: (same ?? own[0])?.name ?? name })
  }
  return [...all.values()].sort((a, b) => a.size - b.size)
}

function readOne(name: string, note: string, verifier: VerifierKey | null): NamedCheckpoint | Finding {
  const text = verifier === null ? unsignedTextOf(note) : signedText(name, note, verifier)
  if (text !== null && typeof text !== 'string') return text
  const checkpoint = text === null ? null : readCheckpoint(text)
  if (checkpoint === null) return { code: 'checkpoint unreadable', checkpoint: name }
  // A key may sign for several logs; its name says which one is meant here.
  if (verifier !== null && checkpoint.origin !== verifier.name) return { code: 'other log', checkpoint: name }
  return { ...checkpoint, name }
}

function signedText(name: string, note: string, verifier: VerifierKey): string | Finding {
  const opened = openNote(note, verifier)
  switch (opened.state) {
    case 'signed':
      return opened.text
    case 'unknown key':
      return { code: 'unknown key', checkpoint: name }
    case 'bad signature':
      return { code: 'signature invalid', checkpoint: name }
    case 'malformed':
      return { code: 'checkpoint unreadable', checkpoint: name }
  }
}
