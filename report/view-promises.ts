/** The promises: their table for the first page, and each with its policies. */
import type { Instant } from '../base/clock.ts'
import { describePolicy } from '../policies/describe.ts'
import { totalOf } from './done.ts'
import type { Done, PastReason, PolicyFacts, ReportFacts } from './facts.ts'
import { isNone, sumOf, type Masked } from './mask.ts'
import { isReviewPassed, stateOf, type Promise, type State } from './verdict.ts'
import type { Voice } from './voice.ts'
import { sayOf } from './words.ts'

/** Rows past the term that the next run acts on, or whose mail goes first. */
const dueReasons: readonly PastReason[] = ['due', 'to warn']

export function pastOf(policy: PolicyFacts, voice: Voice): Masked {
  return sumOf(Object.values(policy.past).map(({ rows }) => voice.count(rows)))
}

export function dueOf(policy: PolicyFacts, voice: Voice): Masked {
  return sumOf(dueReasons.map((reason) => voice.count(policy.past[reason]?.rows ?? 0)))
}

/**
 * All rows of a policy. They are the sum of what is past the term and of what will be, so the hidden ones among
 * those are left out here as well, or they could be worked out: also those of months that are an estimate, which
 * in a small table are the very numbers. Nothing can be worked out from a sum that nobody counted.
 */
function scopeOf({ scope, past, doubtful, forecast }: PolicyFacts, voice: Voice): Masked {
  const months = forecast.map(({ rows }) => rows)
  const parts = [...Object.values(past).map(({ rows }) => rows), doubtful.rows, ...months]
  const hidden = parts.filter((rows) => voice.count(rows).hidden > 0)
  const whole = voice.count(scope.rows, scope.basis)
  if (scope.basis !== 'exact' || whole.hidden > 0 || hidden.length === 0) return whole
  const low = scope.rows - hidden.reduce((sum, rows) => sum + rows, 0)
  return { ...whole, low: Math.max(0, low), hidden: hidden.length }
}

function keptOf(policy: PolicyFacts, voice: Voice): Masked {
  const reasons = Object.entries(policy.past).filter(([reason]) => !dueReasons.includes(reason as PastReason))
  return sumOf(reasons.map(([, { rows }]) => voice.count(rows)))
}

/** One row for each policy, under the name of its promise. */
export function promiseRows(promises: readonly Promise[], voice: Voice) {
  return promises.map(({ id, policies, state }) => ({
    id,
    span: String(policies.length),
    ...stateView(state, voice),
    policies: policies.map((policy, i) => {
      const past = pastOf(policy, voice)
      const since = earliest(policy)
      return {
        id: policy.policy.id,
        first: i === 0,
        scope: voice.text(scopeOf(policy, voice)),
        past: voice.text(past),
        isPast: !isNone(past),
        since: since === null ? '' : voice.dayOf(since, past),
        due: voice.text(dueOf(policy, voice)),
        kept: voice.text(keptOf(policy, voice)),
        lastSuccess: policy.lastSuccess === null ? voice.say('never') : voice.day(policy.lastSuccess),
        nextDue: nextText(policy, voice),
        ...stateView(stateOf(policy), voice),
      }
    }),
  }))
}

export function stateView(state: State, voice: Voice) {
  return { state, stateText: voice.say(`state_${state}`) }
}

function earliest({ past }: PolicyFacts): number | null {
  const all = Object.values(past).map(({ since }) => since)
  return all.length === 0 ? null : Math.min(...all)
}

function nextText({ next, subject }: PolicyFacts, voice: Voice): string {
  return next === null ? voice.say('none') : dayText(next.at, next.basis, subject, voice)
}

function oldestText({ oldest, subject, scope }: PolicyFacts, voice: Voice): string {
  if (oldest == null || scope.rows === 0) return ''
  const { began, basis } = oldest
  if (basis === 'not before') return voice.say('notBefore', { day: voice.day(began) })
  return dayText(began, basis, subject, voice)
}

