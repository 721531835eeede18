/** The least rights that the plan needs, read from the plan itself. */
import type { CompiledPolicy, Join } from './compiled.ts'

export interface TableRights {
  readonly table: string
  /** Columns that are read; every read of a row is by these alone. */
  readonly select: readonly string[]
  readonly update: readonly string[]
  readonly delete: boolean
  /** Columns that are written in new rows (archives). */
  readonly insert: readonly string[]
  /** Whole partitions are dropped. */
  readonly partitions: boolean
}

interface Mutable {
  readonly select: Set<string>
  readonly update: Set<string>
  readonly insert: Set<string>
  delete: boolean
  partitions: boolean
}

/** `people`: columns that tell people apart, also of kinds that no policy rules. */
export function rightsOf(
  policies: readonly CompiledPolicy[],
  people: readonly { readonly table: string; readonly columns: readonly string[] }[] = [],
): readonly TableRights[] {
  const tables = new Map<string, Mutable>()
  const at = (table: string): Mutable => {
    const known = tables.get(table) ?? {
      select: new Set(),
      update: new Set(),
      insert: new Set(),
      delete: false,
      partitions: false,
    }
    tables.set(table, known)
    return known
  }
  for (const policy of policies) {
    root(policy, at(policy.table))
    for (const source of policy.clock.sources) joined(source.joins, policy.table, source.clock.column, at)
    for (const state of policy.states) joined(state.joins, policy.table, state.column, at)
    for (const owner of policy.owners) ownerRights(policy, owner, at)
    for (const step of policy.steps) stepRights(policy, step, at)
    for (const { joins, restricted, except } of policy.below)
      for (const { column } of [...restricted, ...except]) joined(joins, policy.table, column, at)
    archived(policy.act.archive, at)
  }
  for (const { table, columns } of people) for (const column of columns) at(table).select.add(column)
  return [...tables]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, rights]) => ({
      table,
      select: [...rights.select].sort(),
      update: [...rights.update].sort(),
      insert: [...rights.insert].sort(),
      delete: rights.delete,
      partitions: rights.partitions,
    }))
}

type At = (table: string) => Mutable

function root(policy: CompiledPolicy, rights: Mutable): void {
  const tests = [...policy.except, ...policy.restricted, ...policy.canary, ...policy.only].map(
    (test) => test.column,
  )
  const contact =
    policy.contact === null ? [] : [policy.contact.email, policy.contact.name, policy.contact.locale]
  const done = policy.act.done !== null && policy.act.done !== 'own' ? [policy.act.done.column] : []
  const read = [
    ...policy.key.map((key) => key.name),
    ...policy.identity,
    policy.clock.else?.column,
    ...contact,
    ...tests,
    ...done,
  ]
  for (const column of read) if (typeof column === 'string') rights.select.add(column)
  for (const change of policy.act.changes) {
    if (change.strategy.strategy === 'keep') continue
    rights.select.add(change.column)
    rights.update.add(change.column)
  }
  for (const column of done) rights.update.add(column)
  if (policy.act.act === 'erase' || policy.act.act === 'archive') rights.delete = true
  if (policy.dropsPartitions === true) rights.partitions = true
  for (const { from } of policy.act.archive?.columns ?? []) rights.select.add(from)
}

function joined(joins: readonly Join[], table: string, column: string, at: At): void {
  let parent = table
  for (const join of joins) {
    for (const { own, parent: to } of join.columns) {
      at(join.table).select.add(own)
      at(parent).select.add(to)
    }
    for (const { column: constant } of join.where) at(join.table).select.add(constant)
    parent = join.table
  }
  at(parent).select.add(column)
}

function ownerRights(policy: CompiledPolicy, owner: CompiledPolicy['owners'][number], at: At): void {
  let table = policy.table
  for (const hop of owner.hops) {
    for (const { own, parent } of hop.columns) {
      at(table).select.add(own)
      at(hop.table).select.add(parent)
    }
    for (const { column } of hop.where) at(table).select.add(column)
    table = hop.table
  }
  for (const { name } of owner.key) at(owner.table).select.add(name)
  for (const { column } of [...owner.restricted, ...owner.except]) at(owner.table).select.add(column)
}

function stepRights(policy: CompiledPolicy, step: CompiledPolicy['steps'][number], at: At): void {
  const rights = at(step.table)
  const parent = step.from === null ? policy.table : policy.steps.find((one) => one.name === step.from)?.table
  for (const { name } of step.key) rights.select.add(name)
  for (const { own, parent: to } of step.join.columns) {
    rights.select.add(own)
    if (parent !== undefined) at(parent).select.add(to)
    if (step.then.act === 'detach') rights.update.add(own)
  }
  for (const { column } of step.join.where) rights.select.add(column)
  for (const column of step.nullFirst) rights.update.add(column)
  if (step.selfReference !== null) {
    rights.select.add(step.selfReference.column).add(step.selfReference.parent)
    if (step.selfReference.nullable) rights.update.add(step.selfReference.column)
  }
  const { then } = step
  if (then.act === 'erase' || then.act === 'archive') rights.delete = true
  if (then.act === 'archive') {
    for (const { from } of then.columns) rights.select.add(from)
    archived(then, at)
  }
  if (then.act === 'anonymise') {
    for (const change of then.changes) {
      if (change.strategy.strategy === 'keep') continue
      rights.select.add(change.column)
      rights.update.add(change.column)
    }
    if (then.done !== null) rights.update.add(then.done)
  }
}

function archived(
  archive: { readonly into: string; readonly columns: readonly { readonly to: string }[] } | null,
  at: At,
): void {
  if (archive === null) return
  for (const { to } of archive.columns) at(archive.into).insert.add(to)
}
