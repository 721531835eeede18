/** What the compiler says about policies and data map in front of the live schema. */
import { nearestName } from '../policies/nearest-name.ts'
import { schemaOf } from './other-schemas.ts'

export interface PlanProblem {
  /** `E_…` refuses, `W_…` only warns; texts in `problem-texts.ts`. */
  readonly code: string
  /** Null: the problem lies in the data map or the schema, whichever policy reads it. */
  readonly policy: string | null
  readonly table: string | null
  readonly column: string | null
  /** Names, types and YAML or SQL to add; never a value of the site's rows. */
  readonly params: Readonly<Record<string, string>>
  /** A policy with such a problem is not in the plan. */
  readonly refuses: boolean
}

export interface Spot {
  readonly table?: string
  readonly column?: string
  readonly params?: Readonly<Record<string, string>>
}

/** Collects problems for one policy, or for the data map when `policy` is null. */
export interface Findings {
  readonly policy: string | null
  readonly problems: PlanProblem[]
}

export function findingsFor(policy: string | null): Findings {
  return { policy, problems: [] }
}

export function tell(findings: Findings, code: string, spot: Spot = {}): void {
  findings.problems.push({
    code,
    policy: findings.policy,
    table: spot.table ?? null,
    column: spot.column ?? null,
    params: spot.params ?? {},
    refuses: code.startsWith('E_'),
  })
}

export function refused(findings: Findings): boolean {
  return findings.problems.some((problem) => problem.refuses)
}

/** `near` for the texts; empty when nothing is near. */
export function near(word: string, candidates: Iterable<string>): Readonly<Record<string, string>> {
  return { near: nearestName(word, [...candidates]) ?? '' }
}

/** The same for a table, with the schema that is written before it; without one, nothing is said of schemas. */
export function nearTable(table: string, tables: Iterable<string>): Readonly<Record<string, string>> {
  const schema = schemaOf(table)
  return schema === null ? near(table, tables) : { ...near(table, tables), schema }
}