/** Behind one day there may be one person: of people the month is told. */
function dayText(at: Instant, basis: 'exact' | 'estimate', subject: boolean, voice: Voice): string {
  const day = voice.dayOf(at, subject ? voice.count(1) : voice.count(0))
  return basis === 'exact' ? day : `≈\u00a0${day}`
}

export function promiseSections(facts: ReportFacts, promises: readonly Promise[], voice: Voice) {
  return promises.map(({ id, policies, state }) => ({
    id,
    ...stateView(state, voice),
    policies: policies.map((policy) => policyView(facts, policy, voice)),
  }))
}

function policyView(facts: ReportFacts, one: PolicyFacts, voice: Voice) {
  const { policy, done } = one
  const { say, text, count } = voice
  const sum = (parts: readonly number[]): string => text(sumOf(parts.map((rows) => count(rows))))
  const again = done.flatMap((part) => part.again ?? [])
  const date = (day: string): string => voice.day(Date.parse(`${day}T12:00:00Z`))
  return {
    id: policy.id,
    ...stateView(stateOf(one), voice),
    sentence: describePolicy(policy, facts.dataMap, voice.lang, facts.everyPolicy),
    standing: standingText(one, voice),
    purpose: policy.purpose,
    legalBasis: sayOf(say, 'lb', policy.legalBasis),
    because: policy.because,
    approved:
      policy.approvedBy === null || policy.approvedOn === null
        ? say('notApproved')
        : say('approvedText', { by: policy.approvedBy, on: date(policy.approvedOn) }),
    reviewBy: policy.reviewBy === null ? '' : date(policy.reviewBy),
    reviewPassed: isReviewPassed(one, facts),
    unit: say(one.subject ? 'people' : 'rows'),
    units: say(one.subject ? 'peopleUnit' : 'rowsUnit'),
    scope: text(scopeOf(one, voice)),
    oldest: oldestText(one, voice),
    lastSuccess: one.lastSuccess === null ? say('never') : voice.day(one.lastSuccess),
    nextDue: nextText(one, voice),
    doubtful: one.doubtful.rows > 0 ? text(count(one.doubtful.rows, one.doubtful.basis)) : '',
    setAside: one.setAside.rows > 0 ? text(count(one.setAside.rows)) : '',
    past: pastRows(one, voice),
    pastTotal: text(pastOf(one, voice)),
    warns: policy.warn !== null,
    warned: text(sumOf(done.map(({ warned, basis }) => count(warned, basis)))),
    returned: text(sumOf(done.map(({ returned, basis }) => count(returned, basis)))),
    again:
      again.length === 0
        ? ''
        : say(again.every(({ left }) => left === 0) ? 'againNone' : 'againLeft', {
            asked: sum(again.map(({ asked }) => asked)),
            left: sum(again.map(({ left }) => left)),
          }),
    acts: actRows(done, voice),
  }
}

function standingText({ standing, alarms }: PolicyFacts, { say }: Voice): string {
  if (alarms.length > 0) return say('standing_alarm')
  if (standing.mode === 'enforced') return say('standing_enforced')
  return say(`standing_${standing.mode}`, { why: say(`why_${standing.why}`) })
}

function pastRows({ past }: PolicyFacts, voice: Voice) {
  return Object.entries(past)
    .map(([reason, { rows, since }]) => ({ reason: reason as PastReason, count: voice.count(rows), since }))
    .sort((a, b) => b.count.low - a.count.low || (a.reason < b.reason ? -1 : 1))
    .map(({ reason, count, since }) => ({
      reason: voice.say(`r_${reason}`),
      rows: voice.text(count),
      since: voice.dayOf(since, count),
    }))
}

function actRows(parts: readonly Done[], voice: Voice) {
  return Object.entries(totalOf(parts).acts).flatMap(([table, ofTable]) =>
    Object.keys(ofTable).map((act) => ({
      table,
      act: sayOf(voice.say, 'a', act),
      rows: voice.text(sumOf(parts.map(({ acts }) => voice.count(acts[table]?.[act] ?? 0)))),
    })),
  )
}
