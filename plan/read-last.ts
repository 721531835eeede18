/**
 * What is read once more as the last thing before COMMIT, beside the clocks (`rereadLast`): whatever neither a lock of
 * ours nor a foreign key keeps as it was when it was judged. Pure.
 */
import type { ColumnTest, CompiledPolicy, Join, Owner, StateTest, Step } from './compiled.ts'
import { isHeldBack } from './held-back.ts'
import { constantsOf } from './joins.ts'
import { samePairs } from './tie.ts'

/** States and restrictions that are asked of the rows at the end of one way from the root. */
export interface LateQuestion {
  /** Never empty. */
  readonly joins: readonly Join[]
  readonly states: readonly StateTest[]
  /** Of what the root's row hangs on. */
  readonly restricted: readonly ColumnTest[]
}

/** Each way once, so that one statement serves all that is asked there. */
export function lateQuestions(policy: CompiledPolicy): readonly LateQuestion[] {
  const ways = new Map<string, LateQuestion>()
  const ask = (joins: readonly Join[], more: Partial<LateQuestion>): void => {
    const way = JSON.stringify(joins)
    const { states, restricted } = ways.get(way) ?? { states: [], restricted: [] }
    ways.set(way, {
      joins,
      states: [...states, ...(more.states ?? [])],
      restricted: [...restricted, ...(more.restricted ?? [])],
    })
  }
  for (const state of policy.states)
    if (state.values.length > 0 && !isLocked(policy, state.joins)) ask(state.joins, { states: [state] })
  for (const { hops, restricted } of policy.owners)
    if (hops.length > 0 && restricted.length > 0) ask(waysUp(hops), { restricted })
  return [...ways.values()]
}

/** Rows that can be added below one that goes, whatever we have locked. */
export function unguardedSteps(policy: CompiledPolicy): readonly Step[] {
  const going = goingSteps(policy)
  return policy.steps.filter((step) => !isHeldBack(step.join) && going.has(step.from))
}

/** Only `repeatable read` locks gaps, and only they hold back a row that no foreign key ties. */
export function needsGaps(policy: CompiledPolicy): boolean {
  return (
    policy.rereadLast.length > 0 ||
    unguardedSteps(policy).length > 0 ||
    lateQuestions(policy).some(({ joins, states }) => states.length > 0 && !waitForRoot(joins))
  )
}

/** Both lead from the same parent to the same rows. */
export function isSameWay(one: Join, other: Join): boolean {
  return (
    one.table === other.table &&
    samePairs(one.columns, other.columns) &&
    constantsOf(one.where).join() === constantsOf(other.where).join()
  )
}

/** Names of those whose rows go; null: the root, if it does. */
function goingSteps({ act, steps }: CompiledPolicy): ReadonlySet<string | null> {
  const going = new Set<string | null>(isGone(act.act) ? [null] : [])
  for (const step of steps) if (isGone(step.then.act)) going.add(step.name)
  return going
}

function isGone(act: string): boolean {
  return act === 'erase' || act === 'archive'
}

/** The rows of every hop are a step's, and locked; no further one can come, or it would be noticed. */
function isLocked(policy: CompiledPolicy, joins: readonly Join[]): boolean {
  const going = goingSteps(policy)
  let from: string | null = null
  for (const join of joins) {
    const step = policy.steps.find((one) => one.from === from && isSameWay(one.join, join))
    if (step === undefined || !(isHeldBack(step.join) || going.has(step.from))) return false
    from = step.name
  }
  return true
}

/** New rows refer to the root by its primary key, which is locked as long as we write. */
function waitForRoot([join, further]: readonly Join[]): boolean {
  return further === undefined && join?.enforced === true && join.guard === undefined
}

/** Each leads to the one row above. */
function waysUp(hops: Owner['hops']): readonly Join[] {
  return hops.map(({ table, columns, bytes }) => ({
    table,
    columns: columns.map(({ own, parent }) => ({ own: parent, parent: own })),
    where: [],
    enforced: false,
    ...(bytes === undefined ? {} : { bytes }),
  }))
}
