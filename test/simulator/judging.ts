/** Facts out of the modelled rows, judged by the real rule. What a defect changes in the facts is changed here. */
import type { Instant } from '../../base/clock.ts'
import { decodeTime } from '../../plan/clock-value.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { cutoff, cutoffAhead } from '../../plan/deadline.ts'
import type { Decision } from '../../plan/decision.ts'
import type { Facts, SourceReading, WarningFact } from '../../plan/facts.ts'
import { judge } from '../../plan/judge.ts'
import { warnDaysAhead } from '../../plan/ladder.ts'
import { bentDecision, bentFacts, type When } from './bent-facts.ts'
import type { Reader } from './server.ts'
import type { User } from './tables.ts'
import { readAddress, type World } from './world.ts'

export interface Judged {
  readonly key: string
  readonly facts: Facts
  readonly decision: Decision
}

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
  const facts = bentFacts(world.defect, { policy, facts: factsOf(reader, key, user), now, when })
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
    states: user.ordering === '1' ? ['order_open'] : [],
    held: isHeld(reader, key),
    restricted: false,
    excepted: false,
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
  if (source === undefined || policy.clock.else === null) return -Infinity
  if (user.lastLogin === null || source.clock.never.includes(user.lastLogin))
    return decodeTime(user.created, policy.clock.else) ?? -Infinity
  return decodeTime(user.lastLogin, source.clock) ?? -Infinity
}
