/** Policy files in, policies and every problem of every file out. */
import { policyKeyProblems, rawMap } from './key-checks.ts'
import { parseYaml } from './parse-yaml.ts'
import type { Policy } from './policy.ts'
import { policySchema } from './policy-schema.ts'
import type { Place, PlaceOf, Problem, SourceFile } from './problem.ts'
import { placesOf, sorted } from './places.ts'
import { readPolicy } from './read-policy.ts'
import { schemaProblems } from './schema-problems.ts'

export interface ParsedPolicies {
  /** Only those without a problem of their own. */
  readonly policies: readonly Policy[]
  readonly problems: readonly Problem[]
  readonly placeOf: PlaceOf
  /** Comments that begin with todo. */
  readonly todos: readonly Place[]
  /** Every name that a file gives itself, also of files with problems: so that no reference to it is blamed. */
  readonly declared: readonly { readonly id: string; readonly file: string }[]
}

/** One policy per file. Never throws for anything a file can contain. */
export function parsePolicies(files: readonly SourceFile[]): ParsedPolicies {
  const policies: Policy[] = []
  const problems: Problem[] = []
  const declared: { id: string; file: string }[] = []
  const parsed = files.map((file) => ({ file: file.path, yaml: parseYaml(file) }))
  for (const { file, yaml } of parsed) {
    const found: Problem[] = [...yaml.problems]
    if (yaml.value !== undefined) {
      const id = rawMap(yaml.value)['policy']
      if (typeof id === 'string') declared.push({ id, file })
      const result = policySchema.safeParse(yaml.value)
      if (!result.success) found.push(...schemaProblems(yaml, result.error.issues))
      found.push(...policyKeyProblems(yaml))
      const policy = result.success && found.length === 0 ? readPolicy(result.data, file) : null
      if (policy !== null) policies.push(policy)
    }
    problems.push(...found)
  }
  const todos = parsed.flatMap(({ yaml }) => yaml.todos)
  return { policies, problems: sorted(problems), placeOf: placesOf(parsed), todos, declared }
}
