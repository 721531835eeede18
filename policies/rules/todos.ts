/** Comments and words that say todo, in what an enforced policy acts by. */
import type { Policy } from '../policy.ts'
import type { Place, Problem } from '../problem.ts'
import { endsRows, kindOf, kindsBelow, problem, type LintContext, type Rule } from './lint-context.ts'

export const nothingIsLeftTodo: Rule = (lint) => {
  const enforced = lint.policies.filter(({ status }) => status === 'enforce')
  return lint.todos.flatMap((place): readonly Problem[] => {
    const inMap = place.file === lint.atMap('kinds').file
    const part = inMap ? partOf(lint, place) : null
    const acting = enforced.filter((policy) =>
      inMap ? isTouched(lint, policy, part) : policy.file === place.file,
    )
    if (acting.length === 0) return []
    return [problem('E_TODO_LEFT', place, { policy: acting.map(({ id }) => id).join(', ') })]
  })
}

/**
 * `oubli init` cannot know who is responsible and where the site is, and a comment is lost at once. Every mail names
 * them; a policy that writes to nobody must not stop for want of an address that no mail says.
 */
export const placeholdersAreReplaced: Rule = (lint) => {
  const enforced = lint.policies.filter(({ status }) => status === 'enforce')
  if (enforced.length === 0) return []
  const { controller, site } = lint.map
  const told = [
    ...(['contact', 'dpo'] as const).map((key) => ['controller', key, controller[key]] as const),
    ['site', 'url', site.url] as const,
  ]
  const writing = enforced.filter(({ warn }) => warn !== null)
  const policy = writing.map(({ id }) => id).join(', ')
  const code = writing.length > 0 ? 'E_MAP_TODO' : 'W_MAP_TODO'
  return told
    .filter(([, , text]) => /(?:@|\/\/)todo\.example\b/i.test(text))
    .map(([part, key]) => problem(code, lint.atMap(part, key), { key: `${part}: ${key}`, policy }))
}

/** Keys of the map that every policy acts by: whose names stand in mails, and how dates are read. */
const forAll = ['controller', 'site', 'zone', 'stored_in'] as const

/** The kind in whose lines it stands; no name where all kinds are meant; null where it is about tables without a kind. */
function partOf(lint: LintContext, { line, column }: Place): { readonly kind: string | null } | null {
  const above = (keys: readonly (readonly string[])[]): readonly string[] | undefined =>
    keys
      .filter((key) => lint.atMap(...key).line <= line)
      .sort((a, b) => lint.atMap(...a).line - lint.atMap(...b).line)
      .at(-1)
  const others = Object.keys(lint.map.outOfScope).length === 0 ? [] : ['out_of_scope']
  const section = above([...forAll, 'kinds', ...others].map((key) => [key]))?.[0]
  if (section === 'out_of_scope') return null
  if (section !== 'kinds') return { kind: null }
  const key = above(Object.keys(lint.map.kinds).map((name) => ['kinds', name]))
  // At the margin of the kinds or left of it: a line of its own behind the last of a kind.
  if (key === undefined || column <= lint.atMap(...key).column) return null
  return { kind: key[1] ?? null }
}

function isTouched(
  lint: LintContext,
  policy: Policy,
  part: { readonly kind: string | null } | null,
): boolean {
  if (part === null) return false
  if (part.kind === null) return true
  const below = endsRows(policy) ? kindsBelow(lint, policy.data).map(({ name }) => name) : []
  const named = Object.keys(policy.but).map((name) => name.split('.')[0] ?? '')
  const kinds = [policy.data, ...below, ...named]
  const archives = kinds.map((name) => kindOf(lint, name)?.archive?.into)
  return [...kinds, ...archives].includes(part.kind)
}
