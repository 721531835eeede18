/**
 * Works through a flat table: stretch by stretch, oldest first, each cut into parts. Whatever is not plain
 * sailing (a row that somebody works on, an error) is handed to the careful way, which looks at every row.
 */
import { keyText } from '../base/subject-ref.ts'
import { isFlat } from '../plan/flat.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { keySpan, readDueKeys, readStretch, readStretchKeys, type Part } from '../db/site/flat-rows.ts'
import { hasSqlForAll } from '../db/site/flat-write.ts'
import type { RunPlace } from './apply-batch.ts'
import { applyHoweverHard, type Writer } from './attempt.ts'
import { applyFlat, type FlatResult, type FlatWork } from './flat-batch.ts'
import { listsFor, windowsFor } from './flat-parts.ts'
import { readScope, type ReadScope } from './flat-scope.ts'
import type { EnginePorts } from './ports.ts'
import type { RunLimits } from './run-policy.ts'
import { addRows, isStopped, stoppedBy, type Tally } from './tally.ts'
import { verbs } from '../plan/verbs.ts'

/** Transactions that one stretch is worth: finding the next stretch then costs little beside them. */
const partsInStretch = 20

interface Way {
  readonly ports: EnginePorts
  readonly policy: CompiledPolicy
  readonly place: RunPlace
  readonly limits: RunLimits
  readonly total: Tally
  readonly writer: Writer
  readonly windows: boolean
}

export function canGoFlat(ports: EnginePorts, policy: CompiledPolicy): boolean {
  return isFlat(policy) && hasSqlForAll(ports.database.dialect, policy)
}

/** What the run has worked through by one condition. */
export interface FlatDone {
  /** But for those that it had to name: the sample of the run holds them. */
  readonly rows: number
  /** Raw clock of the last stretch that was finished; null: none was. */
  readonly upTo: string | null
}

/** Adds to `total`; the rows it leaves out are for the careful way. */
export async function runFlat(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  limits: RunLimits,
  total: Tally,
  writer: Writer,
): Promise<FlatDone> {
  const windows = policy.key.length === 1 && policy.key[0]?.family === 'integer'
  const way: Way = { ports, policy, place, limits, total, writer, windows }
  let read = await readScope(ports.database, policy, place.bound)
  const unnamed = () => total.done - total.sample.seen
  const first = unnamed()
  let from: string | null = null
  let upTo: string | null = null
  let ahead: Promise<Stretch> | null = null
  while (read !== null && total.stopped === null) {
    const stretch: Stretch = await (ahead ?? nextStretch(way, read, from))
    if (stretch.parts.length === 0) break
    const before = total.done
    ahead = readAhead(way, read, stretch)
    const worked = await workThrough(way, read, stretch.parts)
    read = worked.read
    if (worked.whole) upTo = stretch.upTo
    // Nothing went and the clock stands still: these rows are for the careful way.
    if (total.done === before && stretch.upTo === from) break
    from = stretch.upTo
  }
  await ahead?.catch(() => undefined)
  return { rows: unnamed() - first, upTo }
}

interface Stretch {
  readonly parts: readonly Part[]
  /** Raw clock of its last row. */
  readonly upTo: string | null
  /** Its parts hold the whole table, and with it what comes after. */
  readonly all: boolean
}

const noStretch: Stretch = { parts: [], upTo: null, all: false }

/**
 * The next stretch, read while this one is written. It may hold rows that are gone until its turn: what is
 * written says its whole condition again.
 */
function readAhead(way: Way, read: ReadScope, { upTo, all }: Stretch): Promise<Stretch> | null {
  if (!way.ports.database.dialect.blocks || upTo === null || all) return null
  const ahead = nextStretch(way, read, upTo)
  // Whoever waits for it gets its error; nobody does when the writing ends before.
  ahead.catch(() => undefined)
  return ahead
}

async function nextStretch(way: Way, read: ReadScope, from: string | null): Promise<Stretch> {
  const { ports, policy, limits, total } = way
  const { database } = ports
  const size = limits.pace.size()
  const most = Math.min(size * partsInStretch, limits.items - total.done)
  if (most <= 0) {
    const { rows } = await readStretch(database, database.dialect, policy, read.scope, from, 1)
    if (rows > 0) total.stopped = 'slice'
    return noStretch
  }
  if (way.windows) {
    const { rows, low, high, upTo } = await readStretch(
      database,
      database.dialect,
      policy,
      read.scope,
      from,
      most,
    )
    if (rows === 0 || low === null || high === null) return noStretch
    const windows = windowsFor({ rows, low, high }, size)
    if (windows !== null) return { parts: windows, upTo, all: false }
    const parts = await wholeTable(way, size)
    if (parts !== null) return { parts, upTo, all: true }
  }
  const { keys, upTo } = await readStretchKeys(database, database.dialect, policy, read.scope, from, most)
  return { parts: listsFor(keys, size), upTo, all: false }
}

