/** Ties one policy to the live schema, or says why it cannot be tied. */
import type { Condition, Policy } from '../policies/policy.ts'
import { cascade } from './cascade.ts'
import { archiveTarget, personalChanges, withdrawnChanges } from './column-changes.ts'
import { comparedIn, testsFor, valuesFor } from './column-values.ts'
import { compileClock, needLinkIndex, tellNoWay } from './compile-clock.ts'
import type {
  ClockSource,
  CompiledClock,
  CompiledPolicy,
  Join,
  RootAct,
  RootCondition,
  StateTest,
  Step,
} from './compiled.ts'
import { belowOf, ownersOf } from './covers.ts'
import { isHeldBack } from './held-back.ts'
import { kindsAbove, reach } from './joins.ts'
import { near, refused, tell, type Findings } from './plan-problem.ts'
import { refuseReferred } from './referred.ts'
import { knownColumn, type SettledKind, type SettledMap } from './settled-map.ts'
import { columnOf, type Table } from './site-schema.ts'
import { termsHash } from './terms.ts'
import { keyIndexOf, samePairs } from './tie.ts'

/** Null when a finding refuses the policy. */
export function compilePolicy(map: SettledMap, policy: Policy, findings: Findings): CompiledPolicy | null {
  const root = rootOf(map, policy, findings)
  if (root === null) return null
  for (const name of kindsAbove(map, root))
    if (!map.kinds.has(name)) tell(findings, 'E_BROKEN_KIND', { params: { kind: name } })
  const clock = compileClock(map, root, policy, findings)
  const only = [
    ...linked(root),
    ...policy.only.flatMap((condition) => settleCondition(root, condition, findings)),
  ]
  const states = policy.notWhile.flatMap((name) => stateTests(map, root, name, findings))
  const act = rootAct(map, root, policy, findings)
  const steps = cascade(map, root, policy, { act, only, clock }, findings)
  refuseReferred(map.schema, root.table.name, act, steps, findings)
  const tests = testsOf(map, root, findings)
  const owners = ownersOf(map, root, findings)
  const below = belowOf(map, steps, findings)
  if (clock === null || act === null || refused(findings)) return null
  const { kind, table, key } = root
  return {
    policy,
    kind: kind.name,
    subject: kind.subject,
    table: table.name,
    key,
    ...keyIndexOf(table, kind.key),
    identity: kind.identity,
    clock,
    constants: root.tie?.where ?? [],
    only,
    ...tests,
    states,
    contact: kind.contact,
    owners,
    below,
    steps,
    act,
    termsHash: termsHash(policy, map.dataMap),
    marks: [],
    triggered: writesOf(table.name, steps, act).filter((name) => mayTrigger(map.schema.get(name))),
    writes: writesOf(table.name, steps, act),
    rereadLast: rereadLast(clock, steps),
  }
}

function rootOf(map: SettledMap, policy: Policy, findings: Findings): SettledKind | null {
  const root = map.kinds.get(policy.data)
  if (root !== undefined) return root
  const names = Object.keys(map.dataMap.kinds)
  const code = names.includes(policy.data) ? 'E_BROKEN_KIND' : 'E_UNKNOWN_KIND'
  tell(findings, code, { params: { kind: policy.data, ...near(policy.data, names) } })
  return null
}

function testsOf(
  { dataMap }: SettledMap,
  { kind, table }: SettledKind,
  findings: Findings,
): Pick<CompiledPolicy, 'except' | 'restricted' | 'canary'> {
  return {
    except: testsFor(table, kind.except, findings),
    restricted: testsFor(table, kind.restricted, findings),
    canary: testsFor(table, dataMap.canaries[kind.name] ?? {}, findings),
  }
}

/** A kind is those rows of its table that have the constants of its link: photos, and not all files. */
function linked({ tie }: SettledKind): readonly RootCondition[] {
  return (tie?.where ?? []).map(({ value, ...more }) => ({ ...more, test: 'is one of', values: [value] }))
}

