/** After a restored backup: by which policy of today somebody goes again, who went before. Pure. */
import type { Instant } from '../base/clock.ts'
import { canonicalText } from '../base/canonical.ts'
import { canonicalValue } from './canonical-value.ts'
import type { CompiledPolicy } from './compiled.ts'
import type { DoneMark } from './done-mark.ts'
import { verbs } from './verbs.ts'

/** What the ledger says of somebody under one policy, and the signed log with it. */
export interface Departed {
  readonly line: { readonly policy: string; readonly what: 'erased' | 'anonymised' }
  /** Null: the log does not have it, so nobody goes by it. */
  readonly proof: {
    readonly index: number
    readonly terms: string
    /** `table act`: what was done to which table under these terms, to anybody. */
    readonly acts: ReadonlySet<string>
  } | null
}

/** Entries of the log from one place (inclusive) to another (exclusive). */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export function isIn({ from, to }: Stretch, proof: Departed['proof']): boolean {
  return proof !== null && proof.index >= from && proof.index < to
}

/**
 * What is to be done again of all that was done to one person, each thing once. Whoever was erased need not be
 * anonymised first. What was anonymised before the backup is anonymised in it, and what came after the replay
 * was done in this very database. `lacked`: what the backup did not have.
 */
export function toReplay<T extends Departed>(departed: readonly T[], lacked: Stretch): readonly T[] {
  const latest = [...departed].sort((a, b) => (b.proof?.index ?? -1) - (a.proof?.index ?? -1))
  const [erased] = latest.filter(({ line }) => line.what === 'erased')
  if (erased !== undefined) return [erased]
  return latest.filter(
    ({ line, proof }, i) =>
      (proof === null || isIn(lacked, proof)) &&
      latest.findIndex((one) => one.line.policy === line.policy) === i,
  )
}

/** Whether somebody went after an entry of the log, so that what they asked for there is over. */
export function isErasedAfter(departed: readonly Departed[], index: number): boolean {
  return departed.some(({ line, proof }) => line.what === 'erased' && proof !== null && proof.index > index)
}

/**
 * The policy with the terms under which it was done. An erasure may also be done again by another one of the
 * same kind, as long as there is no question which: a file that was renamed or changed since must not bring
 * people back. It must have been let act (`acted`: its terms, see `actingTerms`), or a file that was only written
 * would erase, and do to each table what was done then, no more and no less but for links: whoever was archived is not
 * erased, and what was kept stays. Who was anonymised lives on with the site, so nothing else is done to them. Null: a
 * person decides.
 */
export function policyFor(
  policies: readonly CompiledPolicy[],
  kind: string,
  { line: { policy, what }, proof }: Departed,
  acted: (policy: CompiledPolicy) => boolean,
): CompiledPolicy | null {
  if (proof === null) return null
  const able = policies.filter((one) => one.kind === kind && one.subject && actOf(one) === what)
  const named = able.find((one) => one.policy.id === policy)
  if (named?.termsHash === proof.terms) return named
  if (what === 'anonymised') return null
  const same = able.find((one) => one.termsHash === proof.terms)
  if (same !== undefined) return same
  if (new Set(able.map(stepsText)).size > 1) return null
  const tried = able.filter((one) => acted(one) && doesThese(one, proof.acts))
  return tried.find((one) => one === named) ?? tried[0] ?? null
}

function doesThese({ table, act, steps }: CompiledPolicy, acts: ReadonlySet<string>): boolean {
  const own = new Set([{ table, then: act }, ...steps].map((one) => `${one.table} ${verbs[one.then.act]}`))
  return (
    [...acts].every((one) => own.has(one)) &&
    // To lose a link costs no row, and many a one has none to lose.
    [...own].every((one) => acts.has(one) || one.endsWith(` ${verbs.detach}`))
  )
}

/** The policy of that name, whatever its terms are today: it knows whether it is done with somebody. */
export function namesake(
  policies: readonly CompiledPolicy[],
  kind: string,
  { policy, what }: Departed['line'],
): CompiledPolicy | null {
  const named = policies.find((one) => one.policy.id === policy)
  return named?.kind === kind && named.subject && actOf(named) === what ? named : null
}

/** All that it does to rows. */
function stepsText({ act, steps }: CompiledPolicy): string {
  return canonicalText(canonicalValue({ act, steps }))
}

function actOf({ act: { act } }: CompiledPolicy): 'erased' | 'anonymised' {
  return act === 'erase' || act === 'archive' ? 'erased' : 'anonymised'
}

/**
 * The same policy without its questions: they were answered before the backup was restored, over rows and dates
 * that may be older now. What it does, to which tables and in which order, stays; so does the whole clock where marks
 * of ours are written, which hold what every source of it says.
 */
export function withoutQuestions(policy: CompiledPolicy): CompiledPolicy {
  const { clock, act } = policy
  return {
    ...policy,
    policy: { ...policy.policy, warn: null },
    clock: act.done === 'own' ? clock : { ...clock, sources: clock.sources.slice(0, 1) },
    only: [],
    states: [],
    rereadLast: [],
  }
}

/**
 * Whether what is to be done again is done already: by this replay or by anything after it, whatever the clock shows
 * since, because nobody who came back then goes by what was before the backup. A mark from before the act is of an
 * earlier one.
 */
export function isDoneAgain(departed: Instant, mark: DoneMark): boolean {
  return mark.at >= departed
}
