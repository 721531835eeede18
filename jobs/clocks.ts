/**
 * Do the clocks tell the truth? Whom a policy would end as silent is compared with what the same people did
 * elsewhere, and how far back the clock goes with the term. Reads only.
 */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { inForceTerms } from '../db/own/terms.ts'
import { contradictions, type Sign } from '../engine/contradictions.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { settleMap, type SettledMap } from '../plan/settled-map.ts'
import { countsSilence, trailsOf, unreadOf } from '../plan/signs-of-life.ts'
import { waivable, waivedOf } from '../plan/waived.ts'
import { isRead } from '../plan/silence.ts'
import { isInForce } from '../plan/standing.ts'
import { keptTooShort, type KeptTooShort } from './clock-age.ts'
import { readEvents, type EventReport } from './clock-events.ts'
import type { JobContext } from './context.ts'
import { packedSigns } from './packed-signs.ts'
import { termsFor, type Prepared } from './prepare.ts'

export interface PolicyClock {
  readonly policy: string
  readonly status: 'observe' | 'enforce'
  readonly kind: string
  readonly event: string
  /** It ends people because they are silent; a fixed start calls nobody silent, and is only shown. */
  readonly countsSilence: boolean
  readonly silent: number
  readonly withoutValue: number
  /** Silent people with a newer act in a column that is not waived. */
  readonly people: number
  readonly signs: readonly (Sign & { readonly waived: string | null })[]
  /** `table.column` of what hangs on these people, could hold a time and is not read; waived ones left out. */
  readonly notRead: readonly string[]
  /** Sources of the clock that were not kept for a whole term. */
  readonly keptTooShort: readonly KeptTooShort[]
}

export interface Clocks {
  readonly events: readonly EventReport[]
  readonly policies: readonly PolicyClock[]
}

export async function clocks(ctx: JobContext, prepared: Prepared): Promise<Clocks> {
  const now = await ctx.now()
  const { map } = settleMap(prepared.dataMap, prepared.schema)
  const policies: PolicyClock[] = []
  for (const policy of prepared.plan.policies)
    if (policy.subject) policies.push(await policyClock(ctx, map, policy, now))
  return { events: await readEvents(ctx, map, now), policies }
}

/** What would refuse an approval: people who are not silent, a clock that is too young, a column that could not be read. */
export function refuses(one: PolicyClock): boolean {
  return (
    one.countsSilence &&
    (one.people > 0 || one.keptTooShort.some(({ waived }) => waived === null) || unread(one).length > 0)
  )
}

function unread({ signs }: PolicyClock): PolicyClock['signs'] {
  return signs.filter(({ basis, waived }) => !isRead(basis) && waived === null)
}

export async function clockOf(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
): Promise<PolicyClock> {
  return await policyClock(ctx, settleMap(prepared.dataMap, prepared.schema).map, policy, now)
}

async function policyClock(
  ctx: JobContext,
  map: SettledMap,
  policy: CompiledPolicy,
  now: Instant,
): Promise<PolicyClock> {
  const waivers = waivedOf(policy)
  const waived = (...names: readonly string[]): string | null =>
    names.map((name) => waivers.get(name)).find((reason) => reason !== undefined) ?? null
  const packed = await packedSigns(ctx, map, policy)
  const found = await contradictions(ctx.ports, policy, {
    trails: [...trailsOf(map, policy), ...packed.trails],
    waived: (name) => waivers.has(name),
    now,
  })
  return {
    policy: policy.policy.id,
    status: policy.policy.status,
    kind: policy.kind,
    event: policy.clock.event.name,
    countsSilence: countsSilence(policy),
    silent: found.silent,
    withoutValue: found.withoutValue,
    people: found.people,
    signs: [...found.signs, ...packed.denied].map((sign) => ({
      ...sign,
      waived: waived(...waivable(sign)),
    })),
    notRead: unreadOf(map, policy).filter((column) => !waivers.has(column)),
    keptTooShort: await keptTooShort(ctx, map, policy, found, waived, now),
  }
}

/**
 * For an approval: terms that act already were looked at when they were approved; a pilot and `oubli doctor --clocks`
 * look again at any time.
 */
export async function refuseNewContradicted(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
): Promise<void> {
  const { terms, hash } = termsFor(prepared, policy.policy.id)
  if (!isInForce(await inForceTerms(ctx.database, policy.policy.id), hash, terms))
    await refuseContradicted(ctx, prepared, policy, now)
}

/** Throws a `refused` error when a policy would end people as silent who are not. */
export async function refuseContradicted(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
): Promise<void> {
  if (!countsSilence(policy)) return
  const found = await clockOf(ctx, prepared, policy, now)
  if (!refuses(found)) return
  const columns = unread(found).map(({ table, column }) => `${table}.${column}`)
  if ([...contradicted(found), ...tooShort(found)].length === 0 && columns.length > 0)
    throw new OubliError(
      'refused',
      'E_CLOCK_UNREAD',
      `${found.policy}: ${columns.join(', ')} could not be read, where silent people may have left a sign of life`,
      'Without the right: print the grants again (`oubli grants`), or take an account that may read it. ' +
        'With keys in two collations: give the link the collation of the key, or waive the column with the reason. ' +
        '`oubli doctor --clocks` says which.',
    )
  throw new OubliError(
    'refused',
    'E_CLOCK_CONTRADICTED',
    `${found.policy}: ${[...contradicted(found), ...tooShort(found)].join('; ')}`,
    `Let the column join the clock (latest_of of "${found.event}" in the data map), or waive it there with the reason ` +
      '(waived: { table.column: reason }). `oubli doctor --clocks` shows all of it.',
  )
}

function contradicted({ event, silent, people, signs }: PolicyClock): readonly string[] {
  if (people === 0) return []
  const told = signs
    .filter(({ waived, basis }) => waived === null && isRead(basis))
    .map(({ table, column, place = '', people: many, years }) => {
      const byYear = Object.entries(years).map(([year, number]) => `${year}: ${number}`)
      return `${table}.${column}${place} ${many} (${byYear.join(', ')})`
    })
  return [`"${event}" calls ${silent} silent, and ${people} of them did something later: ${told.join(', ')}`]
}

function tooShort({ event, keptTooShort: short }: PolicyClock): readonly string[] {
  return short
    .filter(({ waived }) => waived === null)
    .map(
      ({ table, column, place = '', first, without }) =>
        `"${event}" (${table}.${column}${place}) has ${first === null ? 'no value' : `no value before ${first}`}, ` +
        `which is less than the term ago, and ${without} people without a value there are called silent`,
    )
}
