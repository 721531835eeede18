/** What a policy has done so far in a run: numbers only, so that a run of millions stays small. */
import { keyText, type Key } from '../base/subject-ref.ts'
import { countText, type TableCounts } from '../audit/entry.ts'
import { newSample, type Sample } from './sample.ts'

/** Table → act → rows. */
export type Sums = Map<string, Map<string, number>>

export interface Tally {
  done: number
  /** Of them, those of a batch whom no mail had told before. */
  entered: number
  /** Somebody worked on them each time; the next run tries again. */
  busy: number
  /** The first thousand of them. */
  busyKeys: readonly Key[]
  /** Those that an earlier pass found busy, and that this one has not tried to an end yet. */
  readonly retry: { keys: Map<string, Key>; unnamed: number }
  /** Milliseconds that this pass has spent on rows that somebody works on: failed tries, and the waits after them. */
  waited: number
  readonly setAside: { readonly key: Key; readonly code: string }[]
  readonly sums: Sums
  /** A transaction met so many rows that those of the next are counted before they are written. */
  heavy: boolean
  readonly sample: Sample
  /** Why nothing more may be written, once something says so. */
  stopped: string | null
}

/** `sample`: of work that goes on under the same policy; a new one by default. */
export function newTally(sample: Sample = newSample()): Tally {
  return {
    done: 0,
    entered: 0,
    busy: 0,
    busyKeys: [],
    retry: { keys: new Map(), unnamed: 0 },
    waited: 0,
    setAside: [],
    sums: new Map(),
    sample,
    heavy: false,
    stopped: null,
  }
}

const mostBusyKeys = 1000

export function addBusy(total: Tally, keys: readonly Key[]): void {
  settle(
    total,
    keys.map((key) => ({ key })),
  )
  total.busy += keys.length
  if (keys.length > 0) total.busyKeys = [...total.busyKeys, ...keys].slice(0, mostBusyKeys)
}

/** A new pass tries all of them again. */
export function beginPass(total: Tally): void {
  const { retry, busyKeys } = total
  retry.keys = new Map(busyKeys.map((key) => [keyText(key), key]))
  retry.unnamed = total.busy - busyKeys.length
  total.busy = 0
  total.busyKeys = []
  total.waited = 0
}

/** What became of them in this pass is known. */
export function settle({ retry }: Tally, rows: readonly { readonly key: Key }[]): void {
  if (retry.keys.size > 0) for (const { key } of rows) retry.keys.delete(keyText(key))
}

export function setAside(total: Tally, keys: readonly Key[], code: string): void {
  const rows = keys.map((key) => ({ key, code }))
  settle(total, rows)
  total.setAside.push(...rows)
}

/** Whom a pass that was stopped did not come to again is as busy as it was. */
export function endPass(total: Tally): void {
  const { retry } = total
  if (isStopped(total)) {
    addBusy(total, [...retry.keys.values()])
    total.busy += retry.unnamed
  }
  retry.keys.clear()
  retry.unnamed = 0
}

export function addRows(sums: Sums, table: string, act: string, rows: number): void {
  if (rows === 0) return
  const ofTable = sums.get(table) ?? new Map<string, number>()
  ofTable.set(act, (ofTable.get(act) ?? 0) + rows)
  sums.set(table, ofTable)
}

export function addSums(to: Sums, from: Sums): void {
  for (const [table, acts] of from) for (const [act, rows] of acts) addRows(to, table, act, rows)
}

export function rowsIn(sums: Sums): number {
  let rows = 0
  for (const acts of sums.values()) for (const count of acts.values()) rows += count
  return rows
}

export function tableCounts(sums: Sums): TableCounts {
  return Object.fromEntries(
    [...sums].map(([table, acts]) => [
      table,
      Object.fromEntries([...acts].map(([act, rows]) => [act, countText(rows)])),
    ]),
  )
}

/** A policy that fails again and again is wrong about the data; going on would only hide it. */
export function stoppedBy({ stopped, setAside, done }: Tally): string | null {
  return stopped ?? (setAside.length > 20 && setAside.length > done / 20 ? 'too many rows set aside' : null)
}

/** Asked of what others may have changed meanwhile. */
export function isStopped(total: Tally): boolean {
  return total.stopped !== null
}
