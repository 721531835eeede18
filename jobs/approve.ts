/** A person's word for a plan: bound to its fingerprint and to the counts found now, for seven days. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { countText, minuteOf, newEntryId, type PlanApprovedEntry } from '../audit/entry.ts'
import { insertApproval } from '../db/own/approvals.ts'
import { freezeBacklog } from '../db/own/backlogs.ts'
import { inForceTerms, observedRun } from '../db/own/terms.ts'
import { putEntry } from '../engine/evidence.ts'
import { civilDate, type CivilDate } from '../plan/civil.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { compareTerms } from '../plan/terms.ts'
import { awaitingDay } from './announced.ts'
import { overdueUntil } from './calendar.ts'
import { refuseNewContradicted } from './clocks.ts'
import type { JobContext } from './context.ts'
import {
  checkBackup,
  enforcementOf,
  refuseUnwarned,
  requireWords,
  type Backup,
  type Enforcement,
} from './first-enforcement.ts'
import { checkBacklogDay, freeze, type FrozenNow } from './freeze.ts'
import { refuseOlder } from './older.ts'
import { refuseUnreadHolds } from './lost-holds.ts'
import { planPolicy, type PlannedPolicy } from './plan.ts'
import { termsFor, type Prepared } from './prepare.ts'
import { requirePolicy } from './require-policy.ts'
import { requireBounces } from './selftest.ts'

const lifetime = 7 * 86_400_000

export interface ApproveOptions {
  readonly by: string | null
  /** Only these; empty: every policy that may act. One that never acted must be among them. */
  readonly policies: readonly string[]
  /** Null: nothing was said of one. */
  readonly backup: Backup | null
  /** The day to finish a backlog by; null: the one that the pace gives. */
  readonly backlogBy: CivilDate | null
}

export interface Approval {
  readonly fingerprint: string
  readonly until: number
  /** Policy → the most rows that a run may act on under this approval. */
  readonly most: Readonly<Record<string, number>>
  /** Policy that warns nobody → people who wait for the day that a mail has named. */
  readonly announced: Readonly<Record<string, number>>
  /** Of the policies whose terms never acted. */
  readonly backlogs: readonly FrozenNow[]
  /** Null: no policy acts for the first time. */
  readonly enforcement: Enforcement | null
}

/** `fingerprint`: at least its first 8 characters. Throws a `refused` error when the plan is another one, a clock lies, or a hold cannot be read. */
export async function approve(
  ctx: JobContext,
  prepared: Prepared,
  fingerprint: string,
  options: ApproveOptions,
): Promise<Approval> {
  await refuseOlder(ctx)
  const current = prepared.plan.fingerprint
  requireFingerprint(current, fingerprint)
  for (const name of options.policies) requirePolicy(prepared.policies, name)
  const chosen = prepared.plan.policies.filter(
    ({ policy }) =>
      policy.status === 'enforce' && (options.policies.length === 0 || options.policies.includes(policy.id)),
  )
  requireActing(prepared.plan.policies, options.policies)
  await refuseUnreadHolds(ctx, prepared, chosen)
  const now = await ctx.now()
  const { zone } = prepared.dataMap
  if (options.backup !== null) checkBackup(options.backup, civilDate(now, zone))
  if (options.backlogBy !== null) checkBacklogDay(options.backlogBy, civilDate(now, zone))
  const standings: TermsStanding[] = []
  for (const policy of chosen) standings.push(await standingOf(ctx, prepared, policy))
  const first = standings.filter((one) => one.first)
  refuseUnwarned(
    standings.filter((one) => one.isNew),
    prepared.unwarned ?? new Map(),
  )
  requireWords(first, current, options.policies, options.backup)
  await requireBounces(ctx, { plan: { ...prepared.plan, policies: chosen } }, now)
  const enforcement =
    first.length === 0 || options.backup === null
      ? null
      : await enforcementOf(ctx, first, options.backup, now, zone)
  const isNew = new Set(standings.flatMap((one) => (one.isNew ? [one.policy] : [])))
  const planned: PlannedPolicy[] = []
  for (const policy of chosen) {
    await refuseNewContradicted(ctx, prepared, policy, now)
    const freezing = { countTables: false, run: null, freeze: isNew.has(policy.policy.id) }
    planned.push(await planPolicy(ctx, prepared, policy, now, freezing))
  }
  const counts = planned.map(({ policy, survey }) => [policy.policy.id, survey.due + survey.toWarn] as const)
  const most = Object.fromEntries(counts)
  const fresh = planned.filter(({ policy }) => isNew.has(policy.policy.id))
  const until = fresh.every(({ policy }) => policy.policy.warn === null)
    ? new Map<string, Instant | 'out of sight'>()
    : await overdueUntil(ctx, prepared, planned, now)
  const backlogs = fresh.map((one) => {
    const { id } = one.policy.policy
    return freeze(ctx, one, termsFor(prepared, id).hash, now, options.backlogBy, until.get(id) ?? null)
  })
  const waiting = planned.map((one) => [one.policy.policy.id, awaitingDay(one)] as const)
  const announced = Object.fromEntries(waiting.filter(([, people]) => people > 0))
  const approval = { fingerprint: current, until: now + lifetime, most, announced, backlogs, enforcement }
  await store(ctx, approval, now, options.by)
  return approval
}

