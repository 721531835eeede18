/** Facts and decisions as a defect would have them; without one they stay as they are. */
import type { Instant } from '../../base/clock.ts'
import { readClock } from '../../plan/clock-reading.ts'
import { decodeTime } from '../../plan/clock-value.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Decision } from '../../plan/decision.ts'
import type { Facts, WarningFact } from '../../plan/facts.ts'
import type { Defect } from './defects.ts'

/** `under lock`: the last judgement before a write. `mail`: before a mail leaves. */
export type When = 'plan' | 'under lock' | 'mail'

export interface Judging {
  readonly policy: CompiledPolicy
  readonly facts: Facts
  readonly now: Instant
  readonly when: When
}

type Bend = (judging: Judging) => Partial<Facts>

const bends: Readonly<Partial<Record<Defect, Bend>>> = {
  'warned at enqueue': ({ facts }) => each(facts, (one) => (one.state === 'open' ? accepted(one) : one)),
  'given up taken as accepted': ({ facts }) =>
    each(facts, (one) => (one.state === 'abandoned' ? accepted(one) : one)),
  'returned mail taken as never sent': ({ facts }) =>
    each(facts, (one) => (one.state === 'undelivered' ? { ...one, state: 'abandoned' } : one)),
  'given up taken as refused': ({ facts }) =>
    each(facts, (one) => (one.state === 'undelivered' ? { ...one, state: 'bounced' } : one)),
  'given up without end': ({ facts }) => {
    const last = Math.max(...facts.warnings.map(({ failedAt }) => failedAt ?? -Infinity))
    return each(facts, (one) => (one.state === 'undelivered' ? { ...one, failedAt: last } : one))
  },
  'erased with a mail under way': ({ facts }) => ({
    warnings: facts.warnings.filter(({ state }) => state !== 'open' && state !== 'unknown'),
  }),
  'cycle not compared': ({ policy, facts, now }) =>
    each(facts, (one) => ({ ...one, cycle: readClock(policy.clock, facts, now).start ?? one.cycle })),
  'address not compared': ({ facts }) =>
    each(facts, (one) => ({ ...one, addressHash: facts.addressHash ?? one.addressHash })),
  'terms not compared': ({ policy, facts }) =>
    each(facts, (one) => ({ ...one, termsHash: policy.termsHash })),
  'refusals of one day': ({ facts }) =>
    each(facts, (one, i) => ({ ...one, failedAt: one.failedAt === null ? null : one.failedAt + i * day })),
  'doubtful clock believed': believed,
  'open order ignored': () => ({ states: [] }),
  'hold checked only in the plan': ({ facts, when }) => ({ held: when === 'plan' && facts.held }),
}

const day = 86_400_000

export function bentFacts(defect: Defect | null, judging: Judging): Facts {
  const bend = defect === null || judging.when === 'mail' ? undefined : bends[defect]
  return bend === undefined ? judging.facts : { ...judging.facts, ...bend(judging) }
}

function each(facts: Facts, change: (one: WarningFact, i: number) => WarningFact): Partial<Facts> {
  return { warnings: facts.warnings.map(change) }
}

function accepted(one: WarningFact): WarningFact {
  return { ...one, state: 'accepted', acceptedAt: one.queuedAt }
}

function believed({ policy, facts, now }: Judging): Partial<Facts> {
  const good = (value: string | null, i: number): string | null => {
    const clock = policy.clock.sources[i]?.clock
    const at = value === null || clock === undefined ? null : decodeTime(value, clock)
    return at === null || at < policy.clock.notBefore || at > now ? null : value
  }
  return {
    readings: facts.readings.map(({ earliest, latest }, i) => ({
      earliest: good(earliest, i),
      latest: good(latest, i),
    })),
  }
}

export function bentDecision(defect: Defect | null, decision: Decision): Decision {
  if (defect !== 'announced date moved earlier' || decision.act !== 'warn' || decision.step === 0)
    return decision
  return { ...decision, announced: decision.dueFrom }
}
