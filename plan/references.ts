/**
 * Live foreign keys into tables whose rows go. Each must be ruled: by the link of a kind that leaves too, by
 * the order of the steps, or by `but: { kind.column: detach }`. What nobody ruled refuses the policy, and so does
 * what the server would do by itself to rows of other people.
 */
import type { Departure } from '../policies/policy.ts'
import type { Closing, Member } from './closure.ts'
import { needLinkIndex } from './compile-clock.ts'
import type { Step } from './compiled.ts'
import { otherName } from './fates.ts'
import { refuseFoundNoMore } from './found-no-more.ts'
import { joinOf } from './joins.ts'
import { refuseLeftBehind } from './left-behind.ts'
import { actsOnOthers, insteadOfDetach, stubBeside } from './others-rows.ts'
import { tell } from './plan-problem.ts'
import { unruledStub } from './reference-stubs.ts'
import { allNullable, columnOf, type ForeignKey, type Table } from './site-schema.ts'
import { pairsOf } from './tie.ts'
import { copyingKind, refuseTwoActs } from './two-acts.ts'

/** Rows of `from` refer to rows of `to`, so `from` is written first. Both go; null is the root. */
export interface Need {
  readonly from: string | null
  readonly to: string | null
  readonly foreignKey: ForeignKey
}

export interface References {
  /** Detach steps; they stand before everything else. */
  readonly detach: readonly Step[]
  readonly needs: readonly Need[]
  /** Step name → its reference to its own table. */
  readonly self: ReadonlyMap<string, NonNullable<Step['selfReference']>>
}

interface Found {
  readonly detach: Step[]
  readonly needs: Need[]
  readonly self: Map<string, NonNullable<Step['selfReference']>>
}

export function findReferences(closing: Closing): References {
  const found: Found = { detach: [], needs: [], self: new Map() }
  for (const target of closing.members.filter((member) => member.goes))
    for (const table of closing.map.schema.values())
      for (const key of table.foreignKeys)
        if (key.toTable === target.settled.table.name) classify(closing, found, target, table, key)
  refuseTwoActs(closing)
  refuseFoundNoMore(closing)
  refuseLeftBehind(closing)
  return found
}

function classify(closing: Closing, found: Found, target: Member, table: Table, key: ForeignKey): void {
  const here = closing.members.filter((member) => member.settled.table.name === table.name)
  const above = target.step
  const ties = here.filter((member) => isTie(member, target, key))
  if (ties.length > 0) {
    refuseOtherRows(closing, ties, table, key)
    return
  }
  const rule = ruleFor(closing, table, key)
  if (table.name === target.settled.table.name && above !== null) {
    selfReference(closing, found, above.name, target, key)
    return
  }
  const leaving = here.filter((member) => member.goes)
  if (rule === null && above !== null && leaving.length > 0) {
    if (actsOnOthers(leaving, above, key)) tellOthers(closing, target, table, key, leaving)
    else
      for (const { step } of leaving)
        found.needs.push({ from: step?.name ?? null, to: above.name, foreignKey: key })
    return
  }
  if (rule?.departure.act === 'detach') detachRuled(closing, found, target, table, key, rule.name)
  else refuseUnruled(closing, target, table, key, rule?.name ?? null)
}

/** Also by the name of another kind that describes the same rows. */
function isTie({ settled: { tie }, step }: Member, target: Member, key: ForeignKey): boolean {
  if (tie === null || tie.foreignKey !== key) return false
  return tie.parent === target.settled.kind.name || step?.from === (target.step?.name ?? null)
}

/** Kinds with constants are some rows of their table; the key deletes all that lead to a row that goes. */
function refuseOtherRows(
  { findings }: Closing,
  ties: readonly Member[],
  table: Table,
  key: ForeignKey,
): void {
  if (key.onDelete !== 'cascade' || ties.some(({ settled }) => settled.tie?.where.length === 0)) return
  const kinds = ties.map(({ settled }) => settled.kind.name).join(', ')
  const params = { key: key.name, toTable: key.toTable, kinds }
  tell(findings, 'E_CASCADE_OTHER_ROWS', { table: table.name, column: key.columns.join(', '), params })
}

function tellOthers(
  closing: Closing,
  target: Member,
  table: Table,
  key: ForeignKey,
  leaving: readonly Member[],
): void {
  const stub = stubBeside(closing, target, table, key, leaving)
  const params = { key: key.name, rule: key.onDelete.toUpperCase(), toTable: key.toTable, stub }
  tell(closing.findings, 'E_CASCADE_BESIDE', { table: table.name, column: key.columns.join(', '), params })
}

/** `but` names a reference by a kind of that table, or by the table when it is no kind. */
function ruleFor(
  { map, policy, used }: Closing,
  table: Table,
  key: ForeignKey,
): { readonly name: string; readonly departure: Departure } | null {
  const kinds = Object.values(map.dataMap.kinds).filter((kind) => kind.table === table.name)
  for (const owner of [...kinds.map((kind) => kind.name), table.name])
    for (const column of key.columns) {
      const name = `${owner}.${column}`
      const departure = Object.hasOwn(policy.but, name) ? policy.but[name] : undefined
      if (departure === undefined) continue
      used.add(name)
      return { name, departure }
    }
  return null
}

