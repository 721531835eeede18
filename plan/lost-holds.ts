/** Active holds that protect nobody, because what they name is not there any more. Pure. */
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

const shown = 5

/** The first five by id and kind, as text. */
export function holdNames(lost: readonly LostHold[]): string {
  const names = lost.slice(0, shown).map(({ id, kind }) => `${id} (${kind})`)
  return [...names, ...(lost.length > shown ? ['…'] : [])].join(', ')
}
