/** From a policy file that fits the grammar to the policy that the plan works with. */
import { parseAmount, parseRefusals } from './condition-text.ts'
import { parsePeriod, type Period } from './period.ts'
import type { Action, Condition, Departure, Policy, Unreachable, Warn } from './policy.ts'
import type { PolicyFile } from './policy-schema.ts'
import { daysOf } from './schema-words.ts'

/** Null for the one word that the grammar knows and nothing executes yet (`then: aggregate`). */
export function readPolicy(raw: PolicyFile, file: string): Policy | null {
  if (raw.then === 'aggregate') return null
  const action: Action = raw.then
  return {
    id: raw.policy,
    file,
    promise: raw.promise,
    status: raw.status ?? 'observe',
    data: raw.data,
    keepAtMost: readPeriod(raw.keep_at_most),
    keepAtLeast: readPeriod(raw.keep_at_least),
    countedFrom: raw.counted_from,
    only: Object.entries(raw.only ?? {}).map(([column, found]) => readCondition(column, found)),
    notWhile: raw.not_while ?? [],
    fields: raw.fields ?? [],
    follows: raw.follows ?? null,
    then: action,
    but: Object.fromEntries(
      Object.entries(raw.but ?? {}).map(([kind, found]) => [kind, readDeparture(found)]),
    ),
    warn: raw.warn === undefined ? null : readWarn(raw.warn),
    ...readReceipts(raw),
    ...readLimits(raw),
    purpose: raw.purpose,
    legalBasis: raw.legal_basis,
    because: raw.because,
    approvedBy: raw.approved_by ?? null,
    approvedOn: raw.approved_on ?? null,
    reviewBy: raw.review_by ?? null,
  }
}

function readLimits(raw: PolicyFile): Pick<Policy, 'perRun' | 'stopAbove'> {
  const { per_run: slice = {}, stop_above: alarm = {} } = raw
  return {
    perRun: { items: slice.people ?? slice.rows ?? slice.items ?? 500, mails: slice.mails ?? 2000 },
    stopAbove: {
      percent: alarm.percent ?? 2,
      count: alarm.people ?? alarm.rows ?? alarm.count ?? null,
      percentByElse: alarm.percent_by_else ?? 25,
    },
  }
}

function readReceipts(raw: PolicyFile): Pick<Policy, 'receipts'> {
  const receipts = readPeriod(raw.receipts)
  return receipts === null ? {} : { receipts }
}

function readPeriod(text: string | undefined): Period | null {
  if (text === undefined) return null
  const parsed = parsePeriod(text)
  return parsed.ok ? parsed.period : null
}

function readCondition(column: string, found: NonNullable<PolicyFile['only']>[string]): Condition {
  if (Array.isArray(found)) return { column, test: 'is one of', values: found.map(String) }
  const amount = parseAmount(String(found))
  return amount === null ? { column, test: 'is one of', values: [String(found)] } : { column, ...amount }
}

function readDeparture(found: NonNullable<PolicyFile['but']>[string]): Departure {
  if (typeof found !== 'string') {
    if ('keep' in found) return { act: 'keep', because: found.keep }
    if ('anonymise' in found) return { act: 'anonymise', under: found.anonymise }
    return { act: 'archive', under: found.archive }
  }
  return found === 'anonymise' || found === 'archive' ? { act: found, under: null } : { act: found }
}

function readWarn(raw: NonNullable<PolicyFile['warn']>): Warn {
  return {
    when: raw.when ?? 'before the term',
    daysBefore: raw.days_before_erasure,
    minimumNoticeDays: daysOf(raw.minimum_notice) ?? 0,
    ...(raw.bounce_window === undefined ? {} : { bounceWindowDays: daysOf(raw.bounce_window) ?? 0 }),
    template: raw.template,
    ifUnreachable: readUnreachable(raw.if_unreachable),
    noAddress: raw.no_address ?? 'a person decides',
    ...(raw.invalid_address === undefined
      ? {}
      : {
          invalidAddress: {
            waitDays: daysOf(raw.invalid_address.wait) ?? 0,
            finally: raw.invalid_address.finally,
          },
        }),
    ...(raw.variant === undefined || raw.variant === 'full' ? {} : { variant: raw.variant }),
    ...(raw.then_tell === undefined
      ? {}
      : {
          thenTell: { template: raw.then_tell.template, withinDays: daysOf(raw.then_tell.within) ?? 0 },
        }),
  }
}

function readUnreachable(
  raw: NonNullable<PolicyFile['warn']>['if_unreachable'],
): Unreachable | 'a person decides' {
  if (raw === undefined || raw === 'a person decides') return 'a person decides'
  return {
    refusals: parseRefusals(raw.refusals) ?? 0,
    waitDays: daysOf(raw.wait) ?? 0,
    finally: raw.finally,
  }
}
