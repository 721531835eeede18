/**
 * Ids (32 hex digits) at ten bytes each, where a Set of strings would take about twenty times as much: of each its
 * first 52 bits are kept, as one number. So the set knows each id that it has seen, and says of one among some
 * hundred thousand million pairs of others that it has: whoever must be sure looks at both ids.
 */

export interface IdSet {
  /** False when this id, or one with the same beginning, was added before. */
  readonly add: (id: string) => boolean
}

const digits = 13
/** Room beside the ids, so that a free slot is near. */
const spare = 1.25
/** Whoever says how many will come can be wrong or lie: room for more is made when they are there. */
const expectedAtMost = 16_000_000

export function idSet(expected = 0): IdSet {
  let slots = emptySlots(Math.min(expected, expectedAtMost))
  let count = 0
  return {
    add: (id) => {
      if ((count + 1) * spare > slots.length) {
        const old = slots
        slots = emptySlots(count * 1.5)
        for (const value of old) if (value !== 0) place(slots, value)
      }
      const added = place(slots, beginning(id))
      if (added) count += 1
      return added
    },
  }
}

/** What ids that look alike to the set have in common. Never 0, which is an empty slot. */
export function beginning(id: string): number {
  return Number.parseInt(id.slice(0, digits), 16) + 1
}

function emptySlots(ids: number): Float64Array {
  return new Float64Array(Math.ceil((ids + 1024) * spare))
}

/** Ids are random, so their beginning is hash enough; on a full slot the next one is taken. */
function place(slots: Float64Array, value: number): boolean {
  for (let slot = value % slots.length; ; slot = (slot + 1) % slots.length) {
    const there = slots[slot]
    if (there === value) return false
    if (there === 0) {
      slots[slot] = value
      return true
    }
  }
}
