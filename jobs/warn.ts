/** Warns the people of one policy: clears who came back, then queues the mails that are due today. */
import type { Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { keyFromText, keyText, type Key } from '../base/subject-ref.ts'
import { lockRows, readColumns } from '../db/site/rows.ts'
import type { Session } from '../db/session.ts'
import { judgeRows, type Judged } from '../engine/read-rows.ts'
import { walk, lookAhead } from '../engine/walk.ts'
import { clearWarnings, openWarnings, queueWarning } from '../mail/warnings.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Decision } from '../plan/decision.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { writeWarning } from './write-warning.ts'

export interface WarnOutcome {
  /** Mails queued now. */
  readonly queued: number
  /** Of them, first mails: people who enter the ladder. */
  readonly first: number
  /** People who came back since they were warned. */
  readonly returned: number
}

const pageSize = 500

export async function warnPolicy(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
): Promise<WarnOutcome> {
  const returned = await clearReturned(ctx, policy, now)
  let queued = 0
  let first = 0
  const most = policy.policy.perRun.mails
  for await (const page of walk(ctx.ports, policy, now, lookAhead(policy))) {
    for (const row of page) {
      if (queued >= most || ctx.stop() !== null) return { queued, first, returned }
      if (row.decision.act !== 'warn') continue
      const sent = await warnOne(ctx, prepared, policy, row, now)
      if (sent === null) continue
      queued += 1
      if (sent.round === 0 && sent.step === 0) first += 1
    }
  }
  return { queued, first, returned }
}

type WarnDecision = Extract<Decision, { readonly act: 'warn' }>

/** Judged again with the person's row locked, so that a sign of life in between wins. */
async function warnOne(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  row: Judged,
  now: Instant,
): Promise<WarnDecision | null> {
  const outcome = await ctx.database.transaction(async (tx) => {
    const locked = await lockRows(tx, ctx.database.dialect, policy, [row.facts.key], 'skip')
    const [again] = await judgeRows(ctx.ports, tx, policy, locked, now)
    if (again?.decision.act !== 'warn') return null
    const warning = await writeWarning(ctx, prepared, policy, again.facts, again.decision, now)
    await queueWarning(tx, warning)
    return again.decision
  })
  switch (outcome.state) {
    case 'committed':
      await point('warning committed')
      return outcome.value
    case 'rolled back':
    case 'unknown':
      // The next run finds the person again; a mail that was queued after all is found as open.
      ctx.log.event('warning.postponed', { policy: policy.policy.id })
      return null
  }
}

/** Any sign of life clears every warning of the cycle. */
export async function clearReturned(ctx: JobContext, policy: CompiledPolicy, now: Instant): Promise<number> {
  let returned = 0
  let after: string | null = null
  for (;;) {
    const open: readonly string[] = await openWarnings(
      ctx.database,
      policy.policy.id,
      policy.kind,
      after,
      pageSize,
    )
    const last = open.at(-1)
    if (last === undefined) return returned
    const judged = await judgeRows(ctx.ports, ctx.database, policy, open.map(keyFromText), now)
    const known = new Map(judged.map((row) => [keyText(row.facts.key), row]))
    for (const text of open) {
      const row = known.get(text)
      if (row !== undefined && !hasReturned(row)) continue
      const cleared = await ctx.database.transaction((tx) => clear(ctx, tx, policy, keyFromText(text), now))
      if (cleared.state === 'committed' && cleared.value) returned += 1
    }
    after = last
  }
}

/** True: the person came back. One whom the policy does not concern any more loses the warnings as well. */
async function clear(
  ctx: JobContext,
  tx: Session,
  policy: CompiledPolicy,
  key: Key,
  now: Instant,
): Promise<boolean> {
  const there = await readColumns(tx, ctx.database.dialect, policy, [key], [])
  const locked = await lockRows(tx, ctx.database.dialect, policy, [key], 'skip')
  // Somebody works on the row: the next run sees what became of it.
  if (there.length > locked.length) return false
  const [again] = await judgeRows(ctx.ports, tx, policy, locked, now)
  if (again !== undefined && !hasReturned(again)) return false
  await clearWarnings(tx, policy.policy.id, policy.kind, keyText(key), now)
  return again !== undefined
}

function hasReturned({ decision, facts }: Judged): boolean {
  if (facts.warnings.length === 0) return false
  if (decision.act === 'spare') return decision.reason === 'active' || decision.reason === 'kept on request'
  return facts.warnings.every((warning) => warning.cycle !== decision.start)
}
