/** Takes in what lies in `mail.bounces.folder`: once at the beginning of whatever sends or erases. */
import { OubliError, safeError } from '../base/errors.ts'
import { takeBounces, type BouncesReport } from './bounces.ts'
import { trySealAndTell } from './seal-and-tell.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

/** `failed`: the code of what kept the folder from being read. */
export type BouncesRead = BouncesReport | { readonly failed: string }

/** The code, where nobody can say whose mail came back; null: it was read, or no folder is set. */
export function unreadBy(bounces: BouncesRead | null): string | null {
  if (bounces === null) return null
  if ('failed' in bounces) return bounces.failed
  if (bounces.unreadable > 0) return 'E_FILE_UNREADABLE'
  return bounces.unread > 0 ? 'E_BOUNCES_UNREAD' : null
}

/** Files that wait for a person: not to be read, moved or removed. */
export function leftLying(bounces: BouncesRead | null): number {
  return bounces === null || 'failed' in bounces ? 0 : bounces.left
}

/** Of those, what nobody has read: a report in it may be on anybody who was warned. */
export function leftUnread(bounces: BouncesRead | null): number {
  return bounces === null || 'failed' in bounces ? 0 : bounces.unread + bounces.unreadable
}

/**
 * Null: no folder is set. A folder that cannot be read is told, and keeps no mail from leaving; so is what stays in
 * it or goes from it. Nobody is erased as warned then: an acceptance says nothing while refusals cannot be heard.
 * Throws only where the evidence was changed; what a full disk keeps from being sealed waits.
 */
export async function readBounces(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap'>,
): Promise<BouncesRead | null> {
  const { folder } = ctx.settings.mail.bounces
  if (folder === null) return null
  try {
    const report = await takeBounces(ctx, prepared, folder, false, trySealAndTell)
    const { left, young, removed, old } = report
    if (left > 0) ctx.log.event('bounces.left', { count: left })
    if (young > 0) ctx.log.event('bounces.young', { count: young })
    if (removed > 0) ctx.log.event('bounces.removed', { count: removed })
    if (old > 0) ctx.log.event('bounces.old', { count: old })
    return report
  } catch (error) {
    if (error instanceof OubliError && error.errorClass === 'evidence') throw error
    const failed = error instanceof OubliError ? error.code : (safeError(error).code ?? 'unexpected')
    ctx.log.event('slot.failed', { job: 'bounces', code: failed })
    return { failed }
  }
}
