/**
 * People whom a policy's clock calls silent and whose own rows say that they are not. Reads only; what it costs
 * follows the silent people, or is a bounded sample.
 */
import type { Instant } from '../base/clock.ts'
import { keyFromText, keyText, type Key } from '../base/subject-ref.ts'
import { isUnlikeCollation, unlessDenied } from '../db/denied.ts'
import {
  newestSigns,
  sampledSigns,
  type NewestSigns,
  type SignSearch,
  type SignValues,
} from '../db/site/signs.ts'
import { inLists } from '../db/site/rows.ts'
import { happenedIn, readClock, saidBy } from '../plan/clock-reading.ts'
import { decodeTime, encodeCutoff } from '../plan/clock-value.ts'
import type { ClockColumn, CompiledPolicy } from '../plan/compiled.ts'
import { mostSampled, type Trail, type Way } from '../plan/signs-of-life.ts'
import { contradictingAct, isRead, isSilent, yearOf, type SignBasis } from '../plan/silence.ts'
import { waivable } from '../plan/waived.ts'
import type { EnginePorts } from './ports.ts'
import { judgeRows } from './read-rows.ts'
import { bounds, lookAhead, pageSize, walk } from './walk.ts'

/** What one column says against the clock. */
export interface Sign {
  readonly table: string
  readonly column: string
  /** Where in the column, if it is not the whole of it: ` $.last_login`, ` (meta_key = last_login)`. */
  readonly place?: string
  /** Column of the table that leads to the person; empty for the person's own row. */
  readonly by: string
  readonly link: Trail['link']
  readonly basis: SignBasis
  /** Silent people with a newer act in this column. */
  readonly people: number
  /** The same by the year of the newest act. */
  readonly years: Readonly<Record<string, number>>
}

export interface Contradictions {
  readonly silent: number
  /** Of those: no telling source of the clock has a value. */
  readonly withoutValue: number
  /** By source of the clock: the silent without a value in this one. */
  readonly withoutIn: readonly number[]
  /** Silent people with a newer act in some column that is not waived. */
  readonly people: number
  /** Columns that say something against the clock, or could not be read. */
  readonly signs: readonly Sign[]
}

interface Found {
  readonly trail: Trail
  readonly search: SignSearch
  basis: Sign['basis']
  /** Column → year → people. */
  readonly counts: Map<string, Map<string, number>>
}

export interface Search {
  readonly trails: readonly Trail[]
  /** `table.column`, or with its place. */
  readonly waived: (name: string) => boolean
  readonly now: Instant
}

export async function contradictions(
  ports: EnginePorts,
  policy: CompiledPolicy,
  { trails, waived, now }: Search,
): Promise<Contradictions> {
  const act = contradictingAct(bounds(policy, now, lookAhead(policy)).cutoff, now)
  const found = trails.map((trail): Found => {
    const stretches = trail.signs.map((sign) => ({
      from: encodeCutoff(act.from, sign),
      to: encodeCutoff(act.to, sign),
    }))
    const basis = trail.served ? 'all' : 'newest rows'
    return { trail, search: { trail, stretches }, basis, counts: new Map() }
  })
  const people = new Set<string>()
  const count = (one: Found, newest: NewestSigns): void => {
    for (const text of note(one, newest, { act, zone: policy.clock.zone, waived })) people.add(text)
  }
  let silent = 0
  let withoutValue = 0
  const withoutIn = policy.clock.sources.map(() => 0)
  for await (const page of walk(ports, policy, now, lookAhead(policy))) {
    const rows = page.filter(({ decision }) => isSilent(decision))
    silent += rows.length
    withoutValue += rows.filter(({ facts }) => readClock(policy.clock, facts, now).byElse).length
    for (const { facts } of rows)
      happenedIn(policy.clock, facts).forEach((did, i) => {
        if (!did) withoutIn[i] = (withoutIn[i] ?? 0) + 1
      })
    const keys = rows.map(({ facts }) => facts.key)
    for (const one of found.filter(({ basis }) => basis === 'all'))
      for (const some of inLists(keys, peopleAtOnce(one)))
        count(one, await asFarAsPossible(one, () => bySilent(ports, policy, one, some)))
  }
  for (const one of found.filter(({ basis }) => basis === 'newest rows'))
    count(one, await asFarAsPossible(one, () => bySample(ports, policy, one, now)))
  return { silent, withoutValue, withoutIn, people: people.size, signs: found.flatMap(signsOf) }
}

