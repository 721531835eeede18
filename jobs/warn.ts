/** Warns the people of one policy: clears who came back, queues later mails, then first ones. */
import type { Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { keyFromText, keyText, type Key } from '../base/subject-ref.ts'
import { lockRows, readColumns } from '../db/site/rows.ts'
import type { Session } from '../db/session.ts'
import { judgeRows, readFacts, type Judged } from '../engine/read-rows.ts'
import { walk, lookAhead } from '../engine/walk.ts'
import { clearUnsaid, clearWarnings, forgetWarned, openWarnings, queueWarning } from '../mail/warnings.ts'
import { announcedDay, cameBack } from '../plan/announced.ts'
import { readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts } from '../plan/facts.ts'
import type { WarmUpPause } from '../plan/warm-up.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { toWarn, type WarnDecision } from './to-warn.ts'
import type { FirstMails } from './warm-up.ts'
import { writeWarning } from './write-warning.ts'

export interface WarnOutcome {
  /** Mails queued now. */
  readonly queued: number
  /** Of them, first mails: people who enter the ladder. */
  readonly first: number
  /** People who came back since they were warned. */
  readonly returned: number
  /** First mails that the warm-up of the relay leaves for later days, or why none may leave; null: neither. */
  readonly held: 'warm-up' | WarmUpPause | null
}

/** What a policy did for the people whom it has warned before. */
export interface Reminded {
  readonly queued: number
  readonly returned: number
}

const pageSize = 500

/** Clears who came back, and queues the later mails of the others: before any first mail of any policy. */
export async function remindPolicy(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
): Promise<Reminded> {
  let queued = 0
  const returned = await eachWarned(ctx, policy, now, async (page) => {
    for (const row of await toWarn(ctx, prepared, policy, page, now)) {
      if (queued >= policy.policy.perRun.mails || ctx.stop() !== null) return
      if (row.decision.step === 0) continue
      if ((await warnOne(ctx, prepared, policy, row, now)) !== null) queued += 1
    }
  })
  return { queued, returned }
}

/** `may`: as many first mails as the warm-up leaves; null: no warm-up. */
export async function warnPolicy(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
  before: Reminded,
  may: FirstMails | null,
): Promise<WarnOutcome> {
  let { queued } = before
  let first = 0
  let begun = 0
  const outcome = (held: WarnOutcome['held']): WarnOutcome => ({
    ...{ queued, first, held },
    returned: before.returned,
  })
  const most = policy.policy.perRun.mails
  for await (const page of walk(ctx.ports, policy, now, lookAhead(policy))) {
    for (const row of await toWarn(ctx, prepared, policy, page, now)) {
      if (queued >= most || ctx.stop() !== null) return outcome(null)
      // Whoever was busy a moment ago may still get a later mail; a new ladder needs its room.
      if (row.decision.step === 0 && may !== null && begun >= may.most) return outcome(may.pause ?? 'warm-up')
      const sent = await warnOne(ctx, prepared, policy, row, now)
      if (sent === null) continue
      queued += 1
      if (sent.step === 0) begun += 1
      if (sent.round === 0 && sent.step === 0) first += 1
    }
  }
  return outcome(null)
}

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
  return await eachWarned(ctx, policy, now, () => Promise.resolve())
}

/** Clears who came back and does something with the others, a page at a time; gives how many came back. */
async function eachWarned(
  ctx: JobContext,
  policy: CompiledPolicy,
  now: Instant,
  work: (page: readonly Judged[]) => Promise<void>,
): Promise<number> {
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
    const known = await warnedPeople(ctx, ctx.database, policy, open.map(keyFromText), now)
    const others: Judged[] = []
    for (const text of open) {
      const one = known.get(text)
      if (one?.stands === true && !one.waits) {
        if (one.judged !== null) others.push(one.judged)
        continue
      }
      const cleared = await ctx.database.transaction((tx) => clear(ctx, tx, policy, keyFromText(text), now))
      if (cleared.state === 'committed' && cleared.value) returned += 1
    }
    await work(others)
    after = last
  }
}

interface WarnedPerson {
  /** Null: no concern of the policy any more. */
  readonly judged: Judged | null
  readonly back: boolean
  /** What the mails said holds. */
  readonly stands: boolean
  /** A mail waits that must not leave. */
  readonly waits: boolean
}

/**
 * By key text, those who are there. What a mail has named to somebody holds until its day also where the policy concerns
 * others by now: one that warns nobody, and that waits for the day as long as there is the notice, may have taken over.
 */
async function warnedPeople(
  ctx: JobContext,
  session: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
  now: Instant,
): Promise<ReadonlyMap<string, WarnedPerson>> {
  const found = new Map<string, WarnedPerson>()
  for (const judged of await judgeRows(ctx.ports, session, policy, keys, now)) {
    found.set(keyText(judged.facts.key), concerned(policy, judged, now))
  }
  const others = keys.filter((key) => !found.has(keyText(key)))
  if (policy.only.length === 0 || others.length === 0) return found
  for (const facts of await readFacts(ctx.ports, session, { ...policy, only: [] }, others))
    found.set(keyText(facts.key), unconcerned(policy, facts, now))
  return found
}

/** A longer term is no sign of life: what was said holds until its day, because another policy may act before it. */
function concerned(policy: CompiledPolicy, judged: Judged, now: Instant): WarnedPerson {
  const { decision, facts } = judged
  const back = hasReturned(policy, judged, now)
  const isLonger = !back && decision.act === 'spare' && decision.reason === 'active'
  return {
    ...{ judged, back },
    stands: isLonger ? announcedDay(facts.warnings) > now : !back,
    waits: isLonger && facts.warnings.some(({ state }) => state === 'open'),
  }
}

function unconcerned(policy: CompiledPolicy, facts: Facts, now: Instant): WarnedPerson {
  const { warnings } = facts
  const back = cameBack(policy, facts, warnings, now)
  const waits = warnings.some(({ state }) => state === 'open')
  return { judged: null, back, stands: !back && announcedDay(warnings) > now, waits }
}

/** True: the person came back. One whom the policy does not concern any more loses the warnings after the day as well. */
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
  const [again] = (await warnedPeople(ctx, tx, policy, locked, now)).values()
  if (again?.stands === true) {
    if (again.waits) await clearUnsaid(tx, policy.policy.id, policy.kind, keyText(key), now)
    return false
  }
  // Who came back may still get a report about a mail; of nobody there is none to take in.
  const forget = there.length === 0 ? forgetWarned : clearWarnings
  await forget(tx, policy.policy.id, policy.kind, keyText(key), now)
  return again?.back === true
}

function hasReturned(policy: CompiledPolicy, { decision, facts }: Judged, now: Instant): boolean {
  if (facts.warnings.length === 0) return false
  if (decision.act === 'spare' && decision.reason !== 'active') return decision.reason === 'kept on request'
  const start = decision.act === 'spare' ? readClock(policy.clock, facts, now).start : decision.start
  // A clock that has fallen back is no sign of life: what the mails said holds.
  return start !== null && facts.warnings.every((warning) => warning.cycle < start)
}
