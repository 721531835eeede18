/** Takes in all notifications that lie in a folder. Whatever was read moves away, and is removed when its time is over. */
import { relative } from 'node:path'
import { forgetLetters, lettersIn, moveLetter } from '../config/bounce-folder.ts'
import { beginsAsMail, readLetter, type LetterFile } from '../config/bounce-letter.ts'
import type { BounceTaken } from '../mail/bounce.ts'
import { anyWarningToOthers } from '../db/own/outbox-ends.ts'
import { readBounce } from '../mail/bounce-report.ts'
import { unheardInText, unheardOf } from '../mail/unheard.ts'
import { bounceTaker, type BounceTaker } from './bounce.ts'
import type { JobContext } from './context.ts'
import { noteRead, refuseEmptied } from './emptied-folder.ts'
import type { Prepared } from './prepare.ts'

/** Counts of files. */
interface BouncesCounts extends Readonly<Record<BounceTaken, number>> {
  /** No notification about a mail of ours: an answer, an absence, somebody else's mail. */
  readonly other: number
  /** Perhaps still being written: still where they were, for the next time. */
  readonly young: number
  /**
   * Could not be read or moved away, or nothing that anybody can read as one mail: still where they were. Also those that could not
   * be removed, and a folder `done` or `other` that could not be looked through.
   */
  readonly left: number
  /** Of those: could not be opened, so that nobody knows whose mail came back. */
  readonly unreadable: number
  /**
   * Of those: packed, as a mailbox in one file, or about a mail of ours that stands and of a mail server in a form that
   * nobody can read, or without a head. Nobody knows either whose mail came back.
   */
  readonly unread: number
  /** Read long ago, and removed now. */
  readonly removed: number
  /** As old, and left for a person: not ours to remove. */
  readonly old: number
}

export interface BouncesReport extends BouncesCounts {
  /** Which ones nobody read, below the folder; the first few. */
  readonly files: readonly string[]
}

const mostNamed = 5

const day = 86_400_000

/**
 * `keep`: nothing moves. Throws a `refused` error where nothing may be taken in now, or where the folder of the settings
 * is not the one that was read before, and what the database threw.
 */
export async function takeBounces(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap'>,
  folder: string,
  keep: boolean,
  sealing?: (ctx: JobContext) => Promise<unknown>,
): Promise<BouncesReport> {
  const counts = {
    recorded: 0,
    proven: 0,
    early: 0,
    ignored: 0,
    other: 0,
    young: 0,
    left: 0,
    unreadable: 0,
    unread: 0,
    removed: 0,
    old: 0,
  }
  const files: string[] = []
  const letters = await lettersIn(folder)
  const isSet = folder === ctx.settings.mail.bounces.folder
  if (isSet) await refuseEmptied(ctx, folder)
  // Where nothing may be taken in, nothing may be removed either.
  const taker = await bounceTaker(ctx, prepared, sealing)
  if (!keep) {
    // Files have this machine's time, which nobody guards: a clock that runs ahead must not remove what is new.
    const now = Math.min(ctx.clock(), await ctx.now())
    const { removed, stuck, old } = await forgetLetters(
      folder,
      now - ctx.settings.mail.bounces.keptDays * day,
    )
    counts.removed = removed
    counts.left = stuck
    counts.old = old
  }
  try {
    for (const letter of letters) {
      if (ctx.stop() !== null) break
      const found = await takeLetter(ctx, taker, letter)
      if (found === 'gone') continue
      counts[found] += 1
      if (found === 'unreadable') counts.left += 1
      if (found === 'left') counts.unread += 1
      if ((found === 'left' || found === 'unreadable') && files.length < mostNamed)
        files.push(nameIn(folder, letter))
      if (keep || stays.has(found)) continue
      if (!(await moveLetter(letter.path, folder, found === 'other' ? 'other' : 'done'))) counts.left += 1
    }
  } finally {
    await taker.end()
  }
  if (isSet) await noteRead(ctx, folder)
  return { ...counts, files }
}

/** An address in a name is somebody's. */
function nameIn(folder: string, { path }: LetterFile): string {
  return relative(folder, path)
    .replace(/[^/]*@[^/]*/g, '…')
    .replace(/[^ -~…]/g, '?')
}

const stays: ReadonlySet<keyof BouncesCounts> = new Set(['early', 'young', 'left', 'unreadable'])

async function takeLetter(
  { clock, database, ports }: JobContext,
  taker: BounceTaker,
  letter: LetterFile,
): Promise<keyof BouncesCounts | 'gone'> {
  const bytes = await readLetter(letter, clock())
  if (typeof bytes === 'string') return bytes
  const isMail = beginsAsMail(bytes)
  const bounce = isMail ? readBounce(bytes) : null
  if (bounce !== null) return await taker.take(bounce)
  const { tokens, from } = isMail ? unheardOf(bytes) : unheardInText(bytes)
  return (await anyWarningToOthers(database, tokens, ports.readAddress(from).hash)) ? 'left' : 'other'
}
