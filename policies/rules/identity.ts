/** People are told apart by more than a key, which is given a second time after a restored backup. */
import type { Kind } from '../data-map.ts'
import { problem, type Rule } from './lint-context.ts'

export const peopleAreToldApart: Rule = (lint) =>
  Object.values(lint.map.kinds)
    .filter((kind) => kind.subject && !isToldApart(kind))
    .filter((kind) => lint.policies.some((policy) => policy.data === kind.name))
    .map((kind) => problem('W_KEY_ALONE', lint.atMap('kinds', kind.name, 'key'), { kind: kind.name }))

/** A column outside the key belongs to the identity. */
export function isToldApart({ identity, key }: Pick<Kind, 'identity' | 'key'>): boolean {
  return identity.some((name) => !key.includes(name))
}
