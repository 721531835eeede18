/** A duty to keep is not undone by a policy that takes away what the rows belong to. */
import type { Kind } from '../data-map.ts'
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { parentStays } from './departures.ts'
import { kindsBelow, periodParams, problem, type LintContext, type Rule } from './lint-context.ts'

/** An archive takes the row alone: what hangs on it is erased, as with a row that is erased. */
export const dutiesToKeepSurvive: Rule = (lint) =>
  lint.policies
    .filter(({ then, fields }) => (then === 'erase' || then === 'archive') && fields.length === 0)
    .flatMap((policy) => kindsBelow(lint, policy.data).flatMap((kind) => brokenDuty(lint, policy, kind)))

function brokenDuty(lint: LintContext, policy: Policy, kind: Kind): readonly Problem[] {
  const duty = dutyOn(lint, kind)
  if (duty?.keepAtLeast == null) return []
  const departure = Object.hasOwn(policy.but, kind.name) ? policy.but[kind.name] : undefined
  if (departure !== undefined && departure.act !== 'erase') return []
  if (departure === undefined && parentStays(lint, policy, kind)) return []
  const place = departure === undefined ? lint.at(policy, 'but') : lint.at(policy, 'but', kind.name)
  const params = { kind: kind.name, duty: duty.id, ...periodParams('least', duty.keepAtLeast) }
  return [problem('E_DUTY_TO_KEEP_BROKEN', place, params)]
}

/** The kind's own duty, or the one on the archive to which its rows were to go. */
function dutyOn(lint: LintContext, kind: Kind): Policy | undefined {
  const kinds = [kind.name, ...(kind.archive === null ? [] : [kind.archive.into])]
  return lint.policies.find((policy) => policy.keepAtLeast !== null && kinds.includes(policy.data))
}
