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
  /** The first thousand of those whom this pass has tried to an end. */
  busyKeys: readonly Key[]
  /** Of an earlier pass; all of them are for this one to try again. */
  readonly retry: {
    /** Those of its `busyKeys` that this pass has not tried to an end. */
    keys: Map<string, Key>
    /** How many more it found busy. */
    unnamed: number
    /** What this pass has tried to an end beside `keys`: some of the unnamed, or people whom no pass met before. */
    others: number
  }
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
    retry: newRetry(),
    waited: 0,
    setAside: [],
    sums: new Map(),
    sample,
    heavy: false,
    stopped: null,
  }
}

function newRetry(): Tally['retry'] {
  return { keys: new Map(), unnamed: 0, others: 0 }
}

const mostBusyKeys = 1000

export function addBusy(total: Tally, keys: readonly Key[]): void {
  total.busy += keys.length
  if (keys.length > 0) total.busyKeys = [...total.busyKeys, ...keys].slice(0, mostBusyKeys)
}

/** A new pass tries all of them again. */
export function beginPass(total: Tally): void {
  const { retry, busyKeys } = total
  retry.keys = new Map(busyKeys.map((key) => [keyText(key), key]))
  retry.unnamed = total.busy - busyKeys.length
  retry.others = 0
  total.busy = 0
  total.busyKeys = []
  total.waited = 0
}

/** What became of them in this pass is known, of each once. */
export function settle({ retry }: Tally, rows: readonly { readonly key: Key }[]): void {
  if (retry.keys.size === 0 && retry.unnamed === 0) return
  for (const { key } of rows) if (!retry.keys.delete(keyText(key))) retry.others += 1
}

export function setAside(total: Tally, keys: readonly Key[], code: string): void {
  total.setAside.push(...keys.map((key) => ({ key, code })))
}

/**
 * Whom a pass that was stopped did not come to again is as busy as it was. Of the unnamed as many count as are left at
 * least: fewer than there are only where the pass also met people whom no pass met before.
 */
export function endPass(total: Tally): void {
  const { retry } = total
  if (isStopped(total)) total.busy += retry.keys.size + Math.max(0, retry.unnamed - retry.others)
  else Object.assign(retry, newRetry())
}

/** Whether every one of `busy` is known by key, here or among those to be tried again. */
export function areAllNamed({ busy, busyKeys, retry }: Tally): boolean {
  return retry.unnamed === 0 && busy === busyKeys.length + retry.keys.size
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
