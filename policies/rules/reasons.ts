/** Who decided and why: reasons, approval, review. */
import type { Rule } from './lint-context.ts'
import { problem } from './lint-context.ts'

/** Characters. A reason that an auditor can use does not fit into less. */
export const reasonLength = 20

export const reasonsAreGiven: Rule = (lint) =>
  lint.policies
    .filter(({ because }) => because.trim().length < reasonLength)
    .map((policy) =>
      problem('E_BECAUSE_TOO_SHORT', lint.at(policy, 'because'), {
        found: String(policy.because.trim().length),
        expected: String(reasonLength),
      }),
    )

export const enforcedIsApproved: Rule = (lint) =>
  lint.policies
    .filter(
      (policy) => policy.status === 'enforce' && (policy.approvedBy === null || policy.approvedOn === null),
    )
    .map((policy) =>
      problem('E_ENFORCED_UNAPPROVED', lint.at(policy, 'status'), {
        missing: policy.approvedBy === null ? 'approved_by' : 'approved_on',
      }),
    )

/** `oubli init` begins its sentences with the word, so that no proposal acts before somebody wrote a real one. */
export const enforcedIsFinished: Rule = (lint) =>
  lint.policies
    .filter(({ status }) => status === 'enforce')
    .flatMap((policy) => {
      const words = {
        promise: policy.promise,
        purpose: policy.purpose,
        legal_basis: policy.legalBasis,
        because: policy.because,
      }
      const said = Object.entries(words)
        .filter(([, text]) => isTodo(text))
        .map(([key]) => problem('E_ENFORCED_TODO', lint.at(policy, key), { key }))
      const kept = Object.entries(policy.but)
        .filter(([, departure]) => departure.act === 'keep' && isTodo(departure.because))
        .map(([kind]) =>
          problem('E_ENFORCED_TODO', lint.at(policy, 'but', kind), { key: `but: ${kind}: keep` }),
        )
      return [...said, ...kept]
    })

function isTodo(text: string): boolean {
  return /^todo\b/i.test(text.trim())
}

/** Civil dates in ISO form sort as text. Whether a review is overdue is not asked: lint has no clock. */
export const reviewFollowsApproval: Rule = (lint) =>
  lint.policies
    .filter(({ reviewBy, approvedOn }) => reviewBy !== null && approvedOn !== null && reviewBy <= approvedOn)
    .map((policy) =>
      problem('E_REVIEW_BEFORE_APPROVAL', lint.at(policy, 'review_by'), {
        found: policy.reviewBy ?? '',
        approved: policy.approvedOn ?? '',
      }),
    )
