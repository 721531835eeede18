/** Deletes rows that refer to each other inside one table. */
import { keyText, type Key } from '../base/subject-ref.ts'
import type { Dialect, Session } from '../db/session.ts'
import { deleteRows, updateRows } from '../db/site/destroy.ts'
import { readInnerParents } from '../db/site/inner-parents.ts'
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
  const refers = await readInnerParents(tx, dialect, step, reference, keys)
  let left = new Map(keys.map((key) => [keyText(key), key]))
  while (left.size > 0) {
    const referred = new Set(
      refers.filter(([child, parent]) => child !== parent && left.has(child)).map(([, parent]) => parent),
    )
    const leaves = new Map([...left].filter(([text]) => !referred.has(text)))
    if (leaves.size === 0) assertCount(step.table, left.size, 0)
    assertCount(step.table, leaves.size, await deleteRows(tx, dialect, step, [...leaves.values()], null))
    left = new Map([...left].filter(([text]) => !leaves.has(text)))
  }
}
