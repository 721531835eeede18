/** What `oubli report --json` prints, as the tests read it. */
import { expect } from 'chai'

export interface Policy {
  readonly policy: string
  readonly state: string
  readonly in_scope: { readonly rows: number; readonly basis: string }
  readonly oldest: { readonly began: string; readonly basis: string } | null
  readonly past_term: {
    readonly rows: number
    readonly basis: string
    readonly by_reason: readonly {
      readonly reason: string
      readonly rows: number
      readonly basis: string
      readonly since: string
    }[]
  }
  readonly doubtful: { readonly rows: number; readonly basis: string }
  readonly done: {
    readonly rows: number
    readonly acts: Readonly<Record<string, Readonly<Record<string, number>>>>
    readonly again: { readonly asked: number; readonly left: number } | null
    readonly basis: string
    readonly mails: { readonly warned: number; readonly returned: number; readonly basis: string }
  }
  readonly set_aside: { readonly rows: number; readonly basis: string }
  readonly last_success: string | null
  readonly next_due: { readonly at: string; readonly basis: string } | null
  readonly forecast: readonly { readonly rows: number; readonly basis: string }[]
}

export interface Report {
  readonly older: { readonly why: string } | null
  readonly promises: readonly { readonly promise: string; readonly policies: readonly Policy[] }[]
  readonly matters: readonly {
    readonly code: string
    readonly policies: readonly string[]
    readonly rows: number
    readonly basis: string
  }[]
  readonly months: readonly string[]
  readonly runs: readonly {
    readonly state: string
    readonly rows: number
    readonly basis: string
    readonly mails: { readonly queued: number; readonly basis: string }
    readonly job: string
    readonly as_of: string
    readonly why_stopped: string | null
  }[]
  readonly holds: { readonly active: number; readonly review_passed: number }
  readonly gaps: readonly {
    readonly kind: string
    readonly table: string
    readonly column: string | null
    readonly data: string | null
  }[]
  readonly residual: {
    readonly binlogDays: number | null
    readonly binlogImage: string | null
    readonly history: number | null
    readonly wipes: boolean | null
    readonly replicas: number
    readonly server: string
    readonly backup: Readonly<Record<string, string>> | null
  }
  readonly evidence: { readonly checkpoint: string | null; readonly verifierKey: string | null }
}

interface Site {
  oubli(argv: readonly string[]): Promise<{ readonly exit: number; readonly out: string }>
}

export async function reportOf(site: Site, ...more: readonly string[]): Promise<Report> {
  const said = await site.oubli(['report', '--json', ...more])
  expect(said.exit, said.out).to.equal(0)
  return JSON.parse(said.out) as Report
}

export function policiesIn(report: Report): readonly Policy[] {
  return report.promises.flatMap(({ policies }) => policies)
}

export function policyIn(report: Report, id: string): Policy {
  const found = policiesIn(report).find(({ policy }) => policy === id)
  if (found === undefined) throw new Error(`the report has no policy ${id}`)
  return found
}
