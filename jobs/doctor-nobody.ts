/** Rows that hang on nobody and that no policy reaches: the plan looks whole, and they would stay for ever. */
import { countLedNowhere } from '../db/site/led-nowhere.ts'
import { ledOnly } from '../plan/nobody.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

/** Counted up to this many; more would tell nobody more. */
const most = 1000

interface GapCheck {
  readonly name: 'gap'
  readonly result: 'warning'
  readonly text: string
}

export async function nobodyChecks(
  { database }: Pick<JobContext, 'database'>,
  { plan, policies, dataMap, schema }: Prepared,
): Promise<readonly GapCheck[]> {
  const checks: GapCheck[] = []
  for (const led of ledOnly(plan.policies, policies, dataMap)) {
    const table = schema.get(led.table)
    const rows = table === undefined ? 0 : await countLedNowhere(database, database.dialect, table, led, most)
    if (rows === 0) continue
    const own = led.join.columns.map((column) => column.own).join(', ')
    const count = rows < most ? `${rows} row(s)` : `${most} rows or more`
    checks.push({
      name: 'gap',
      result: 'warning',
      text:
        `${led.table}.${own}: ${count} of ${led.kind} lead to nobody, so no policy of ${led.above} reaches them. ` +
        `Write a policy for ${led.kind} (data: ${led.kind}), or say in the data map why they may stay:\n` +
        `kinds:\n  ${led.kind}:\n    exempt: { ${led.join.columns[0]?.own ?? own}: … }`,
    })
  }
  return checks
}
