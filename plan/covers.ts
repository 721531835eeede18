/** What keeps a row beside its own columns: what it hangs on, what leaves with it, and other views of these rows. */
import type { Kind } from '../policies/data-map.ts'
import { isSameValue, testsFor } from './column-values.ts'
import type { Below, CompiledPolicy, Join, Owner, Step } from './compiled.ts'
import type { Findings } from './plan-problem.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { columnOf } from './site-schema.ts'
import type { Tie } from './tie.ts'

/** The row itself first, then what it hangs on, nearest first; each with every kind that describes those rows. */
export function ownersOf(map: SettledMap, root: SettledKind, findings: Findings): readonly Owner[] {
  const owners: Owner[] = []
  const hops: Owner['hops'][number][] = []
  const seen = new Set<string>()
  let at: SettledKind | undefined = root
  while (at !== undefined && !seen.has(at.kind.name)) {
    seen.add(at.kind.name)
    for (const { kind, table, key } of sameRows(map, at)) {
      // The row's own columns are judged with the row.
      const own = kind === root.kind
      const restricted = own ? [] : testsFor(table, kind.restricted, findings)
      const concerned = !own && hops.length === 0 && !areApart(kind, root.kind)
      const except = concerned ? testsFor(table, kind.except, findings) : []
      owners.push({ kind: kind.name, hops: [...hops], table: table.name, key, restricted, except })
    }
    const above: SettledKind | undefined = at.kind.of === null ? undefined : map.kinds.get(at.kind.of)
    if (above !== undefined && at.tie !== null) hops.push(hopTo(above, at.tie))
    at = above
  }
  return owners
}

function hopTo({ table }: SettledKind, { columns, where }: Tie): Owner['hops'][number] {
  const bytes = columns
    .map(({ parent }) => parent)
    .filter((name) => columnOf(table, name)?.family === 'binary')
  return { table: table.name, columns, where, ...(bytes.length === 0 ? {} : { bytes }) }
}

/** What leaves or changes with the root. Rows that only lose their link stay, so nothing has to protect them. */
export function belowOf(map: SettledMap, steps: readonly Step[], findings: Findings): readonly Below[] {
  return steps.flatMap((step) => {
    const settled = step.kind === null ? undefined : map.kinds.get(step.kind)
    if (settled === undefined || step.then.act === 'detach') return []
    return sameRows(map, settled).map(({ kind, table, key }) => ({
      kind: kind.name,
      joins: waysDown(steps, step),
      key,
      restricted: testsFor(table, kind.restricted, findings),
      except: areApart(kind, settled.kind) ? [] : testsFor(table, kind.except, findings),
    }))
  })
}

function waysDown(steps: readonly Step[], step: Step): readonly Join[] {
  const joins: Join[] = []
  for (let at: Step | undefined = step; at !== undefined;) {
    joins.unshift(at.join)
    const { from }: Step = at
    at = steps.find((one) => one.name === from)
  }
  return joins
}

/** A kind and every other one with its table and key: a hold on a row holds, whichever name it was given. */
function sameRows(map: SettledMap, settled: SettledKind): readonly SettledKind[] {
  const others = [...map.kinds.values()].filter(
    (one) => one !== settled && isSameRows(one.kind, settled.kind),
  )
  return [settled, ...others]
}

/** Of no row are the constants of both true: photos and letters in one table of files. */
function areApart(one: Kind, other: Kind): boolean {
  const there = other.link?.where ?? {}
  return Object.entries(one.link?.where ?? {}).some(([column, value]) => {
    const meant = there[column]
    return meant !== undefined && !isSameValue(meant, value)
  })
}

/** Every kind that describes the rows of a policy, its own first. */
export function namesOf({ kind, owners }: Pick<CompiledPolicy, 'kind' | 'owners'>): readonly string[] {
  const others = owners.filter(({ hops }) => hops.length === 0).map((owner) => owner.kind)
  return [...new Set([kind, ...others])]
}

export function isSameRows(one: Kind, other: Kind): boolean {
  return one.table === other.table && JSON.stringify(one.key) === JSON.stringify(other.key)
}
