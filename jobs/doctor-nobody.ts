/** Rows that hang on nobody, or are of no kind: no policy reaches them, the plan looks whole, and they would stay for ever. */
import { countLedNowhere } from '../db/site/led-nowhere.ts'
import { countOtherWords, wordsText } from '../db/site/other-words.ts'
import { ledOnly } from '../plan/nobody.ts'
import { wordedTables } from '../plan/unnamed.ts'
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
    const count = counted(rows)
    checks.push({
      name: 'gap',
      result: 'warning',
      text:
        `${led.table}.${own}: ${count} of ${led.kind} lead to nobody, so no policy of ${led.above} reaches them. ` +
        `Write a policy for ${led.kind} (data: ${led.kind}), or say in the data map why they may stay:\n` +
        `kinds:\n  ${led.kind}:\n    exempt: { ${led.join.columns[0]?.own ?? own}: … }`,
    })
  }
  return [...checks, ...(await wordChecks(database, dataMap, schema))]
}

/** The words themselves are not told: they are values of the site's rows. */
async function wordChecks(
  database: JobContext['database'],
  dataMap: Prepared['dataMap'],
  schema: Prepared['schema'],
): Promise<readonly GapCheck[]> {
  const checks: GapCheck[] = []
  for (const worded of wordedTables(dataMap, schema)) {
    const { table, column, kinds } = worded
    const rows = await countOtherWords(database, database.dialect, worded, most)
    if (rows === 0) continue
    checks.push({
      name: 'gap',
      result: 'warning',
      text:
        `${table.name}.${column}: ${counted(rows)} have a word that no kind names, so no policy reaches them. ` +
        `See which: ${wordsText(database.dialect, worded)}. Add a kind for each word ` +
        `whose rows are about people, then say in the data map why the others may stay:\n` +
        `kinds:\n  ${kinds[0] ?? table.name}:\n    exempt: { ${column}: … }`,
    })
  }
  return checks
}

function counted(rows: number): string {
  return rows < most ? `${rows} row(s)` : `${most} rows or more`
}
