/**
 * The one place where a transaction begins and ends. After an error a transaction is dead: a deadlock has
 * ended it on the server already and the next statement would commit by itself, a lock wait has undone only
 * half of what was meant. So the first error is kept, nothing after it reaches the server, and all of it is
 * rolled back, whatever the work makes of the error.
 */
import type { Outcome, Row, Session, Statement, TransactionOptions } from './session.ts'
import { DatabaseError, databaseError } from './database-error.ts'
import type { Answer, Link, Pool } from './link.ts'

/** Never rejects for a database error, see `Database.transaction`. */
export async function runTransaction<T>(
  lender: Pool,
  work: (tx: Session) => Promise<T>,
  options: TransactionOptions = {},
): Promise<Outcome<T>> {
  const pool =
    options.closeAfter === true ? { ...lender, release: (link: Link) => lender.discard(link) } : lender
  let link: Link
  try {
    link = await begun(pool, options)
  } catch (error) {
    return { state: 'rolled back', error: databaseError(error, 'begin') }
  }
  const guarded = new GuardedSession(link)
  let value: T
  try {
    value = await work(guarded)
    if ((await guarded.end()) === undefined) await options.beforeCommit?.()
  } catch (error) {
    const first = await guarded.end()
    await undo(pool, link, first)
    if (first !== undefined) return { state: 'rolled back', error: first }
    if (error instanceof DatabaseError) return { state: 'rolled back', error }
    throw error
  }
  const first = guarded.firstError
  if (first !== undefined) {
    await undo(pool, link, first)
    return { state: 'rolled back', error: first }
  }
  return commit(pool, link, value)
}

/** See `Database.block`. Whatever failed, nothing that it left open can be committed any more. */
export async function runBlock(pool: Pool, statement: Statement): Promise<Outcome<Row>> {
  let link: Link
  try {
    link = await pool.acquire()
  } catch (error) {
    return { state: 'rolled back', error: databaseError(error, 'begin') }
  }
  try {
    const [row] = (await link.query(statement, 'commit')).rows
    await pool.release(link)
    return row === undefined
      ? { state: 'unknown', error: new DatabaseError('other', 'commit', 'NO_ANSWER') }
      : { state: 'committed', value: row }
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) {
      await undo(pool, link, undefined)
      throw thrown
    }
    await undo(pool, link, thrown)
    return { state: 'unknown', error: thrown }
  }
}

/** A pooled connection may have died unnoticed; before the first statement one more try is harmless. */
async function begun(pool: Pool, options: TransactionOptions): Promise<Link> {
  for (let tries = 1; ; tries += 1) {
    const link = await pool.acquire()
    try {
      await link.begin(options.isolation ?? 'read committed')
      return link
    } catch (error) {
      await pool.discard(link)
      const lost = error instanceof DatabaseError && error.kind === 'connection lost'
      if (!lost || tries === 2) throw error
    }
  }
}

async function commit<T>(pool: Pool, link: Link, value: T): Promise<Outcome<T>> {
  try {
    await link.commit()
  } catch (thrown) {
    const error = databaseError(thrown, 'commit')
    if (!link.surelyNotCommitted(error)) {
      await pool.discard(link)
      return { state: 'unknown', error }
    }
    await undo(pool, link, error)
    return { state: 'rolled back', error }
  }
  await pool.release(link)
  return { state: 'committed', value }
}

/** A connection that cannot even roll back is closed: the server then undoes what it still has. */
async function undo(pool: Pool, link: Link, first: DatabaseError | undefined): Promise<void> {
  if (first !== undefined && link.spoiledBy(first)) {
    await pool.discard(link)
    return
  }
  try {
    await link.rollback()
  } catch {
    await pool.discard(link)
    return
  }
  await pool.release(link)
}

/** What the work of a transaction talks to: one statement at a time, none after the first error. */
class GuardedSession implements Session {
  readonly #link: Link
  #first: DatabaseError | undefined
  #over = false
  /** Settles when every statement asked for so far has been answered; never rejects. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(link: Link) {
    this.#link = link
  }

  get firstError(): DatabaseError | undefined {
    return this.#first
  }

  async rows(statement: Statement): Promise<Answer['rows']> {
    return (await this.#ask(statement)).rows
  }

  async run(statement: Statement): Promise<number> {
    return (await this.#ask(statement)).matched
  }

  /** Waits for statements that nobody awaited, then refuses further ones. */
  async end(): Promise<DatabaseError | undefined> {
    this.#over = true
    await this.#queue
    return this.#first
  }

  #ask(statement: Statement): Promise<Answer> {
    if (this.#over) return Promise.reject(new Error('a statement came after the end of its transaction'))
    const answer = this.#queue.then(() => this.#send(statement))
    this.#queue = answer.catch(() => undefined)
    return answer
  }

  async #send(statement: Statement): Promise<Answer> {
    if (this.#first !== undefined) throw this.#first
    try {
      return await this.#link.query(statement)
    } catch (error) {
      // A statement that was refused before it was sent (TypeError) is a bug: it is thrown, not kept.
      if (error instanceof DatabaseError) this.#first = error
      throw error
    }
  }
}
