/**
 * Columns that a live foreign key leads to. A change there changes rows of the other table unseen, without lock and
 * evidence (ON UPDATE CASCADE), or is refused by the server in the middle of a run.
 */
import type { RootAct, Step } from './compiled.ts'
import { tell, type Findings } from './plan-problem.ts'
import type { ForeignKey, SiteSchema } from './site-schema.ts'

export function keyTo(schema: SiteSchema, table: string, column: string): ForeignKey | null {
  const name = column.toLowerCase()
  for (const { foreignKeys } of schema.values())
    for (const key of foreignKeys)
      if (key.toTable === table && key.toColumns.some((one) => one.toLowerCase() === name)) return key
  return null
}

/** Whatever the rows that refer to it do in the same transaction: nobody sees here whether all of them go. */
export function refuseReferred(
  schema: SiteSchema,
  root: string,
  act: RootAct | null,
  steps: readonly Step[],
  findings: Findings,
): void {
  const own = act === null ? [] : changedBy(act).map((column) => ({ table: root, column }))
  const below = steps.flatMap((step) => writtenBy(step).map((column) => ({ table: step.table, column })))
  for (const { table, column } of [...own, ...below]) {
    const key = keyTo(schema, table, column)
    if (key !== null) tellReferred(findings, 'E_REFERRED_COLUMN', { table, column, key })
  }
}

export function tellReferred(
  findings: Findings,
  code: 'E_REFERRED_COLUMN' | 'W_REFERRED_COLUMN',
  { table, column, key }: { readonly table: string; readonly column: string; readonly key: ForeignKey },
): void {
  const params = { key: key.name, from: `${key.table} (${key.columns.join(', ')})` }
  tell(findings, code, { table, column, params })
}

function changedBy({ changes, done }: RootAct): readonly string[] {
  const written = changes.map(({ column }) => column)
  return done === null || done === 'own' ? written : [...written, done.column]
}

function writtenBy({ then, join, nullFirst, selfReference }: Step): readonly string[] {
  const emptied = selfReference?.nullable === true ? [...nullFirst, selfReference.column] : nullFirst
  switch (then.act) {
    case 'erase':
    case 'archive':
      return emptied
    case 'detach':
      return [...emptied, ...join.columns.map(({ own }) => own)]
    case 'anonymise': {
      const written = then.changes.map(({ column }) => column)
      return then.done === null ? [...emptied, ...written] : [...emptied, ...written, then.done]
    }
  }
}
