/**
 * Says which copy of an entry is the right one. The same entries stand in several places; as long as all of
 * them agree there is one tree to compute. From the first difference on each place has its own, and the next
 * signed root tells which of them are right.
 */
import type { Finding, Place } from './finding.ts'
import { growingTree, type GrowingTree, type TreeHash } from './merkle.ts'
import type { NamedCheckpoint } from './read-checkpoints.ts'

/** Differences between two checkpoints beyond this number are only counted. */
const mostKept = 100

const missing = new Uint8Array(32)

/** By place; null: it has none, which is reported elsewhere. */
export type Copies = ReadonlyMap<Place, TreeHash | null>

export interface Judge {
  /** The next entry. */
  readonly add: (copies: Copies) => void
  readonly size: () => number
  /** Root over all that was added; null once no copy agreed with a signed root. */
  readonly root: () => TreeHash | null
  /** Entries behind the last checkpoint that still differ. */
  readonly end: () => void
}

interface Odd {
  readonly index: number
  readonly copies: Copies
}

/** `checkpoints`: ascending. `report(finding, times)`: `times` findings of which one is told. */
export function judgeCopies(
  checkpoints: readonly NamedCheckpoint[],
  report: (finding: Finding, times?: number) => void,
): Judge {
  let common = growingTree()
  /** While the copies differ. */
  let own: Map<Place, GrowingTree> | null = null
  let odd: Odd[] = []
  let uncounted = 0
  let [next, agreed, lost] = [0, 0, false]

  function add(copies: Copies): void {
    const hashes = [...copies.values()]
    const first = hashes[0] ?? missing
    if (!hashes.every((hash) => hash !== null && Buffer.compare(hash, first) === 0)) {
      if (odd.length < mostKept) odd.push({ index: common.size(), copies })
      else uncounted += 1
      own ??= new Map([...copies.keys()].map((place) => [place, common.fork()]))
    }
    for (const [place, tree] of own ?? []) tree.add(copies.get(place) ?? missing)
    common.add(hashes.find((hash) => hash !== null) ?? missing)
    compare()
  }

  function compare(): void {
    for (; checkpoints[next]?.size === common.size(); next += 1) {
      const checkpoint = checkpoints[next]
      if (checkpoint !== undefined && !lost) settle(checkpoint)
    }
  }

  function settle({ name, root, size }: NamedCheckpoint): void {
    const trees = own === null ? [common] : [...own.values()]
    const right = trees.find((tree) => Buffer.compare(tree.root(), root) === 0)
    if (right === undefined) {
      report({ code: 'root differs', checkpoint: name, from: agreed, to: size })
      lost = true // every later root differs for the same reason
      tellOdd(null)
    } else {
      const place = [...(own ?? [])].find(([, tree]) => tree === right)?.[0] ?? null
      tellOdd(place)
      common = right
      agreed = size
    }
    own = null
  }

  function tellOdd(right: Place | null): void {
    for (const { index, copies } of odd) {
      const truth = right === null ? null : (copies.get(right) ?? null)
      if (truth === null) {
        const known = [...copies.values()].filter((hash) => hash !== null)
        if (known.some((hash) => Buffer.compare(hash, known[0] ?? hash) !== 0))
          report({ code: 'copies disagree', index })
        continue
      }
      for (const [place, hash] of copies)
        if (hash !== null && Buffer.compare(hash, truth) !== 0)
          report({ code: 'entry differs', place, index })
    }
    const last = odd.at(-1)
    if (uncounted > 0 && last !== undefined) report({ code: 'copies disagree', index: last.index }, uncounted)
    odd = []
    uncounted = 0
  }

  compare()
  return {
    add,
    size: () => common.size(),
    root: () => (lost ? null : common.root()),
    end: () => {
      tellOdd(null)
    },
  }
}
