/**
 * Whether one condition in SQL says of a row what `judge` says. Then a table is worked through by whole windows
 * of rows, which are never read one by one. What the condition leaves out is judged row by row afterwards, so it
 * may be too strict and never too wide.
 */
import type { ClockColumn, CompiledPolicy, Owner } from './compiled.ts'
import { encodeCutoff } from './clock-value.ts'
import type { ColumnFamily } from './site-schema.ts'

/** Bounds of the clock in its raw form: due when `from` <= value < `to`. */
export interface FlatBounds {
  /** Values before it cannot be true. */
  readonly from: string
  readonly to: string
}

/** Rows of nobody in particular, on which nothing hangs, that one clock of their own decides. */
export function isFlat(policy: CompiledPolicy): boolean {
  const [source] = policy.clock.sources
  return (
    !policy.subject &&
    policy.policy.warn === null &&
    policy.announced !== true &&
    policy.clock.sources.length === 1 &&
    source?.joins.length === 0 &&
    policy.clock.else === null &&
    isOrdered(source.clock) &&
    [policy.steps, policy.below, policy.states, policy.rereadLast].every((list) => list.length === 0) &&
    [policy.except, policy.restricted, policy.canary].every((list) => list.length === 0) &&
    policy.owners.every(isPlain) &&
    policy.marks.every(({ policies }) => policies.length === 0) &&
    isFlatAct(policy)
  )
}

/** Every raw value of the column between two bounds is a time between these two, or one the server can tell apart. */
function isOrdered({ format, family, ordered }: ClockColumn): boolean {
  if (!ordered) return false
  switch (format) {
    case 'datetime':
      return family === 'datetime'
    case 'timestamp':
      return family === 'timestamp'
    case 'date':
      return family === 'date'
    case 'epoch seconds':
    case 'epoch milliseconds':
      return family === 'integer'
    case '14 digits':
    case 'iso text':
      return false
  }
}

/** A value of these, as the server wrote it, is equal to what it was read from. */
const exact: ReadonlySet<ColumnFamily> = new Set(['integer', 'datetime', 'date', 'timestamp', 'text'])

/** Holds on the row, or on what its own columns name, can be written as a list of values to leave out. */
function isPlain({ hops, key, restricted, except }: Owner): boolean {
  const [hop, further] = hops
  if (restricted.length + except.length > 0 || further !== undefined) return false
  if (hop === undefined) return key.every(({ family }) => exact.has(family))
  const [pair, second] = hop.columns
  return (
    hop.where.length === 0 &&
    key.length === 1 &&
    second === undefined &&
    pair?.parent === key[0]?.name &&
    key[0]?.family === 'integer'
  )
}

/** The mark of what is done must stand in the row itself. */
function isFlatAct({ act }: CompiledPolicy): boolean {
  switch (act.act) {
    case 'erase':
      return true
    case 'anonymise':
    case 'truncate fields':
    case 'withdraw consent':
      return act.done !== null && act.done !== 'own'
    case 'archive':
      return false
  }
}

export function flatBounds(policy: CompiledPolicy, bound: string): FlatBounds {
  const clock = policy.clock.sources[0]?.clock
  if (clock === undefined) throw new Error('a flat policy has a clock')
  return { from: encodeCutoff(policy.clock.notBefore, clock), to: bound }
}
