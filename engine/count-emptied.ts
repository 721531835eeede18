/** Counts, under lock, the links that the server is about to empty by itself in rows that stay. */
import { keyText } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import { findRows, type FoundRow, type Reading } from '../db/site/rows.ts'
import type { CompiledPolicy, Step } from '../plan/compiled.ts'
import { rowBudget, TooHeavy, type Collected } from './collect.ts'
import type { EnginePorts } from './ports.ts'

export interface Emptied {
  readonly step: Step
  readonly rows: readonly FoundRow[]
}

/** Before rows of `from` go (null: the root's): whatever leads to them still is not ours to write. */
export async function findEmptied(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  collected: Collected,
  from: string | null,
  reading: Reading,
): Promise<readonly Emptied[]> {
  const all: Emptied[] = []
  const parents = collected.get(from ?? '') ?? []
  const parent = policy.steps.find((step) => step.name === from)?.table ?? policy.table
  for (const step of policy.emptied ?? []) {
    if (step.from !== from || parents.length === 0) continue
    const families = step.join.columns.map(() => 'other' as const)
    const wanted = { columns: [], families, limit: rowBudget, reading, parent }
    const rows = await findRows(session, ports.database.dialect, step, parents, wanted)
    if (rows.length > rowBudget) throw new TooHeavy()
    all.push({ step, rows })
  }
  return all
}

/** For a plan, where nothing is gone yet: rows that leave themselves are told apart by their keys. */
export async function emptiedIn(
  ports: EnginePorts,
  policy: CompiledPolicy,
  collected: Collected,
): Promise<readonly Emptied[]> {
  const all: Emptied[] = []
  for (const from of new Set((policy.emptied ?? []).map((step) => step.from)))
    all.push(...(await findEmptied(ports, ports.database, policy, collected, from, 'look')))
  return all.map(({ step, rows }) => {
    const going = policy.steps.filter(({ table, then }) => table === step.table && goes.includes(then.act))
    const keys = new Set(
      going.flatMap(({ name }) => (collected.get(name) ?? []).map(({ key }) => keyText(key))),
    )
    return { step, rows: rows.filter(({ key }) => !keys.has(keyText(key))) }
  })
}

const goes: readonly Step['then']['act'][] = ['erase', 'archive']