/** Nothing when the condition cannot be asked of the live column; the reason is told. */
function settleCondition(
  { table }: SettledKind,
  condition: Condition,
  findings: Findings,
): readonly RootCondition[] {
  if (!knownColumn(table, condition.column, findings)) return []
  if (condition.test === 'is one of') {
    const values = valuesFor(table, condition.column, condition.values, findings)
    return [{ ...condition, values, ...comparedIn(table, condition.column) }]
  }
  const column = columnOf(table, condition.column)
  if (column?.family === 'integer' || column?.family === 'decimal') return [condition]
  const params = { type: column?.type ?? '' }
  tell(findings, 'E_NOT_A_NUMBER', { table: table.name, column: condition.column, params })
  return []
}

/** One test for each column of a state and each way to it; the state holds as soon as one does, which spares more. */
function stateTests(
  map: SettledMap,
  root: SettledKind,
  name: string,
  findings: Findings,
): readonly StateTest[] {
  const { states } = root.kind
  const columns = Object.hasOwn(states, name) ? states[name] : undefined
  if (columns === undefined) {
    const params = { state: name, ...near(name, Object.keys(states)) }
    tell(findings, 'E_UNKNOWN_STATE', { table: root.table.name, params })
    return []
  }
  return Object.entries(columns).flatMap(([path, values]) => {
    const dot = path.lastIndexOf('.')
    const tableName = dot === -1 ? root.table.name : path.slice(0, dot)
    const column = path.slice(dot + 1)
    const way = reach(map, root, tableName)
    if (way.found !== 'one') {
      tellNoWay(map, root, tableName, way.found === 'several' ? way.kinds : [], findings)
      return []
    }
    const every = [way, ...way.longer].map(({ joins }) => joins)
    for (const join of every.flat()) needLinkIndex(map, join, findings)
    if (!knownColumn(way.kind.table, column, findings)) return []
    const held = valuesFor(way.kind.table, column, values, findings)
    return every.map((joins) => ({
      name,
      joins,
      column,
      values: held,
      ...comparedIn(way.kind.table, column),
    }))
  })
}

function rootAct(map: SettledMap, root: SettledKind, policy: Policy, findings: Findings): RootAct | null {
  const fields = policy.fields.length > 0 ? policy.fields : null
  switch (policy.then) {
    case 'erase':
      return { act: 'erase', changes: [], archive: null, done: null }
    case 'archive': {
      const archive = archiveTarget(root, map.dataMap.kinds, map.schema, findings)
      return archive === null ? null : { act: 'archive', changes: [], archive, done: null }
    }
    case 'anonymise':
    case 'truncate fields':
      return fieldAct(root, policy.then, personalChanges(root, fields, findings), findings)
    case 'withdraw consent':
      return fieldAct(root, policy.then, withdrawnChanges(root, findings), findings)
  }
}

function fieldAct(
  { kind, table }: SettledKind,
  act: 'anonymise' | 'truncate fields' | 'withdraw consent',
  changes: RootAct['changes'],
  findings: Findings,
): RootAct {
  if (changes.length === 0) tell(findings, 'E_NOTHING_TO_CHANGE', { table: table.name, params: { act } })
  const column = columnOf(table, kind.done[act] ?? '')
  const done = column === undefined ? 'own' : { column: column.name, family: column.family }
  return { act, changes, archive: null, done }
}

/** What cannot be seen may be there. */
function mayTrigger(table: Table | undefined): boolean {
  return table !== undefined && (table.triggers === null || table.triggers.length > 0)
}

function writesOf(table: string, steps: readonly Step[], act: RootAct): readonly string[] {
  const tables = [table, ...steps.map((step) => step.table)]
  if (act.archive !== null) tables.push(act.archive.into)
  for (const { then } of steps) if (then.act === 'archive') tables.push(then.into)
  return [...new Set(tables)].sort()
}

/**
 * A foreign key to the locked root holds new rows back until we commit, and rows that leave are locked
 * themselves. Without a key, behind a row in between, or in a table that stays, a sign of life can still
 * arrive; such a source is read again at the end.
 */
function rereadLast(clock: CompiledClock, steps: readonly Step[]): readonly ClockSource[] {
  const leaving = steps.filter(({ from }) => from === null)
  return clock.sources.filter(
    ({ joins }) =>
      joins.length > 1 ||
      joins.some((join) => !isHeldBack(join) || !leaving.some((step) => isSameWay(step.join, join))),
  )
}

/** What the step locks, so that nobody is added to it, holds back the rows of this way. */
function isSameWay(one: Join, other: Join): boolean {
  return one.table === other.table && samePairs(one.columns, other.columns)
}
