/** What a policy takes away from the tables: whole rows, or columns of rows that stay. */
import type { Kind } from '../data-map.ts'
import type { Departure, Policy } from '../policy.ts'
import { endsRows, kindOf, type LintContext } from './lint-context.ts'

/** A column that is changed in rows that stay. */
export interface Change {
  readonly column: string
  /** Only these places of its JSON go; null: all of it. */
  readonly places: readonly string[] | null
}

export interface Loss {
  readonly kind: Kind
  /** The rows leave their table. */
  readonly rows: boolean
  readonly changes: readonly Change[]
  /** The rows stay and no longer lead to their parent. */
  readonly severed: boolean
}

/**
 * The kind of the policy first, then what `but` says of others. What hangs on rows that leave is lost with them, so
 * whoever looks for a way to it finds the rows above gone.
 */
export function lossesOf(lint: LintContext, policy: Policy): readonly Loss[] {
  const kind = kindOf(lint, policy.data)
  if (kind === null) return []
  const goes = endsRows(policy) && (policy.then === 'erase' || policy.then === 'archive')
  const own = goes ? wholeRows(kind) : inColumns(kind, changesOf(kind, policy))
  const ruled = Object.entries(policy.but).flatMap(([name, departure]): readonly Loss[] => {
    const other = kindOf(lint, name)
    return other === null ? [] : [lossOf(other, departure)]
  })
  return [own, ...ruled]
}

function lossOf(kind: Kind, { act }: Departure): Loss {
  switch (act) {
    case 'erase':
    case 'archive':
      return wholeRows(kind)
    case 'detach':
      return { ...inColumns(kind, []), severed: true }
    case 'anonymise':
      return inColumns(kind, personalChanges(kind))
    case 'keep':
      return inColumns(kind, [])
  }
}

function wholeRows(kind: Kind): Loss {
  return { kind, rows: true, changes: [], severed: false }
}

function inColumns(kind: Kind, changes: readonly Change[]): Loss {
  return { kind, rows: false, changes, severed: changes.some(({ column }) => leadsUp(kind, column)) }
}

function changesOf(kind: Kind, policy: Policy): readonly Change[] {
  if (policy.then === 'withdraw consent')
    return Object.keys(kind.withdrawn).map((column) => ({ column, places: null }))
  if (policy.fields.length > 0 || policy.then === 'truncate fields')
    return policy.fields.map((column) => changeOf(kind, column))
  return policy.then === 'anonymise' ? personalChanges(kind) : []
}

function personalChanges(kind: Kind): readonly Change[] {
  return Object.entries(kind.personal).flatMap(([column, { strategy }]) =>
    strategy === 'keep' ? [] : [changeOf(kind, column)],
  )
}

function changeOf({ personal }: Kind, column: string): Change {
  const strategy = Object.hasOwn(personal, column) ? personal[column] : undefined
  return { column, places: strategy?.strategy === 'without' ? strategy.paths : null }
}

/** A column of the declared link; where the database declares it, a column that is emptied and named like a link. */
function leadsUp({ of, link, personal }: Kind, column: string): boolean {
  if (of === null) return false
  if (link !== null) return Object.hasOwn(link.columns, column) || Object.hasOwn(link.where, column)
  const strategy = Object.hasOwn(personal, column) ? personal[column]?.strategy : undefined
  return strategy === 'null' && /(?:_id|Id|_uuid|^id_\w+)$/.test(column)
}
