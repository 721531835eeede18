/** A checkpoint (C2SP tlog-checkpoint): which log, how many entries, which root. Signed as a note. */
import type { TreeHash } from './merkle.ts'
import { fromBase64 } from './keys.ts'

export interface Checkpoint {
  readonly origin: string
  /** Number of entries under the root. */
  readonly size: number
  readonly root: TreeHash
}

/** Three lines: origin, size in decimal, root in base64. Time stands in the entries, not here. */
export function checkpointText(checkpoint: Checkpoint): string {
  const root = Buffer.from(checkpoint.root).toString('base64')
  return `${checkpoint.origin}\n${checkpoint.size}\n${root}\n`
}

/** Null when the text is no checkpoint. Further lines are allowed, as the specification asks, and ignored. */
export function readCheckpoint(text: string): Checkpoint | null {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n')
  const hash = fromBase64(root)
  if (origin === '' || !/^(0|[1-9]\d{0,14})$/.test(size) || hash?.length !== 32) return null
  if (rest.at(-1) !== '' || rest.slice(0, -1).includes('')) return null
  return { origin, size: Number(size), root: hash }
}
