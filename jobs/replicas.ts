/** Asks each replica of the settings for the newest beat that it has. One that cannot be asked is not known. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stopwatch } from '../base/clock.ts'
import { OubliError, safeError } from '../base/errors.ts'
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
  /** Asks each one, waits for the answers, and names those that gave none: `db3.internal:3306 (ECONNREFUSED)`. */
  readonly silent: () => Promise<readonly string[]>
  /** Those that were asked and never answered so far. */
  readonly neverAnswered: () => readonly string[]
  readonly close: () => Promise<void>
}

/** As long as a connection may take to be made. Milliseconds. */
const longestAnswer = 12_000

export function watchReplicas(settings: Settings, stopwatch: Stopwatch): Replicas {
  const all = settings.pace.replicas.map((place) => oneReplica(settings, place, stopwatch))
  return {
    look: () => {
      for (const one of all) one.look()
    },
    readings: (written) => all.map((one) => one.reading(written)),
    silent: async () => {
      const asked = await Promise.all(all.map((one) => one.answer()))
      return asked.flatMap((why) => (why === null ? [] : [why]))
    },
    neverAnswered: () => all.flatMap((one) => one.neverAnswered() ?? []),
    close: async () => {
      await Promise.all(all.map((one) => one.close()))
    },
  }
}

interface OneReplica {
  readonly look: () => void
  readonly reading: (written: readonly Beat[]) => Reading
  /** Null: it answered. */
  readonly answer: () => Promise<string | null>
  readonly neverAnswered: () => string | null
  readonly close: () => Promise<void>
}

function oneReplica(settings: Settings, place: Place, stopwatch: Stopwatch): OneReplica {
  let database: Database | null = null
  let asking: Promise<void> | null = null
  let asked = stopwatch()
  /** The newest beat there; null: it could not be asked. */
  let seen: number | null = null
  let ever = false
  let fault: string | null = null
  const name = `${place.host}:${place.port}`
  const told = (): string => (fault === null ? name : `${name} (${fault})`)
  const askIt = async (): Promise<void> => {
    const sent = stopwatch()
    try {
      database ??= await openAnother(settings, place)
      seen = await readBeatNumber(database)
      ever = true
    } catch (error) {
      seen = null
      fault = codeOf(error)
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
      place: name,
    }),
    answer: async () => {
      asking ??= askIt()
      const late = new AbortController()
      const waited = sleep(longestAnswer, true, { signal: late.signal }).catch(() => false)
      const isLate = await Promise.race([asking.then(() => false), waited])
      late.abort()
      return isLate || seen === null ? told() : null
    },
    neverAnswered: () => (ever || fault === null ? null : told()),
    close: async () => {
      await asking
      await database?.close()
    },
  }
}

/** Of a server or of the network: never a text of theirs. */
function codeOf(error: unknown): string {
  return (error instanceof OubliError ? error.code : safeError(error).code) ?? 'no answer'
}
