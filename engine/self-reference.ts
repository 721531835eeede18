/** Deletes rows that refer to each other inside one table. */
import { keyText, type Key } from '../base/subject-ref.ts'
import type { Dialect, Session } from '../db/session.ts'
import { deleteRows, updateRows } from '../db/site/destroy.ts'
import { readColumns } from '../db/site/rows.ts'
import type { Step } from '../plan/compiled.ts'
import { assertCount } from './count.ts'

/**
 * A nullable reference is emptied first. One that may not be NULL is taken from its leaves upwards, because
 * the server checks every row as it goes; rows in a ring cannot be taken at all, and the batch fails.
 */
export async function deleteLeafFirst(
  tx: Session,
  dialect: Dialect,
  step: Step,
  reference: NonNullable<Step['selfReference']>,
  keys: readonly Key[],
): Promise<void> {
  if (reference.nullable) {
    assertCount(
      step.table,
      keys.length,
      await updateRows(tx, dialect, step, keys, { [reference.column]: null }, null),
    )
    assertCount(step.table, keys.length, await deleteRows(tx, dialect, step, keys, null))
    return
  }
  const rows = await readColumns(tx, dialect, step, keys, [reference.column, reference.parent])
  let left = [...rows]
  while (left.length > 0) {
    const referred = new Set(
      left.filter((row) => !toItself(row, reference)).map((row) => row.columns[reference.column]),
    )
    const leaves = left.filter((row) => !referred.has(row.columns[reference.parent] ?? null))
    if (leaves.length === 0) assertCount(step.table, left.length, 0)
    assertCount(
      step.table,
      leaves.length,
      await deleteRows(
        tx,
        dialect,
        step,
        leaves.map((row) => row.key),
        null,
      ),
    )
    const gone = new Set(leaves.map((row) => keyText(row.key)))
    left = left.filter((row) => !gone.has(keyText(row.key)))
  }
}

function toItself(
  row: { readonly columns: Readonly<Record<string, string | null>> },
  reference: { readonly column: string; readonly parent: string },
): boolean {
  return row.columns[reference.column] === row.columns[reference.parent]
}
