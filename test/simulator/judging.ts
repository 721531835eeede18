/** Facts out of the modelled rows, judged by the real rule. What a defect changes in the facts is changed here. */
import type { Instant } from '../../base/clock.ts'
import { readClock } from '../../plan/clock-reading.ts'
import { decodeTime } from '../../plan/clock-value.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { cutoff, cutoffAhead } from '../../plan/deadline.ts'
import type { Decision } from '../../plan/decision.ts'
import type { Facts, SourceReading, WarningFact } from '../../plan/facts.ts'
import { judge } from '../../plan/judge.ts'
import { warnDaysAhead } from '../../plan/ladder.ts'
import type { Defect } from './defects.ts'
import type { Reader } from './server.ts'
import type { User } from './tables.ts'
import { readAddress, type World } from './world.ts'

export interface Judged {
  readonly key: string
  readonly facts: Facts
  readonly decision: Decision
}

/** `under lock`: the last judgement before a write. `mail`: before a mail leaves. */
export type When = 'plan' | 'under lock' | 'mail'

/** Null: the person is not there. */
export function judgePerson(
  world: World,
  reader: Reader,
  policy: CompiledPolicy,
  key: string,
  now: Instant,
  when: When = 'plan',
): Judged | null {
  const user = reader.get('users', key)
  if (user === undefined) return null
  const facts = bent(world.defect, policy, factsOf(reader, key, user), now, when)
  return { key, facts, decision: bentDecision(world.defect, judge(policy, facts, now)) }
}

export function factsOf(reader: Reader, key: string, user: User): Facts {
  const address = readAddress(user.email)
  return {
    key: [key],
    identity: [key, user.created],
    readings: [{ earliest: user.lastLogin, latest: user.lastLogin }, sessionsOf(reader, key)],
    else: user.created,
    columns: { role: user.role, frozen: user.frozen },
    states: [],
    held: isHeld(reader, key),
    restricted: false,
    address: user.email,
    addressState: address.state,
    name: null,
    locale: null,
    addressHash: address.hash,
    warnings: warningsOf(reader, key),
  }
}

function sessionsOf(reader: Reader, key: string): SourceReading {
  let earliest: string | null = null
  let latest: string | null = null
  for (const [, { user, startedAt }] of reader.all('sessions')) {
    if (user !== key) continue
    if (earliest === null || Number(startedAt) < Number(earliest)) earliest = startedAt
    if (latest === null || Number(startedAt) > Number(latest)) latest = startedAt
  }
  return { earliest, latest }
}

function isHeld(reader: Reader, key: string): boolean {
  for (const [, hold] of reader.all('holds')) if (hold.key === key && !hold.released) return true
  return false
}

export function warningsOf(reader: Reader, key: string): readonly WarningFact[] {
  const found: WarningFact[] = []
  for (const [, warning] of reader.all('warnings')) if (warning.key === key) found.push(warning)
  return found.sort((a, b) => a.queuedAt - b.queuedAt || a.round - b.round || a.step - b.step)
}

/** People whose term ends within the days of the first warning, longest silence first: what a scan would find. */
export function candidates(
  reader: Reader,
  policy: CompiledPolicy,
  now: Instant,
  ahead: boolean,
): readonly string[] {
  const { warn } = policy.policy
  const days = ahead && warn !== null ? warnDaysAhead(warn) : 0
  const before = days > 0 ? cutoffAhead(policy.clock, now, days) : cutoff(policy.clock, now)
  const found: { readonly key: string; readonly at: Instant }[] = []
  for (const [key, user] of reader.all('users')) {
    const at = scanned(policy, user)
    if (at < before) found.push({ key, at })
  }
  return found.sort((a, b) => a.at - b.at).map(({ key }) => key)
}

/** What an index over the first source would see; a value that cannot be read sorts first, as a zero date does. */
function scanned(policy: CompiledPolicy, user: User): Instant {
  const [source] = policy.clock.sources
  const never = user.lastLogin === null || source?.clock.never.includes(user.lastLogin) === true
  const [value, clock] = never ? [user.created, policy.clock.else] : [user.lastLogin, source?.clock]
  return value === null || clock == null ? -Infinity : (decodeTime(value, clock) ?? -Infinity)
}

function bent(
  defect: Defect | null,
  policy: CompiledPolicy,
  facts: Facts,
  now: Instant,
  when: When,
): Facts {
  if (when === 'mail') return facts
  const warnings = (change: (one: WarningFact, i: number) => WarningFact): Facts => ({
    ...facts,
    warnings: facts.warnings.map(change),
  })
  const accepted = (one: WarningFact): WarningFact => ({ ...one, state: 'accepted', acceptedAt: one.queuedAt })
  switch (defect) {
    case 'warned at enqueue':
      return warnings((one) => (one.state === 'open' ? accepted(one) : one))
    case 'unknown taken as accepted':
      return warnings((one) => (one.state === 'unknown' ? accepted(one) : one))
    case 'erased with a mail under way':
      return { ...facts, warnings: facts.warnings.filter(({ state }) => state !== 'open' && state !== 'unknown') }
    case 'cycle not compared':
      return warnings((one) => ({ ...one, cycle: readClock(policy.clock, facts, now).start ?? one.cycle }))
    case 'address not compared':
      return warnings((one) => ({ ...one, addressHash: facts.addressHash ?? one.addressHash }))
    case 'terms not compared':
      return warnings((one) => ({ ...one, termsHash: policy.termsHash }))
    case 'refusals of one day':
      return warnings((one, i) => ({
        ...one,
        failedAt: one.failedAt === null ? null : one.failedAt + i * 86_400_000,
      }))
    case 'doubtful clock believed':
      return { ...facts, ...believed(policy, facts, now) }
    case 'hold checked only in the plan':
      return when === 'plan' ? facts : { ...facts, held: false }
    default:
      return facts
  }
}

function believed(policy: CompiledPolicy, facts: Facts, now: Instant): Pick<Facts, 'readings'> {
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

function bentDecision(defect: Defect | null, decision: Decision): Decision {
  if (defect !== 'announced date moved earlier' || decision.act !== 'warn' || decision.step === 0)
    return decision
  return { ...decision, announced: decision.dueFrom }
}
