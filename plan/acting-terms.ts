/**
 * The terms under which a policy may act: what people are told, where the data lie, and who is spared by what stands
 * elsewhere. A data map that points a kind at another table, or no longer spares whom it spared, tells nobody
 * anything new, and yet reaches other rows.
 */
import { canonicalText, type Canonical } from '../base/canonical.ts'
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { canonicalValue } from './canonical-value.ts'
import { isSameRows } from './covers.ts'
import { endsOf } from './deadline.ts'
import { sha256 } from './fingerprint.ts'
import { termsOf } from './terms.ts'

type Fields = Readonly<Record<string, Canonical | undefined>>

export interface ActingTerms {
  /** Compared by `compareTerms`: any change of place is severe. */
  readonly terms: Canonical
  /** Under which the database knows them, in hex: SHA-256, see `asStored`. */
  readonly hash: string
}

export interface NotedTerms extends ActingTerms {
  /** SHA-256 in hex of the terms without `spares`, which earlier versions did not note. */
  readonly formerHash: string
}

export function actingTerms(policy: Policy, dataMap: DataMap): NotedTerms {
  const told = termsOf(policy, dataMap) as Fields
  const places = Object.fromEntries(reached(policy, dataMap).map((kind) => [kind.name, placeOf(kind)]))
  const former = { ...told, places }
  const terms = { ...former, spares: sparesOf(policy, dataMap, told.leaving as Fields) }
  return { terms, hash: sha256(terms), formerHash: sha256(former) }
}

/**
 * The terms under the hash by which the database knows them. `stored`: what it holds under `formerHash`; null: nothing.
 * An update of the program changes no terms, so they keep that hash, and with it all that was counted and approved
 * under it, as long as they spare whom they spared when a run first noted that.
 */
export function asStored({ terms, hash, formerHash }: NotedTerms, stored: Canonical | null): ActingTerms {
  if (stored === null) return { terms, hash }
  const { spares } = stored as Fields
  const same =
    spares === undefined || canonicalText(spares) === canonicalText((terms as Fields).spares ?? null)
  return { terms, hash: same ? formerHash : hash }
}

/** The policy's kind and everything that hangs on it, however the policy rules it. */
function reached(policy: Policy, dataMap: DataMap): readonly Kind[] {
  const root = kindNamed(dataMap, policy.data)
  const found: Kind[] = root === undefined ? [] : [root]
  for (const parent of found)
    for (const kind of Object.values(dataMap.kinds))
      if (kind.of === parent.name && !found.includes(kind)) found.push(kind)
  return found
}

/** Tables that terms of a policy name, as `actingTerms` noted them. */
export function tablesIn(terms: Canonical): readonly string[] {
  const places = Object.values(((terms as Fields).places ?? {}) as Fields)
  return places.flatMap((place) => {
    const { table } = place as Fields
    return typeof table === 'string' ? [table] : []
  })
}

function placeOf({ table, key, identity, of, link, contact, archive }: Kind): Canonical {
  return canonicalValue({ table, key, identity, of, link, contact, archive })
}

/** What keeps a row although the policy's own kind does not say so. */
function sparesOf(policy: Policy, dataMap: DataMap, leaving: Fields): Canonical {
  const root = kindNamed(dataMap, policy.data)
  if (root === undefined) return null
  const above = kindsAbove(dataMap, root)
  const going = Object.entries(leaving).flatMap(([name, rule]) => {
    const { act } = rule as Fields
    return act === 'keep' || act === 'detach' ? [] : (kindNamed(dataMap, name) ?? [])
  })
  const lines = [
    ...above.flatMap((kind) => linesOf(dataMap, kind, ['restricted'])),
    ...[root, ...going].flatMap((kind) => linesOf(dataMap, kind, ['restricted', 'except'])),
  ]
  return {
    protections: [...new Set(lines)].sort(),
    above: canonicalValue(Object.fromEntries(above.map((kind) => [kind.name, wayOf(kind)]))),
    notBefore: dataMap.launchedOn,
    ends: endsOf(root.category, policy),
  }
}

/** Nearest first, without the kind itself. */
function kindsAbove(dataMap: DataMap, root: Kind): readonly Kind[] {
  const found = [root]
  for (const { of } of found) {
    const kind = of === null ? undefined : kindNamed(dataMap, of)
    if (kind !== undefined && !found.includes(kind)) found.push(kind)
  }
  return found.slice(1)
}

/** Another way up leads to other people, whose holds and restrictions then count. */
function wayOf({ table, key, of, link }: Kind): Partial<Kind> {
  return { table, key, of, link }
}

/** Each line spares somebody: its sort, the kind, the column and one value. */
function linesOf(
  dataMap: DataMap,
  kind: Kind,
  sorts: readonly ('restricted' | 'except')[],
): readonly string[] {
  const views = Object.values(dataMap.kinds).filter((one) => isSameRows(one, kind))
  return views.flatMap((one) =>
    sorts.flatMap((sort) =>
      Object.entries(one[sort]).flatMap(([column, values]) =>
        values.map((value) => JSON.stringify([sort, one.name, column, value])),
      ),
    ),
  )
}

function kindNamed({ kinds }: DataMap, name: string): Kind | undefined {
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined
}
