/** A policy in a few plain sentences, made of its typed parts and of nothing else. */
import type { DataMap } from './data-map.ts'
import type { Policy } from './policy.ts'
import type { Language } from './problem.ts'
import { sayInEnglish } from './sentence/english.ts'
import { sayInFrench } from './sentence/french.ts'
import { partsOf } from './sentence/parts.ts'

/**
 * Says what happens to which data, when, what stays; then under which conditions, who goes
 * without having been warned, and how long a receipt is given.
 * `policies` are the others of the site: with them the sentence says how long an archive lasts.
 */
export function describePolicy(
  policy: Policy,
  dataMap: DataMap,
  lang: Language,
  policies: readonly Policy[] = [],
): string {
  const parts = partsOf(policy, dataMap, policies)
  if (parts === null) return policy.id
  return lang === 'fr' ? sayInFrench(parts) : sayInEnglish(parts)
}
