/** Counts the rows that would leave or change with people who are due, table by table. Reads only. */
import { keyText, type Key } from '../base/subject-ref.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { collect, leavingWith, rowBudget, TooHeavy, type Collected } from './collect.ts'
import type { EnginePorts } from './ports.ts'
import { verbs } from '../plan/verbs.ts'

/** Table → act → rows. */
export type RowCounts = Record<string, Record<string, number>>

const stepActs = {
  erase: 'erased',
  archive: 'archived',
  anonymise: 'anonymised',
  detach: 'detached',
} as const

/**
 * Table → keys of rows that go with somebody who was counted already. Only of tables to which several links lead, as
 * from a message to its sender and its recipient: any other row has one owner.
 */
export type Gone = ReadonlyMap<string, Set<string>>

/** Some twenty megabytes. What is met when a table has so many is not remembered, and can be counted twice. */
const mostGone = 4 * rowBudget

/** For all calls of one survey. */
export function noneGone({ steps }: Pick<CompiledPolicy, 'steps'>): Gone {
  const tables = steps.map(({ table }) => table)
  const shared = tables.filter((table, i) => tables.indexOf(table) !== i)
  return new Map(shared.map((table) => [table, new Set()]))
}

export async function countRows(
  ports: EnginePorts,
  policy: CompiledPolicy,
  due: readonly Key[],
  tables: RowCounts,
  gone: Gone,
): Promise<void> {
  const apart =
    policy.steps.length === 0
      ? 0
      : await countBelow(ports, policy, due, new Set(due.map(keyText)), tables, gone)
  if (due.length > apart) addCount(tables, policy.table, verbs[policy.act.act], due.length - apart)
}

/**
 * Whoever alone has more rows than a transaction may touch is set aside by a run: none of them would go. Returns how
 * many these are.
 */
async function countBelow(
  ports: EnginePorts,
  policy: CompiledPolicy,
  keys: readonly Key[],
  leaving: ReadonlySet<string>,
  tables: RowCounts,
  gone: Gone,
): Promise<number> {
  const collected = await collectOrNull(ports, policy, keys)
  if (collected === null) {
    if (keys.length === 1) return 1
    const half = Math.ceil(keys.length / 2)
    let apart = 0
    for (const part of [keys.slice(0, half), keys.slice(half)])
      apart += await countBelow(ports, policy, part, leaving, tables, gone)
    return apart
  }
  for (const step of policy.steps) {
    const before = gone.get(step.table)
    const rows = (collected.get(step.name) ?? [])
      .map(({ key }) => keyText(key))
      .filter((key) => (step.table !== policy.table || !leaving.has(key)) && before?.has(key) !== true)
    if (rows.length > 0) addCount(tables, step.table, stepActs[step.then.act], rows.length)
    if (before === undefined || (step.then.act !== 'erase' && step.then.act !== 'archive')) continue
    for (const key of rows.slice(0, Math.max(0, mostGone - before.size))) before.add(key)
  }
  return 0
}

/** Null: more than can be held at once. */
async function collectOrNull(
  ports: EnginePorts,
  policy: CompiledPolicy,
  keys: readonly Key[],
): Promise<Collected | null> {
  try {
    return leavingWith(policy, await collect(ports, ports.database, policy, keys), keys)
  } catch (error) {
    if (error instanceof TooHeavy) return null
    throw error
  }
}

export function addCount(tables: RowCounts, table: string, act: string, rows: number): void {
  const ofTable = (tables[table] ??= {})
  ofTable[act] = (ofTable[act] ?? 0) + rows
}
