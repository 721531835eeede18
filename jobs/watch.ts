/**
 * Looks at the site twice a second while a run works, on a connection of its own: what it measures and what
 * operators ask decides whether the next transaction may begin. It also writes the beat, by which `status` and
 * the replicas know the run. On SQLite, whose driver keeps the process busy, it looks between transactions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isoInstant, stopwatch } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { DatabaseError } from '../db/database-error.ts'
import { readBeatNumber, writeBeat } from '../db/own/beat.ts'
import type { Database } from '../db/session.ts'
import type { Hold, Surroundings } from '../engine/gentle-pace.ts'
import { calm, judge, writersFor, type Verdict } from '../engine/throttle.ts'
import type { SignalName } from '../engine/signals.ts'
import type { Spent } from '../plan/held-up.ts'
import type { JobContext } from './context.ts'
import { progressOf, type AtWork, type Progress } from './progress.ts'
import { holdsTold, type HoldsTold } from './holds-told.ts'
import { openAnother } from './own-connection.ts'
import { siteSignals, type SiteSignals } from './site-signals.ts'
import { operatorWishes, type Wishes } from './wishes.ts'

/** Milliseconds between two looks. */
const every = 500
const longestClose = 5000

export interface Watch {
  readonly site: Surroundings
  /** Of the declared writers, those that the server bears now. */
  readonly writers: (declared: number) => number
  /** A word when the run must end because an operator said so. */
  readonly asked: () => string | null
  /** A word when nobody can write any more. */
  readonly fault: () => string | null
  /** From now on the run is at work on this; null: on nothing that writes. */
  readonly begin: (work: AtWork | null) => void
  readonly missing: readonly (SignalName | 'read_only')[]
  /** Adds to the report. */
  readonly waited: (kind: keyof Waited, milliseconds: number) => void
  /** How long the work at hand stood still until now. */
  readonly spent: () => Spent
  readonly report: () => PaceReport
  readonly close: () => Promise<void>
}

type Waited = Readonly<Record<Hold['kind'] | 'resting', number>>

/** How long a run did not write, and why. Whole seconds. */
export interface PaceReport {
  readonly throttledSeconds: number
  readonly pausedSeconds: number
  readonly restedSeconds: number
  /** Signals that could not be read. */
  readonly missing: Watch['missing']
}

export type OnProgress = (progress: Progress) => void

/** Who works. */
export interface Worker {
  readonly run: string
  /** Of the lease: a replay that goes on has the name of the one that was killed. */
  readonly holder: string
}

/** Throws a `refused` error `E_SIGNAL_MISSING` when a signal that the settings require cannot be read. */
export async function startWatch(ctx: JobContext, worker: Worker, onProgress: OnProgress): Promise<Watch> {
  const watch = new SiteWatch(ctx, await openAnother(ctx.settings), worker, onProgress)
  try {
    await watch.start()
    await requireSignals(ctx, watch)
    return watch
  } catch (error) {
    await watch.close()
    throw error
  }
}

async function requireSignals(ctx: JobContext, watch: SiteWatch): Promise<void> {
  const { require } = ctx.settings.pace
  const silent = require.includes('replica_lag_ms') ? await watch.silentReplicas() : []
  const { missing } = watch
  const wanted = require.filter(
    (name) => missing.includes(name) || (name === 'replica_lag_ms' && silent.length > 0),
  )
  if (wanted.length === 0) return
  const unheard = silent.length === 0 ? '' : `, no answer from ${silent.join(', ')}`
  throw new OubliError(
    'refused',
    'E_SIGNAL_MISSING',
    `pace.require: expected signals that can be read here, found no way to read ${wanted.join(', ')}${unheard}`,
    'docs/gentle.md says what each needs; or take it out of pace.require.',
  )
}

class SiteWatch implements Watch {
  readonly #ctx: JobContext
  readonly #database: Database
  readonly #worker: Worker
  readonly #onProgress: OnProgress
  readonly #signals: SiteSignals
  readonly #wishes: Wishes
  #timer: ReturnType<typeof setInterval> | undefined
  #looking: Promise<void> | null = null
  #beat = 0
  #verdict: Verdict = calm
  #notWritable = false
  #writers = 1
  #work: AtWork | null = null
  #workSince = 0
  readonly #holds: HoldsTold
  readonly #waited = { paused: 0, throttled: 0, resting: 0 }

