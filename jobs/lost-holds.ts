/** Looks for the rows of the active holds. */
import { keyFromText } from '../base/subject-ref.ts'
import { namedByHolds } from '../db/own/holds.ts'
import { readColumns } from '../db/site/rows.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { couldTouch, kindsHeldBy, type LostHold } from '../plan/lost-holds.ts'
import { settleMap, type SettledKind } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

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
): Promise<readonly LostHold[]> {
  const held = await namedByHolds(database)
  if (held.length === 0) return []
  const concerned = kindsHeldBy(policies)
  const { kinds } = settleMap(dataMap, schema).map
  const lost: LostHold[] = []
  for (const kind of new Set(held.map((one) => one.kind))) {
    const settled = kinds.get(kind)
    // What no policy takes, this account may not read.
    const isMeant = settled === undefined ? all || couldTouch(dataMap, policies, kind) : concerned.has(kind)
    if (!isMeant) continue
    const own = held.filter((one) => one.kind === kind)
    const here = settled === undefined ? new Set() : await keysHere(database, settled, own)
    lost.push(...own.filter(({ keyText }) => !here.has(keyText)).map(({ id }) => ({ id, kind })))
  }
  return lost
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
