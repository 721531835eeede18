/** Looks for the rows of the active holds. */
import { OubliError } from '../base/errors.ts'
import { keyFromText } from '../base/subject-ref.ts'
import { heldKinds, namedByHolds } from '../db/own/holds.ts'
import { everInForce } from '../db/own/terms.ts'
import { readColumns } from '../db/site/rows.ts'
import { tablesIn } from '../plan/acting-terms.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { couldTouch, holdNames, kindsHeldBy, type LostHold } from '../plan/lost-holds.ts'
import { settleMap, type SettledKind } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

interface LookedFor extends LostHold {
  /** Its kind is not in the data map, or not as the database has it: nobody can look for its row. */
  readonly unread: boolean
}

/**
 * Holds are matched by kind and key. A key that the site changed, or a kind that was renamed, leaves one that looks
 * active and spares nobody. Given are those that may be meant for rows of these policies, for `all` every one; of a
 * kind that the data map does not have nobody can say whose rows it named.
 */
export async function lostHolds(
  { database }: Pick<JobContext, 'database'>,
  { dataMap, schema }: Pick<Prepared, 'dataMap' | 'schema'>,
  policies: readonly CompiledPolicy[],
  all = false,
): Promise<readonly LookedFor[]> {
  const held = await heldKinds(database)
  if (held.size === 0) return []
  const concerned = kindsHeldBy(policies)
  const { kinds } = settleMap(dataMap, schema).map
  const acted = new Set((await everInForce(database)).flatMap(tablesIn))
  const site = { dataMap, settled: kinds, schema, acted }
  const lost: LookedFor[] = []
  for (const kind of held) {
    const settled = kinds.get(kind)
    // What no policy takes, this account may not read.
    const unread = settled === undefined
    const isMeant = unread ? all || couldTouch(site, policies, kind) : concerned.has(kind)
    if (!isMeant) continue
    const own = await namedByHolds(database, kind)
    const here = unread ? new Set() : await keysHere(database, settled, own)
    lost.push(...own.filter(({ keyText }) => !here.has(keyText)).map(({ id }) => ({ id, kind, unread })))
  }
  return lost
}

/**
 * Throws a `refused` error `E_HOLD_UNREAD`: whoever approves a plan under which a held person may go by another kind must
 * not learn of it from the run.
 */
export async function refuseUnreadHolds(
  ctx: Pick<JobContext, 'database'>,
  prepared: Pick<Prepared, 'dataMap' | 'schema'>,
  policies: readonly CompiledPolicy[],
): Promise<void> {
  const unread = (await lostHolds(ctx, prepared, policies)).filter((one) => one.unread)
  if (unread.length === 0) return
  throw new OubliError(
    'refused',
    'E_HOLD_UNREAD',
    `nobody can say whom ${unread.length} active hold(s) protect: ${holdNames(unread)}. The data map has no such kind, or not as the database has it: their rows may lie in another table by now`,
    'Nothing was approved. Bring the name or the table of the kind back, or `oubli hold add` for the same person under the new kind, then `oubli hold release ID`. A hold for somebody who is really gone: release it.',
  )
}

async function keysHere(
  database: JobContext['database'],
  { table, key }: SettledKind,
  held: readonly { readonly keyText: string }[],
): Promise<ReadonlySet<string>> {
  const keys = held.map(({ keyText }) => keyFromText(keyText)).filter((one) => one.length === key.length)
  const rows = await readColumns(database, database.dialect, { table: table.name, key }, keys, [])
  return new Set(rows.map(({ root }) => root))
}
