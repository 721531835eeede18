/** Keeps the last answers of the server and the replicas, and turns them into readings for the throttle. */
import type { Stopwatch } from '../base/clock.ts'
import type { Settings } from '../config/settings.ts'
import { readLoad, type LoadNow } from '../db/load.ts'
import type { Database } from '../db/session.ts'
import { p90 } from '../engine/batch-size.ts'
import { loadValues, signalNames, type Beat, type LoadValues, type SignalName } from '../engine/signals.ts'
import { raisedFor, type Reading, type Thresholds } from '../engine/throttle.ts'
import { watchReplicas } from './replicas.ts'

export interface SiteSignals {
  /** Asks the server once and the replicas without waiting for them. */
  readonly look: () => Promise<void>
  readonly readings: () => readonly Reading[]
  readonly thresholds: () => Thresholds
  /** A beat was written at this moment, and took so long. Milliseconds. */
  readonly beaten: (beat: Beat, took: number) => void
  readonly readOnly: () => boolean
  /** Null: nobody can tell. */
  readonly historyAboveStart: () => number | null
  /** What cannot be read here; known after the first look, of replicas once each has answered or failed. */
  readonly missing: () => readonly (SignalName | 'read_only')[]
  /** Asks each replica once more and waits: those that gave no answer, each with why. */
  readonly silentReplicas: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** Fewer commits say nothing of nine in ten. */
const leastCommits = 5
const commitWindow = 11
/** Beats that a replica may be behind and still be measured: eight minutes. */
const beatsKept = 1000

export function siteSignals(database: Database, settings: Settings, stopwatch: Stopwatch): SiteSignals {
  const replicas = watchReplicas(settings, stopwatch)
  const local = database.dialect.name === 'sqlite'
  let first: LoadNow | null = null
  let now: LoadNow | null = null
  let values: LoadValues | null = null
  let at = -Infinity
  const commits: number[] = []
  const beats: Beat[] = []
  const serverReadings = (): readonly Reading[] => {
    const commit = commits.length < leastCommits ? null : p90(commits)
    const found = { ...values, commit_ms: commit }
    return signalNames.flatMap((signal) => {
      const value = signal === 'replica_lag_ms' ? null : (found[signal] ?? null)
      return value === null ? [] : [{ signal, value, at, place: '' }]
    })
  }
  return {
    look: async () => {
      replicas.look()
      const load = await readLoad(database)
      first ??= load
      values = loadValues(first, now ?? load, load)
      now = load
      at = stopwatch()
    },
    readings: () => [...serverReadings(), ...replicas.readings(beats)],
    thresholds: () => raisedFor(settings.pace.thresholds, { threadsRunning: first?.threadsRunning ?? 0 }),
    beaten: (beat, took) => {
      commits.push(took)
      if (commits.length > commitWindow) commits.shift()
      beats.push(beat)
      if (beats.length > beatsKept) beats.shift()
    },
    readOnly: () => now?.readOnly === true,
    historyAboveStart: () => values?.history_list ?? null,
    missing: () => {
      const unread = signalNames.filter((name) => {
        if (name === 'replica_lag_ms')
          return settings.pace.replicas.length === 0 || replicas.neverAnswered().length > 0
        return name !== 'commit_ms' && (values?.[name] ?? null) === null
      })
      return local ? [...unread, 'read_only'] : unread
    },
    silentReplicas: () => replicas.silent(),
    close: () => replicas.close(),
  }
}
