/** Active holds that protect nobody, because what they name is not there any more. Pure. */
import type { DataMap } from '../policies/data-map.ts'
import type { CompiledPolicy } from './compiled.ts'

export interface LostHold {
  readonly id: string
  readonly kind: string
}

/** Kinds whose holds keep rows that one of these policies takes or changes. */
export function kindsHeldBy(
  policies: readonly Pick<CompiledPolicy, 'owners' | 'below'>[],
): ReadonlySet<string> {
  return new Set(policies.flatMap(({ owners, below }) => [...owners, ...below].map(({ kind }) => kind)))
}

/**
 * Whether these policies could take or change rows of a kind that cannot be read: by its own tree of `of`, which the
 * data map has also where the database has not the table. Where it has not that of the top kind either, the site may
 * have renamed it, and these very rows may go under another kind: then, as of a kind that the data map does not have,
 * nobody can say.
 */
export function couldTouch(
  dataMap: Pick<DataMap, 'kinds'>,
  settled: ReadonlyMap<string, unknown>,
  policies: readonly Pick<CompiledPolicy, 'kind' | 'owners' | 'below' | 'writes'>[],
  kind: string,
): boolean {
  if (!Object.hasOwn(dataMap.kinds, kind)) return true
  const top = topOf(dataMap, kind)
  if (!settled.has(top)) return true
  const family = Object.values(dataMap.kinds).filter(({ name }) => topOf(dataMap, name) === top)
  const names = new Set(family.map(({ name }) => name))
  const tables = new Set(family.map(({ table }) => table))
  const touched = kindsHeldBy(policies)
  return (
    [...touched, ...policies.map((policy) => policy.kind)].some((name) => names.has(name)) ||
    policies.some(({ writes }) => writes.some((table) => tables.has(table)))
  )
}

function topOf({ kinds }: Pick<DataMap, 'kinds'>, kind: string): string {
  const met = new Set<string>()
  let top = kind
  for (let next: string | null = kind; next !== null && !met.has(next); next = kinds[next]?.of ?? null) {
    met.add(next)
    top = next
  }
  return top
}

const shown = 5

/** The first five by id and kind, as text. */
export function holdNames(lost: readonly LostHold[]): string {
  const names = lost.slice(0, shown).map(({ id, kind }) => `${id} (${kind})`)
  return [...names, ...(lost.length > shown ? ['…'] : [])].join(', ')
}
