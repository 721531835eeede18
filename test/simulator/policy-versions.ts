/** The one policy of a simulated site, in the versions that an officer may write; compiled terms, real hashes. */
import type { Canonical } from '../../base/canonical.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { termsHash, termsOf } from '../../plan/terms.ts'
import type { Warn } from '../../policies/policy.ts'
import { policyOf, warn } from '../plan/judged-policy.ts'
import { kind, mapOf } from '../plan/site-builder.ts'
import type { Random } from './random.ts'
import type { PolicyTruth } from './truth.ts'

export interface PolicyVersion {
  readonly compiled: CompiledPolicy
  readonly terms: Canonical
  readonly truth: PolicyTruth
  readonly words: PolicyWords
}

export type PolicyWords = Omit<PolicyTruth, 'terms'>

const dataMap = mapOf([
  kind('account', 'users', { subject: true }),
  kind('session', 'sessions', { of: 'account' }),
])

const known = new Map<string, PolicyVersion>()

/** The same words give the same version: compiling is a thousand times dearer than a step. */
export function versionOf(words: PolicyWords): PolicyVersion {
  const name = JSON.stringify(words)
  const found = known.get(name) ?? compile(words)
  known.set(name, found)
  return found
}

function compile(words: PolicyWords): PolicyVersion {
  const ladder: Warn | null = words.warns
    ? {
        ...warn,
        daysBefore: words.daysBefore,
        minimumNoticeDays: words.noticeDays,
        noAddress: words.noAddress,
        ifUnreachable:
          words.unreachable === 'erase'
            ? { refusals: words.refusals, waitDays: words.waitDays, finally: 'erase' }
            : 'a person decides',
      }
    : null
  const plain = policyOf({ warn: ladder, written: `P${words.periodDays}D` })
  const policy = {
    ...plain.policy,
    but: words.children === 'detach' ? { session: { act: 'detach' } as const } : {},
    perRun: { items: words.mostPeople, mails: words.mostMails },
    stopAbove: { percent: 100, count: words.stopAbove, percentByElse: 100 },
  }
  const hash = termsHash(policy, dataMap)
  return {
    compiled: { ...plain, policy, termsHash: hash },
    terms: termsOf(policy, dataMap),
    truth: { ...words, terms: hash },
    words,
  }
}

export function firstWords(random: Random): PolicyWords {
  return {
    periodDays: 30,
    warns: random.chance(0.8),
    daysBefore: random.pick([[10, 3], [12, 6, 2], [8]]),
    noticeDays: random.pick([1, 2, 4]),
    refusals: 2,
    waitDays: random.pick([2, 10]),
    unreachable: random.pick(['erase', 'erase', 'a person decides'] as const),
    noAddress: random.pick(['erase', 'a person decides'] as const),
    children: 'erase',
    mostPeople: random.pick([1, 2, 2, 5]),
    mostMails: random.pick([2, 3, 10]),
    stopAbove: random.pick([null, null, null, 1, 2]),
  }
}

/** What an officer might write next: gentler, harsher, or other words. */
export function nextWords(before: PolicyWords, random: Random): PolicyWords {
  switch (random.below(5)) {
    case 0:
      return { ...before, periodDays: before.periodDays + 3 }
    case 1:
      return { ...before, noticeDays: before.noticeDays + 1 }
    case 2:
      return { ...before, periodDays: Math.max(20, before.periodDays - 4) }
    case 3:
      return { ...before, noticeDays: Math.max(1, before.noticeDays - 1) }
    default:
      return { ...before, children: before.children === 'erase' ? 'detach' : 'erase' }
  }
}
