/** What operators and officers do: holds, approvals, bounces that come in, other words in a policy. */
import { newEntryId } from '../../audit/entry.ts'
import { recordMail, turnWarning } from './mail-model.ts'
import { nextWords, versionOf } from './policy-versions.ts'
import { survey } from './plan-model.ts'
import { Failure, type Steps, type Tx } from './server.ts'
import { insist, lock, transaction } from './transaction.ts'
import { commitment, putEntry, type Process } from './world.ts'

const patience = 10

/** Waits until no batch is under way, and keeps the next one out until the hold stands. */
export function* setHold(process: Process, key: string): Steps<void> {
  for (let tries = 1; tries <= patience; tries += 1) {
    const outcome = yield* transaction(process, (tx) => holding(process, tx, key))
    const person = process.world.truth.people.get(key)
    if (outcome.state === 'committed' && outcome.value && person !== undefined) person.holds += 1
    if (outcome.state === 'committed') {
      process.world.note(process.name, outcome.value ? `${key} is held` : `${key} is gone`)
      return
    }
    yield 'tries again'
  }
  process.world.note(process.name, `${key} stays busy`)
}

function* holding(process: Process, tx: Tx, key: string): Steps<boolean> {
  const { world } = process
  if (world.defect === 'hold without holding off') {
    yield 'holds nobody off'
    if (tx.get('users', key) === undefined) return false
  } else {
    yield* lock(tx, 'lease', 'run', 'exclusive')
    yield 'runs are held off'
    if (!tx.tryLock('users', key, 'exclusive')) throw new Failure('no wait')
    if (tx.get('users', key) === undefined) return false
  }
  const id = newEntryId(world.random.bytes)
  tx.put('holds', id, { key, released: false })
  putEntry(world, tx, { run: id, at: world.truth.now }, 'hold.set', { hold: id, subject: commitment(world) })
  yield 'the hold stands'
  return true
}

export function* releaseHold(process: Process, key: string): Steps<void> {
  const { world } = process
  const outcome = yield* insist(process, function* (tx) {
    const [id, hold] = [...tx.all('holds')].find(([, one]) => one.key === key && !one.released) ?? []
    if (id === undefined || hold === undefined) return false
    tx.put('holds', id, { ...hold, released: true })
    putEntry(world, tx, { run: id, at: world.truth.now }, 'hold.released', {
      ...{ hold: id, subject: commitment(world) },
    })
    yield 'the hold is released'
    return true
  })
  const person = world.truth.people.get(key)
  if (outcome.state === 'committed' && outcome.value && person !== undefined) person.holds -= 1
}

/** Reports come back about the latest mail to a person that some server took, or about all of them at once. */
export function* bounces(process: Process, key: string, most: number, givenUp: boolean): Steps<void> {
  const { world } = process
  const isTaken = (token: string): boolean =>
    world.truth.sends.some(
      (send) => send.token === token && (send.answer === 'accepted' || send.answer === 'lost'),
    ) && !world.truth.bounces.some((bounce) => bounce.token === token)
  const mails = [...process.server.committed.all('outbox')]
  const own = mails.filter(([, mail]) => mail.key === key && isTaken(mail.token))
  for (const [id, { token }] of own.slice(-most)) {
    const outcome = yield* insist(process, (tx) => recordBounce(process, tx, id, givenUp))
    if (outcome.state !== 'committed' || !outcome.value) continue
    world.truth.bounces.push({ token, at: world.truth.now, givenUp })
    world.note(process.name, givenUp ? `${key}: given up` : key)
  }
}

function* recordBounce(process: Process, tx: Tx, id: string, givenUp: boolean): Steps<boolean> {
  const { world } = process
  if (tx.get('outbox', id) === undefined) return false
  // The batch that erases the person has judged already: the report waits for it, or is seen by the next.
  if (world.defect !== 'bounce beside a batch') yield* lock(tx, 'lease', 'run', 'exclusive')
  const row = tx.get('outbox', id)
  if (row === undefined || !['accepted', 'unknown'].includes(row.state)) return false
  if (world.defect === 'late bounce ignored') return true
  const cleared = { address: null, message: null, claim: null, leaseUntil: null }
  tx.put('outbox', id, { ...row, state: 'bounced', ...cleared })
  const failedAt = world.truth.now
  turnWarning(tx, id, null, { state: givenUp ? 'undelivered' : 'bounced', acceptedAt: null, failedAt })
  recordMail(process, tx, id, failedAt)
  yield 'the bounce is written down'
  return true
}

/** Looks at the plan and approves what it finds, once a run has observed the terms. */
export function* approve(process: Process): Steps<void> {
  const { world } = process
  const { policy } = world
  const terms = policy.truth.terms
  if (process.server.committed.get('terms', terms) === undefined) return
  yield 'looks at the plan'
  const now = world.truth.now
  const found = survey(process, policy, now)
  const most = found.due.length + found.toWarn
  const until = now + 7 * 86_400_000
  const id = newEntryId(world.random.bytes)
  const outcome = yield* insist(process, function* (tx) {
    tx.put('approvals', id, { terms, until, most })
    putEntry(world, tx, { run: id, at: now }, 'plan.approved', {
      fingerprint: terms,
      most: { 'inactive-accounts': String(most) },
      until: new Date(until).toISOString(),
    })
    yield 'the approval is written'
  })
  if (outcome.state !== 'committed') return
  world.truth.approvals.push({ terms, until, most, observed: new Set(world.truth.observed) })
  world.note(process.name, `${most} people`)
}

export function edits(process: Process): void {
  const { world } = process
  world.policy = versionOf(nextWords(world.policy.words, world.random))
  world.truth.policies.set(world.policy.truth.terms, world.policy.truth)
  world.note(process.name, `${world.policy.truth.periodDays} days, notice ${world.policy.truth.noticeDays}`)
}