function detachRuled(
  closing: Closing,
  found: Found,
  target: Member,
  table: Table,
  key: ForeignKey,
  name: string,
): void {
  const here = closing.members.filter((member) => member.settled.table.name === table.name)
  const inside = here.length > 0
  const copying = copyingKind(closing, table.name, key.columns)
  const params = { name, key: key.name, toTable: key.toTable }
  if (key.onDelete === 'cascade' && !inside)
    tell(closing.findings, 'E_CASCADE_OUTSIDE', { table: table.name, column: key.columns.join(', '), params })
  else if (!allNullable(table, key.columns))
    tell(closing.findings, 'E_DETACH_NOT_NULL', {
      table: table.name,
      column: key.columns.join(', '),
      params: { kind: name },
    })
  else if (copying !== null && (target.step !== null || table.name === target.settled.table.name))
    tell(closing.findings, 'E_DETACH_ARCHIVED', {
      table: table.name,
      column: key.columns.join(', '),
      params: { name, kind: copying, ...insteadOfDetach(closing, target, table, key, name, here) },
    })
  else found.detach.push(detachStep(closing, target, table, key, name, found))
}

function detachStep(
  closing: Closing,
  target: Member,
  table: Table,
  key: ForeignKey,
  name: string,
  found: Found,
): Step {
  const join = joinOf(table, { columns: pairsOf(key), where: [], foreignKey: key }, target.settled.table)
  needLinkIndex(closing.map, join, closing.findings)
  const kind = Object.values(closing.map.dataMap.kinds).find((one) => one.table === table.name)
  const taken = found.detach.some((step) => step.name === name)
  return {
    name: taken ? `${name} (${key.name})` : name,
    kind: kind?.name ?? null,
    table: table.name,
    key: table.primaryKey.map((column) => ({
      name: column,
      family: columnOf(table, column)?.family ?? 'other',
    })),
    from: target.step?.name ?? null,
    join,
    selfReference: null,
    nullFirst: [],
    then: { act: 'detach' },
  }
}

/**
 * Rows that stay can refer to rows that go inside one table (an answer to somebody else's review), so a
 * reference that may be NULL is also detached; losing the link is all that happens to the other row.
 */
function selfReference(closing: Closing, found: Found, name: string, target: Member, key: ForeignKey): void {
  const { settled } = target
  const nullable = allNullable(settled.table, key.columns)
  const [pair, second] = pairsOf(key)
  const lost = nullable && copyingKind(closing, settled.table.name, key.columns) !== null
  const known = found.self.get(name)
  if (pair === undefined || (!nullable && (second !== undefined || known?.nullable === false)) || lost) {
    const path = `${settled.kind.name}.${key.columns.join(', ')} → ${settled.kind.name}`
    tell(closing.findings, 'E_CYCLE', { table: settled.table.name, params: { path } })
    return
  }
  const other = nullable ? null : otherName(closing, name)
  if (other !== null) {
    const [one = name, two = other] = [name, other].sort()
    const path = [one, two, one].map((kind) => `${kind}.${pair.own}`).join(' → ')
    const params = { path, one, other: two }
    tell(closing.findings, 'E_CYCLE', { table: settled.table.name, params })
    return
  }
  if (!nullable && key.onDelete !== 'restrict') {
    const params = { key: key.name, rule: key.onDelete.toUpperCase() }
    tell(closing.findings, 'E_CASCADE_SELF', { table: settled.table.name, column: pair.own, params })
    return
  }
  if (nullable) {
    const label = `${settled.kind.name}.${pair.own}`
    found.detach.push(detachStep(closing, target, settled.table, key, label, found))
  }
  if (second === undefined && (known === undefined || known.nullable))
    found.self.set(name, { column: pair.own, parent: pair.parent, nullable })
}

function refuseUnruled(
  closing: Closing,
  target: Member,
  table: Table,
  key: ForeignKey,
  rule: string | null,
): void {
  const { findings, map } = closing
  const column = key.columns.join(', ')
  const kind = Object.values(map.dataMap.kinds).find((one) => one.table === table.name)
  const owner = kind?.name ?? table.name
  const inside = closing.members.some((member) => member.settled.table.name === table.name)
  const params = {
    key: key.name,
    toTable: key.toTable,
    kind: target.settled.kind.name,
    stub: unruledStub(target.settled.kind.name, table, key, owner, key.onDelete === 'cascade' && !inside),
  }
  const spot = { table: table.name, column, params }
  if (rule !== null) tell(findings, 'E_REFERENCE_RULE', { ...spot, params: { ...params, name: rule } })
  else tell(findings, 'E_UNCLASSIFIED_KEY', spot)
}
