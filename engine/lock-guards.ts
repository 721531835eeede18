/**
 * Locks on parents by the indexes in which the server looks for them when a child is added. A row that was found by its
 * primary key is locked there alone: a foreign key to another unique column would not wait for us, and somebody who
 * comes back would be erased with the row that says so.
 */
import { keyText, type Key } from '../base/subject-ref.ts'
import type { Dialect, Session } from '../db/session.ts'
import { lockRows, type FoundRow } from '../db/site/rows.ts'
import type { CompiledPolicy, KeyColumn } from '../plan/compiled.ts'
import { assertCount } from './count.ts'

/** `name`: the step whose rows these are; null: the roots. Without waiting, as everything that is locked. */
export async function lockGuards(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  name: string | null,
  parents: readonly FoundRow[],
): Promise<void> {
  const table = name === null ? policy.table : policy.steps.find((step) => step.name === name)?.table
  for (const { key, index } of guardsOf(policy, name)) {
    const keys = keysOf(parents, key)
    if (keys.length === 0 || table === undefined) continue
    const locked = await lockRows(session, dialect, { table, key, keyIndex: index }, keys, 'refuse')
    // The rows are locked by their key, so they are there; one that was not found by its own value is not guarded.
    assertCount(table, keys.length, new Set(locked.map(keyText)).size)
  }
}

interface Guard {
  readonly key: readonly KeyColumn[]
  readonly index: string
}

/** Each index once. That of their own key has locked the roots already. */
function guardsOf({ steps, keyIndex }: CompiledPolicy, name: string | null): readonly Guard[] {
  const guards = new Map<string, Guard>()
  for (const { from, join } of steps) {
    if (from !== name || join.guard === undefined) continue
    const { key, indexes } = join.guard
    const columns = key.map((column) => column.name)
    for (const index of indexes)
      if (name !== null || index !== keyIndex) guards.set(keyText([index, ...columns]), { key, index })
  }
  return [...guards.values()]
}

/** Distinct; to a row with NULL among them nothing refers. */
function keysOf(parents: readonly FoundRow[], key: readonly KeyColumn[]): readonly Key[] {
  const keys = new Map<string, Key>()
  for (const { columns } of parents) {
    const values = key.map(({ name }) => columns[name] ?? null).filter((value) => value !== null)
    if (values.length === key.length) keys.set(keyText(values), values)
  }
  return [...keys.values()]
}
