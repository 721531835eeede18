/** What a run would do, as `jobs/plan.ts`: counts, standing, alarms and slice by the real rules. */
import type { Instant } from '../../base/clock.ts'
import { notComparable } from '../../plan/baseline.ts'
import { alarms } from '../../plan/alarms.ts'
import { sliceOf } from '../../plan/slice.ts'
import { standing, type Standing } from '../../plan/standing.ts'
import { candidates, judgePerson } from './judging.ts'
import type { PolicyVersion } from './policy-versions.ts'
import type { Result } from './tables.ts'
import type { Process } from './world.ts'

export interface Survey {
  readonly due: readonly string[]
  readonly toWarn: number
  readonly entering: number
  readonly canaries: number
}

export interface Plan extends Survey {
  readonly standing: Standing
  readonly alarmed: boolean
  /** From now on these terms are in force. */
  readonly begins: boolean
  readonly leftBefore: number
  readonly newly: number
}

export function survey(process: Process, policy: PolicyVersion, now: Instant): Survey {
  const due: string[] = []
  let [toWarn, entering, canaries] = [0, 0, 0]
  for (const key of candidates(process.server.committed, policy.compiled, now, true)) {
    const decision = judgePerson(process.world, process.server.committed, policy.compiled, key, now)?.decision
    if (decision?.act === 'due') {
      due.push(key)
      if (decision.notice !== 'warned' && decision.notice !== 'unreachable') entering += 1
    } else if (decision?.act === 'warn') {
      toWarn += 1
      if (decision.round === 0 && decision.step === 0) entering += 1
    } else if (decision?.canary === true) canaries += 1
  }
  return { due, toWarn, entering, canaries }
}

export function planPolicy(process: Process, policy: PolicyVersion, now: Instant, id: string | null): Plan {
  const { world } = process
  const { committed } = process.server
  const found = survey(process, policy, now)
  const hash = policy.truth.terms
  const seen = committed.get('terms', hash)
  const approval = [...committed.all('approvals')]
    .map(([, one]) => one)
    .findLast((one) => one.terms === hash && one.until > now)
  const stands = standing({
    status: 'enforce',
    termsHash: hash,
    terms: policy.terms,
    inForce: inForce(process),
    observedBefore: seen !== undefined && seen.observedRun !== id,
    approved: approval?.most ?? null,
    found: found.due.length + found.toWarn,
  })
  const history = enforcedResults(process)
  const [last] = history
  const allNew =
    last === undefined ? null : notComparable({ at: last.asOf, termsHash: last.terms }, hash, null)
  const left = last === undefined || allNew !== null ? null : last.left
  const enforced = stands.mode === 'enforced' ? stands.approved : null
  const canaries = world.defect === 'canary ignored' ? 0 : found.canaries
  const raised = alarms({
    policy: policy.compiled.policy,
    dueNow: found.entering,
    leftLastRun: left,
    allNew,
    newlyDueHistory: history.map((one) => one.newly),
    population: process.server.count('users'),
    byElse: 0,
    canaries,
    approvedCount: history.length === 0 ? found.entering : enforced,
  })
  const slice = sliceOf({
    due: found.due.length,
    perRun: policy.truth.mostPeople,
    newlyPerRun: 0,
    now,
    runEvery: 0,
  })
  const alarmed =
    world.defect === 'alarm ignored'
      ? raised.some(({ kind }) => kind === 'canary')
      : raised.length > 0 || (world.defect === 'slice taken as alarm' && slice.left > 0)
  return {
    ...found,
    canaries,
    standing:
      world.defect === 'new terms act at once'
        ? { mode: 'enforced', approved: null, newInForce: true }
        : stands,
    alarmed,
    begins: stands.mode === 'enforced' && stands.newInForce,
    leftBefore: left ?? 0,
    newly: left === null ? 0 : Math.max(0, found.entering - left),
  }
}

function inForce(process: Process): Parameters<typeof standing>[0]['inForce'] {
  let latest: { readonly hash: string; readonly at: Instant } | null = null
  for (const [hash, { inForceSince }] of process.server.committed.all('terms'))
    if (inForceSince !== null && (latest === null || inForceSince > latest.at))
      latest = { hash, at: inForceSince }
  const row = latest === null ? undefined : process.server.committed.get('terms', latest.hash)
  return latest === null || row === undefined ? null : { hash: latest.hash, terms: row.terms }
}

/** Newest first. */
export function enforcedResults(process: Pick<Process, 'server'>): readonly Result[] {
  return [...process.server.committed.all('results')]
    .map(([, result]) => result)
    .filter(({ mode }) => mode === 'enforced')
    .sort((a, b) => b.asOf - a.asOf)
    .slice(0, 10)
}
