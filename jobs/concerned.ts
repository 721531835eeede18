/** Which policies a run looks at: on an old site, counting what is overdue is most of its work. */
import type { Policy } from '../policies/policy.ts'
import type { RunOptions } from './run.ts'

/**
 * A run that warns and erases nothing leaves the policies out that warn nobody: it could only count what the next
 * purge counts again. One that is named is always looked at.
 */
export function isConcerned(
  { id, warn }: Pick<Policy, 'id' | 'warn'>,
  { policy, phases }: Pick<RunOptions, 'policy' | 'phases'>,
): boolean {
  if (policy !== null) return policy === id
  return warn !== null || phases.includes('purge') || !phases.includes('warn')
}
