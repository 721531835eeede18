/** Reads policies, data map and templates, ties them to the live schema, and says everything that is wrong. */
import { readFolder, readText } from '../config/files.ts'
import type { Settings } from '../config/settings.ts'
import { inspectSchema } from '../db/inspect.ts'
import { storedTerms } from '../db/own/terms.ts'
import type { Database } from '../db/session.ts'
import { compilePlan } from '../plan/compile.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import type { Gap } from '../plan/coverage.ts'
import { inSqlite } from '../plan/index-need.ts'
import { schemasNamed, withoutStrangers } from '../plan/other-schemas.ts'
import type { PlanProblem } from '../plan/problem-texts.ts'
import { settleMap } from '../plan/settled-map.ts'
import type { SiteSchema } from '../plan/site-schema.ts'
import { actingTerms, asStored, type ActingTerms } from '../plan/acting-terms.ts'
import type { DataMap } from '../policies/data-map.ts'
import { lint, type Linted } from '../policies/lint.ts'
import type { Policy } from '../policies/policy.ts'
import type { Language, SourceFile } from '../policies/problem.ts'
import { renderProblem } from '../policies/problem-texts.ts'
import { templateUse } from '../policies/telling.ts'
import { refuseUntrue } from '../templates/check-act.ts'
import { refuseTelling } from '../templates/check-hidden.ts'
import { loadTemplates, templatesHash, type Templates } from '../templates/render.ts'
import { withAnnounced } from './announced.ts'
import type { JobContext } from './context.ts'
import { emptyClocks } from './empty-clocks.ts'
import { PolicyFilesError } from './policy-files-error.ts'

export interface Sources {
  readonly policies: readonly SourceFile[]
  readonly dataMap: SourceFile
  readonly templates: readonly SourceFile[]
}

export interface Prepared {
  readonly policies: readonly Policy[]
  readonly dataMap: DataMap
  readonly schema: SiteSchema
  readonly plan: CompiledPlan
  readonly problems: readonly PlanProblem[]
  readonly gaps: readonly Gap[]
  readonly templates: Templates
  /** Policies that erase accounts without a word, where nobody said who moves their date → the event. */
  readonly unwarned?: ReadonlyMap<string, string>
  /** By policy id. */
  readonly terms: ReadonlyMap<string, ActingTerms>
}

export async function readSources(settings: Settings): Promise<Sources> {
  const dataMap = { path: settings.dataMap, text: await readText(settings.dataMap) }
  const files = await readFolder(settings.policies, (name) => /\.ya?ml$/.test(name))
  return {
    dataMap,
    policies: files.filter((file) => file.path !== dataMap.path),
    templates: await readFolder(settings.templates, (name) => name.endsWith('.hbs')),
  }
}

/** `en/inactivity-warning.txt.hbs` → `inactivity-warning`. */
export function templateNames(files: readonly SourceFile[]): readonly string[] {
  const names = files.map(({ path }) => /([^/\\]+)\.(?:subject|txt|html)\.hbs$/.exec(path)?.[1])
  return [...new Set(names.filter((name) => name !== undefined))]
}

/** Throws a policy error that holds every problem, when there is one that stops a run. */
export function lintOrThrow(sources: Sources, lang: Language): Linted & { readonly dataMap: DataMap } {
  const result = lint({ ...sources, templates: templateNames(sources.templates) })
  const errors = result.problems.filter((problem) => problem.severity === 'error')
  if (errors.length > 0 || result.dataMap === null)
    throw new PolicyFilesError(
      `the policy files have ${errors.length} error(s):\n${errors.map((problem) => renderProblem(problem, lang)).join('\n')}`,
      errors[0],
    )
  return { ...result, dataMap: result.dataMap }
}

export async function prepare(
  ctx: Pick<JobContext, 'settings' | 'database' | 'ports'>,
  lang: Language = 'en',
): Promise<Prepared> {
  const sources = await readSources(ctx.settings)
  const { policies, dataMap, problems: said } = lintOrThrow(sources, lang)
  const templates = loadTemplates(sources.templates)
  const use = templateUse(policies, dataMap)
  refuseTelling(templates, use)
  refuseUntrue(templates, use)
  const schema = withoutStrangers(dataMap, await inspectSchema(ctx.database, schemasNamed(dataMap)))
  const compiled = compilePlan({
    policies,
    dataMap,
    schema,
    templatesHash: templatesHash(sources.templates),
    majorVersion: ctx.ports.toolVersion.split('.')[0] ?? '0',
  })
  const empty = await emptyClocks(ctx.database, compiled.plan.policies, schema)
  const sqlite = ctx.database.dialect.name === 'sqlite'
  const refused = new Set(empty.map(({ policy }) => policy))
  const kinds = new Set(settleMap(dataMap, schema).map.kinds.keys())
  const usable = compiled.plan.policies.filter(({ policy }) => !refused.has(policy.id))
  return {
    policies,
    dataMap,
    schema,
    plan: { ...compiled.plan, policies: await withAnnounced(ctx.database, usable, kinds) },
    problems: [...(sqlite ? compiled.problems.map(inSqlite) : compiled.problems), ...empty],
    gaps: compiled.gaps,
    templates,
    unwarned: unwarnedIn(said),
    terms: await termsKnown(ctx.database, policies, dataMap),
  }
}

function unwarnedIn(problems: Linted['problems']): ReadonlyMap<string, string> {
  const found = problems.filter(({ code }) => code === 'W_ACCOUNT_NOT_WARNED')
  return new Map(found.map(({ params }) => [params['policy'] ?? '', params['event'] ?? '']))
}

async function termsKnown(
  database: Database,
  policies: readonly Policy[],
  dataMap: DataMap,
): Promise<Prepared['terms']> {
  const known = new Map<string, ActingTerms>()
  for (const policy of policies) {
    const noted = actingTerms(policy, dataMap)
    known.set(policy.id, asStored(noted, await storedTerms(database, policy.id, noted.formerHash)))
  }
  return known
}

/** The terms under which a policy of this plan may act. */
export function termsFor(prepared: Prepared, policy: string): ActingTerms {
  const terms = prepared.terms.get(policy)
  if (terms === undefined) throw new Error('a planned policy has terms')
  return terms
}
