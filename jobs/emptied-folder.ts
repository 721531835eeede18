/**
 * Is `mail.bounces.folder` still the one that was read? A mount point lies on this host whether or not anything is
 * mounted there, and an empty folder says the same as one to which nothing came back.
 */
import { createHash } from 'node:crypto'
import { OubliError } from '../base/errors.ts'
import { markName, readMark, wasReadBefore, writeMark } from '../config/bounce-folder.ts'
import { noteBounceFolder, readBounceFolder } from '../db/own/control.ts'
import { newToken } from '../mail/outbox.ts'
import type { JobContext } from './context.ts'

/**
 * Throws a `refused` error `E_BOUNCES_EMPTIED` where mails were put away in this very path before, and the mark of it is
 * not there: a folder that somebody made anew, or another one that is mounted now, looks the same in all else.
 */
export async function refuseEmptied({ database }: JobContext, folder: string): Promise<void> {
  const known = await readBounceFolder(database)
  if (known?.name !== nameOf(folder)) return
  if (known.mark === null) {
    // As an earlier version left it; the next reading marks it.
    if (await wasReadBefore(folder)) return
    throw emptied(
      `${folder}: expected the folder \`done\` or \`other\` of earlier readings, found neither`,
      null,
    )
  }
  const found = await readMark(folder)
  if (found === known.mark) return
  const what = found === null ? 'none' : 'that of another folder'
  throw emptied(`${folder}: expected the file \`${markName}\` of earlier readings, found ${what}`, known.mark)
}

function emptied(what: string, mark: string | null): OubliError {
  return new OubliError(
    'refused',
    'E_BOUNCES_EMPTIED',
    what,
    mark === null
      ? 'Perhaps a mount is missing: bring it back. Where the folder was emptied on purpose, make an empty folder `done` in it.'
      : `Perhaps a mount is missing: bring it back. Where the folder was emptied or exchanged on purpose, write this into its file \`${markName}\`: ${mark}`,
  )
}

/** After a reading. Another path begins anew. */
export async function noteRead(ctx: JobContext, folder: string): Promise<void> {
  const known = await readBounceFolder(ctx.database)
  const name = nameOf(folder)
  if ((known?.name === name && known.mark !== null) || !(await wasReadBefore(folder))) return
  // One that lies there is kept: its note was lost, with a database that was put back or a process that was killed.
  const there = await readMark(folder)
  const mark = there ?? newToken(ctx.ports.random)
  if (there === null && !(await writeMark(folder, mark))) return
  await noteBounceFolder(ctx.database, { name, mark }, await ctx.now())
}

/** A path can be longer than the column, and can say something of somebody. */
function nameOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 31)
}
