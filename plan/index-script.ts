/** The indexes that are missing, as one script: the most needed first, each with what it will cost. Pure. */
import type { PlanProblem } from './plan-problem.ts'
import type { SiteSchema } from './site-schema.ts'

export interface MissingIndex {
  readonly table: string
  readonly sql: string
  /** A run is refused without it. */
  readonly refuses: boolean
  /** As the server estimates them; null: it does not. */
  readonly rows: number | null
  /** Estimates from the rows alone, for an ordinary disk; null where nobody knows the rows. */
  readonly seconds: number | null
  readonly megabytes: number | null
}

/** Rows that a server sorts into an index in a second, on an ordinary disk with the table in no cache. */
const rowsInASecond = 150_000
/** Of a column of an index, and of what each of its entries carries besides: the primary key and its own head. */
const columnBytes = 10
const entryBytes = 22
/** Pages are not full. */
const fill = 0.7

export function missingIndexes(
  problems: readonly PlanProblem[],
  schema: SiteSchema,
): readonly MissingIndex[] {
  const bySql = new Map<string, MissingIndex>()
  for (const { code, table, params, refuses } of problems) {
    const sql = params['sql']
    if (!code.endsWith('_INDEX_MISSING') || table === null || sql === undefined) continue
    const rows = schema.get(table)?.roughRows ?? null
    const before = bySql.get(sql)
    const columns = columnsOf(sql).length
    bySql.set(sql, {
      ...{ table, sql, rows, refuses: refuses || before?.refuses === true },
      seconds: rows === null ? null : Math.max(1, Math.ceil(rows / rowsInASecond)),
      megabytes:
        rows === null
          ? null
          : Math.max(1, Math.ceil((rows * (columns * columnBytes + entryBytes)) / fill / 2 ** 20)),
    })
  }
  const all = [...bySql.values()]
  return all
    .filter((one) => !all.some((other) => other !== one && servesAlso(other, one)))
    .map((one) => ({
      ...one,
      refuses: one.refuses || all.some((other) => other.refuses && servesAlso(one, other)),
    }))
    .sort(
      (a, b) =>
        Number(b.refuses) - Number(a.refuses) || (b.rows ?? 0) - (a.rows ?? 0) || (a.sql < b.sql ? -1 : 1),
    )
}

/** An index that begins with the columns of another serves where that one would. */
function servesAlso(longer: MissingIndex, shorter: MissingIndex): boolean {
  if (longer.table !== shorter.table) return false
  const [long, short] = [columnsOf(longer.sql), columnsOf(shorter.sql)]
  return long.length > short.length && short.every((column, i) => long[i] === column)
}

function columnsOf(sql: string): readonly string[] {
  const [, list = ''] = /\(([^()]*)\)/.exec(sql) ?? []
  return list.split(', ')
}

/** Lines to read and to run; a comment before each statement. `sqlite`: what is said there of locks. */
export function indexScript(missing: readonly MissingIndex[], sqlite: boolean): readonly string[] {
  if (missing.length === 0) return ['-- No index is missing.']
  const seconds = missing.reduce((sum, one) => sum + (one.seconds ?? 0), 0)
  const megabytes = missing.reduce((sum, one) => sum + (one.megabytes ?? 0), 0)
  return [
    `-- ${missing.length} index(es), the most needed first. All figures are estimates from the number of rows:`,
    `-- about ${seconds} s and ${megabytes} MB in all on an ordinary disk, several times as long on a slow or busy one.`,
    ...(sqlite
      ? ['-- SQLite writes an index in one transaction: nobody else writes meanwhile.']
      : [
          '-- The site reads and writes on meanwhile (LOCK=NONE). Each statement waits at its begin and at its end for',
          '-- open transactions on the table, and whoever comes then waits behind it: choose a quiet hour, and',
          '-- SET lock_wait_timeout = 5 first, so that it gives up rather than hold the site. Replicas run it afterwards',
          '-- and fall behind by its time. The disk needs the space twice until it is done.',
        ]),
    ...missing.flatMap((one) => [
      '',
      `-- ${one.table}: ${figures(one)}${one.refuses ? '; a run is refused without it' : '; the table is small, it can wait'}`,
      `${one.sql};`,
    ]),
  ]
}

function figures({ rows, seconds, megabytes }: MissingIndex): string {
  if (rows === null) return 'nobody knows how many rows'
  return `about ${rows} rows, ${seconds ?? 0} s, ${megabytes ?? 0} MB (estimate)`
}
