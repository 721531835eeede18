/**
 * The real database of a story with things that go wrong: between two calls anybody may have a turn, a process
 * can die at any call or named place, and the answer to a COMMIT can be lost.
 */
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Outcome, Row, Session, Statement, TransactionOptions } from '../../db/session.ts'
import type { Defect } from './defects.ts'

/** The end of a process, as by `kill -9`. */
export class Killed extends Error {}

/** The COMMIT never came to the server. */
class Unsent extends Error {}

export interface Trouble {
  /** Called before each call of the database outside a transaction. */
  readonly between: () => Promise<void>
  /** Called after each transaction. */
  readonly after: () => Promise<void>
  /** Asked for each transaction. */
  readonly fate: () => 'answered' | 'answer lost' | 'never arrives'
  readonly defect: Defect | null
  dead: boolean
}

export function troubled(real: Database, trouble: Trouble): Database {
  const turn = async (): Promise<void> => {
    if (trouble.dead) throw new Killed('dead')
    await trouble.between()
  }
  return {
    dialect: real.dialect,
    rows: async (statement) => {
      await turn()
      return await real.rows(statement)
    },
    run: async (statement) => {
      await turn()
      return await real.run(statement)
    },
    transaction: async (work, options) => {
      await turn()
      const outcome = await withFate(real, trouble, work, options)
      await trouble.after()
      return outcome
    },
    block: (statement) => real.block(statement),
    close: () => real.close(),
  }
}

async function withFate<T>(
  real: Database,
  trouble: Trouble,
  work: (tx: Session) => Promise<T>,
  options: TransactionOptions | undefined,
): Promise<Outcome<T>> {
  const fate = trouble.fate()
  const error = new DatabaseError('connection lost', 'commit', 'PROTOCOL_CONNECTION_LOST')
  try {
    const outcome = await real.transaction(async (tx) => {
      const value = await work(bent(tx, trouble.defect))
      if (fate === 'never arrives') throw new Unsent('COMMIT')
      return value
    }, options)
    return fate === 'answer lost' && outcome.state === 'committed' ? { state: 'unknown', error } : outcome
  } catch (thrown) {
    if (thrown instanceof Unsent) return { state: 'unknown', error }
    throw thrown
  }
}

/** Statements that a defect leaves out, inside transactions. */
const leftOut: Readonly<Partial<Record<Defect, RegExp>>> = {
  'tombstone missing': /^INSERT INTO oubli_tombstone/,
  'evidence outside the transaction': /^INSERT INTO oubli_entry/,
  'cursor outside the transaction': /^(UPDATE|INSERT INTO) oubli_cursor/,
  'hold checked only in the plan': /FROM oubli_hold/,
}

function bent(tx: Session, defect: Defect | null): Session {
  const left = defect === null ? undefined : leftOut[defect]
  if (left === undefined) return tx
  const isLeft = ({ text }: Statement): boolean => left.test(text)
  const none: readonly Row[] = []
  return {
    rows: (statement) => (isLeft(statement) ? Promise.resolve(none) : tx.rows(statement)),
    run: (statement) => (isLeft(statement) ? Promise.resolve(1) : tx.run(statement)),
  }
}
