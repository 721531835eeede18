/** The outbox and its deliveries, as `mail/outbox.ts`, `mail/settle.ts` and `mail/deliver.ts`. */
import type { Instant } from '../../base/clock.ts'
import { newEntryId } from '../../audit/entry.ts'
import { backOff } from '../../mail/back-off.ts'
import { faultShare, ourFault } from '../../mail/our-fault.ts'
import { readClock } from '../../plan/clock-reading.ts'
import { civilDate } from '../../plan/civil.ts'
import { zone } from './erasure-invariants.ts'
import { judgePerson } from './judging.ts'
import { answerOf } from './relay.ts'
import type { PolicyVersion } from './policy-versions.ts'
import type { Steps, Tx } from './server.ts'
import { insist } from './transaction.ts'
import type { Outbox, Warning } from './tables.ts'
import { commitment, putEntry, type Process } from './world.ts'

const lease = 20 * 60_000
const heldBack = 3_600_000
const provenFor = 8 * 86_400_000
const waiting = ['queued', 'deferred', 'unknown']

interface Claimed extends Outbox {
  readonly id: string
}

interface Tally {
  accepted: number
  deferred: number
  unknown: number
  readonly held: Claimed[]
}

export function* deliverDue(process: Process, policy: PolicyVersion): Steps<void> {
  const { world } = process
  const started = world.truth.now
  const delivery = newEntryId(world.random.bytes)
  yield* recoverExpired(process, started)
  const tally: Tally = { accepted: 0, deferred: 0, unknown: 0, held: [] }
  for (const mail of yield* claimDue(process, started, delivery))
    yield* deliverOne(process, policy, mail, delivery, tally)
  const before = tally.held.length === 0 ? 0 : refusedBefore(process, delivery)
  const fault = world.defect !== 'our fault is theirs' && ourFault(tally, faultShare, before)
  const proven = tally.accepted > 0 || worksLately(process, started) || world.defect === 'our fault is theirs'
  if (fault || !proven) return
  for (const mail of tally.held) yield* endMail(process, mail, 'rejected', 'deferred')
}

function refusedBefore(process: Process, delivery: string): number {
  const mails = [...process.server.committed.all('outbox')]
  return mails.filter(([, { state, claim }]) => state === 'deferred' && claim !== null && claim !== delivery)
    .length
}

function worksLately(process: Process, now: Instant): boolean {
  for (const [, { acceptedAt }] of process.server.committed.all('outbox'))
    if (acceptedAt !== null && acceptedAt >= now - provenFor) return true
  return false
}

/** Ends leases that nobody ended: before the call the mail is queued again, after it nobody knows. */
function* recoverExpired(process: Process, now: Instant): Steps<void> {
  yield* insist(process, function* (tx) {
    yield 'looks for claims that ran out'
    for (const [id, mail] of [...tx.all('outbox')]) {
      if (mail.state !== 'claimed' || mail.leaseUntil === null || mail.leaseUntil > now) continue
      if (!tx.tryLock('outbox', id, 'exclusive')) continue
      const called = mail.calledAt !== null
      const uncalled = mail.attempts === 0 ? 'queued' : 'deferred'
      tx.put('outbox', id, { ...mail, state: called ? 'unknown' : uncalled, claim: null, leaseUntil: null })
      if (called) turnWarning(tx, id, ['open'], { state: 'unknown' })
    }
  })
}

function* claimDue(process: Process, now: Instant, claim: string): Steps<readonly Claimed[]> {
  const outcome = yield* insist(process, function* (tx) {
    const found: Claimed[] = []
    for (const [id, mail] of [...tx.all('outbox')]) {
      if (!waiting.includes(mail.state) || mail.notBefore > now) continue
      if (!tx.tryLock('outbox', id, 'exclusive')) continue
      const claimed = { ...mail, state: 'claimed', claim, leaseUntil: now + lease }
      tx.put('outbox', id, claimed)
      found.push({ ...claimed, id })
    }
    yield 'claims mails'
    return found
  })
  return outcome.state === 'committed' ? outcome.value : []
}

function* deliverOne(
  process: Process,
  policy: PolicyVersion,
  mail: Claimed,
  delivery: string,
  tally: Tally,
): Steps<void> {
  const { world } = process
  if (world.truth.now >= mail.giveUpAt) {
    yield* endMail(process, mail, 'abandoned')
    return
  }
  if (world.defect !== 'mail leaves unasked' && !mayLeave(process, policy, mail)) {
    const state = mail.calledAt === null ? 'deferred' : 'unknown'
    yield* postpone(process, mail, state, world.truth.now + heldBack)
    return
  }
  process.sending = true
  yield 'mail may leave'
  const called = yield* insist(process, function* (tx) {
    yield 'marks the call'
    const now = world.truth.now
    const { leaseUntil } = tx.get('outbox', mail.id) ?? { leaseUntil: null }
    if (leaseUntil === null || leaseUntil <= now) return false
    return change(process, tx, mail, 'claimed', (row) => ({
      ...row,
      calledAt: now,
      leaseUntil: now + lease,
      attempts: row.attempts + 1,
    }))
  })
  const sends = called.state === 'committed' && called.value
  const answer = sends ? answerOf(world, mail, delivery) : null
  process.sending = false
  if (answer === null) return
  yield `the relay says ${answer}`
  yield* settle(process, mail, answer, tally)
}

