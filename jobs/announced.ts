/** Policies on people to whom mails of others, or of before, may have named a day that is still to come. */
import { noticingPolicies } from '../db/own/noticing.ts'
import type { Database } from '../db/session.ts'
import type { Survey } from '../engine/survey.ts'
import { namesTold } from '../plan/announced.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'

/**
 * Marks them; asked once, so that a policy on a kind that nobody ever warned reads nothing more of anybody. `kinds`:
 * those of the data map that the database has.
 */
export async function withAnnounced(
  database: Database,
  policies: readonly CompiledPolicy[],
  kinds: ReadonlySet<string>,
): Promise<readonly CompiledPolicy[]> {
  // Another policy may send its very first mails in this run.
  const warning = policies.filter(({ policy }) => policy.warn !== null)
  const noticing = [
    ...(await noticingPolicies(database)),
    ...warning.map(({ policy, kind }) => ({ policy: policy.id, kind })),
  ]
  return policies.map((one) => {
    const names = namesTold(one, noticing, kinds)
    if (names.length === 0) return one
    const told = names.filter((kind) => kind !== one.kind)
    return {
      ...one,
      ...(one.policy.warn === null ? { announced: true } : {}),
      ...(told.length === 0 ? {} : { told }),
    }
  })
}

/** People to whom a mail has named a day that is to come, under a policy that warns nobody. */
export function awaitingDay(planned: { readonly policy: CompiledPolicy; readonly survey: Survey }): number {
  const { policy, survey } = planned
  return policy.policy.warn === null ? (survey.spared['warned, not yet due'] ?? 0) : 0
}
