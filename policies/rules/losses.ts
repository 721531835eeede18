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

/** The kind of the policy first, then what leaves or changes with its rows, at any depth. */
export function lossesOf(lint: LintContext, policy: Policy): readonly Loss[] {
  const kind = kindOf(lint, policy.data)
  if (kind === null) return []
  const goes = endsRows(policy) && (policy.then === 'erase' || policy.then === 'archive')
  const columns = goes ? [] : changedColumns(kind, policy)
  const severed = columns.some((column) => leadsUp(kind, column))
  const own: Loss = { kind, rows: goes, columns, severed }
  const below =
    goes || policy.then === 'anonymise' ? lossesBelow(lint, policy, own, new Set([kind.name])) : []
  return [own, ...below]
}

function lossesBelow(lint: LintContext, policy: Policy, above: Loss, seen: Set<string>): readonly Loss[] {
  return Object.values(lint.map.kinds).flatMap((kind): readonly Loss[] => {
    if (kind.of !== above.kind.name || seen.has(kind.name)) return []
    seen.add(kind.name)
    const ruled = Object.hasOwn(policy.but, kind.name) ? policy.but[kind.name] : undefined
    const departure = ruled ?? (above.rows ? { act: 'erase' as const } : undefined)
    if (departure === undefined) return []
    const loss = lossOf(kind, departure, above.rows)
    return [loss, ...lossesBelow(lint, policy, loss, seen)]
  })
}

function lossOf(kind: Kind, { act }: Departure, parentGoes: boolean): Loss {
  switch (act) {
    case 'erase':
    case 'archive':
      return { kind, rows: true, columns: [], severed: false }
    case 'detach':
      return { kind, rows: false, columns: [], severed: true }
    case 'keep':
      return { kind, rows: false, columns: [], severed: parentGoes }
    case 'anonymise': {
      const columns = personalColumns(kind)
      return { kind, rows: false, columns, severed: parentGoes || columns.some((one) => leadsUp(kind, one)) }
    }
  }
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
