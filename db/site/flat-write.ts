/**
 * The statements that change a flat table: whole windows of its primary key, or lists of keys, never without
 * one of the two, and always with the whole condition repeated.
 */
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Dialect, SqlValue, Statement } from '../session.ts'
import { flatDue, placesOf, type FlatScope, type Part } from './flat-rows.ts'
import { both } from './match.ts'
import { strategySql } from './sql-strategies.ts'

/** True when every change of the policy can be written as an expression. */
export function hasSqlForAll(dialect: Dialect, policy: CompiledPolicy): boolean {
  return policy.act.changes.every((change) => strategySql(dialect, change) !== null)
}

/** One statement for a window, one for each list of keys. None touches more than `most` rows. */
export function flatWrites(
  dialect: Dialect,
  policy: CompiledPolicy,
  scope: FlatScope,
  part: Part,
  most: number,
  now: string,
): readonly Statement[] {
  const due = flatDue(dialect, policy, scope)
  const head = headOf(dialect, policy, now)
  return placesOf(dialect, policy, part).map((place) => {
    const where = both(place, due)
    // Where one statement holds the whole transaction, the limit keeps an unexpectedly full window small. Without
    // need it costs: the server then collects the rows before it changes them.
    const limit =
      part.by === 'window' && dialect.blocks && part.high - part.low >= BigInt(most)
        ? ` ORDER BY ${dialect.quote(policy.key[0]?.name ?? '')} LIMIT ${most}`
        : ''
    return { text: `${head.text} WHERE ${where.text}${limit}`, values: [...head.values, ...where.values] }
  })
}

function headOf(dialect: Dialect, policy: CompiledPolicy, now: string): Statement {
  const { act } = policy
  const table = dialect.quote(policy.table)
  if (act.act === 'erase') return { text: `DELETE FROM ${table}`, values: [] }
  if (act.done === null || act.done === 'own') throw new Error('a flat policy marks the row itself')
  const values: SqlValue[] = []
  const changes = act.changes.filter(({ strategy }) => strategy.strategy !== 'keep')
  const sets = changes.map((change) => {
    const expression = strategySql(dialect, change)
    if (expression === null) throw new Error('a flat policy has an expression for every change')
    values.push(...expression.values)
    return `${dialect.quote(change.column)} = ${expression.text}`
  })
  return {
    text: `UPDATE ${table} SET ${[...sets, `${dialect.quote(act.done.column)} = ?`].join(', ')}`,
    values: [...values, now],
  }
}
