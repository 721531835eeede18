/**
 * A clock that chooses among rows by a word (`meta_key: last_login`), or in JSON by a key, reads nothing where the word
 * is wrong, and would call everybody silent. A word or a place at which no time can be read refuses the policy.
 */
import { unlessDenied } from '../db/denied.ts'
import type { Database } from '../db/session.ts'
import { holdsTelling } from '../db/site/clock-values.ts'
import { saidBy } from '../plan/clock-reading.ts'
import { decodeTime } from '../plan/clock-value.ts'
import type { ClockColumn, CompiledPolicy } from '../plan/compiled.ts'
import { findingsFor, tell, type PlanProblem } from '../plan/plan-problem.ts'
import type { Table } from '../plan/site-schema.ts'

export async function emptyClocks(
  database: Database,
  policies: readonly CompiledPolicy[],
  schema: ReadonlyMap<string, Table>,
): Promise<readonly PlanProblem[]> {
  const problems: PlanProblem[] = []
  for (const { policy, clock, table: own } of policies) {
    const findings = findingsFor(policy.id)
    for (const [i, source] of clock.sources.entries()) {
      const { column, path = '' } = source.clock
      const last = source.joins.at(-1)
      const table = schema.get(last?.table ?? own)
      if (path === '' && clock.event.latestOf[i]?.where === undefined) continue
      if (table === undefined) continue
      const where = last?.where ?? []
      // Without the right to look, the run itself says so.
      const found = await unlessDenied(() =>
        holdsTelling(
          database,
          database.dialect,
          { table, clock: source.clock, where, word: wordOf(path) },
          (raw) => tellsTime(raw, source.clock),
        ),
      )
      const chosen = where.map((one) => `${one.column} = ${one.value}`).join(', ')
      if (found === false)
        tell(findings, 'E_CLOCK_EMPTY', { table: table.name, column, params: { where: chosen, path } })
    }
    problems.push(...findings.problems)
  }
  return problems
}

/** The last key as JSON writes it; null: none, or one that it may write in several ways. */
function wordOf(path: string): string | null {
  const key = path.split('.').at(-1) ?? ''
  return /^[\w-]+$/.test(key) ? JSON.stringify(key) : null
}

function tellsTime(raw: string, clock: ClockColumn): boolean {
  const said = saidBy(raw, clock)
  return said !== null && !clock.never.includes(said) && decodeTime(said, clock) !== null
}
