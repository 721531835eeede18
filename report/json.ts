/**
 * The report for scripts and for the officer: every figure as it is, none hidden. Beside each stands its `basis`, which is
 * that of all figures in the same braces.
 */
import { curveOf } from './backlog.ts'
import { totalOf } from './done.ts'
import { maskBelow } from './mask.ts'
import type { BouncesKnown, Done, Figure, PolicyFacts, ReportFacts } from './facts.ts'
import { mattersOf, promisesOf, stateOf } from './verdict.ts'

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

export function reportJson(facts: ReportFacts): unknown {
  return {
    as_of: iso(facts.asOf),
    from: iso(facts.from),
    to: iso(facts.to),
    counted: facts.counted,
    fingerprint: facts.fingerprint,
    tool: facts.tool,
    /** Null unless a backup was restored and not replayed, or the log outside is not the one of this database. */
    older: facts.older ?? null,
    /** Who passes figures on hides counts below this, as the page does. */
    mask_below: maskBelow,
    promises: promisesOf(facts.policies).map(({ id, policies, state }) => ({
      promise: id,
      state,
      policies: policies.map((one) => policyJson(one, facts)),
    })),
    matters: mattersOf(facts).map(({ code, policies, parts, basis = 'exact' }) => ({
      ...{ code, policies, rows: total(parts), basis },
    })),
    months: facts.months.map(iso),
    runs: facts.runs.map(({ asOf, whyStopped, rows, mails, basis = 'exact', ...run }) => ({
      ...run,
      ...exact(total(rows)),
      mails: { queued: total(mails), basis },
      as_of: iso(asOf),
      why_stopped: whyStopped,
    })),
    gaps: facts.gaps.map(({ kind, table, column, data }) => ({ kind, table, column, data })),
    problems: facts.problems,
    holds: { active: facts.holds.active, review_passed: facts.holds.reviewPassed, basis: 'exact' },
    residual: facts.residual,
    bounces: facts.bounces === null ? null : bouncesJson(facts.bounces),
    evidence: { ...facts.evidence, basis: 'exact' },
  }
}

function bouncesJson(known: BouncesKnown): unknown {
  switch (known.state) {
    case 'proven':
    case 'old':
      return { state: known.state, at: iso(known.at) }
    case 'waiting':
      return { state: known.state, since: iso(known.since) }
    case 'declared':
    case 'never':
      return known
  }
}

/** What was counted, or written down by whoever did it. */
const exact = (rows: number): Figure => ({ rows, basis: 'exact' })

const total = (counts: readonly number[]): number => counts.reduce((sum, rows) => sum + rows, 0)

function backlogJson({ backlog }: PolicyFacts, { asOf, dataMap }: ReportFacts): unknown {
  if (backlog == null) return null
  const { state, points } = curveOf(backlog, dataMap.zone, asOf)
  return {
    size: backlog.size,
    frozen_at: iso(backlog.frozenAt),
    by: backlog.by,
    left: backlog.left,
    basis: 'exact',
    state,
    months: points.map(({ at, left, line }) => ({ at: iso(at), left, line })),
  }
}

/** What is erased has its entry; of mails a run that was cut off can have left fewer figures than it queued. */
function doneJson({ rows, acts, again, warned, returned, basis }: Done): unknown {
  return { ...exact(rows), acts, again, mails: { warned, returned, basis } }
}

function policyJson(one: PolicyFacts, facts: ReportFacts): unknown {
  const past = Object.entries(one.past).map(([reason, { rows, since }]) => ({
    reason,
    ...exact(rows),
    since: iso(since),
  }))
  return {
    policy: one.policy.id,
    state: stateOf(one),
    standing: one.standing,
    alarms: one.alarms.length,
    of_people: one.subject,
    table: one.table,
    in_scope: one.scope,
    oldest:
      one.oldest == null || one.scope.rows === 0
        ? null
        : { began: iso(one.oldest.began), basis: one.oldest.basis },
    past_term: { ...exact(total(past.map(({ rows }) => rows))), by_reason: past },
    doubtful: one.doubtful,
    done: doneJson(totalOf(one.done)),
    set_aside: { ...exact(one.setAside.rows), since: iso(one.setAside.since) },
    last_success: iso(one.lastSuccess),
    held_up: one.lastTry?.heldUp ?? null,
    backlog: backlogJson(one, facts),
    next_due: one.next === null ? null : { at: iso(one.next.at), basis: one.next.basis },
    forecast: one.forecast,
  }
}
