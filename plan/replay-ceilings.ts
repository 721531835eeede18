/** How many people may go again in one replay before a person has to say their number. Pure. */
import { alarms, type AlarmKind } from './alarms.ts'
import type { CompiledPolicy } from './compiled.ts'

/** More than may. */
export interface Above {
  /** Empty: all policies together. */
  readonly policy: string
  readonly kind: Exclude<AlarmKind, 'jump' | 'by else' | 'lost hold'> | 'number'
  readonly found: number
  readonly limit: number
  /** For a share: of how many people; elsewhere 0. */
  readonly population: number
  readonly percent: number
}

export interface Ceilings {
  /** Negative for those who could not go after all. */
  count(policy: CompiledPolicy, going: number, canaries?: number): void
  total(): number
  above(): readonly Above[]
}

/**
 * Everybody who goes again is news, as after a restored backup nothing may be compared: `stop_above` of the policy
 * by which they go applies to all of them. `atMost`: the number that a person has typed takes its place, but no
 * number lets a canary pass. `people`: kind → how many are here.
 */
export function newCeilings(people: ReadonlyMap<string, number>, atMost: number | null): Ceilings {
  const going = new Map<CompiledPolicy, { readonly found: number; readonly canaries: number }>()
  const total = (): number => [...going.values()].reduce((sum, { found }) => sum + found, 0)
  return {
    total,
    count: (policy, found, canaries = 0) => {
      const sofar = going.get(policy) ?? { found: 0, canaries: 0 }
      going.set(policy, { found: sofar.found + found, canaries: sofar.canaries + canaries })
    },
    above: () => {
      const each = [...going].flatMap(([policy, one]) => aboveOf(policy, one, people.get(policy.kind) ?? 0))
      if (atMost === null) return each
      const canaries = each.filter(({ kind }) => kind === 'canary')
      if (total() <= atMost) return canaries
      const all = { policy: '', found: total(), limit: atMost, population: 0, percent: 0 }
      return [...canaries, { ...all, kind: 'number' }]
    },
  }
}

function aboveOf(
  { policy }: CompiledPolicy,
  { found, canaries }: { readonly found: number; readonly canaries: number },
  population: number,
): readonly Above[] {
  const raised = alarms({
    ...{ policy, dueNow: found, population, canaries, leftLastRun: null, allNew: 'replay' },
    ...{ newlyDueHistory: [], byElse: 0, approvedCount: null },
  })
  return raised.flatMap(({ kind, found: many, limit }) =>
    kind === 'jump' || kind === 'by else' || kind === 'lost hold'
      ? []
      : [
          {
            ...{ policy: policy.id, kind, found: many, limit },
            population: kind === 'share' ? population : 0,
            percent: kind === 'share' ? policy.stopAbove.percent : 0,
          },
        ],
  )
}
