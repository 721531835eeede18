/**
 * Which kinds leave with a root, and how: everything that hangs on a row that goes is erased unless the
 * policy's `but` says otherwise. What hangs on a row that stays stays too, unless `but` says otherwise.
 */
import type { Departure, Policy } from '../policies/policy.ts'
import { archiveTarget, changeTo, personalChanges } from './column-changes.ts'
import { needLinkIndex } from './compile-clock.ts'
import type { ColumnChange, CompiledClock, RootCondition, Step, StepAct } from './compiled.ts'
import { joinsOf } from './joins.ts'
import { tell, type Findings } from './plan-problem.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { columnOf } from './site-schema.ts'
import { samePairs } from './tie.ts'

/** A kind of the closure. `step` is null for rows that simply stay as they are. */
export interface Member {
  readonly settled: SettledKind
  readonly step: Step | null
  /** Its rows leave their table. */
  readonly goes: boolean
}

export interface Closing {
  readonly map: SettledMap
  readonly policy: Policy
  /** What becomes of the root's own rows; null where it could not be settled. */
  readonly then: StepAct | null
  /** Which rows of their table these are. */
  readonly only: readonly RootCondition[]
  /** Null where it could not be settled. */
  readonly clock: CompiledClock | null
  readonly findings: Findings
  readonly members: Member[]
  /** Keys of `but` that took effect. */
  readonly used: Set<string>
}

interface Above {
  readonly kind: string
  /** Name of the step whose keys lead down; null: the root; undefined: nothing leads down any more. */
  readonly step: string | null | undefined
  readonly goes: boolean
}

/** Fills `members`, parents before children. */
export function closeOver(closing: Closing, root: SettledKind): void {
  closing.members.push({ settled: root, step: null, goes: true })
  descend(closing, { kind: root.kind.name, step: null, goes: true }, new Set([root.kind.name]))
}

function descend(closing: Closing, above: Above, seen: Set<string>): void {
  const { map, findings } = closing
  for (const kind of Object.values(map.dataMap.kinds)) {
    if (kind.of !== above.kind || seen.has(kind.name)) continue
    seen.add(kind.name)
    const settled = map.kinds.get(kind.name)
    if (settled?.tie == null) {
      tell(findings, 'E_BROKEN_KIND', { table: kind.table, params: { kind: kind.name } })
      continue
    }
    descend(closing, member(closing, settled, above), seen)
  }
}

function member(closing: Closing, settled: SettledKind, above: Above): Above {
  const { policy, findings, members } = closing
  const { kind } = settled
  if (above.step !== undefined && isSameRow(closing, settled)) return { ...above, kind: kind.name }
  const rule = Object.hasOwn(policy.but, kind.name) ? policy.but[kind.name] : undefined
  if (rule !== undefined) closing.used.add(kind.name)
  if (rule !== undefined && above.step === undefined)
    tell(findings, 'E_RULE_OUT_OF_REACH', {
      table: kind.table,
      params: { kind: kind.name, above: above.kind },
    })
  if (kind.subject && (rule?.act === 'erase' || rule?.act === 'archive'))
    tell(findings, 'E_PERSON_WITH_PERSON', { table: kind.table, params: { kind: kind.name } })
  const departure = rule ?? (above.goes ? unruled(closing, settled) : null)
  const step =
    departure === null || above.step === undefined ? null : stepOf(closing, settled, departure, above)
  if (step !== null) needLinkIndex(closing.map, step.join, findings)
  const goes = step !== null && (step.then.act === 'erase' || step.then.act === 'archive')
  members.push({ settled, step, goes })
  return { kind: kind.name, step: step?.name, goes }
}

/** Two kinds can describe columns of one row; it has already been counted. */
function isSameRow({ members }: Closing, { table, tie, key }: SettledKind): boolean {
  const parent = members.find((one) => one.settled.kind.name === tie?.parent)?.settled
  const same = key.map(({ name }) => ({ own: name, parent: name }))
  return parent?.table.name === table.name && tie !== null && samePairs(tie.columns, same)
}

/** People and archives never leave because nobody thought of them. */
function unruled({ map, findings }: Closing, { kind, table }: SettledKind): Departure {
  const archive = Object.values(map.dataMap.kinds).some((one) => one.archive?.into === kind.name)
  if (kind.subject || archive) {
    const stub = `but:\n  ${kind.name}: { keep: why it stays }`
    tell(findings, 'E_DEPARTURE_NEEDED', { table: table.name, params: { kind: kind.name, stub } })
  }
  return { act: 'erase' }
}

function stepOf(closing: Closing, settled: SettledKind, departure: Departure, above: Above): Step | null {
  const { kind, table, key } = settled
  const [join] = joinsOf(closing.map, [settled])
  if (join === undefined) return null
  const then = actOf(closing, settled, departure, above.goes)
  if (then === null) return null
  return {
    name: kind.name,
    kind: kind.name,
    table: table.name,
    key,
    from: above.step ?? null,
    join,
    selfReference: null,
    nullFirst: [],
    then,
  }
}

function actOf(
  closing: Closing,
  settled: SettledKind,
  departure: Departure,
  parentGoes: boolean,
): StepAct | null {
  const { map, findings } = closing
  switch (departure.act) {
    case 'erase':
      return { act: 'erase' }
    case 'archive': {
      const target = archiveTarget(settled, map.dataMap.kinds, map.schema, findings)
      return target === null ? null : { act: 'archive', ...target }
    }
    case 'detach':
      return emptyLink(settled, 'all', 'E_DETACH_NOT_NULL', findings) === null ? null : { act: 'detach' }
    case 'anonymise':
      return anonymised(settled, parentGoes, findings)
    case 'keep':
      return parentGoes ? kept(settled, findings) : null
  }
}

function anonymised(settled: SettledKind, parentGoes: boolean, findings: Findings): StepAct | null {
  const link = parentGoes ? emptyLink(settled, 'some', 'E_ANONYMISE_NOT_NULL', findings) : []
  const personal = personalChanges(settled, null, findings)
  if (link === null) return null
  const own = personal.filter((change) => !link.some((one) => one.column === change.column))
  return { act: 'anonymise', changes: [...own, ...link], done: settled.kind.done.anonymise ?? null }
}

/** A row that stays may not point at one that goes: the server would refuse, or take the kept row along. */
function kept(settled: SettledKind, findings: Findings): StepAct | null {
  const key = settled.tie?.foreignKey ?? null
  if (key === null) return null
  if (key.onDelete === 'cascade') {
    const params = { kind: settled.kind.name, key: key.name }
    tell(findings, 'E_KEEP_CASCADE', { table: settled.table.name, params })
    return null
  }
  return emptyLink(settled, 'all', 'E_KEEP_NOT_NULL', findings) === null ? null : { act: 'detach' }
}

/** The link's columns set to NULL; null (and told) when the schema does not allow it. */
function emptyLink(
  { kind, table, tie }: SettledKind,
  which: 'all' | 'some',
  code: string,
  findings: Findings,
): readonly ColumnChange[] | null {
  const columns = (tie?.columns ?? []).map((pair) => columnOf(table, pair.own))
  const free = columns.filter((column) => column?.nullable === true && !column.generated)
  const enough = which === 'all' ? free.length === columns.length : free.length > 0
  if (!enough) {
    const fixed = (tie?.columns ?? []).map((pair) => pair.own).join(', ')
    tell(findings, code, { table: table.name, column: fixed, params: { kind: kind.name } })
    return null
  }
  return free.flatMap((column) => (column === undefined ? [] : [changeTo(column, { strategy: 'null' })]))
}
