/** Policies that warn nobody, on people to whom mails may have named a day that is still to come. */
import { noticingPolicies } from '../db/own/noticing.ts'
import type { Database } from '../db/session.ts'
import type { Survey } from '../engine/survey.ts'
import { keepsDaysOfOthers } from '../plan/announced.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'

/** Marks them; asked once, so that a policy on a kind that nobody ever warned reads nothing more of anybody. */
export async function withAnnounced(
  database: Database,
  policies: readonly CompiledPolicy[],
): Promise<readonly CompiledPolicy[]> {
  if (policies.every(({ policy }) => policy.warn !== null)) return policies
  // Another policy may send its very first mails in this run.
  const warning = policies.filter(({ policy }) => policy.warn !== null)
  const noticing = [
    ...(await noticingPolicies(database)),
    ...warning.map(({ policy, kind }) => ({ policy: policy.id, kind })),
  ]
  return policies.map((one) => {
    const told = noticing.some(
      ({ policy, kind }) => kind === one.kind && (policy === one.policy.id || keepsDaysOfOthers(one)),
    )
    return told && one.policy.warn === null ? { ...one, announced: true } : one
  })
}

/** People to whom a mail has named a day that is to come, under a policy that warns nobody. */
export function awaitingDay(planned: { readonly policy: CompiledPolicy; readonly survey: Survey }): number {
  const { policy, survey } = planned
  return policy.policy.warn === null ? (survey.spared['warned, not yet due'] ?? 0) : 0
}
