/** A schema around `users`, and what leaves with one of its rows. */
import type { Kind } from '../../policies/data-map.ts'
import type { Departure } from '../../policies/policy.ts'
import {
  account,
  compile,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

export type Tables = Readonly<Record<string, TableSpec>>
export type But = Readonly<Record<string, Departure>>

export function run(
  tables: Tables,
  kinds: readonly Kind[],
  but: But = {},
  then: 'erase' | 'archive' = 'erase',
) {
  const root = kinds.some((one) => one.name === 'account') ? [] : [account]
  return compile(schemaOf({ users, ...tables }), mapOf([...root, ...kinds]), [
    policy('account', { but, then }),
  ])
}

export function steps(...of: Parameters<typeof run>) {
  return onlyPolicy(run(...of)).steps
}

export function words(...of: Parameters<typeof run>) {
  return steps(...of).map((step) => `${step.then.act} ${step.name}`)
}

export const toUser = (more: Readonly<Record<string, string>> = {}, rule = ''): TableSpec => ({
  columns: { id: 'int', user_id: 'int', ...more },
  keys: [`user_id -> users.id${rule}`],
})
export const nullableToUser = (more: Readonly<Record<string, string>> = {}, rule = ''): TableSpec => ({
  ...toUser({ user_id: 'int null', ...more }, rule),
})
export const order = kind('order', 'orders', { of: 'account', personal: { ship: { strategy: 'blank' } } })
export const line = kind('line', 'order_lines', { of: 'order' })
export const lines: TableSpec = { columns: { id: 'int', order_id: 'int' }, keys: ['order_id -> orders.id'] }
