/** A compiled policy and a row's facts, complete, for tests of judgement. */
import type { ClockColumn, CompiledPolicy } from '../../plan/compiled.ts'
import type { Facts, WarningFact } from '../../plan/facts.ts'
import type { Warn } from '../../policies/policy.ts'
import { period } from './terms.ts'

export const zone = 'Europe/Paris'

/** Noon in Paris in winter; any hour that is not midnight serves. */
export function noon(date: string): number {
  return Date.parse(`${date}T11:00:00Z`)
}

export const column: ClockColumn = {
  column: 'last_login_at',
  format: 'datetime',
  zone: 'UTC',
  never: [null, '0000-00-00 00:00:00'],
  ordered: true,
  family: 'datetime',
}

export const warn: Warn = {
  when: 'before the term',
  daysBefore: [60, 30, 7],
  minimumNoticeDays: 30,
  template: 'inactivity-warning',
  ifUnreachable: { refusals: 2, waitDays: 90, finally: 'erase' },
  noAddress: 'a person decides',
}

export interface PolicyParts {
  readonly warn?: Warn | null
  readonly written?: string
  readonly more?: Partial<CompiledPolicy>
}

export function policyOf(parts: PolicyParts = {}): CompiledPolicy {
  const keeps = period(parts.written ?? 'P3Y')
  const event = {
    name: 'last_login',
    latestOf: [],
    else: null,
    roundedTo: null,
    slides: 'by the person',
  } as const
  return {
    policy: {
      id: 'inactive-accounts',
      file: 'inactive-accounts.yml',
      promise: 'inactivity',
      status: 'enforce',
      data: 'account',
      keepAtMost: keeps,
      keepAtLeast: null,
      countedFrom: 'last_login',
      only: [],
      notWhile: ['order_open'],
      fields: [],
      follows: null,
      then: 'erase',
      but: {},
      warn: parts.warn === undefined ? null : parts.warn,
      perRun: { items: 500, mails: 2000 },
      stopAbove: { percent: 2, count: null, percentByElse: 1 },
      purpose: 'customer account',
      legalBasis: 'contract',
      because: 'a test',
      approvedBy: null,
      approvedOn: null,
      reviewBy: null,
    },
    kind: 'account',
    subject: true,
    table: 'users',
    key: [{ name: 'id', family: 'integer' }],
    identity: ['id', 'created_at'],
    clock: {
      event,
      sources: [
        { joins: [], clock: column },
        {
          joins: [],
          clock: { ...column, column: 'started_at', format: 'epoch seconds', never: [null, '0'] },
        },
      ],
      else: { ...column, column: 'created_at' },
      period: keeps,
      ends: 'next day',
      fiscalYearEnds: null,
      zone,
      notBefore: Date.parse('2010-01-01T00:00:00Z'),
    },
    constants: [],
    only: [],
    except: [{ column: 'role', values: ['admin'] }],
    restricted: [{ column: 'frozen', values: ['1'] }],
    canary: [{ column: 'role', values: ['canary'] }],
    states: [],
    contact: { email: 'email', name: null, locale: null },
    owners: [],
    below: [],
    marks: [],
    triggered: [],
    steps: [],
    act: { act: 'erase', changes: [], archive: null, done: null },
    termsHash: 'terms',
    writes: ['users'],
    rereadLast: [],
    ...parts.more,
  }
}

export function factsOf(last: string | null, more: Partial<Facts> = {}): Facts {
  return {
    key: ['1'],
    identity: ['1', '2012-01-01 00:00:00'],
    readings: [
      { earliest: last, latest: last },
      { earliest: null, latest: null },
    ],
    else: '2012-01-01 00:00:00',
    columns: { role: 'customer', frozen: '0' },
    states: [],
    held: false,
    restricted: false,
    excepted: false,
    address: null,
    addressState: 'valid',
    name: null,
    locale: null,
    addressHash: 'address',
    warnings: [],
    ...more,
  }
}

export function warningOf(
  cycle: number,
  queuedAt: number,
  announced: number,
  more: Partial<WarningFact> = {},
): WarningFact {
  return {
    policy: 'inactive-accounts',
    cycle,
    round: 0,
    step: 0,
    addressHash: 'address',
    termsHash: 'terms',
    announced,
    queuedAt,
    acceptedAt: queuedAt + 60_000,
    state: 'accepted',
    failedAt: null,
    ...more,
  }
}
