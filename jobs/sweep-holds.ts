/**
 * Released holds on rows that the site itself deleted, and on people of whom only a row without a name is left since
 * before holds went with the act: nobody else takes them away, and they say whose case it was.
 */
import { keyFromText } from '../base/subject-ref.ts'
import { forgetHolds, keysReleased } from '../db/own/holds.ts'
import { readColumns } from '../db/site/rows.ts'
import { keysDone } from '../engine/done-keys.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { kindsHeldBy } from '../plan/lost-holds.ts'
import { settleMap } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

const page = 500

/** What the act itself takes away in its own transaction. */
function leavesNameless({ subject, act }: CompiledPolicy): boolean {
  return subject && act.act === 'anonymise'
}

/** Of kinds that this account may read: people, and what a policy takes. */
export async function sweepHolds(
  ctx: Pick<JobContext, 'database' | 'ports'>,
  { dataMap, schema, plan }: Prepared,
): Promise<void> {
  const { database } = ctx
  const taken = kindsHeldBy(plan.policies)
  for (const [name, { kind, table, key }] of settleMap(dataMap, schema).map.kinds) {
    if (!kind.subject && !taken.has(name)) continue
    const nameless = plan.policies.filter((policy) => policy.kind === name && leavesNameless(policy))
    for (let after: string | null = null; ;) {
      const texts: readonly string[] = await keysReleased(database, name, after, page)
      after = texts.at(-1) ?? null
      if (after === null) break
      const keys = texts.map(keyFromText).filter(({ length }) => length === key.length)
      const rows = await readColumns(database, database.dialect, { table: table.name, key }, keys, [])
      const here = new Set(rows.map(({ root }) => root))
      const there = rows.map((row) => row.key)
      for (const policy of nameless)
        for (const text of await keysDone(ctx.ports, database, policy, there)) here.delete(text)
      await forgetHolds(
        database,
        name,
        texts.filter((text) => !here.has(text)),
      )
    }
  }
}
