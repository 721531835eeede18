/** A name that stands for no policy is a mistake of whoever typed it, and not a run over nothing. */
import { OubliError } from '../base/errors.ts'
import type { Policy } from '../policies/policy.ts'

/** `wanted`: null when none was named. Throws a `settings` error `E_POLICY_NAME`. */
export function requirePolicy(policies: readonly Pick<Policy, 'id'>[], wanted: string | null): void {
  if (wanted === null || policies.some((policy) => policy.id === wanted)) return
  throw new OubliError(
    'settings',
    'E_POLICY_NAME',
    'expected the name of a policy, found another word',
    `Policies: ${policies.map((policy) => policy.id).join(', ')}.`,
  )
}
