/**
 * Looks at every person of the site, page by page, and finds those whom the ledger knows as gone. This is the
 * one work whose cost follows the size of a table: a tombstone opens in one direction only.
 */
import { keyText, tombstoneOf, type Key } from '../base/subject-ref.ts'
import { OubliError } from '../base/errors.ts'
import type { DepartureLine } from '../audit/ledger.ts'
import { readPeople } from '../db/site/people.ts'
import { lookAgain, type Found } from '../engine/again.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { inOrderOfReplay, policyFor } from '../plan/replay.ts'
import { settleMap, type SettledKind } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'

const pageSize = 1000

export interface FoundPage {
  /** Null: no policy of today does it to this kind. */
  readonly policy: CompiledPolicy | null
  /** Policy that the log names. */
  readonly named: string
  readonly what: DepartureLine['what']
  readonly found: readonly Found[]
  readonly lines: readonly DepartureLine[]
}

type Match = { readonly key: Key; readonly person: string; readonly line: DepartureLine }

export async function* peopleAgain(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
): AsyncGenerator<FoundPage> {
  if (known.people.size === 0) return
  for (const [kind, settled] of settleMap(prepared.dataMap, prepared.schema).map.kinds) {
    if (!settled.kind.subject) continue
    const table = { table: settled.table.name, key: settled.key, identity: settled.kind.identity }
    let after: Key | null = null
    for (;;) {
      const page = await readPeople(ctx.database, ctx.database.dialect, table, after, pageSize)
      const matches = page.flatMap(({ key, identity }) => {
        const person = tombstoneOf(ctx.ports.secret, { kind, key, identity })
        const lines = known.people.get(person) ?? []
        return inOrderOfReplay(lines).map((line): Match => ({ key, person, line }))
      })
      if (matches.length > 0) yield* byPolicy(ctx, prepared, settled, matches)
      after = page.at(-1)?.key ?? null
      if (page.length < pageSize) break
    }
  }
}

async function* byPolicy(
  ctx: JobContext,
  prepared: Prepared,
  { kind }: SettledKind,
  matches: readonly Match[],
): AsyncGenerator<FoundPage> {
  const groups = new Map<string, Match[]>()
  for (const match of matches) {
    const name = `${match.line.what} ${match.line.policy}`
    groups.set(name, [...(groups.get(name) ?? []), match])
  }
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined) continue
    const { policy: named, what } = first.line
    const policy = policyFor(prepared.plan.policies, kind.name, { policy: named, what })
    const persons = new Map(group.map((one) => [keyText(one.key), one]))
    const found =
      policy === null
        ? group.map(({ key, person }): Found => ({ key, person, standing: 'again' }))
        : await lookAgain(ctx.ports, ctx.database, policy, persons)
    const there = new Set(found.map(({ person }) => person))
    const lines = group.filter(({ person }) => there.has(person)).map(({ line }) => line)
    if (found.length > 0) yield { policy, named, what, found, lines }
  }
}

/**
 * Each person who goes again must be named by the signed log, by an entry of their own: the ledger is not
 * signed, and whoever could add to it must not be able to have somebody erased. Throws a `refused` error.
 */
export function ceiling(ctx: JobContext, { proven }: Known) {
  const used = new Set<string>()
  let unnamed = 0
  return {
    count: (lines: readonly DepartureLine[]): void => {
      for (const { entry } of lines) {
        if (!proven.has(entry) || used.has(entry)) unnamed += 1
        used.add(entry)
      }
    },
    refuse: (): void => {
      if (unnamed === 0) return
      throw new OubliError(
        'refused',
        'E_REPLAY_UNNAMED',
        `${ctx.settings.evidence.folder}/ledger: expected an entry of the signed log for each person, found ${unnamed} without one among those who would go again`,
        'Nothing was changed. The ledger was added to, or the log is not its own: bring the whole evidence folder back from its newest copy, and ask who could write to it.',
      )
    },
  }
}
