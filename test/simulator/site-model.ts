/** What people and the site do meanwhile. What is committed is written into the truth in the very same step. */
import type { Instant } from '../../base/clock.ts'
import type { Steps, Tx } from './server.ts'
import { lock, transaction } from './transaction.ts'
import type { User } from './tables.ts'
import type { PersonTruth } from './truth.ts'
import { readAddress, type Process } from './world.ts'

export function sqlTime(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

export function wholeSecond(at: Instant): Instant {
  return Math.floor(at / 1000) * 1000
}

function signed(person: PersonTruth, at: Instant, now: Instant): void {
  if (at <= person.lastSign) return
  person.lastSign = at
  person.signWritten = now
}

/** A statement of the site waits for the row of the person, and then finds it or not. */
function* siteWrites(
  process: Process,
  key: string,
  mode: 'shared' | 'exclusive',
  write: (tx: Tx, user: User) => void,
  then: (person: PersonTruth) => void,
): Steps<void> {
  const outcome = yield* transaction(process, function* (tx) {
    yield* lock(tx, 'users', key, mode)
    const user = tx.get('users', key)
    if (user === undefined) return false
    write(tx, user)
    yield 'the site has written'
    return true
  })
  const person = process.world.truth.people.get(key)
  if (outcome.state === 'committed' && outcome.value && person !== undefined) {
    then(person)
    process.world.note(process.name, key)
  } else process.world.note(process.name, `${key} is not there, or busy`)
}

export function* signIn(process: Process, key: string): Steps<void> {
  const at = wholeSecond(process.world.truth.now)
  yield* siteWrites(
    process,
    key,
    'exclusive',
    (tx, user) => {
      // A clock that was put back: who writes an older sign-in over a newer one has forgotten it, and nobody can know.
      const { lastLogin } = user
      const newer = lastLogin !== null && lastLogin > sqlTime(at)
      tx.put('users', key, { ...user, lastLogin: newer ? lastLogin : sqlTime(at) })
    },
    (person) => {
      signed(person, at, process.world.truth.now)
    },
  )
}

/** A session is a row of its own; `back` milliseconds ago when it comes late from another system. */
export function* opensSession(process: Process, key: string, back: number): Steps<void> {
  const at = wholeSecond(process.world.truth.now - back)
  yield* siteWrites(
    process,
    key,
    'shared',
    (tx) => {
      tx.put('sessions', `s${process.server.nextNumber()}`, { user: key, startedAt: String(at / 1000) })
    },
    (person) => {
      signed(person, at, process.world.truth.now)
    },
  )
}

/** Writes a row of the person without asking for the person's own row, as an UPDATE of a child does. */
export function* usesSession(process: Process, key: string): Steps<void> {
  const at = wholeSecond(process.world.truth.now)
  const outcome = yield* transaction(process, function* (tx) {
    const [id] =
      [...tx.all('sessions')].find(([id, { user }]) => user === key && !id.startsWith('wrong')) ?? []
    if (id === undefined) return false
    yield* lock(tx, 'sessions', id, 'exclusive')
    if (tx.get('sessions', id) === undefined) return false
    tx.put('sessions', id, { user: key, startedAt: String(at / 1000) })
    yield 'the site has written'
    return true
  })
  const person = process.world.truth.people.get(key)
  if (outcome.state !== 'committed' || !outcome.value || person === undefined) return
  signed(person, at, process.world.truth.now)
  process.world.note(process.name, key)
}

export function* changesAddress(process: Process, key: string, address: string | null): Steps<void> {
  yield* siteWrites(
    process,
    key,
    'exclusive',
    (tx, user) => {
      tx.put('users', key, { ...user, email: address })
    },
    (person) => {
      Object.assign(person, { address, addressHash: readAddress(address).hash })
      person.addressSince = process.world.truth.now
      person.refused = false
    },
  )
}

export function* restricts(process: Process, key: string, on: boolean): Steps<void> {
  yield* siteWrites(
    process,
    key,
    'exclusive',
    (tx, user) => {
      tx.put('users', key, { ...user, frozen: on ? '1' : '0' })
    },
    (person) => {
      person.restricted = on
    },
  )
}

export function* orders(process: Process, key: string, open: boolean): Steps<void> {
  yield* siteWrites(
    process,
    key,
    'exclusive',
    (tx, user) => {
      tx.put('users', key, { ...user, ordering: open ? '1' : '0' })
    },
    (person) => {
      person.ordering = open
    },
  )
}

/** A value that cannot be true stands beside the others, or the true one is put back. */
export function* spoilsClock(process: Process, key: string, value: 'future' | 'ancient' | null): Steps<void> {
  const { truth } = process.world
  const wrong = { future: truth.now + 1500 * 86_400_000, ancient: 1000 }
  yield* siteWrites(
    process,
    key,
    'exclusive',
    (tx) => {
      const id = `wrong ${key}`
      if (value === null) tx.remove('sessions', id)
      else tx.put('sessions', id, { user: key, startedAt: String(Math.floor(wrong[value] / 1000)) })
    },
    (person) => {
      person.doubtful = value !== null
    },
  )
}
