/** Do the mails that came back reach us? Those that lie in the folder and nobody takes in do not. */
import { unreadSince } from '../config/bounce-folder.ts'
import { OubliError } from '../base/errors.ts'
import type { JobContext } from './context.ts'
import type { Check } from './doctor.ts'
import { isUnmarked, refuseEmptied } from './emptied-folder.ts'

/** Whatever sends or erases reads the folder; a site that does neither for a day has no timer. Milliseconds. */
const longest = 86_400_000

/** By this machine's clock, which is that of the files. */
export async function unreadBounces(ctx: JobContext): Promise<readonly Check[]> {
  const { folder } = ctx.settings.mail.bounces
  if (folder === null) return []
  const warning = (text: string): readonly Check[] => [{ name: 'bounces', result: 'warning', text }]
  try {
    const count = await unreadSince(folder, ctx.clock() - longest)
    await refuseEmptied(ctx, folder)
    if (count === 0)
      return (await isUnmarked(ctx, folder))
        ? warning(
            'mail.bounces.folder has no mark (its file `.oubli`), without which another folder in its place is not known: the next reading leaves it, where the account that runs Oubli may write there and no link or other file of that name lies in it.',
          )
        : []
    return warning(
      `${count} mail(s) lie unread in mail.bounces.folder for more than a day: people whose address is dead may pass for warned. See what keeps them there: oubli mail bounces ${folder}`,
    )
  } catch (error) {
    if (!(error instanceof OubliError)) throw error
    return warning(
      `mail.bounces.folder cannot be read, and until it can be, no run erases anybody who was warned: ${error.code}  ${error.message}`,
    )
  }
}
