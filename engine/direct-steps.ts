/**
 * Steps whose rows are deleted by their link alone: the statement locks, deletes and tells whose each row was, so
 * that nothing has to be read before. A sign of life that such a row turns out to carry undoes the whole batch.
 */
import type { Dialect } from '../db/session.ts'
import type { ClockSource, CompiledPolicy, Step } from '../plan/compiled.ts'
import { lateQuestions } from '../plan/read-last.ts'

/** Names of the steps that may go like this. */
export function directSteps(dialect: Dialect, policy: CompiledPolicy): ReadonlySet<string> {
  // A trigger, seen or not, can take rows of another step along: only a count taken before would notice.
  if (!dialect.deletesReturning || policy.triggered.length > 0) return new Set()
  const passed = tablesReadOtherwise(policy)
  return new Set(policy.steps.filter((step) => isDirect(policy, step, passed)).map(({ name }) => name))
}

function isDirect(policy: CompiledPolicy, step: Step, passed: ReadonlySet<string>): boolean {
  const [pair, second] = step.join.columns
  const [key, further] = policy.key
  return (
    step.then.act === 'erase' &&
    step.from === null &&
    step.join.enforced &&
    step.join.where.length === 0 &&
    second === undefined &&
    further === undefined &&
    key?.family === 'integer' &&
    pair?.parent === key.name &&
    step.selfReference === null &&
    step.nullFirst.length === 0 &&
    !passed.has(step.table) &&
    policy.steps.every((other) => other === step || (other.table !== step.table && other.from !== step.name))
  )
}

/** Tables that something beside the cascade looks at: states, restrictions, exceptions, marks, clocks further out. */
function tablesReadOtherwise(policy: CompiledPolicy): ReadonlySet<string> {
  const joined = [
    ...policy.states.map(({ joins }) => joins),
    ...policy.below
      .filter(({ restricted, except }) => restricted.length + except.length > 0)
      .map(({ joins }) => joins),
    ...[...policy.rereadLast, ...lateQuestions(policy)].map(({ joins }) => joins),
    // Of rows that are deleted by their link, nobody is told which of them a `where` means.
    ...policy.clock.sources
      .map(({ joins }) => joins)
      .filter((joins) => joins.length > 1 || joins.some(({ where }) => where.length > 0)),
  ].flatMap((joins) => joins.map(({ table }) => table))
  const marked = policy.marks.filter(({ policies }) => policies.length > 0).map(({ table }) => table)
  return new Set([policy.table, ...joined, ...marked])
}

/** Clocks that stand in the rows of a step. */
export function clocksIn(policy: CompiledPolicy, step: Step): readonly ClockSource[] {
  return policy.clock.sources.filter(({ joins }) => joins.length === 1 && joins[0]?.table === step.table)
}