/** Is what a waiting mail says still true? As `jobs/may-leave.ts`. */
function mayLeave(process: Process, policy: PolicyVersion, mail: Claimed): boolean {
  const { world, server } = process
  const row = judgePerson(world, server.committed, policy.compiled, mail.key, world.truth.now, 'mail')
  if (row?.decision.act !== 'spare' || row.decision.reason !== 'warning on its way') return false
  const start = readClock(policy.compiled.clock, row.facts, world.truth.now).start
  const anyCycle = world.defect === 'mail of an earlier silence leaves'
  return row.facts.warnings
    .filter(({ state }) => state === 'open' || state === 'unknown')
    .every(
      ({ addressHash, cycle, termsHash }) =>
        addressHash === row.facts.addressHash &&
        (anyCycle || cycle === start) &&
        termsHash === policy.compiled.termsHash,
    )
}

function* settle(
  process: Process,
  mail: Claimed,
  answer: 'accepted' | 'lost' | 'deferred' | 'rejected',
  tally: Tally,
): Steps<void> {
  const later = process.world.truth.now + backOff(mail.attempts + 1, process.world.random.next)
  switch (answer) {
    case 'accepted':
      if (yield* endMail(process, mail, 'accepted')) tally.accepted += 1
      else tally.unknown += 1
      return
    case 'rejected':
      if (yield* postpone(process, mail, 'deferred', later, true)) tally.held.push(mail)
      return
    case 'deferred':
      if (yield* postpone(process, mail, 'deferred', later)) tally.deferred += 1
      return
    case 'lost':
      if (yield* postpone(process, mail, 'unknown', later)) tally.unknown += 1
  }
}

function* postpone(
  process: Process,
  mail: Claimed,
  state: 'deferred' | 'unknown',
  notBefore: Instant,
  keepClaim = false,
): Steps<boolean> {
  const outcome = yield* insist(process, function* (tx) {
    yield `puts a mail back, ${state}`
    const done = change(process, tx, mail, 'claimed', (row) => ({
      ...row,
      state,
      notBefore,
      leaseUntil: null,
      calledAt: state === 'deferred' ? null : row.calledAt,
      claim: keepClaim ? row.claim : null,
    }))
    if (done && state === 'unknown') turnWarning(tx, mail.id, ['open'], { state })
    return done
  })
  return outcome.state === 'committed' && outcome.value
}

function* endMail(
  process: Process,
  mail: Claimed,
  state: 'accepted' | 'rejected' | 'abandoned',
  from: 'claimed' | 'deferred' = 'claimed',
): Steps<boolean> {
  const { world } = process
  const now = world.truth.now
  const kept = world.defect === 'mail kept after its end'
  const outcome = yield* insist(process, function* (tx) {
    const done = change(process, tx, mail, from, (row) => ({
      ...row,
      state,
      acceptedAt: state === 'accepted' ? now : row.acceptedAt,
      claim: null,
      leaseUntil: null,
      ...(kept ? {} : { address: null, message: null }),
    }))
    yield `ends a mail, ${state}`
    if (!done) return false
    if (state === 'accepted') turnWarning(tx, mail.id, ['open', 'unknown'], { state, acceptedAt: now })
    else {
      const failed = state === 'rejected' ? 'refused' : 'abandoned'
      turnWarning(tx, mail.id, null, { state: failed, acceptedAt: null, failedAt: now })
    }
    recordMail(process, tx, mail.id, now)
    return true
  })
  return outcome.state === 'committed' && outcome.value
}

/** Evidence of a warning; none when the person is gone or back. */
export function recordMail(process: Process, tx: Tx, id: string, at: Instant): void {
  const warning = tx.get('warnings', id)
  if (warning === undefined) return
  const fields = {
    policy: { id: warning.policy, terms: warning.termsHash },
    subject: commitment(process.world),
    round: String(warning.round),
    step: String(warning.step),
  }
  if (warning.state === 'accepted') {
    const announced = civilDate(warning.announced, zone)
    putEntry(process.world, tx, { run: 'mail', at }, 'warning.accepted', { ...fields, announced })
  } else putEntry(process.world, tx, { run: 'mail', at }, 'warning.failed', { ...fields, why: warning.state })
}

export function turnWarning(tx: Tx, id: string, from: readonly string[] | null, to: Partial<Warning>): void {
  const warning = tx.get('warnings', id)
  if (warning === undefined || (from !== null && !from.includes(warning.state))) return
  tx.put('warnings', id, { ...warning, ...to })
}

/** False when the claim was lost to a lease, a cancellation or an erasure. */
function change(process: Process, tx: Tx, mail: Claimed, from: string, to: (row: Outbox) => Outbox): boolean {
  const row = tx.get('outbox', mail.id)
  const ours =
    process.world.defect === 'mail result without claim'
      ? row !== undefined
      : row?.claim === mail.claim && row.state === from
  if (row === undefined || !ours) return false
  tx.put('outbox', mail.id, to(row))
  return true
}
