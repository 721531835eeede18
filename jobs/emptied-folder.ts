/**
 * Is `mail.bounces.folder` still the one that was read? A mount point lies on this host whether or not anything is
 * mounted there, and an empty folder says the same as one to which nothing came back.
 */
import { createHash } from 'node:crypto'
import { OubliError } from '../base/errors.ts'
import { wasReadBefore } from '../config/bounce-folder.ts'
import { noteBounceFolder, readBounceFolder } from '../db/own/control.ts'
import type { JobContext } from './context.ts'

/** Throws a `refused` error `E_BOUNCES_EMPTIED` where mails were put away in this very path before, and no trace is left. */
export async function refuseEmptied({ database }: JobContext, folder: string): Promise<void> {
  if ((await wasReadBefore(folder)) || (await readBounceFolder(database)) !== nameOf(folder)) return
  throw new OubliError(
    'refused',
    'E_BOUNCES_EMPTIED',
    `${folder}: expected the folder \`done\` or \`other\` of earlier readings, found neither`,
    'Perhaps a mount is missing: bring it back. Where the folder was emptied on purpose, make an empty folder `done` in it.',
  )
}

/** After a reading. Another path begins anew. */
export async function noteRead(ctx: JobContext, folder: string): Promise<void> {
  if (!(await wasReadBefore(folder)) || (await readBounceFolder(ctx.database)) === nameOf(folder)) return
  await noteBounceFolder(ctx.database, nameOf(folder), await ctx.now())
}

/** A path can be longer than the column, and can say something of somebody. */
function nameOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex')
}
