/** Whose hold or restriction covers a row: what it hangs on, what leaves with it, and other views of these rows. */
import { testsFor } from './column-values.ts'
import type { Below, Join, Owner, Step } from './compiled.ts'
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
      const restricted = kind === root.kind ? [] : testsFor(table, kind.restricted, findings)
      owners.push({ kind: kind.name, hops: [...hops], table: table.name, key, restricted })
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
  const keyOf = (one: SettledKind): string => JSON.stringify(one.kind.key)
  const others = [...map.kinds.values()].filter(
    (one) => one !== settled && one.table === settled.table && keyOf(one) === keyOf(settled),
  )
  return [settled, ...others]
}
