/**
 * Looks at every person of the site, page by page, and finds those whom the ledger knows as gone. This is the
 * one work whose cost follows the size of a table: a tombstone opens in one direction only.
 */
import { keyText, tombstoneOf, type Key } from '../base/subject-ref.ts'
import type { Departure } from '../audit/ledger-proof.ts'
import type { DepartureLine } from '../audit/ledger.ts'
import { readPeople } from '../db/site/people.ts'
import { lookAgain, type Found, type Sought } from '../engine/again.ts'
import { pageSize } from '../engine/walk.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { namesake, policyFor, toReplay } from '../plan/replay.ts'
import type { SettledKind } from '../plan/settled-map.ts'
import { isToldApart } from '../policies/rules/identity.ts'
import type { JobContext } from './context.ts'
import { termsFor, type Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'
import { kindsOfPeople } from './replay-missing.ts'

export interface FoundPage {
  /** Null: nothing written today may do it to them, so they are left for a person to decide. */
  readonly policy: CompiledPolicy | null
  /** Policy that the log names. */
  readonly named: string
  readonly what: DepartureLine['what']
  readonly found: readonly Found[]
}

type Match = Sought & { readonly departure: Departure }

/** What was seen on the way. */
export interface Seeing {
  /** Tombstones of everybody whom a row was, also of those with whom nothing is left to do. */
  readonly met: Set<string>
  /** Kind → people who are here, also those whom nobody names. */
  readonly people: Map<string, number>
}

/** Adds to `seeing`. */
export async function* peopleAgain(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
  { met, people }: Seeing,
): AsyncGenerator<FoundPage> {
  if (known.people.size === 0) return
  for (const [kind, settled] of kindsOfPeople(prepared)) {
    const table = { table: settled.table.name, key: settled.key, identity: settled.kind.identity }
    let after: Key | null = null
    let here = 0
    for (;;) {
      const page = await readPeople(ctx.database, ctx.database.dialect, table, after, pageSize)
      here += page.length
      const matches = page.flatMap(({ key, identity }) => {
        const person = tombstoneOf(ctx.ports.secret, { kind, key, identity })
        const departures = known.people.get(person) ?? []
        if (departures.length > 0) met.add(person)
        return toReplay(departures, known.backup.lacked).map((departure): Match => ({
          key,
          person,
          departure,
          departed: Date.parse(departure.line.at),
        }))
      })
      if (matches.length > 0) yield* byPolicy(ctx, prepared, known, settled, matches)
      after = page.at(-1)?.key ?? null
      if (page.length < pageSize) break
    }
    people.set(kind, here)
  }
}

async function* byPolicy(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
  { kind }: SettledKind,
  matches: readonly Match[],
): AsyncGenerator<FoundPage> {
  const { policies } = prepared.plan
  const acted = ({ policy: { id } }: CompiledPolicy): boolean => known.acted.has(termsFor(prepared, id).hash)
  const groups = new Map<string, Match[]>()
  for (const match of matches) {
    const { line, proof } = match.departure
    const name = [line.what, line.policy, proof?.terms].join(' ')
    groups.set(name, [...(groups.get(name) ?? []), match])
  }
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined) continue
    const { line } = first.departure
    // Told apart by the key alone, somebody who got a number again would pass for the one who went.
    const policy = isToldApart(kind) ? policyFor(policies, kind.name, first.departure, acted) : null
    const asked = policy ?? namesake(policies, kind.name, line)
    const persons = new Map(group.map((one) => [keyText(one.key), one]))
    const found =
      asked === null
        ? group.map(({ key, person, departed }): Found => ({
            ...{ key, person, departed },
            ...{ standing: 'again', canary: false },
          }))
        : await lookAgain(ctx.ports, ctx.database, asked, persons)
    if (found.length > 0) yield { policy, named: line.policy, what: line.what, found }
  }
}
