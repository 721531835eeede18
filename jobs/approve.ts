/** A person's word for a plan: bound to its fingerprint and to the counts found now, for seven days. */
import { isoInstant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { countText, minuteOf, newEntryId, type Count } from '../audit/entry.ts'
import { insertApproval } from '../db/own/approvals.ts'
import { observedRun } from '../db/own/terms.ts'
import { putEntry } from '../engine/evidence.ts'
import type { JobContext } from './context.ts'
import { refuseOlder } from './older.ts'
import { planPolicy } from './plan.ts'
import { termsFor, type Prepared } from './prepare.ts'
import { requireBounces } from './selftest.ts'

const lifetime = 7 * 86_400_000

export interface Approval {
  readonly fingerprint: string
  readonly until: number
  /** Policy → the most rows that a run may act on under this approval. */
  readonly most: Readonly<Record<string, number>>
}

/** `fingerprint`: at least its first 8 characters. Throws a `refused` error when the plan is another one. */
export async function approve(
  ctx: JobContext,
  prepared: Prepared,
  fingerprint: string,
  by: string | null,
): Promise<Approval> {
  await refuseOlder(ctx)
  const current = prepared.plan.fingerprint
  if (fingerprint.length < 8 || !current.startsWith(fingerprint))
    throw new OubliError(
      'refused',
      'E_FINGERPRINT',
      `the plan is now ${current.slice(0, 16)}, not ${fingerprint.slice(0, 16)}: a policy, the data map, a template or a table has changed`,
      'Look at `oubli plan` again and approve what it shows.',
    )
  const now = await ctx.now()
  await requireBounces(ctx, prepared, now)
  const most: Record<string, number> = {}
  for (const policy of prepared.plan.policies) {
    if (policy.policy.status === 'observe') continue
    if (
      (await observedRun(ctx.database, policy.policy.id, termsFor(prepared, policy.policy.id).hash)) === null
    )
      throw new OubliError(
        'refused',
        'E_NOT_OBSERVED',
        `${policy.policy.id}: no run has observed these terms yet`,
        'Run `oubli run` once: it only observes new terms. Then approve.',
      )
    const planned = await planPolicy(ctx, prepared, policy, now, { countTables: false, run: null })
    most[policy.policy.id] = planned.survey.due + planned.survey.toWarn
  }
  await store(ctx, current, now, most, by)
  return { fingerprint: current, until: now + lifetime, most }
}

async function store(
  ctx: JobContext,
  fingerprint: string,
  now: number,
  most: Readonly<Record<string, number>>,
  by: string | null,
): Promise<void> {
  const id = newEntryId(ctx.ports.random)
  const counts = Object.fromEntries(
    Object.entries(most).map(([policy, count]) => [policy, countText(count)]),
  ) as Record<string, Count>
  const outcome = await ctx.database.transaction(async (tx) => {
    await insertApproval(tx, {
      id,
      fingerprint,
      approvedAt: isoInstant(now),
      expiresAt: isoInstant(now + lifetime),
      approvedBy: by,
      counts: most,
    })
    await putEntry(
      tx,
      { run: id, asOf: now },
      {
        v: '1',
        id: newEntryId(ctx.ports.random),
        kind: 'plan.approved',
        t: minuteOf(now),
        tool: ctx.ports.toolVersion,
        fingerprint,
        most: counts,
        until: isoInstant(now + lifetime),
      },
    )
  })
  if (outcome.state !== 'committed') throw outcome.error
}
