/**
 * Whether a lock on a parent holds back new children of a foreign key. The server looks for the parent of a new child in
 * one index and waits for locks on that index alone: the primary key, where the key refers to its first columns, or
 * another one, on which a row that was found by its primary key is not locked.
 */
import type { Join, KeyColumn } from './compiled.ts'
import { columnOf, type ForeignKey, type Index, type Table } from './site-schema.ts'

/** How a parent is locked against new children beside its primary key; null: the lock on that one is enough. */
export function guardOf(above: Table, { toColumns }: ForeignKey): NonNullable<Join['guard']> | null {
  if (beginsWith(above.primaryKey, toColumns)) return null
  const key = toColumns.map((name): KeyColumn => {
    return { name, family: columnOf(above, name)?.family ?? 'other' }
  })
  // Which of several it is, is not told; and each of them ends with the columns of the primary key, unsaid.
  const serves = ({ columns }: Index): boolean => beginsWith([...columns, ...above.primaryKey], toColumns)
  const hidden = above.unusedIndexes?.some(serves) === true
  const names = above.indexes.filter(serves).map(({ name }) => name)
  return { key, indexes: hidden || !names.every(isNameable) ? [] : names }
}

/** A hint can carry it. */
function isNameable(index: string): boolean {
  return /^[^`?\p{Cc}]+$/u.test(index)
}

/** Without a foreign key, or where its index is none that statements can use, gaps have to be locked as well. */
export function isHeldBack({ enforced, guard }: Pick<Join, 'enforced' | 'guard'>): boolean {
  return enforced && guard?.indexes.length !== 0
}

function beginsWith(columns: readonly string[], first: readonly string[]): boolean {
  return first.every((name, i) => columns[i] === name)
}