/** Of JSON whole documents are handed out, as many as a person has rows: few people at a time. */
function peopleAtOnce({ trail: { signs } }: Found): number {
  return signs[0]?.path === undefined ? pageSize : 20
}

async function bySilent(
  { database }: EnginePorts,
  policy: CompiledPolicy,
  { search }: Found,
  keys: readonly Key[],
): Promise<NewestSigns> {
  return await newestSigns(database, database.dialect, policy, search, keys)
}

/** The rows lead to all sorts of people: who of them is silent is asked afterwards. */
async function bySample(
  ports: EnginePorts,
  policy: CompiledPolicy,
  { search }: Found,
  now: Instant,
): Promise<NewestSigns> {
  const { database } = ports
  const all = await sampledSigns(database, database.dialect, policy, search, mostSampled)
  const silent = new Map<string, readonly SignValues[]>()
  for (const keys of inLists([...all.keys()].map(keyFromText), pageSize))
    for (const { facts, decision } of await judgeRows(ports, database, policy, keys, now)) {
      const values = all.get(keyText(facts.key))
      if (values !== undefined && isSilent(decision)) silent.set(keyText(facts.key), values)
    }
  return silent
}

async function asFarAsPossible(one: Found, read: () => Promise<NewestSigns>): Promise<NewestSigns> {
  try {
    const newest = await unlessDenied(read)
    if (newest === null) one.basis = 'no right'
    return newest ?? new Map()
  } catch (error) {
    if (!isUnlikeCollation(error)) throw error
    one.basis = 'collations'
    return new Map()
  }
}

interface Noting {
  readonly act: ReturnType<typeof contradictingAct>
  readonly zone: string
  readonly waived: Search['waived']
}

/** ISO text without an offset is a time of the site's zone, and a decimal number may have zeros behind its point. */
function timeOf(raw: string, sign: ClockColumn): Instant | null {
  if (sign.format === '14 digits') return decodeTime(raw.replace(/\.0+$/, ''), sign)
  const at = decodeTime(raw, sign)
  if (at !== null || sign.format !== 'iso text') return at
  return decodeTime(raw.replace('T', ' '), { format: 'datetime', zone: sign.zone })
}

/** Counts each person once per column, in the year of the newest act; returns who is contradicted by one that counts. */
function note(
  { trail, counts }: Found,
  newest: NewestSigns,
  { act, zone, waived }: Noting,
): readonly string[] {
  const contradicted: string[] = []
  for (const [text, rows] of newest) {
    const latest = new Map<string, Instant>()
    for (const values of rows.map((row) => saidAt(trail, row)))
      trail.signs.forEach((sign, i) => {
        const raw = values[i] ?? null
        const at = raw === null || sign.never.includes(raw) ? null : timeOf(raw, sign)
        // As text, something that is no time can sort between two times.
        if (at !== null && at >= act.from && at < act.to)
          latest.set(sign.column, Math.max(at, latest.get(sign.column) ?? at))
      })
    for (const [column, at] of latest) {
      const years = counts.get(column) ?? new Map<string, number>()
      counts.set(column, years.set(yearOf(at, zone), (years.get(yearOf(at, zone)) ?? 0) + 1))
    }
    const names = [...latest.keys()].map((column) =>
      waivable({ table: trail.table.name, column, place: trail.place }),
    )
    if (names.some((one) => !one.some(waived))) contradicted.push(text)
  }
  return contradicted
}

/** All signs of a trail that leads into JSON are read at one place of one document. */
function saidAt({ signs: [first] }: Trail, row: SignValues): SignValues {
  const [document = null] = row
  if (first?.path === undefined || document === null) return row
  const said = saidBy(document, first)
  return row.map(() => said)
}

function signsOf({ trail, basis, counts }: Found): readonly Sign[] {
  const shared = { ...wayOf(trail), basis, ...(trail.place === undefined ? {} : { place: trail.place }) }
  const columns = [...new Set(trail.signs.map(({ column }) => column))]
  return columns.flatMap((column): readonly Sign[] => {
    const years = [...(counts.get(column) ?? [])]
    if (years.length === 0 && isRead(basis)) return []
    const people = years.reduce((sum, [, number]) => sum + number, 0)
    return [{ ...shared, column, people, years: Object.fromEntries(years) }]
  })
}

export function wayOf({ table, joins, link }: Way): Pick<Sign, 'table' | 'by' | 'link'> {
  const by = (joins[0]?.columns ?? []).map(({ own }) => own).join(', ')
  return { table: table.name, by: joins.length > 1 ? '' : by, link }
}
