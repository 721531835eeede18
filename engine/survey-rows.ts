/** Counts the rows that would leave or change with people who are due, table by table. Reads only. */
import { keyText, type Key } from '../base/subject-ref.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { collect, TooHeavy, type Collected } from './collect.ts'
import type { EnginePorts } from './ports.ts'
import { verbs } from './write.ts'

/** Table → act → rows. */
export type RowCounts = Record<string, Record<string, number>>

const stepActs = {
  erase: 'erased',
  archive: 'archived',
  anonymise: 'anonymised',
  detach: 'detached',
} as const

export async function countRows(
  ports: EnginePorts,
  policy: CompiledPolicy,
  due: readonly Key[],
  tables: RowCounts,
): Promise<void> {
  addCount(tables, policy.table, verbs[policy.act.act], due.length)
  if (policy.steps.length > 0) await countBelow(ports, policy, due, new Set(due.map(keyText)), tables)
}

/** Whoever alone has more rows than a transaction may touch is set aside by a run: none of them would go. */
async function countBelow(
  ports: EnginePorts,
  policy: CompiledPolicy,
  keys: readonly Key[],
  leaving: ReadonlySet<string>,
  tables: RowCounts,
): Promise<void> {
  const collected = await collectOrNull(ports, policy, keys)
  if (collected === null) {
    const half = Math.ceil(keys.length / 2)
    if (keys.length > 1)
      for (const part of [keys.slice(0, half), keys.slice(half)])
        await countBelow(ports, policy, part, leaving, tables)
    return
  }
  for (const step of policy.steps) {
    const rows = (collected.get(step.name) ?? []).filter(
      (row) => step.table !== policy.table || !leaving.has(keyText(row.key)),
    )
    if (rows.length > 0) addCount(tables, step.table, stepActs[step.then.act], rows.length)
  }
}

/** Null: more than can be held at once. */
async function collectOrNull(
  ports: EnginePorts,
  policy: CompiledPolicy,
  keys: readonly Key[],
): Promise<Collected | null> {
  try {
    return await collect(ports, ports.database, policy, keys)
  } catch (error) {
    if (error instanceof TooHeavy) return null
    throw error
  }
}

export function addCount(tables: RowCounts, table: string, act: string, rows: number): void {
  const ofTable = (tables[table] ??= {})
  ofTable[act] = (ofTable[act] ?? 0) + rows
}
