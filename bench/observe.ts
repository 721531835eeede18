/**
 * Watches a contender from outside, all by the same clock: when it wrote first and last, how fast in between,
 * what it cost the server and itself, and how long InnoDB's own purge went on after it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSeconds, peakMegabytes } from './process-use.ts'
import type { Running } from './running.ts'
import type { BenchServer, Reading } from './server.ts'

/** A look at server and contender. `at` in milliseconds. */
export interface Sample extends Reading {
  readonly at: number
  /** Processor time of the contender so far in seconds. */
  readonly own: number
}

export interface Observed {
  readonly samples: readonly Sample[]
  /** Seconds from start to end. */
  readonly wall: number
  /** Seconds after the end until the history list was at rest; null: it was not. */
  readonly drain: number | null
  /** Processor time of the server from the start until it was at rest, in seconds. */
  readonly server: number
  readonly peakMegabytes: number
}

/** Leases, heartbeats and cursors are written too; more than so many rows are work. */
const noise = 100
const every = 100

/** `seconds`: after its first write it is asked to end; null: it ends by itself. */
export async function observe(
  server: BenchServer,
  start: () => Running,
  seconds: number | null,
): Promise<Observed> {
  const samples: Sample[] = []
  let peak = 0
  const look = async (running: Running | null): Promise<Sample> => {
    const pid = running?.pid() ?? null
    const before = samples.at(-1)?.own ?? 0
    const own = Math.max(before, (pid === null ? null : cpuSeconds(pid)) ?? 0)
    peak = Math.max(peak, (pid === null ? null : peakMegabytes(pid)) ?? 0)
    const sample = { ...(await server.read()), at: performance.now(), own }
    samples.push(sample)
    return sample
  }
  const first = await look(null)
  const running = start()
  const end = { at: 0 }
  const done = running.done.finally(() => (end.at = performance.now()))
  // It is awaited below; until then a failure must not be taken for a forgotten one.
  done.catch(() => undefined)
  let began: number | null = null
  let asked = false
  while (end.at === 0) {
    await Promise.race([sleep(every), done])
    const sample = await look(running)
    if (began === null && sample.written - first.written > noise) began = sample.at
    if (!asked && seconds !== null && began !== null && sample.at - began >= seconds * 1000) {
      asked = true
      running.stop()
    }
  }
  await done
  const drain = await server.drain()
  const { cpu } = await server.read()
  return {
    samples,
    wall: (end.at - first.at) / 1000,
    drain,
    server: cpu - first.cpu,
    peakMegabytes: peak,
  }
}

export interface Measured {
  /** Rows or people, counted in the table before and after. */
  readonly units: number
  /** Seconds: from the start to the first write, from there to the last, and from there to the end. */
  readonly lead: number
  readonly writing: number
  readonly tail: number
  readonly wall: number
  /** Units a second while it wrote. */
  readonly rate: number
  /** The same until InnoDB's own purge had caught up. */
  readonly sustained: number
  /** The same had it done all that was due: extrapolated, start, planning and end as measured, at the rate that it had. */
  readonly whole: number
  readonly drain: number | null
  readonly historyMost: number
  /** Microseconds of processor time a unit: of the server until at rest, of the contender while it wrote. */
  readonly serverCpu: number
  readonly ownCpu: number
  /** Seconds of processor time of the contender from start to end. */
  readonly ownTotal: number
  readonly peakMegabytes: number
}

/** `due`: units that were due before, `units`: those that are gone. */
export function measure(observed: Observed, due: number, units: number): Measured {
  const { samples, wall, drain } = observed
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined) throw new Error('nothing was looked at')
  const from = samples.find((one) => one.written - first.written > noise) ?? last
  const before = samples[samples.indexOf(from) - 1] ?? first
  const to = samples.find((one) => last.written - one.written <= noise) ?? last
  const written = last.written - first.written
  // Between two looks in the middle of the work; a very short work has no middle.
  const [a, b] = to.at - from.at >= 500 ? [from, to] : [before, to]
  const share = (written > 0 ? (b.written - a.written) / written : 0) * units
  const rate = share / ((b.at - a.at) / 1000)
  const writing = (to.at - before.at) / 1000
  const lead = (before.at - first.at) / 1000
  const tail = Math.max(0, wall - lead - writing)
  const serverWhile = observed.server - (before.cpu - first.cpu)
  return {
    units,
    lead,
    writing,
    tail,
    wall,
    rate,
    sustained: units / (units / rate + (drain ?? NaN)),
    whole: due / (lead + due / rate + tail),
    drain,
    historyMost: Math.max(...samples.map((one) => one.history)),
    serverCpu: (serverWhile * 1e6) / units,
    ownCpu: ((b.own - a.own) * 1e6) / share,
    ownTotal: last.own,
    peakMegabytes: observed.peakMegabytes,
  }
}
