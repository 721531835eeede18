/** Takes in all notifications that lie in a folder. Whatever was read moves away; nothing is thrown away. */
import { lettersIn, moveLetter, readLetter } from '../config/bounce-folder.ts'
import { readBounce, type BounceTaken } from '../mail/bounce.ts'
import { bounceTaker, type BounceTaker } from './bounce.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

/** Counts of files. */
export interface BouncesReport extends Readonly<Record<BounceTaken, number>> {
  /** No notification about a mail of ours: an answer, an absence, somebody else's mail. */
  readonly other: number
  /** Could not be read or moved away, or several mails in one file: still where they were. */
  readonly left: number
}

/** `keep`: nothing moves. Throws a `refused` error where nothing may be taken in now, and what the database threw. */
export async function takeBounces(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap'>,
  folder: string,
  keep: boolean,
): Promise<BouncesReport> {
  const counts = { recorded: 0, proven: 0, early: 0, ignored: 0, other: 0, left: 0 }
  const letters = await lettersIn(folder)
  if (letters.length === 0) return counts
  const taker = await bounceTaker(ctx, prepared)
  try {
    for (const path of letters) {
      if (ctx.stop() !== null) break
      const found = await takeLetter(taker, path)
      if (found === 'gone') continue
      counts[found] += 1
      if (keep || found === 'early' || found === 'left') continue
      if (!(await moveLetter(path, folder, found === 'other' ? 'other' : 'done'))) counts.left += 1
    }
  } finally {
    await taker.end()
  }
  return counts
}

async function takeLetter(taker: BounceTaker, path: string): Promise<keyof BouncesReport | 'gone'> {
  const bytes = await readLetter(path)
  if (bytes === 'gone') return 'gone'
  if (bytes === 'unreadable' || isMailbox(bytes)) return 'left'
  const bounce = readBounce(bytes)
  return bounce === null ? 'other' : await taker.take(bounce)
}

/** Several mails in one file (mbox). A mail server may be writing the next one into it: it is not touched. */
function isMailbox(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1')
  return text.startsWith('From ') && /\n\r?\nFrom \S/.test(text)
}
