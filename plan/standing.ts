/**
 * May a policy act in this run? Terms that the database has not seen before only observe, until one run has
 * observed them and a person has approved the plan; terms that only became gentler go on.
 */
import { compareTerms } from './terms.ts'
import type { Canonical } from '../base/canonical.ts'

export interface StandingInput {
  readonly status: 'observe' | 'enforce'
  readonly termsHash: string
  readonly terms: Canonical
  /** The terms under which this policy last acted. */
  readonly inForce: { readonly hash: string; readonly terms: Canonical } | null
  /** An earlier run observed exactly these terms. */
  readonly observedBefore: boolean
  /** The most rows that an unexpired approval of this very plan allows; null without one. */
  readonly approved: number | null
  /** Rows that the policy would act on or warn now. */
  readonly found: number
}

export type Standing =
  | { readonly mode: 'observed'; readonly why: 'status' | 'new terms' | 'not approved' }
  | { readonly mode: 'enforced'; readonly approved: number | null; readonly newInForce: boolean }
  | {
      readonly mode: 'refused'
      readonly why: 'more than approved'
      readonly found: number
      readonly limit: number
    }

export function standing(input: StandingInput): Standing {
  if (input.status === 'observe') return { mode: 'observed', why: 'status' }
  if (isInForce(input.inForce, input.termsHash, input.terms))
    return {
      mode: 'enforced',
      approved: input.approved,
      newInForce: input.inForce?.hash !== input.termsHash,
    }
  if (!input.observedBefore) return { mode: 'observed', why: 'new terms' }
  if (input.approved === null) return { mode: 'observed', why: 'not approved' }
  if (input.found > input.approved)
    return { mode: 'refused', why: 'more than approved', found: input.found, limit: input.approved }
  return { mode: 'enforced', approved: input.approved, newInForce: true }
}

/** These terms act already, or are gentler than those that do: nobody has to approve them. */
export function isInForce(inForce: StandingInput['inForce'], termsHash: string, terms: Canonical): boolean {
  if (inForce === null) return false
  return inForce.hash === termsHash || compareTerms(inForce.terms, terms) !== 'severe'
}
