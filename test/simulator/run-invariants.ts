/** What a run may do: only under its lease, only what stands and was counted, never after a jump of the clock. */
import type { Instant } from '../../base/clock.ts'
import type { Seen } from './invariants.ts'
import { isGentler, type PolicyTruth } from './truth.ts'

const hour = 3_600_000
const day = 24 * hour
const widestGap = 7 * day + 12 * hour

export function fenced({ change, picture }: Seen): string | null {
  if (change.gone.length === 0 || picture.writtenUnder === null || picture.token === null) return null
  return picture.writtenUnder === picture.token ? null : 'a run wrote after another had taken over its lease'
}

/** Terms under which somebody went or entered the ladder in this step, and the run's time. */
function acts({
  change,
}: Seen): readonly { readonly terms: string; readonly asOf: Instant; readonly run: string }[] {
  return [
    ...change.gone.flatMap(({ entry }) => (entry === null ? [] : [entry])),
    ...change.queued.map(({ terms, queuedAt }) => ({ terms, asOf: queuedAt, run: '' })),
  ]
}

export function lawfulTerms(seen: Seen): string | null {
  const { lawful } = seen.memory
  const enforced = seen.truth.enforced.slice(seen.memory.enforced)
  for (const { terms, asOf } of [...acts(seen), ...enforced]) {
    if (lawful.has(terms) || seen.truth.settled.has(terms)) continue
    const now = seen.truth.policies.get(terms)
    const before = [...lawful, ...seen.truth.settled].flatMap((one) => seen.truth.policies.get(one) ?? [])
    const approved = seen.truth.approvals.some(
      (one) => one.terms === terms && one.until >= asOf && one.observed.has(terms),
    )
    if (!approved && (now === undefined || !before.some((one) => isGentler(one, now))))
      return 'new terms act, and nobody has observed and approved them'
    lawful.add(terms)
  }
  return null
}

export function clockGoesOn(seen: Seen): string | null {
  for (const { asOf, run } of acts(seen)) {
    const begun = [...seen.picture.runs()]
    const own = begun.findIndex(([id, at]) => (run === '' ? at === asOf : id === run))
    const earlier = begun.slice(0, Math.max(0, own)).map(([, at]) => at)
    const last = Math.max(-Infinity, ...earlier)
    // What a run says to people is judged again before it leaves; what it erases is not.
    if (run !== '' && last > asOf) return 'a run erases although its clock is behind the last run'
    const [id] = begun[own] ?? []
    if (id === undefined || earlier.length === 0 || seen.truth.gapAccepted.has(id)) continue
    if (asOf - last > widestGap) return 'a run acts after a jump of the clock'
  }
  return null
}

function policyOf(seen: Seen, terms: string): PolicyTruth | undefined {
  return seen.truth.policies.get(terms)
}

export function sliceKept(seen: Seen): string | null {
  for (const { key, entry } of seen.change.gone) {
    if (entry === null) continue
    const done = (seen.memory.erasedInRun.get(entry.run) ?? 0) + 1
    seen.memory.erasedInRun.set(entry.run, done)
    const most = policyOf(seen, entry.terms)?.mostPeople ?? Infinity
    if (done > most) return `${key}: a run took ${done} people, per_run says ${most}`
  }
  return null
}

/** Newcomers of one run, without an approval, stay below `stop_above` and what the last run left. */
export function alarmHolds(seen: Seen): string | null {
  const newcomers = [
    ...seen.change.queued.filter(({ round, step }) => round === 0 && step === 0),
    ...seen.change.gone.flatMap(({ entry }) =>
      entry === null || policyOf(seen, entry.terms)?.warns !== false
        ? []
        : [{ terms: entry.terms, queuedAt: entry.asOf }],
    ),
  ]
  for (const { terms, queuedAt } of newcomers) {
    const count = (seen.memory.newcomersAt.get(queuedAt) ?? 0) + 1
    seen.memory.newcomersAt.set(queuedAt, count)
    const most = policyOf(seen, terms)?.stopAbove ?? null
    const approved = seen.truth.approvals.some((one) => one.terms === terms && one.until >= queuedAt)
    if (most !== null && !approved && count > most + seen.picture.left)
      return `${count} newcomers in one run, stop_above says ${most} beside ${seen.picture.left} left over`
  }
  return null
}

export function canaryStops(seen: Seen): string | null {
  for (const { terms, asOf } of acts(seen)) {
    const period = policyOf(seen, terms)?.periodDays ?? Infinity
    for (const person of seen.truth.people.values())
      if (person.role === 'canary' && !person.doubtful && asOf - person.lastSign > (period + 2) * day)
        return 'a run acts although a canary is due'
  }
  return null
}

export function reportsTrue(seen: Seen): string | null {
  for (const report of seen.change.reports) {
    const done = [...seen.picture.entries.values()].filter(
      ({ leaf, run }) => run === report.run && leaf.includes('"subject.erased"'),
    ).length
    if (report.done !== done) return `a run says that it erased ${report.done}, the evidence says ${done}`
    const limit = report.stopAbove
    const alarmed = limit !== null && report.entering > limit + report.leftBefore
    if (report.mode === 'refused' && report.canaries === 0 && !alarmed && !report.approvedTooFew)
      return 'a run refused although nothing was unusual: what is above per_run only waits'
  }
  return null
}

/** Who becomes due behind the plan was compared with no alarm: the next run finds them. */
export function asPlanned(seen: Seen): string | null {
  for (const { run, mode, due, done } of seen.change.reports) {
    if (done > due) return `a run erased ${done} people, its plan found ${due}`
    const gone = [...seen.picture.entries.values()].some(
      (entry) => entry.run === run && entry.leaf.includes('"subject.erased"'),
    )
    if (mode !== 'enforced' && gone) return `a run erased people, and its plan said ${mode}`
  }
  return null
}

export function lostCommitsResolved({ truth }: Seen): string | null {
  const wrong = truth.lostCommits.find(({ taken, fate }) => taken !== null && fate !== null && taken !== fate)
  return wrong === undefined
    ? null
    : `a lost COMMIT was taken as ${wrong.taken ?? ''} and is ${wrong.fate ?? ''}`
}
