/** Writes one collected batch: references first, then leaves, then the root. Every count is asserted. */
import type { Instant } from '../base/clock.ts'
import { keyText, type Key } from '../base/subject-ref.ts'
import type { Session, SqlValue, Statement } from '../db/session.ts'
import { markDone } from '../db/own/done.ts'
import { copyRows, deleteRows, updateRows } from '../db/site/destroy.ts'
import { bind } from '../db/site/match.ts'
import { readColumns, type FoundRow, type Keyed } from '../db/site/rows.ts'
import type { ColumnChange, CompiledPolicy, Step } from '../plan/compiled.ts'
import { isConstant, newValue, type NewValue } from '../plan/strategy.ts'
import { verbs } from '../plan/verbs.ts'
import { deleteLeafFirst } from './self-reference.ts'
import { rowBudget, uncounted, type Collected } from './collect.ts'
import { assertCount } from './count.ts'
import { deleteDirectly } from './delete-directly.ts'
import { directSteps } from './direct-steps.ts'
import type { EnginePorts } from './ports.ts'
import { addRows, type Sums } from './tally.ts'

/** Root (key text) → what left with it. */
export type Counts = Map<string, Sums>

export async function writeSteps(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  collected: Collected,
  now: Instant,
  counts: Counts,
  countFirst: boolean,
): Promise<void> {
  for (const step of policy.steps) {
    const rows = collected.get(step.name) ?? []
    if (rows.length === 0 || step.nullFirst.length === 0) continue
    await setAll(ports, tx, step, rows, Object.fromEntries(step.nullFirst.map((column) => [column, null])))
  }
  const direct = directSteps(ports.database.dialect, policy)
  const most = countFirst ? rowBudget : uncounted
  let budget = most - [...collected.values()].reduce((sum, rows) => sum + rows.length, 0)
  let first = true
  for (const step of policy.steps) {
    const rows = collected.get(step.name) ?? []
    if (direct.has(step.name)) {
      const roots = collected.get('') ?? []
      const gone = await deleteDirectly(ports, tx, policy, step, roots, now, { budget, countFirst })
      budget -= gone.length
      tally(counts, gone, step.table, verbs.erase)
    } else {
      if (rows.length === 0) continue
      await writeStep(ports, tx, step, rows, now, counts)
    }
    if (first) await ports.point('first write done')
    first = false
  }
}

async function writeStep(
  ports: EnginePorts,
  tx: Session,
  step: Step,
  rows: readonly FoundRow[],
  now: Instant,
  counts: Counts,
): Promise<void> {
  const keys = rows.map((row) => row.key)
  const { then } = step
  switch (then.act) {
    case 'erase':
      await deleteStep(ports, tx, step, keys)
      tally(counts, rows, step.table, verbs[then.act])
      return
    case 'detach':
      await setAll(ports, tx, step, rows, Object.fromEntries(step.join.columns.map(({ own }) => [own, null])))
      tally(counts, rows, step.table, verbs[then.act])
      return
    case 'anonymise':
      await change(
        ports,
        tx,
        step,
        keys,
        then.changes,
        then.done === null ? {} : { [then.done]: sqlTime(now) },
        null,
      )
      tally(counts, rows, step.table, verbs[then.act])
      return
    case 'archive':
      assertCount(step.table, keys.length, await copyRows(tx, ports.database.dialect, step, keys, then))
      await deleteStep(ports, tx, step, keys)
      tally(counts, rows, step.table, verbs[then.act])
      return
  }
}

async function deleteStep(ports: EnginePorts, tx: Session, step: Step, keys: readonly Key[]): Promise<void> {
  const { dialect } = ports.database
  if (step.selfReference !== null) {
    await deleteLeafFirst(tx, dialect, step, step.selfReference, keys)
    return
  }
  assertCount(step.table, keys.length, await deleteRows(tx, dialect, step, keys, null))
}

