/** Says in the log when a run is held and when it goes on, and counts how long it was. */
import { stopwatch } from '../base/clock.ts'
import type { Log } from '../config/log.ts'
import type { Hold } from '../engine/gentle-pace.ts'
import type { Verdict } from '../engine/throttle.ts'
import type { Spent } from '../plan/held-up.ts'

export interface HoldsTold {
  /** What holds the run now; only changes are told. */
  readonly now: (hold: Hold | null, verdict: Verdict, policy: string | null) => void
  /** Milliseconds that the policy at hand was held, by what. */
  readonly held: () => Pick<Spent, 'paused' | 'throttled'>
  /** Another policy begins. */
  readonly begin: () => void
}

export function holdsTold(log: Log, run: string): HoldsTold {
  let held = { paused: 0, throttled: 0 }
  let open: { readonly kind: Hold['kind']; readonly since: number } | null = null
  return {
    now: (hold, verdict, policy) => {
      if (open?.kind === hold?.kind) return
      const now = stopwatch()
      const place = { run, ...(policy === null ? {} : { policy }) }
      if (open !== null) {
        held[open.kind] += now - open.since
        const seconds = Math.round((now - open.since) / 1000)
        if (open.kind === 'paused') log.event('run.resumed', { run, seconds })
        else log.event('throttle.ended', { ...place, seconds })
      }
      open = hold === null ? null : { kind: hold.kind, since: now }
      if (hold?.kind === 'paused') log.event('run.paused', { run, why: hold.why.replace(/^paused:? /, '') })
      if (hold?.kind === 'throttled') log.event('throttled', { ...place, ...worstOf(verdict) })
    },
    held: () => (open === null ? held : { ...held, [open.kind]: held[open.kind] + stopwatch() - open.since }),
    begin: () => {
      held = { paused: 0, throttled: 0 }
      if (open !== null) open = { ...open, since: stopwatch() }
    },
  }
}

/** A value that nobody knows is left out. */
function worstOf({ worst }: Verdict): {
  readonly signal?: string
  readonly found?: number
  readonly limit?: number
} {
  if (worst === null) return {}
  const found = Number.isFinite(worst.value) ? { found: Math.round(worst.value) } : {}
  return { signal: worst.signal, limit: Math.round(worst.limit), ...found }
}
