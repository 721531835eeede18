/** What every rule works on, and the questions that several of them ask. */
import type { DataMap, Event, Kind } from '../data-map.ts'
import { periodText, type Period } from '../period.ts'
import type { Policy } from '../policy.ts'
import type { Place, Problem } from '../problem.ts'
import { ruleTexts, type RuleCode } from '../rule-texts.ts'

export interface LintContext {
  readonly policies: readonly Policy[]
  readonly map: DataMap
  /** Comments of all files that begin with todo. */
  readonly todos: readonly Place[]
  /** Whether the data map says who moves the date of an event: what it leaves unsaid is taken for fixed. */
  readonly saysWhoMoves: (kind: string, event: string) => boolean
  /** Place of a key of a policy's file. */
  readonly at: (policy: Policy, ...path: readonly (string | number)[]) => Place
  /** Place of a key of the data map. */
  readonly atMap: (...path: readonly (string | number)[]) => Place
}

/**
 * One idea of lint. Names that lead nowhere are the parser's errors, so a rule passes over what it cannot
 * resolve instead of reporting it twice.
 */
export type Rule = (lint: LintContext) => readonly Problem[]

export function problem(code: RuleCode, place: Place, params: Readonly<Record<string, string>>): Problem {
  return { code, severity: ruleTexts[code].severity, place, params }
}

export function kindOf(lint: LintContext, name: string): Kind | null {
  return Object.hasOwn(lint.map.kinds, name) ? (lint.map.kinds[name] ?? null) : null
}

export function eventOf(lint: LintContext, policy: Policy): Event | null {
  const events = kindOf(lint, policy.data)?.events ?? {}
  return Object.hasOwn(events, policy.countedFrom) ? (events[policy.countedFrom] ?? null) : null
}

export function termOf(policy: Policy): Period | null {
  return policy.keepAtMost ?? policy.keepAtLeast
}

/** Key of the term in the file. */
export function termKey(policy: Policy): 'keep_at_most' | 'keep_at_least' {
  return policy.keepAtMost === null ? 'keep_at_least' : 'keep_at_most'
}

/** The rows themselves go or lose the person, not only some of their columns. */
export function endsRows(policy: Policy): boolean {
  return policy.then !== 'truncate fields' && policy.fields.length === 0
}

/** Days that a warning may add after the term. Before the term, only the promised notice can do so. */
export function noticeDays(policy: Policy): number {
  if (policy.warn === null) return 0
  if (policy.warn.when === 'before the term') return policy.warn.minimumNoticeDays
  return Math.max(policy.warn.minimumNoticeDays, ...policy.warn.daysBefore)
}

export function isBelow(lint: LintContext, kind: Kind, ancestor: string): boolean {
  const seen = new Set<string>()
  for (let parent = kind.of; parent !== null && !seen.has(parent);) {
    if (parent === ancestor) return true
    seen.add(parent)
    parent = kindOf(lint, parent)?.of ?? null
  }
  return false
}

/** Kinds that leave with a row of `ancestor`, at any depth. */
export function kindsBelow(lint: LintContext, ancestor: string): readonly Kind[] {
  return Object.values(lint.map.kinds).filter((kind) => isBelow(lint, kind, ancestor))
}

/** Phases before this one, nearest first; the policy itself among them where they run in a circle. */
export function phasesBefore(lint: LintContext, policy: Policy): readonly Policy[] {
  const found: Policy[] = []
  for (let at: Policy | undefined = policy; at !== undefined;) {
    const { follows }: Policy = at
    at = lint.policies.find((one) => one.id === follows && !found.includes(one))
    if (at !== undefined) found.push(at)
  }
  return found
}

/** A period as parameters of both languages. */
export function periodParams(name: string, period: Period): Readonly<Record<string, string>> {
  return { [`${name}_en`]: periodText(period, 'en'), [`${name}_fr`]: periodText(period, 'fr') }
}
