/** What a person is told of a policy: what goes and what stays, when, counted from what, after which notice. */
import type { Canonical } from '../base/canonical.ts'
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Period } from '../policies/period.ts'
import type { Policy } from '../policies/policy.ts'
import { canonicalValue } from './canonical-value.ts'
import { sha256 } from './fingerprint.ts'

export { compareTerms, type TermsChange } from './compare-terms.ts'

/** Plain texts and lists only, so that it can be stored and compared with later terms. */
export function termsOf(policy: Policy, dataMap: DataMap): Canonical {
  const kind = Object.hasOwn(dataMap.kinds, policy.data) ? dataMap.kinds[policy.data] : undefined
  return {
    data: policy.data,
    act: policy.then,
    fields: [...policy.fields].sort(),
    changes: changesOf(policy, kind),
    leaving: leaving(policy, dataMap),
    only: canonicalValue(policy.only),
    clock: clockOf(policy, dataMap, kind),
    keepAtMost: policy.keepAtMost === null ? null : periodOf(policy.keepAtMost),
    keepAtLeast: policy.keepAtLeast === null ? null : periodOf(policy.keepAtLeast),
    protections: protections(policy, kind),
    notice: noticeOf(policy),
    ...(policy.receipts === undefined ? {} : { receipts: periodOf(policy.receipts) }),
  }
}

/** SHA-256 in hex of the terms. */
export function termsHash(policy: Policy, dataMap: DataMap): string {
  return sha256(termsOf(policy, dataMap))
}

/** Twelve months and one year are one promise. */
function periodOf({ years, months, weeks, days, hours }: Period): Canonical {
  return {
    months: String(years * 12 + months),
    days: String(weeks * 7 + days),
    hours: String(hours),
  }
}

function changesOf(policy: Policy, kind: Kind | undefined): Canonical {
  if (kind === undefined || policy.then === 'erase') return null
  if (policy.then === 'archive') return canonicalValue(kind.archive)
  if (policy.then === 'withdraw consent') return canonicalValue(kind.withdrawn)
  const chosen = Object.entries(kind.personal).filter(
    ([name]) => policy.fields.length === 0 || policy.fields.includes(name),
  )
  return canonicalValue(Object.fromEntries(chosen))
}

/** Kinds that hang on rows that go, with what becomes of each; what hangs on a row that stays is not touched. */
function leaving(policy: Policy, dataMap: DataMap): Canonical {
  const terms: Record<string, Canonical> = {}
  for (const [name, rule] of Object.entries(policy.but)) {
    const kind = Object.hasOwn(dataMap.kinds, name) ? dataMap.kinds[name] : undefined
    const changes = rule.act === 'anonymise' && kind !== undefined ? { changes: kind.personal } : {}
    terms[name] = canonicalValue({ ...rule, ...changes })
  }
  const going = policy.then === 'erase' || policy.then === 'archive' ? [policy.data] : []
  for (const name of going)
    for (const kind of Object.values(dataMap.kinds)) {
      if (kind.of !== name || going.includes(kind.name)) continue
      const act = policy.but[kind.name]?.act ?? 'erase'
      terms[kind.name] ??= { act }
      if (act === 'erase' || act === 'archive') going.push(kind.name)
    }
  return terms
}

function clockOf(policy: Policy, dataMap: DataMap, kind: Kind | undefined): Canonical {
  const event =
    kind !== undefined && Object.hasOwn(kind.events, policy.countedFrom)
      ? kind.events[policy.countedFrom]
      : undefined
  const spoken = event === undefined ? null : { ...event, label: null, idle: null, waived: undefined }
  const rounded = event !== undefined && event.roundedTo !== null
  return {
    event: policy.countedFrom,
    meaning: canonicalValue(spoken),
    fiscalYearEnds: rounded ? dataMap.fiscalYearEnds : null,
    zone: dataMap.zone,
    storedIn: dataMap.storedIn,
  }
}

/** Each line spares somebody: its sort, the column and one value. */
function protections(policy: Policy, kind: Kind | undefined): Canonical {
  const lines: string[][] = []
  const add = (sort: string, columns: Readonly<Record<string, readonly string[]>>): void => {
    for (const [column, values] of Object.entries(columns))
      for (const value of values) lines.push([sort, column, value])
  }
  for (const name of policy.notWhile) add('not while', kind?.states[name] ?? {})
  add('except', kind?.except ?? {})
  add('restricted', kind?.restricted ?? {})
  return lines.map((line) => JSON.stringify(line)).sort()
}

/**
 * Template and variant are how it is told, not what: whoever was warned in other words has been warned. That the
 * address outlives the erasure until a last mail has left is a thing that stays, and so a term.
 */
function noticeOf({ warn }: Policy): Canonical {
  if (warn === null) return null
  const { thenTell } = warn
  const last = thenTell === undefined ? undefined : { withinDays: thenTell.withinDays }
  // Nobody is told the window for bounces, and it moves no erasure.
  const untold = { template: undefined, variant: undefined, bounceWindowDays: undefined }
  return canonicalValue({ ...warn, ...untold, thenTell: last })
}
