/**
 * The terms under which a policy may act: what people are told, and where the data lie. A data map that
 * points a kind at another table or another link tells nobody anything new, and yet reaches other rows.
 */
import type { Canonical } from '../base/canonical.ts'
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { canonicalValue } from './canonical-value.ts'
import { sha256 } from './fingerprint.ts'
import { termsOf } from './terms.ts'

export interface ActingTerms {
  /** Compared by `compareTerms`: any change of place is severe. */
  readonly terms: Canonical
  /** SHA-256 in hex. */
  readonly hash: string
}

export function actingTerms(policy: Policy, dataMap: DataMap): ActingTerms {
  const places = Object.fromEntries(reached(policy, dataMap).map((kind) => [kind.name, placeOf(kind)]))
  const terms = { ...(termsOf(policy, dataMap) as Readonly<Record<string, Canonical>>), places }
  return { terms, hash: sha256(terms) }
}

/** The policy's kind and everything that hangs on it, however the policy rules it. */
function reached(policy: Policy, dataMap: DataMap): readonly Kind[] {
  const root = Object.hasOwn(dataMap.kinds, policy.data) ? dataMap.kinds[policy.data] : undefined
  const found: Kind[] = root === undefined ? [] : [root]
  for (const parent of found)
    for (const kind of Object.values(dataMap.kinds))
      if (kind.of === parent.name && !found.includes(kind)) found.push(kind)
  return found
}

function placeOf({ table, key, identity, of, link, contact, archive }: Kind): Canonical {
  return canonicalValue({ table, key, identity, of, link, contact, archive })
}
