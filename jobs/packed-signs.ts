/** Looks for signs of life that no name of a column speaks of: a bounded sample of what hangs on the people. Reads only. */
import { unlessDenied } from '../db/denied.ts'
import { sampleTable } from '../db/site/sample-shapes.ts'
import { wayOf, type Sign } from '../engine/contradictions.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { wantedOf } from '../plan/draft/build.ts'
import { packedTrails, packingsOf, sampledColumns, type Packing, type Sampled } from '../plan/packed-signs.ts'
import type { SettledMap } from '../plan/settled-map.ts'
import type { Trail } from '../plan/signs-of-life.ts'
import type { JobContext } from './context.ts'

export async function packedSigns(
  { database }: Pick<JobContext, 'database'>,
  map: SettledMap,
  policy: CompiledPolicy,
): Promise<{ readonly trails: readonly Trail[]; readonly denied: readonly Sign[] }> {
  const sampled = new Map<string, Sampled | null>()
  const denied = new Map<string, Sign>()
  for (const { way, packing } of packingsOf(map, policy)) {
    const { table, column, pair, told } = packing
    const id = JSON.stringify([table.name, column, pair])
    if (!sampled.has(id)) sampled.set(id, await unlessDenied(() => sampleOf(packing)))
    if (sampled.get(id) === null && told)
      denied.set(JSON.stringify([table.name, column]), {
        ...{ ...wayOf(way), column, basis: 'no right', people: 0, years: {} },
      })
  }
  const found = [...sampled.values()].filter((one) => one !== null)
  return { trails: packedTrails(map, policy, found), denied: [...denied.values()] }

  async function sampleOf(packing: Packing): Promise<Sampled> {
    const { table } = packing
    const read = sampledColumns(packing)
    const part = { ...table, columns: table.columns.filter(({ name }) => read.includes(name)) }
    const wanted = wantedOf(map.schema, table)
    return { packing, sample: await sampleTable(database, database.dialect, part, wanted) }
  }
}
