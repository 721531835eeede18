/** Warning people, as `jobs/warn.ts`: clears who came back, queues a mail and its warning in one transaction. */
import type { Instant } from '../../base/clock.ts'
import { newEntryId } from '../../audit/entry.ts'
import { announcedDay } from '../../plan/announced.ts'
import { readClock } from '../../plan/clock-reading.ts'
import { candidates, judgePerson, type Judged } from './judging.ts'
import type { PolicyVersion } from './policy-versions.ts'
import type { Steps, Tx } from './server.ts'
import { transaction } from './transaction.ts'
import type { Process, World } from './world.ts'

const retryFor = 5 * 86_400_000

export interface Warned {
  readonly queued: number
  readonly first: number
}

export function* warnPolicy(process: Process, policy: PolicyVersion, now: Instant): Steps<Warned> {
  yield* clearReturned(process, policy, now)
  let [queued, first] = [0, 0]
  const { committed } = process.server
  // Later mails before first ones, as `remindPolicy` does.
  const warned = [...new Set([...committed.all('warnings')].map(([, { key }]) => key))].sort()
  const later = warned.filter((key) => {
    const judged = judgePerson(process.world, committed, policy.compiled, key, now)
    return judged?.decision.act === 'warn' && judged.decision.step > 0
  })
  for (const key of [...later, ...candidates(committed, policy.compiled, now, true)]) {
    if (queued >= policy.truth.mostMails) break
    const judged = judgePerson(process.world, process.server.committed, policy.compiled, key, now)
    if (judged?.decision.act !== 'warn') continue
    const sent = yield* warnOne(process, policy, key, now)
    if (sent?.decision.act !== 'warn') continue
    queued += 1
    if (sent.decision.round === 0 && sent.decision.step === 0) first += 1
  }
  return { queued, first }
}

/** Judged again with the person's row locked. */
function* warnOne(process: Process, policy: PolicyVersion, key: string, now: Instant): Steps<Judged | null> {
  const outcome = yield* transaction(process, function* (tx) {
    if (!tx.tryLock('users', key, 'exclusive')) return null
    yield 'warning, locked'
    const again = judgePerson(process.world, tx, policy.compiled, key, now)
    if (again?.decision.act !== 'warn') return null
    queueWarning(process.world, tx, policy, again, now)
    yield 'warning, queued'
    return again
  })
  return outcome.state === 'committed' ? outcome.value : null
}

function queueWarning(
  world: World,
  tx: Tx,
  policy: PolicyVersion,
  { key, facts, decision }: Judged,
  now: Instant,
): void {
  if (decision.act !== 'warn' || facts.addressHash === null || facts.address === null) return
  const { start: cycle, round, step, announced } = decision
  for (const [, one] of tx.all('warnings'))
    if (one.key === key && one.cycle === cycle && one.round === round && one.step === step) return
  const id = newEntryId(world.random.bytes)
  tx.put('outbox', id, {
    key,
    token: newEntryId(world.random.bytes),
    address: facts.address,
    message: `round ${round} step ${step} names ${announced}`,
    state: 'queued',
    attempts: 0,
    notBefore: now,
    giveUpAt: Math.min(now + retryFor, announced),
    claim: null,
    leaseUntil: null,
    calledAt: null,
    acceptedAt: null,
  })
  tx.put('warnings', id, {
    key,
    policy: policy.compiled.policy.id,
    cycle,
    round,
    step,
    addressHash: facts.addressHash,
    termsHash: policy.truth.terms,
    announced,
    queuedAt: now,
    acceptedAt: null,
    state: 'open',
    failedAt: null,
  })
  world.note('run', `queues for ${key}: round ${round} step ${step}`)
}

export function* clearReturned(process: Process, policy: PolicyVersion, now: Instant): Steps<void> {
  const keys = new Set<string>()
  for (const [, warning] of process.server.committed.all('warnings')) keys.add(warning.key)
  for (const key of keys) {
    const row = judgePerson(process.world, process.server.committed, policy.compiled, key, now)
    if (row !== null && !isVoid(policy, row, now)) continue
    yield* transaction(process, function* (tx) {
      if (!tx.tryLock('users', key, 'exclusive')) return
      yield 'clearing, locked'
      const again = judgePerson(process.world, tx, policy.compiled, key, now)
      if (again !== null && !isVoid(policy, again, now)) return
      clearWarnings(tx, key)
    })
  }
}

/** By a sign of life at once; by a longer term once the day that was named is past. */
function isVoid({ compiled }: PolicyVersion, { decision, facts }: Judged, now: Instant): boolean {
  if (facts.warnings.length === 0) return false
  if (decision.act !== 'spare') return facts.warnings.every(({ cycle }) => cycle !== decision.start)
  if (decision.reason !== 'active') return false
  const { start } = readClock(compiled.clock, facts, now)
  const isBack = start !== null && facts.warnings.every(({ cycle }) => cycle < start)
  return isBack || announcedDay(facts.warnings) <= now
}

function clearWarnings(tx: Tx, key: string): void {
  for (const [id, mail] of [...tx.all('outbox')])
    if (mail.key === key && ['queued', 'claimed', 'deferred', 'unknown'].includes(mail.state))
      tx.put('outbox', id, {
        ...mail,
        state: 'cancelled',
        address: null,
        message: null,
        claim: null,
        leaseUntil: null,
      })
  for (const [id, warning] of [...tx.all('warnings')]) if (warning.key === key) tx.remove('warnings', id)
}
