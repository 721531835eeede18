/**
 * Is this database older than its log outside, as after a restored backup? People whom the log says were erased
 * are in it again then, and every work of ours would build on a past that was overtaken.
 */
import { OubliError } from '../base/errors.ts'
import { sealedSize } from '../db/own/entries.ts'
import { leafAt } from '../db/own/log-place.ts'
import type { JobContext } from './context.ts'
import { refuseAnotherSecret } from './ledger-secret.ts'
import { outsideLog } from './outside-log.ts'

export type Older =
  /** `fewer`: the database lacks the end of the log. `another`: it has another entry where the log ends. */
  | {
      readonly why: 'fewer' | 'another'
      /** Sealed entries that the database has, and those that were signed outside. */
      readonly here: number
      readonly outside: number
    }
  /** The newest checkpoint outside is not signed by the key that is here: nothing can be compared with it. */
  | { readonly why: 'unsigned' }

type Place = Pick<JobContext, 'settings' | 'signingKey' | 'database' | 'disk' | 'ports' | 'log'>

/**
 * Null: it is not, or it cannot be asked for want of any key. Reads two checkpoints, the names of those that are
 * kept, and one or two rows.
 */
export async function olderThanLog(ctx: Place): Promise<Older | null> {
  const found = await outsideLog(ctx)
  if (found.state === 'unsigned') return { why: 'unsigned' }
  // A host that was never given a key has always worked without the comparison.
  if (found.state === 'no key') ctx.log.event('evidence.not-compared', {})
  if (found.state !== 'signed') return null
  const { log } = found
  const here = await sealedSize(ctx.database)
  const outside = log.checkpoint.size
  if (here < outside) return { why: 'fewer', here, outside }
  const [last, ours] = [await log.last(), await leafAt(ctx.database, outside - 1)]
  return last !== null && ours !== last ? { why: 'another', here, outside } : null
}

/** Throws a `refused` error before anything is written. */
export async function refuseOlder(ctx: Place): Promise<void> {
  const found = await olderThanLog(ctx)
  if (found !== null) throw olderError(ctx, found)
  await refuseAnotherSecret(ctx)
}

export function olderError({ settings }: Pick<JobContext, 'settings'>, found: Older): OubliError {
  const place = `${settings.evidence.folder}/checkpoint`
  switch (found.why) {
    case 'another':
      return anotherHistory(place, found.outside - 1)
    case 'unsigned':
      return new OubliError(
        'refused',
        'E_CHECKPOINT_UNSIGNED',
        `${place}: expected a checkpoint that the key of this site signed, found one that it did not sign`,
        'Bring the signing key back from its copy; if it was lost, `oubli migrate` has made another one, which fits no older log. With the right key, `oubli audit verify` says whether the file was changed.',
      )
    case 'fewer':
      return new OubliError(
        'refused',
        'E_DATABASE_OLDER',
        `${place}: expected a database with the ${found.outside} entries that were signed, found ${found.here}: it is older than its log, as after a restored backup`,
        'Keep the site closed. `oubli replay` shows who came back with it; docs/restore.md says what to do first.',
      )
  }
}

/** A replay would mix two pasts. */
export function anotherHistory(place: string, index: number): OubliError {
  return new OubliError(
    'refused',
    'E_ANOTHER_HISTORY',
    `${place}: expected the entry at ${index} that was signed, found another one in the database: the two have different pasts`,
    '`oubli audit verify` says more. Restore a backup of this very site, or point evidence.folder at the log of this database; no replay mends it.',
  )
}
