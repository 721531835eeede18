/** Who hears of the erasure once it is done. Pure. */
import type { Facts } from './facts.ts'

/**
 * Somebody whom the policy has warned at the address of now, and where that mail was accepted: whoever could not
 * be reached before is not written to for the first time afterwards.
 */
export function wasTold({ addressHash, warnings }: Facts, policy: string): boolean {
  return warnings.some(
    (one) => one.policy === policy && one.addressHash === addressHash && one.state === 'accepted',
  )
}
