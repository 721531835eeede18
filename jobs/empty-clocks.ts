/**
 * A clock that chooses among rows by a word (`meta_key: last_login`), or in JSON by a key, reads nothing where the word
 * is wrong, and would call everybody silent. A word that stands in no row at all refuses the policy.
 */
import { unlessDenied } from '../db/denied.ts'
import type { Database } from '../db/session.ts'
import { hasValue } from '../db/site/clock-values.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { findingsFor, tell, type PlanProblem } from '../plan/plan-problem.ts'

export async function emptyClocks(
  database: Database,
  policies: readonly CompiledPolicy[],
): Promise<readonly PlanProblem[]> {
  const problems: PlanProblem[] = []
  for (const { policy, clock, table: own } of policies) {
    const findings = findingsFor(policy.id)
    for (const [i, source] of clock.sources.entries()) {
      const { column, path = '' } = source.clock
      if (path === '' && clock.event.latestOf[i]?.where === undefined) continue
      const last = source.joins.at(-1)
      const place = { table: last?.table ?? own, column, where: last?.where ?? [] }
      const key = path.split('.').at(-1) ?? ''
      // Without the right to look, the run itself says so.
      const found = await unlessDenied(() =>
        hasValue(database, database.dialect, { ...place, key: key === '' ? null : key }),
      )
      const where = place.where.map((one) => `${one.column} = ${one.value}`).join(', ')
      if (found === false) tell(findings, 'E_CLOCK_EMPTY', { ...place, params: { where, path } })
    }
    problems.push(...findings.problems)
  }
  return problems
}
