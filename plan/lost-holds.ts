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

export interface SiteNow {
  readonly dataMap: Pick<DataMap, 'kinds'>
  /** Kinds that the database has as the data map says. */
  readonly settled: ReadonlyMap<string, unknown>
  /** Tables of the database. */
  readonly schema: ReadonlyMap<string, unknown>
  /** Tables on which policies have acted. */
  readonly acted: ReadonlySet<string>
}

/**
 * Whether these policies could take or change rows of a kind that cannot be read: by its own tree of `of`, which the
 * data map has also where the database has not the table. Where it has not that of the top kind either, the site may
 * have renamed it, and these very rows may go under another kind: then, as of a kind that the data map does not have,
 * nobody can say. Where a table below the top is missing, they may lie in any table on which no policy has acted yet.
 */
export function couldTouch(
  { dataMap, settled, schema, acted }: SiteNow,
  policies: readonly Pick<CompiledPolicy, 'kind' | 'owners' | 'below' | 'writes' | 'table' | 'steps'>[],
  kind: string,
): boolean {
  if (!Object.hasOwn(dataMap.kinds, kind)) return true
  const line = lineOf(dataMap, kind)
  const top = line.at(-1) ?? kind
  if (!settled.has(top)) return true
  const isMoved = line.some((name) => !schema.has(dataMap.kinds[name]?.table ?? ''))
  const family = Object.values(dataMap.kinds).filter(({ name }) => lineOf(dataMap, name).at(-1) === top)
  const names = new Set(family.map(({ name }) => name))
  const tables = new Set(family.map(({ table }) => table))
  const touched = kindsHeldBy(policies)
  return (
    [...touched, ...policies.map((policy) => policy.kind)].some((name) => names.has(name)) ||
    policies.some(({ writes }) => writes.some((table) => tables.has(table))) ||
    (isMoved && policies.flatMap(takenFrom).some((table) => !acted.has(table)))
  )
}

/** Without the tables to which it only adds, and those whose rows only lose their link: no hold keeps these. */
function takenFrom({ table, steps }: Pick<CompiledPolicy, 'table' | 'steps'>): readonly string[] {
  return [table, ...steps.flatMap((step) => (step.then.act === 'detach' ? [] : [step.table]))]
}

/** The kind and those above it, the top one last. */
function lineOf({ kinds }: Pick<DataMap, 'kinds'>, kind: string): readonly string[] {
  const met = new Set<string>()
  for (let next: string | null = kind; next !== null && !met.has(next); next = kinds[next]?.of ?? null)
    met.add(next)
  return [...met]
}

const shown = 5

/** The first five by id and kind, as text. */
export function holdNames(lost: readonly LostHold[]): string {
  const names = lost.slice(0, shown).map(({ id, kind }) => `${id} (${kind})`)
  return [...names, ...(lost.length > shown ? ['…'] : [])].join(', ')
}
