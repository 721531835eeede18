/**
 * The one rule that says whether a row is due. The plan, the warnings and the re-check under lock all ask it,
 * so what was planned and what is done cannot differ.
 */
import type { Instant } from '../base/clock.ts'
import { announcedDay, keptDays } from './announced.ts'
import { readClock, type Started } from './clock-reading.ts'
import { isSameValue } from './column-values.ts'
import type { ColumnTest, CompiledPolicy } from './compiled.ts'
import { dueFrom } from './deadline.ts'
import type { Decision, SpareReason } from './decision.ts'
import type { Facts } from './facts.ts'
import { climb, inWarnWindow } from './ladder.ts'

interface Spared {
  readonly reason: SpareReason
  readonly until: Instant | null
}

/**
 * Order: a clock that cannot be true or is silent, a clock that runs, hold, restriction, state, exception, and
 * only then warnings and erasure. A canary is recognised by the site's clock alone, before any of these, because it
 * is there to show that the clocks of everybody are wrong.
 */
export function judge(policy: CompiledPolicy, facts: Facts, now: Instant): Decision {
  const reading = readClock(policy.clock, facts, now)
  const due = reading.start === null ? null : dueFrom(policy.clock, reading.start)
  const reached = due !== null && isReached(policy, due, now)
  const ranOut = reached || hasRunOut(policy, facts, now)
  const canary = ranOut && matches(policy.canary, facts)

  const why = ranOut ? 'kept on request' : 'active'
  const spared = sparedByClock(reading.doubt, due, reached ? null : why) ?? sparedByRule(policy, facts)
  if (spared !== null) return spare(spared, due, canary)
  if (canary) return spare({ reason: 'exception', until: null }, due, true)
  if (reading.start === null || due === null) return spare({ reason: 'no clock', until: null }, null, false)
  return judgeNotice(policy, facts, { start: reading.start, byElse: reading.byElse }, due, now)
}

/** Due, or in the window in which the first warning is sent. */
function isReached(policy: CompiledPolicy, due: Instant, now: Instant): boolean {
  const { warn } = policy.policy
  return due <= now || (warn !== null && inWarnWindow(warn, due, now, policy.clock.zone))
}

/** Without the requests to stay. */
function hasRunOut(policy: CompiledPolicy, facts: Facts, now: Instant): boolean {
  if (facts.kept === undefined || facts.kept.length === 0) return false
  const { start } = readClock(policy.clock, { ...facts, kept: [] }, now)
  return start !== null && isReached(policy, dueFrom(policy.clock, start), now)
}

/** `running`: why a term that is not over runs; null: it is over. */
function sparedByClock(
  doubt: 'clock cannot be true' | 'no clock' | null,
  due: Instant | null,
  running: 'active' | 'kept on request' | null,
): Spared | null {
  if (doubt !== null) return { reason: doubt, until: null }
  return running === null ? null : { reason: running, until: due }
}

function sparedByRule(policy: CompiledPolicy, facts: Facts): Spared | null {
  const reason = firstOf([
    ['held', facts.held],
    ['restricted', isRestricted(policy, facts)],
    ['not while', policy.policy.notWhile.some((state) => facts.states.includes(state))],
    ['exception', facts.excepted || matches(policy.except, facts)],
  ])
  return reason === null ? null : { reason, until: null }
}

/** Article 18: the row itself, what it hangs on, or what leaves with it is stored and nothing else. */
export function isRestricted(policy: CompiledPolicy, facts: Facts): boolean {
  return facts.restricted || matches(policy.restricted, facts)
}

function firstOf(tests: readonly (readonly [SpareReason, boolean])[]): SpareReason | null {
  return tests.find(([, holds]) => holds)?.[0] ?? null
}

function judgeNotice(
  policy: CompiledPolicy,
  facts: Facts,
  started: Started,
  due: Instant,
  now: Instant,
): Decision {
  const { warn } = policy.policy
  const known = { start: started.start, dueFrom: due, byElse: started.byElse }
  if (warn === null) {
    // What was printed holds, whoever takes the mails away: it may be all that the person knows.
    const until = announcedDay([...facts.warnings, ...keptDays(policy, started.start, facts.others ?? [])])
    if (until > now) return spare({ reason: 'warned, not yet due', until: Math.max(until, due) }, due, false)
    return { act: 'due', ...known, notice: 'none needed' }
  }
  const promised = announcedDay(facts.others ?? [])
  const outcome = climb({
    warn,
    start: started.start,
    dueFrom: due,
    addressState: facts.addressState,
    addressHash: facts.addressHash,
    warnings: facts.warnings,
    ...(promised === -Infinity ? {} : { promised }),
    termsHash: policy.termsHash,
    now,
    zone: policy.clock.zone,
  })
  switch (outcome.act) {
    case 'due':
      return { act: 'due', ...known, notice: outcome.notice }
    case 'warn':
      return {
        act: 'warn',
        ...known,
        round: outcome.round,
        step: outcome.step,
        announced: outcome.announced,
      }
    case 'wait':
      return spare(outcome, due, false)
  }
}

function spare(spared: Spared, due: Instant | null, canary: boolean): Decision {
  return { act: 'spare', reason: spared.reason, until: spared.until, dueFrom: due, canary }
}

/** A row that must never be due, whatever its dates say. */
export function isCanary({ canary }: CompiledPolicy, facts: Facts): boolean {
  return matches(canary, facts)
}

/** True when any of the tests holds. A column that was not read is a bug: silence would pass for "no". */
function matches(tests: readonly ColumnTest[], facts: Facts): boolean {
  return tests.some(({ column, values }) => {
    const value = facts.columns[column]
    if (value === undefined) throw new Error(`the column ${column} was not read before judging`)
    return value !== null && values.some((wanted) => isSameValue(value, wanted))
  })
}
