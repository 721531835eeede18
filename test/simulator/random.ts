/** Random numbers that a seed decides: the same seed tells the same story. */

export interface Random {
  /** In [0, 1). */
  readonly next: () => number
  /** A whole number in [0, n). */
  readonly below: (n: number) => number
  readonly chance: (share: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
  /** `size` is a multiple of four. */
  readonly bytes: (size: number) => Uint8Array
}

/** `stream`: several independent sequences of one seed, so that using one more number here moves nothing there. */
export function randomOf(seed: number, stream = 0): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0
  // Mulberry32: 32 bits of state are plenty for a few thousand numbers.
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const next = (): number => word() / 0x1_0000_0000
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: <T>(list: readonly T[]): T => {
      const found = list[below(list.length)]
      if (found === undefined) throw new Error('there is nothing to pick from')
      return found
    },
    bytes: (size) => {
      const found = new Uint8Array(size)
      const words = new DataView(found.buffer)
      for (let i = 0; i + 4 <= size; i += 4) words.setUint32(i, word())
      return found
    },
  }
}
