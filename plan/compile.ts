/**
 * Ties policies and data map to the live schema. A policy with a refusing problem is left out of the plan;
 * the others are in it, and every problem and gap is told at once.
 */
import type { DataMap } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { compilePolicy } from './compile-policy.ts'
import { tieDropping } from './compile-partitions.ts'
import type { CompiledPlan, CompiledPolicy } from './compiled.ts'
import { findGaps, type Gap } from './coverage.ts'
import { fingerprint } from './fingerprint.ts'
import { findingsFor, tell, type PlanProblem } from './plan-problem.ts'
import { settleMap } from './settled-map.ts'
import type { SiteSchema } from './site-schema.ts'

export interface CompileInput {
  readonly policies: readonly Policy[]
  readonly dataMap: DataMap
  readonly schema: SiteSchema
  /** SHA-256 in hex over the templates that warn people. */
  readonly templatesHash: string
  /** Major version of the tool: another one may read the same policies differently. */
  readonly majorVersion: string
}

export interface Compiled {
  readonly plan: CompiledPlan
  readonly problems: readonly PlanProblem[]
  readonly gaps: readonly Gap[]
}

export function compilePlan(input: CompileInput): Compiled {
  const { map, problems } = settleMap(input.dataMap, input.schema)
  const policies: CompiledPolicy[] = []
  const told = [...problems]
  for (const policy of input.policies) {
    const findings = findingsFor(policy.id)
    const compiled = compilePolicy(map, policy, findings)
    if (compiled !== null) policies.push(compiled)
    told.push(...findings.problems)
  }
  const tied = policies.map((one) => {
    const findings = findingsFor(one.policy.id)
    const whole = tieDropping(map, { ...one, marks: marksOf(one, policies) }, findings)
    told.push(...findings.problems)
    return whole
  })
  return {
    plan: {
      policies: tied,
      fingerprint: fingerprint(input),
    },
    problems: [...distinct(told), ...unseenTriggers(policies, input.schema)],
    gaps: findGaps(input.policies, input.dataMap, input.schema),
  }
}

/** One warning for all tables that are written: one right is missing, or a part of it. */
function unseenTriggers(policies: readonly CompiledPolicy[], schema: SiteSchema): readonly PlanProblem[] {
  const written = new Set(policies.flatMap(({ writes }) => writes))
  const tables = [...written].filter((name) => schema.get(name)?.triggers === null).sort()
  const findings = findingsFor(null)
  if (tables.length > 0) tell(findings, 'W_TRIGGERS_UNSEEN', { params: { tables: tables.join(', ') } })
  return findings.problems
}

function marksOf(
  { table, steps, act }: CompiledPolicy,
  all: readonly CompiledPolicy[],
): CompiledPolicy['marks'] {
  const gone = steps
    .filter(({ then }) => then.act === 'erase' || then.act === 'archive')
    .map((step) => step.table)
  const tables = act.act === 'erase' || act.act === 'archive' ? [table, ...gone] : gone
  return [...new Set(tables)].flatMap((name) => {
    const marking = all.filter((one) => one.table === name && one.act.done === 'own')
    return marking.length === 0 ? [] : [{ table: name, policies: marking.map((one) => one.policy.id) }]
  })
}

/** The same place can be reached twice: a clock and a cascade ask for one index, a map warns where a policy refuses. */
function distinct(problems: readonly PlanProblem[]): readonly PlanProblem[] {
  const seen = new Set<string>()
  const refusals = new Set(
    problems.filter((one) => one.refuses).map((one) => placeOf(one, one.code.replace(/^E_/, 'W_'))),
  )
  return problems.filter((problem) => {
    if (!problem.refuses && problem.policy === null && refusals.has(placeOf(problem, problem.code)))
      return false
    const id = JSON.stringify([problem.policy, placeOf(problem, problem.code), problem.params])
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

function placeOf({ table, column }: PlanProblem, code: string): string {
  return JSON.stringify([code, table, column])
}
