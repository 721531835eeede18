/** An archive is another table, declared, and with an end of its own. */
import type { Kind } from '../data-map.ts'
import type { Place, Problem } from '../problem.ts'
import { kindOf, problem, type LintContext, type Rule } from './lint-context.ts'

interface Move {
  readonly kind: Kind
  readonly place: Place
}

function moves(lint: LintContext): readonly Move[] {
  return lint.policies.flatMap((policy) => [
    ...(policy.then === 'archive' ? move(lint, policy.data, lint.at(policy, 'then')) : []),
    ...Object.entries(policy.but).flatMap(([name, { act }]) =>
      act === 'archive' ? move(lint, name, lint.at(policy, 'but', name)) : [],
    ),
  ])
}

function move(lint: LintContext, name: string, place: Place): readonly Move[] {
  const kind = kindOf(lint, name)
  return kind === null ? [] : [{ kind, place }]
}

export const archivesAreDeclared: Rule = (lint) =>
  moves(lint)
    .filter(({ kind }) => kind.archive === null)
    .map(({ kind, place }) => problem('E_ARCHIVE_NOT_DECLARED', place, { kind: kind.name }))

/** Without an end of its own an archive is only a second place to keep everything for ever. */
export const archivesComeToAnEnd: Rule = (lint) => {
  const reported = new Set<string>()
  return moves(lint).flatMap(({ kind, place }): readonly Problem[] => {
    const into = kind.archive?.into
    if (into === undefined || reported.has(into)) return []
    if (lint.policies.some(({ data }) => data === into)) return []
    reported.add(into)
    return [problem('E_ARCHIVE_WITHOUT_POLICY', place, { kind: kind.name, archive: into })]
  })
}

/** A mark in the active table is what regulators call no archive at all. */
export const archivesLieApart: Rule = (lint) =>
  Object.values(lint.map.kinds)
    .filter(({ archive, table }) => archive !== null && kindOf(lint, archive.into)?.table === table)
    .map((kind) =>
      problem('E_ARCHIVE_IN_PLACE', lint.atMap('kinds', kind.name, 'archive', 'into'), {
        kind: kind.name,
        table: kind.table,
      }),
    )
