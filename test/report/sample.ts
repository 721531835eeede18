/** Facts of a report with nothing in them, to be changed where a test needs it. */
import type { PolicyFacts, ReportFacts } from '../../report/facts.ts'
import { mapOf, policy as aPolicy } from '../plan/site-builder.ts'

export const now = Date.parse('2026-06-01T10:00:00Z')
export const day = 86_400_000

export function policy(more: Partial<PolicyFacts> = {}, id = 'p'): PolicyFacts {
  return {
    policy: aPolicy('account', { id, promise: 'inactivity', reviewBy: '2027-01-01' }),
    subject: true,
    table: 'users',
    standing: { mode: 'enforced', approved: null, newInForce: false },
    alarms: [],
    scope: { rows: 10, basis: 'exact' },
    past: {},
    doubtful: { rows: 0, basis: 'exact' },
    done: [],
    setAside: { rows: 0, since: null },
    lastSuccess: now - day,
    actsSince: now - 300 * day,
    next: null,
    forecast: [],
    ...more,
  }
}

export const past = (rows: number, since = now - 30 * day) => ({ rows, since })

export function facts(policies: readonly PolicyFacts[], more: Partial<ReportFacts> = {}): ReportFacts {
  return {
    asOf: now,
    now,
    from: now - 365 * day,
    to: now,
    counted: true,
    tool: '0.0.0',
    fingerprint: 'f'.repeat(64),
    dataMap: mapOf([]),
    everyPolicy: [],
    policies,
    problems: [],
    gaps: [],
    months: [],
    runs: [],
    holds: { active: 0, reviewPassed: 0 },
    residual: { binlogDays: 3, binlogImage: 'FULL', history: 0, wipes: null, replicas: 0, server: 's' },
    bounces: null,
    evidence: {
      origin: 'o',
      checkpoint: 'c',
      size: 1,
      sealed: 1,
      unsealed: 0,
      untold: 0,
      verifierKey: null,
      sinks: { set: 1, behind: 0 },
    },
    ...more,
  }
}
