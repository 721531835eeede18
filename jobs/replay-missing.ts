/** Whom the ledger names since the backup and nobody in the tables is: the log alone cannot say why. */
import { OubliError } from '../base/errors.ts'
import { isIn } from '../plan/replay.ts'
import { settleMap, type SettledKind } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'

/** A kind of people that nobody can read today. */
export interface LostKind {
  readonly kind: string
  readonly people: number
  /** Codes of what is wrong with it; empty: the data map has no kind of people of that name. */
  readonly why: string
}

export function kindsOfPeople({ dataMap, schema }: Prepared): ReadonlyMap<string, SettledKind> {
  return new Map([...settleMap(dataMap, schema).map.kinds].filter(([, { kind }]) => kind.subject))
}

export function lostKinds(prepared: Prepared, known: Known): readonly LostKind[] {
  const kinds = kindsOfPeople(prepared)
  const people = new Map<string, number>()
  for (const { kind } of since(known)) if (!kinds.has(kind)) people.set(kind, (people.get(kind) ?? 0) + 1)
  return [...people].map(([kind, count]) => ({ kind, people: count, why: faultsOf(prepared, kind) }))
}

/** People of kinds that are read, whom no row was. `met`: tombstones of those whom some row was. */
export function countNotFound(prepared: Prepared, known: Known, met: ReadonlySet<string>): number {
  const kinds = kindsOfPeople(prepared)
  return since(known).filter(({ kind, person }) => kinds.has(kind) && !met.has(person)).length
}

/** What became of people since the backup; each person once. */
function since({ people, backup }: Known) {
  return [...people.values()].flatMap((departures) => {
    const [found] = departures.filter(({ proof }) => isIn(backup.lacks, proof))
    return found === undefined ? [] : [found.line]
  })
}

function faultsOf({ dataMap, problems }: Prepared, name: string): string {
  const kind = Object.hasOwn(dataMap.kinds, name) ? dataMap.kinds[name] : undefined
  const faults = problems.filter(
    ({ policy, refuses, table }) => policy === null && refuses && table === kind?.table,
  )
  return [...new Set(faults.map(({ code }) => code))].join(', ')
}

/** Those people are in the restored tables, and nobody would look for them. Throws a `refused` error. */
export function refuseLostKinds({ settings }: Pick<JobContext, 'settings'>, lost: readonly LostKind[]): void {
  if (lost.length === 0) return
  const named = lost.map(
    ({ kind, people, why }) => `${kind} (${people} people${why === '' ? '' : `, ${why}`})`,
  )
  throw new OubliError(
    'refused',
    'E_REPLAY_KIND',
    `${settings.dataMap}: expected every kind of people that went since the backup, found none that can be read for ${named.join(', ')}`,
    'Nothing was changed. Bring the kind back into the data map as it was, with its table and its identity; `oubli doctor` says what is wrong with one that is there.',
  )
}
