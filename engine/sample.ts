/** Some of the rows that a policy has written, kept for the rest of its run so that the database can be asked after them. */
import { keyText, type Key } from '../base/subject-ref.ts'
import { longestList } from '../db/site/match.ts'
import type { FoundRow } from '../db/site/rows.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Collected } from './collect.ts'

/** One root that is done, with the links by which rows below it could still be found. */
export interface Family {
  readonly key: Key
  /** Tells it from a later row that was given the same key. */
  readonly identity: readonly (string | null)[]
  /** By step name, the root's own row under the empty name; only rows that others link to. */
  readonly parents: ReadonlyMap<string, readonly FoundRow[]>
}

export interface Sample {
  readonly families: Family[]
  /** Roots that were done so far. */
  seen: number
}

/** Roots that are kept: all of a small run, an even sample of a large one. One statement can name them all. */
export const mostFamilies = longestList
/** Rows kept below one root; whoever has more is asked after by these. */
const mostParents = 100

export function newSample(): Sample {
  return { families: [], seen: 0 }
}

/** What a committed batch leaves to be asked after. */
export function familiesOf(
  policy: CompiledPolicy,
  leaving: Collected,
  done: readonly { readonly key: Key; readonly identity: readonly (string | null)[] }[],
): readonly Family[] {
  const linked = ['', ...policy.steps.flatMap(({ from }) => (from === null ? [] : [from]))]
  const byRoot = new Map(done.map(({ key }) => [keyText(key), new Map<string, FoundRow[]>()]))
  for (const name of new Set(linked))
    for (const row of leaving.get(name) ?? []) {
      const parents = byRoot.get(row.root)
      const rows = parents?.get(name) ?? []
      if (rows.length < mostParents) parents?.set(name, [...rows, row])
    }
  return done.map(({ key, identity }) => ({ key, identity, parents: byRoot.get(keyText(key)) ?? new Map() }))
}

/** Every root has the same chance to be among those that are kept (reservoir sampling). */
export function keepSome(
  sample: Sample,
  families: readonly Family[],
  random: (bytes: number) => Uint8Array,
): void {
  for (const family of families) {
    sample.seen += 1
    if (sample.families.length < mostFamilies) sample.families.push(family)
    else {
      const place = Math.floor(fraction(random) * sample.seen)
      if (place < mostFamilies) sample.families[place] = family
    }
  }
}

/** From 0 to 1, exclusive. */
function fraction(random: (bytes: number) => Uint8Array): number {
  const bytes = random(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32
}
