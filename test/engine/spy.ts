/** Looks over the shoulder of the engine: its transactions, what became of each, and how many stood open together. */
import type { Database } from '../../db/session.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Lab } from './lab.ts'

export interface Spy {
  /** Transactions that are open now. */
  readonly open: () => number
  /** Most that were open at the same time. */
  readonly most: () => number
  /** Of those that did not commit: number of the server, or the name of what was thrown. */
  readonly failures: readonly (number | string)[]
  /** Called when one has not committed. */
  failed: () => void
  /** Called with what was committed, and the moment right before its COMMIT was sent. */
  committed: (value: unknown, sent: number) => void
}

/** From now on; also of a lab whose ports were given another database since. */
export function spyOn(lab: Lab): Spy {
  const { database } = lab.ports
  const failures: (number | string)[] = []
  let [open, most] = [0, 0]
  const spy: Spy = {
    open: () => open,
    most: () => most,
    failures,
    failed: () => undefined,
    committed: () => undefined,
  }
  const fail = (error: unknown): void => {
    failures.push(error instanceof DatabaseError ? (error.errno ?? error.code) : nameOf(error))
    spy.failed()
  }
  const watched: Database = {
    ...database,
    transaction: async (work, options) => {
      most = Math.max(most, (open += 1))
      let sent = 0
      const beforeCommit = async (): Promise<void> => {
        await options?.beforeCommit?.()
        sent = performance.now()
      }
      try {
        const outcome = await database.transaction(work, { ...options, beforeCommit })
        if (outcome.state === 'committed') spy.committed(outcome.value, sent)
        else fail(outcome.error)
        return outcome
      } catch (error) {
        fail(error)
        throw error
      } finally {
        open -= 1
      }
    },
  }
  Object.assign(lab.ports, { database: watched })
  return spy
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
