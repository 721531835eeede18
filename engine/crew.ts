/** Batches that are written at the same time, each by a writer of its own. */
import type { Writer } from './attempt.ts'

export interface Crew {
  /** Rows (people) in the hands of writers. */
  readonly inHand: () => number
  /** Waits until no more than so many writers are at work; throws what one of them has thrown. */
  readonly atMost: (writers: number) => Promise<void>
  /** Returns at once. */
  readonly send: (size: number, work: (writer: Writer) => Promise<void>) => void
  /** Waits for all of them, whatever becomes of their work. */
  readonly home: () => Promise<void>
}

export function crewOf(writers: (nr: number) => Writer): Crew {
  const busy = new Map<number, { readonly size: number; readonly over: Promise<void> }>()
  const failures: unknown[] = []
  const free = (): number => {
    let nr = 0
    while (busy.has(nr)) nr += 1
    return nr
  }
  return {
    inHand: () => [...busy.values()].reduce((sum, { size }) => sum + size, 0),
    atMost: async (most) => {
      while (busy.size > most && failures.length === 0)
        await Promise.race([...busy.values()].map(({ over }) => over))
      if (failures.length > 0) throw failures[0]
    },
    send: (size, work) => {
      const nr = free()
      const over = work(writers(nr))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => busy.delete(nr))
      busy.set(nr, { size, over })
    },
    home: async () => {
      await Promise.all([...busy.values()].map(({ over }) => over))
    },
  }
}
