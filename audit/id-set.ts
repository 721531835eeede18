/** A set of 128-bit ids at 16 bytes each, where a Set of strings would take about ten times as much. */

export interface IdSet {
  /** False when the id (32 hex digits) was there already. */
  readonly add: (id: string) => boolean
}

export function idSet(): IdSet {
  let slots = new Uint32Array(4 * 1024)
  let count = 0
  let zero = false // an id of zeros would look like an empty slot
  function add(id: string): boolean {
    const asked = wordsOf(id)
    if (isEmpty(asked)) {
      const added = !zero
      zero = true
      return added
    }
    if (count * 4 >= (slots.length / 4) * 3) {
      const old = slots
      slots = new Uint32Array(old.length * 2)
      for (let at = 0; at < old.length; at += 4) {
        const words = old.subarray(at, at + 4)
        if (!isEmpty(words)) place(slots, words)
      }
    }
    const added = place(slots, asked)
    if (added) count += 1
    return added
  }
  return { add }
}

function wordsOf(id: string): Uint32Array {
  return Uint32Array.from([0, 8, 16, 24], (from) => Number.parseInt(id.slice(from, from + 8), 16))
}

function isEmpty(words: Uint32Array): boolean {
  return words.every((word) => word === 0)
}

/** Ids are random, so their first word is hash enough; on a full slot the next one is taken. */
function place(slots: Uint32Array, words: Uint32Array): boolean {
  const total = slots.length / 4
  for (let slot = (words[0] ?? 0) % total; ; slot = (slot + 1) % total) {
    const there = slots.subarray(slot * 4, slot * 4 + 4)
    if (isEmpty(there)) {
      there.set(words)
      return true
    }
    if (there.every((word, at) => word === words[at])) return false
  }
}
