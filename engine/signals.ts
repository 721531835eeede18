/** What is measured beside the writing, and how it is said. */

/** Those in `_ms` are milliseconds; the others are counts. */
export const signalNames = [
  'replica_lag_ms',
  'threads_running',
  'history_list',
  'row_lock_wait_ms',
  'row_lock_waits',
  'commit_ms',
] as const
export type SignalName = (typeof signalNames)[number]

export const signalTexts: Readonly<Record<SignalName, string>> = {
  replica_lag_ms: 'replica lag',
  threads_running: 'threads running',
  history_list: 'history list',
  row_lock_wait_ms: 'row lock wait',
  row_lock_waits: 'row lock waits',
  commit_ms: 'commit time',
}

/** `2.4 s`, `80 ms`, `31`. */
export function amountText(signal: SignalName, value: number): string {
  if (!signal.endsWith('_ms')) return String(Math.round(value))
  if (value < 1000) return `${Math.round(value)} ms`
  return `${Number((value / 1000).toFixed(value < 2000 ? 2 : 1))} s`
}

/** What a server says of itself at one moment; null: it does not say. Times are milliseconds. */
export interface ServerLoad {
  readonly threadsRunning: number | null
  readonly historyList: number | null
  /** Since the server started. */
  readonly rowLockTime: number | null
  readonly rowLockWaits: number | null
  /** Sessions that wait now. */
  readonly rowLockWaiting: number | null
}

/** Values of signals; null: the server does not say. */
export type LoadValues = Readonly<Record<Exclude<SignalName, 'replica_lag_ms' | 'commit_ms'>, number | null>>

/** `first`: at the start of the run. `before`: at the last look. */
export function loadValues(first: ServerLoad, before: ServerLoad, now: ServerLoad): LoadValues {
  const waits = difference(now.rowLockWaits, before.rowLockWaits)
  const time = difference(now.rowLockTime, before.rowLockTime)
  return {
    threads_running: now.threadsRunning,
    history_list: difference(now.historyList, first.historyList),
    row_lock_wait_ms: waits === null || time === null ? null : waits === 0 ? 0 : time / waits,
    row_lock_waits: now.rowLockWaiting,
  }
}

/** Zero where a counter fell: the server was started anew. */
function difference(now: number | null, before: number | null): number | null {
  return now === null || before === null ? null : Math.max(0, now - before)
}

/** A beat that was written: its number, and when. Milliseconds of a stopwatch. */
export interface Beat {
  readonly beat: number
  readonly at: number
}

/**
 * How long a replica had been without a beat that was written here, when it was asked; 0 when it had them all.
 * Never more than the true lag, and less by one beat at most. Infinity before it has shown a beat of this run.
 * `seen`: the newest beat that it had. `asked`: when the question was sent.
 */
export function lagOf(written: readonly Beat[], seen: number, asked: number): number {
  const [first] = written
  if (first === undefined || seen < first.beat) return Infinity
  const missing = written.find(({ beat }) => beat > seen)
  return missing === undefined ? 0 : Math.max(0, asked - missing.at)
}