function requireFingerprint(current: string, typed: string): void {
  if (typed.length >= 8 && current.startsWith(typed)) return
  throw new OubliError(
    'refused',
    'E_FINGERPRINT',
    `the plan is now ${current.slice(0, 16)}, not ${typed.slice(0, 16)}: a policy, the data map, a template or a table has changed`,
    'Look at `oubli plan` again and approve what it shows.',
  )
}

/** Throws a `settings` error `E_POLICY_OBSERVES` for a named policy whose file lets it only observe, or when all do. */
function requireActing(policies: readonly CompiledPolicy[], named: readonly string[]): void {
  const acting = new Set(policies.flatMap(({ policy }) => (policy.status === 'enforce' ? [policy.id] : [])))
  const observing = named.filter((name) => !acting.has(name))
  if (observing.length === 0 && acting.size > 0) return
  const found = observing.length > 0 ? observing.join(', ') : 'none'
  throw new OubliError(
    'settings',
    'E_POLICY_OBSERVES',
    `expected policies that may act, found ${found}`,
    'Nothing was approved. Set `status: enforce` in the file of the policy (`oubli doctor` names one that does not fit the database), run `oubli run` once, look at the plan, and approve that.',
  )
}

interface TermsStanding {
  readonly policy: string
  readonly termsHash: string
  /** No terms of this policy ever acted. */
  readonly first: boolean
  /** These terms need the approval to act. */
  readonly isNew: boolean
}

async function standingOf(
  ctx: JobContext,
  prepared: Prepared,
  { policy }: CompiledPolicy,
): Promise<TermsStanding> {
  const { hash, terms } = termsFor(prepared, policy.id)
  if ((await observedRun(ctx.database, policy.id, hash)) === null)
    throw new OubliError(
      'refused',
      'E_NOT_OBSERVED',
      `${policy.id}: no run has observed these terms yet`,
      'Run `oubli run` once: it only observes new terms. Then approve.',
    )
  const inForce = await inForceTerms(ctx.database, policy.id)
  const isNew = inForce === null || (inForce.hash !== hash && compareTerms(inForce.terms, terms) === 'severe')
  return { policy: policy.id, termsHash: hash, first: inForce === null, isNew }
}

async function store(
  ctx: JobContext,
  { fingerprint, most, backlogs, enforcement }: Approval,
  now: Instant,
  by: string | null,
): Promise<void> {
  const id = newEntryId(ctx.ports.random)
  const outcome = await ctx.database.transaction(async (tx) => {
    await insertApproval(tx, {
      id,
      fingerprint,
      approvedAt: isoInstant(now),
      expiresAt: isoInstant(now + lifetime),
      approvedBy: by,
      counts: most,
      enforcement: enforcement === null ? null : JSON.stringify(enforcement),
    })
    for (const { row } of backlogs) await freezeBacklog(tx, { ...row, approvalId: id })
    const entry: PlanApprovedEntry = {
      v: '1',
      id: newEntryId(ctx.ports.random),
      kind: 'plan.approved',
      t: minuteOf(now),
      tool: ctx.ports.toolVersion,
      fingerprint,
      most: Object.fromEntries(
        Object.entries(most).map(([policy, rows]) => [policy, countText(rows)] as const),
      ),
      until: isoInstant(now + lifetime),
      ...backlogFields(backlogs),
      ...(enforcement === null ? {} : { first: firstFields(enforcement) }),
    }
    await putEntry(tx, { run: id, asOf: now }, entry)
  })
  if (outcome.state !== 'committed') throw outcome.error
}

function backlogFields(backlogs: readonly FrozenNow[]): Pick<PlanApprovedEntry, 'backlog'> {
  if (backlogs.length === 0) return {}
  const fields = backlogs.map(
    ({ row }) =>
      [row.policy, { size: countText(row.size), before: isoInstant(row.edge), by: row.by }] as const,
  )
  return { backlog: Object.fromEntries(fields) }
}

/** The reason why there is no backup is free text and stays in the database. */
function firstFields({
  policies,
  backup,
  binlogDays,
  comesBack,
}: Enforcement): NonNullable<PlanApprovedEntry['first']> {
  return {
    policies,
    backup: 'none' in backup ? null : { taken: backup.taken, kept_until: backup.keptUntil },
    binlog_days: binlogDays === null ? null : countText(binlogDays),
    comes_back: countText(comesBack),
  }
}
