/** A transaction that is worth more than one try. */
import type { Database, Outcome, Session } from '../db/session.ts'

/** Certainly rolled back (a deadlock, a lost connection): tried again, three times in all. */
export async function insist<T>(database: Database, work: (tx: Session) => Promise<T>): Promise<Outcome<T>> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await database.transaction(work)
    if (outcome.state !== 'rolled back' || tries === 3) return outcome
  }
}

/** The same for what cannot go on without it: throws what the database threw. */
export async function committed<T>(database: Database, work: (tx: Session) => Promise<T>): Promise<T> {
  const outcome = await insist(database, work)
  if (outcome.state === 'committed') return outcome.value
  throw outcome.error
}
