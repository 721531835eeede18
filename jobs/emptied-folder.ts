/**
 * Is `mail.bounces.folder` still the one that was read? A mount point lies on this host whether or not anything is
 * mounted there, and an empty folder says the same as one to which nothing came back.
 */
import { createHash } from 'node:crypto'
import { OubliError } from '../base/errors.ts'
import { wasReadBefore } from '../config/bounce-folder.ts'
import { leaveMark, markName, readMark } from '../config/bounce-mark.ts'
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
    // As an earlier version left it, or where none could be written.
    if (await wasReadBefore(folder)) return
    throw emptied(
      `${folder}: expected the folder \`done\` or \`other\` of earlier readings, found neither`,
      null,
    )
  }
  const found = await readMark(folder)
  if (found !== null && 'unread' in found)
    throw new OubliError(
      'refused',
      'E_BOUNCES_EMPTIED',
      `${folder}: expected a file \`${markName}\` that can be read, found ${found.unread}`,
      `The account that runs Oubli must be able to read it, and it must be no link: chmod 644 ${folder}/${markName}. What stands in it is: ${known.mark}`,
    )
  if (found?.id === known.mark) return
  const what = found === null ? 'none' : 'that of another folder'
  throw emptied(`${folder}: expected the file \`${markName}\` of earlier readings, found ${what}`, known.mark)
}

/** It was read, and there is no mark by which another one in its place would be known. */
export async function isUnmarked({ database }: JobContext, folder: string): Promise<boolean> {
  const known = await readBounceFolder(database)
  return known?.name === nameOf(folder) && known.mark === null
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

/**
 * After a reading. Another path begins anew. Where no mark can be written the path is noted without one: what was put away
 * in it still tells it from an empty one.
 */
export async function noteRead(ctx: JobContext, folder: string): Promise<void> {
  const known = await readBounceFolder(ctx.database)
  const name = nameOf(folder)
  const isNoted = known?.name === name
  if ((isNoted && known.mark !== null) || !(await wasReadBefore(folder))) return
  const left = await leaveMark(folder, newToken(ctx.ports.random))
  if ('failed' in left) {
    ctx.log.event('bounces.unmarked', { code: left.failed })
    if (!isNoted) await noteBounceFolder(ctx.database, { name, mark: null }, await ctx.now())
  } else await noteBounceFolder(ctx.database, { name, mark: left.id }, await ctx.now())
}

/** A path can be longer than the column, and can say something of somebody. */
function nameOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 31)
}