/** Rows whose age has nothing to do with their key can still lie close together, when most of a table goes. */
async function wholeTable(way: Way, size: number): Promise<readonly Part[] | null> {
  const { ports, policy, limits, total } = way
  if (limits.due === undefined || limits.items < limits.due) return null
  const span = await keySpan(ports.database, ports.database.dialect, policy)
  return span === null ? null : windowsFor({ rows: limits.due - total.done, ...span }, size)
}

interface Worked {
  /** Null: the holds are too many by now for this way. */
  readonly read: ReadScope | null
  /** Every part came to its end. */
  readonly whole: boolean
}

async function workThrough(way: Way, read: ReadScope, parts: readonly Part[]): Promise<Worked> {
  const { ports, policy, place, limits, total } = way
  let scope: ReadScope | null = read
  let rest = [...parts]
  while (rest.length > 0 && scope !== null) {
    // Whether anything is left beyond the slice, the next stretch tells.
    if (total.done >= limits.items) return { read: scope, whole: false }
    total.stopped = await limits.pace.turn()
    if (total.stopped !== null) return { read: scope, whole: false }
    const left = limits.items - total.done
    const most = Math.min(limits.pace.size() * 2, left)
    const together =
      ports.database.dialect.blocks && left >= most * limits.pace.together() ? limits.pace.together() : 1
    // A list was cut for the size, and for what was left of the slice, when it was read.
    const next = rest.slice(0, together)
    rest = [...next.flatMap((part) => noLonger(part, most)), ...rest.slice(together)]
    const group = rest.slice(0, together)
    const work: FlatWork = { policy, place, read: scope, writer: way.writer, most }
    const result = await applyFlat(ports, work, group)
    note(way, result)
    if (result.stopped !== null) {
      total.stopped = result.stopped
      return { read: scope, whole: false }
    }
    // A part that reached the limit may hold more.
    const full = group.filter((_, i) => result.rows[i] === most)
    rest = [...full, ...rest.slice(result.rows.length)]
    if (result.next === 'holds changed') scope = await readScope(ports.database, policy, place.bound)
    const [odd] = rest.slice(full.length)
    if (result.next === 'careful' && odd !== undefined) {
      await carefully(way, scope, odd)
      rest.splice(full.length, 1)
      if (isStopped(total)) return { read: scope, whole: false }
    }
  }
  return { read: scope, whole: rest.length === 0 }
}

function noLonger(part: Part, most: number): readonly Part[] {
  return part.by === 'keys' && part.keys.length > most ? listsFor(part.keys, most) : [part]
}

function note(way: Way, { rows, milliseconds, next }: FlatResult): void {
  const { policy, limits, total } = way
  const each = milliseconds === null ? null : milliseconds / rows.length
  for (const count of rows) {
    total.done += count
    addRows(total.sums, policy.table, verbs[policy.act.act], count)
    limits.pace.took({ milliseconds: each, rows: count, end: 'committed' })
  }
  if (next === 'careful') limits.pace.took({ milliseconds: 0, rows: 0, end: 'busy' })
}

async function carefully(way: Way, read: ReadScope | null, part: Part): Promise<void> {
  const { ports, policy, place, limits, total } = way
  if (read === null) return
  const { database } = ports
  const left = limits.items - total.done
  const found = await readDueKeys(database, database.dialect, policy, read.scope, part, left, '')
  // The next stretch begins with the clock at which this one ended, and may hold a row that did not go in this one.
  const met = new Set([...total.setAside.map(({ key }) => key), ...total.busyKeys].map(keyText))
  const keys = found.filter((key) => !met.has(keyText(key)))
  const size = limits.pace.size()
  for (let from = 0; from < keys.length && total.stopped === null; from += size) {
    total.stopped = await limits.pace.turn()
    if (total.stopped !== null) return
    const batch = keys.slice(from, from + size).map((key) => ({ key, clock: null, pass: 'dated' }) as const)
    await applyHoweverHard(ports, policy, place, batch, way.writer, total)
    total.stopped = stoppedBy(total)
  }
}
