/** After a restored backup: by which policy of today somebody goes again, who went before. Pure. */
import type { CompiledPolicy } from './compiled.ts'

/** What the ledger says of somebody under one policy. */
export interface Departed {
  readonly policy: string
  readonly what: 'erased' | 'anonymised'
}

/** The order matters: whoever was erased need not be anonymised first. */
export function inOrderOfReplay<T extends Departed>(departed: readonly T[]): readonly T[] {
  const erased = departed.filter(({ what }) => what === 'erased')
  return erased.length > 0 ? erased.slice(0, 1) : departed
}

/**
 * The policy of that name, as long as it still does the same; for an erasure, also another one that erases the
 * same kind: a file that was renamed since must not bring people back. Null: nothing written today does it.
 */
export function policyFor(
  policies: readonly CompiledPolicy[],
  kind: string,
  { policy, what }: Departed,
): CompiledPolicy | null {
  const able = policies.filter((one) => one.kind === kind && one.subject && actOf(one) === what)
  return able.find((one) => one.policy.id === policy) ?? (what === 'erased' ? (able[0] ?? null) : null)
}

function actOf({ act: { act } }: CompiledPolicy): Departed['what'] {
  return act === 'erase' || act === 'archive' ? 'erased' : 'anonymised'
}

/**
 * The same policy without its questions: they were answered before the backup was restored, over rows and dates
 * that may be older now. What it does, to which tables and in which order, stays.
 */
export function withoutQuestions(policy: CompiledPolicy): CompiledPolicy {
  return {
    ...policy,
    policy: { ...policy.policy, warn: null },
    clock: { ...policy.clock, sources: policy.clock.sources.slice(0, 1) },
    only: [],
    states: [],
    rereadLast: [],
  }
}
