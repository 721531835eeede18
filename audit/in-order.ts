/** Rows by index, asked for one after the other; says which are missing, and which stand twice. */
import type { Finding } from './finding.ts'

export interface NumberedEntry {
  readonly index: number
  readonly text: string
}

export interface InOrder {
  /** The text at the next index; null when there is none. Ask for each index once, ascending. */
  readonly at: (index: number) => Promise<string | null>
  /** The next row from an index on, for what lies behind the signed log; null at the end. */
  readonly rest: (index: number) => Promise<NumberedEntry | null>
  /** Rows so far. */
  readonly count: () => number
}

export function inOrder(entries: AsyncIterable<NumberedEntry>, report: (finding: Finding) => void): InOrder {
  const rows = entries[Symbol.asyncIterator]()
  let waiting: NumberedEntry | null = null
  let [next, count, ended] = [0, 0, false]
  /** Behind the last row whose entry is gone: it has a place and an empty text. */
  let gone = 0
  function missing(to: number): void {
    if (to > next) report({ code: 'entries removed', from: next, to })
    next = Math.max(next, to)
  }
  async function look(): Promise<NumberedEntry | null> {
    while (waiting === null && !ended) {
      const step = await rows.next()
      ended = step.done === true
      if (step.done === true) {
        missing(gone)
        break
      }
      count += 1
      const { index, text } = step.value
      if (index < next) {
        report({ code: 'out of order', index })
        continue
      }
      if (text === '') {
        gone = index + 1
        continue
      }
      missing(index)
      next = index + 1
      waiting = step.value
    }
    return waiting
  }
  return {
    at: async (index) => {
      const row = await look()
      if (row?.index !== index) return null
      waiting = null
      return row.text
    },
    rest: async () => {
      const row = await look()
      waiting = null
      return row
    },
    count: () => count,
  }
}
