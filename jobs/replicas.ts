/** Asks each replica of the settings for the newest beat that it has. One that cannot be asked is not known. */
import type { Stopwatch } from '../base/clock.ts'
import type { Settings } from '../config/settings.ts'
import { readBeatNumber } from '../db/own/beat.ts'
import type { Database } from '../db/session.ts'
import { lagOf, type Beat } from '../engine/signals.ts'
import type { Reading } from '../engine/throttle.ts'
import { openAnother, type Place } from './own-connection.ts'

export interface Replicas {
  /** Asks each one that is not being asked already; does not wait for the answers. */
  readonly look: () => void
  readonly readings: (written: readonly Beat[]) => readonly Reading[]
  readonly close: () => Promise<void>
}

export function watchReplicas(settings: Settings, stopwatch: Stopwatch): Replicas {
  const all = settings.pace.replicas.map((place) => oneReplica(settings, place, stopwatch))
  return {
    look: () => {
      for (const one of all) one.look()
    },
    readings: (written) => all.map((one) => one.reading(written)),
    close: async () => {
      await Promise.all(all.map((one) => one.close()))
    },
  }
}

interface OneReplica {
  readonly look: () => void
  readonly reading: (written: readonly Beat[]) => Reading
  readonly close: () => Promise<void>
}

function oneReplica(settings: Settings, place: Place, stopwatch: Stopwatch): OneReplica {
  let database: Database | null = null
  let asking: Promise<void> | null = null
  let asked = stopwatch()
  /** The newest beat there; null: it could not be asked. */
  let seen: number | null = null
  const askIt = async (): Promise<void> => {
    const sent = stopwatch()
    try {
      database ??= await openAnother(settings, place)
      seen = await readBeatNumber(database)
    } catch {
      seen = null
      await database?.close().catch(() => undefined)
      database = null
    }
    asked = sent
    asking = null
  }
  return {
    look: () => {
      asking ??= askIt()
    },
    reading: (written) => ({
      signal: 'replica_lag_ms',
      value: seen === null ? Infinity : lagOf(written, seen, asked),
      at: asked,
      place: `${place.host}:${place.port}`,
    }),
    close: async () => {
      await asking
      await database?.close()
    },
  }
}
