/** What a policy takes away from the tables: whole rows, or columns of rows that stay. */
import type { Kind } from '../data-map.ts'
import type { Departure, Policy } from '../policy.ts'
import { endsRows, kindOf, type LintContext } from './lint-context.ts'

export interface Loss {
  readonly kind: Kind
  /** The rows leave their table. */
  readonly rows: boolean
  /** Columns that are changed in rows that stay. */
  readonly columns: readonly string[]
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
  const own = goes ? wholeRows(kind) : inColumns(kind, changedColumns(kind, policy))
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
      return inColumns(kind, personalColumns(kind))
    case 'keep':
      return inColumns(kind, [])
  }
}

function wholeRows(kind: Kind): Loss {
  return { kind, rows: true, columns: [], severed: false }
}

function inColumns(kind: Kind, columns: readonly string[]): Loss {
  return { kind, rows: false, columns, severed: columns.some((column) => leadsUp(kind, column)) }
}

function changedColumns(kind: Kind, policy: Policy): readonly string[] {
  if (policy.then === 'withdraw consent') return Object.keys(kind.withdrawn)
  if (policy.fields.length > 0 || policy.then === 'truncate fields') return policy.fields
  return policy.then === 'anonymise' ? personalColumns(kind) : []
}

function personalColumns({ personal }: Kind): readonly string[] {
  return Object.entries(personal).flatMap(([column, { strategy }]) => (strategy === 'keep' ? [] : [column]))
}

/** A column of the declared link; where the database declares it, a column that is emptied and named like a link. */
function leadsUp({ of, link, personal }: Kind, column: string): boolean {
  if (of === null) return false
  if (link !== null) return Object.hasOwn(link.columns, column) || Object.hasOwn(link.where, column)
  const strategy = Object.hasOwn(personal, column) ? personal[column]?.strategy : undefined
  return strategy === 'null' && /(?:_id|Id|_uuid|^id_\w+)$/.test(column)
}