  constructor(ctx: JobContext, database: Database, worker: Worker, onProgress: OnProgress) {
    this.#ctx = ctx
    this.#database = database
    this.#worker = worker
    this.#onProgress = onProgress
    this.#holds = holdsTold(ctx.log, worker.run)
    this.#signals = siteSignals(database, ctx.settings, stopwatch)
    this.#wishes = operatorWishes(ctx.settings.pace.pauseFile)
  }

  silentReplicas(): Promise<readonly string[]> {
    return this.#signals.silentReplicas()
  }

  get missing(): Watch['missing'] {
    return this.#signals.missing()
  }

  readonly site: Surroundings = {
    // By the connection that writes: when it cannot ask, it cannot write.
    ask: () => this.#wishes.hear(this.#ctx.database),
    hold: () => this.#wishes.pause() ?? this.#verdict.hold,
    room: () => this.#verdict.room,
  }

  readonly writers = (declared: number): number => {
    this.#writers = writersFor(declared, this.#writers, this.#verdict.room, this.#signals.historyAboveStart())
    return this.#writers
  }

  /** The version before named the run and not who holds the lease. */
  readonly asked = (): string | null => this.#wishes.stop(this.#worker.holder, this.#worker.run)

  readonly fault = (): string | null =>
    this.#notWritable || this.#signals.readOnly() ? 'the server is read-only' : null

  readonly begin = (work: AtWork | null): void => {
    this.#work = work
    this.#workSince = stopwatch()
    this.#holds.begin()
  }

  readonly waited = (kind: keyof Waited, milliseconds: number): void => {
    this.#waited[kind] += milliseconds
  }

  readonly spent = (): Spent => ({
    elapsed: stopwatch() - this.#workSince,
    ...this.#holds.held(),
    now: this.site.hold()?.kind ?? null,
  })

  readonly report = (): PaceReport => ({
    throttledSeconds: Math.round(this.#waited.throttled / 1000),
    pausedSeconds: Math.round(this.#waited.paused / 1000),
    restedSeconds: Math.round(this.#waited.resting / 1000),
    missing: this.missing,
  })

  async start(): Promise<void> {
    this.#beat = await readBeatNumber(this.#database)
    await this.#look()
    this.#settle()
    this.#timer = setInterval(() => {
      // A look that is not answered lets what is known grow old.
      if (this.#looking !== null) this.#settle()
      this.#looking ??= this.#lookAndForgive().finally(() => {
        this.#looking = null
      })
    }, every)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    // A server that does not answer must not keep a run from its end.
    await Promise.race([this.#closeAll(), sleep(longestClose, undefined, { ref: false })])
  }

  async #closeAll(): Promise<void> {
    await this.#looking
    await this.#signals.close().catch(() => undefined)
    await this.#database.close().catch(() => undefined)
  }

  /** What fails leaves the last values, which grow stale: then nothing is written. */
  async #lookAndForgive(): Promise<void> {
    try {
      await this.#look()
    } catch (error) {
      if (error instanceof DatabaseError && error.kind === 'not writable') this.#notWritable = true
    }
    this.#settle()
  }

  async #look(): Promise<void> {
    await this.#signals.look()
    await this.#wishes.hear(this.#database)
    const progress = this.#progress()
    this.#beat += 1
    const sent = stopwatch()
    const { run, ...rest } = progress
    await writeBeat(this.#database, { beat: this.#beat, run, at: isoInstant(this.#ctx.clock()), ...rest })
    this.#signals.beaten({ beat: this.#beat, at: sent }, stopwatch() - sent)
  }

  #settle(): void {
    const { thresholds, readings } = this.#signals
    this.#verdict = judge(this.#verdict, readings(), thresholds(), stopwatch())
    this.#holds.now(this.site.hold(), this.#verdict, this.#work?.policy ?? null)
    this.#onProgress(this.#progress())
  }

  #progress(): Progress {
    const hold = this.site.hold()
    const state = hold?.kind ?? (this.#verdict.room === 'slow' ? 'slowed' : 'working')
    const { elapsed, paused, throttled } = this.spent()
    const spent = { elapsed, held: paused + throttled }
    return progressOf(this.#worker.run, this.#work, spent, {
      state,
      reason: hold?.why ?? (this.#verdict.why || null),
    })
  }
}