async function setAll(
  ports: EnginePorts,
  tx: Session,
  target: Keyed,
  rows: readonly FoundRow[],
  columns: Readonly<Record<string, SqlValue>>,
): Promise<void> {
  const keys = rows.map((row) => row.key)
  assertCount(
    target.table,
    keys.length,
    await updateRows(tx, ports.database.dialect, target, keys, columns, null),
  )
}

/** The root itself; `still` is the policy's own predicate, repeated in the statement. */
export async function writeRoot(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
  still: Statement | null,
  now: Instant,
  counts: Counts,
): Promise<void> {
  const { dialect } = ports.database
  const { act } = policy
  const roots = keys.map((key) => ({ root: keyText(key) }))
  switch (act.act) {
    case 'archive':
      if (act.archive === null) throw new Error('an archive step knows its table')
      assertCount(policy.table, keys.length, await copyRows(tx, dialect, policy, keys, act.archive))
      assertCount(policy.table, keys.length, await deleteRows(tx, dialect, policy, keys, still))
      tally(counts, roots, policy.table, verbs[act.act])
      return
    case 'erase':
      assertCount(policy.table, keys.length, await deleteRows(tx, dialect, policy, keys, still))
      tally(counts, roots, policy.table, verbs[act.act])
      return
    case 'anonymise':
    case 'withdraw consent':
    case 'truncate fields': {
      const mark = act.done !== null && act.done !== 'own' ? { [act.done.column]: sqlTime(now) } : {}
      await change(ports, tx, policy, keys, act.changes, mark, still)
      if (act.done === 'own')
        assertCount(policy.table, keys.length, await markDone(tx, dialect, policy, keys, now))
      tally(counts, roots, policy.table, verbs[act.act])
      return
    }
  }
}

/** Applies strategies. Rows whose new values depend on the row are written one by one; they are locked. */
async function change(
  ports: EnginePorts,
  tx: Session,
  target: Keyed,
  keys: readonly Key[],
  changes: readonly ColumnChange[],
  mark: Readonly<Record<string, SqlValue>>,
  still: Statement | null,
): Promise<void> {
  const { dialect } = ports.database
  const effective = changes.filter((one) => one.strategy.strategy !== 'keep')
  const constants = Object.fromEntries(
    effective.filter(isConstant).map((one) => [one.column, bound(one, newValue(one, null, ''))]),
  )
  const varying = effective.filter((one) => !isConstant(one))
  if (varying.length === 0) {
    assertCount(
      target.table,
      keys.length,
      await updateRows(tx, dialect, target, keys, { ...constants, ...mark }, still),
    )
    return
  }
  const rows = await readColumns(
    tx,
    dialect,
    target,
    keys,
    varying.map((one) => one.column),
  )
  assertCount(target.table, keys.length, rows.length)
  for (const row of rows) {
    const own = varying.map((one) => {
      const value = newValue(one, row.columns[one.column] ?? null, hex(ports.random(16)))
      return [one.column, bound(one, value)] as const
    })
    const matched = await updateRows(
      tx,
      dialect,
      target,
      [row.key],
      { ...constants, ...Object.fromEntries(own), ...mark },
      still,
    )
    assertCount(target.table, 1, matched)
  }
}

function bound({ family }: ColumnChange, value: NewValue): SqlValue {
  return value === null ? null : bind(value, family)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** How a mark of ours is written into a DATETIME or TIMESTAMP column of the site: UTC, whole seconds. */
export function sqlTime(now: Instant): string {
  return new Date(now).toISOString().slice(0, 19).replace('T', ' ')
}

function tally(counts: Counts, rows: readonly { readonly root: string }[], table: string, act: string): void {
  for (const { root } of rows) {
    const ofRoot = counts.get(root) ?? new Map<string, Map<string, number>>()
    addRows(ofRoot, table, act, 1)
    counts.set(root, ofRoot)
  }
}
