/**
 * Finds ids that stand twice, in little memory: at the first reading only their beginnings are remembered. Where two
 * are alike, which among honest ids happens hardly ever, the entries are read once more and these ids compared whole.
 */
import { entryFrom } from './entry-text.ts'
import type { Finding } from './finding.ts'
import { beginning, idSet } from './id-set.ts'

export interface RepeatedIds {
  readonly see: (id: string) => void
  /** `again`: the texts that were seen, once more in the same order. */
  readonly find: (again: () => AsyncIterable<PlacedText>, report: (finding: Finding) => void) => Promise<void>
}

export interface PlacedText {
  readonly index: number
  /** Null: it is nowhere. */
  readonly text: string | null
}

/** `expected`: about how many will be seen. */
export function repeatedIds(expected: number): RepeatedIds {
  const seen = idSet(expected)
  const alike = new Set<number>()
  return {
    see: (id) => {
      if (!seen.add(id)) alike.add(beginning(id))
    },
    find: async (again, report) => {
      if (alike.size === 0) return
      const whole = new Set<string>()
      for await (const { index, text } of again()) {
        const id = text === null ? undefined : entryFrom(text)?.id
        if (id === undefined || !alike.has(beginning(id))) continue
        if (whole.has(id)) report({ code: 'id repeated', index })
        whole.add(id)
      }
    },
  }
}
