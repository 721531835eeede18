/** The settings of the pace, as numbers for the policy and the hour at hand. */
import { stopwatch, type Instant } from '../base/clock.ts'
import { isWithin } from '../config/hours.ts'
import type { CommitRange, PaceSettings } from '../config/pace-settings.ts'
import type { SizeLimits } from '../engine/batch-size.ts'
import { gentlePace } from '../engine/gentle-pace.ts'
import type { Pace } from '../engine/pace.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { latestLocalUntil } from '../plan/zone.ts'
import type { JobContext } from './context.ts'
import type { HeldLease } from './lease.ts'
import type { Watch } from './watch.ts'

interface Profile {
  readonly targetMs: number
  readonly rows: Range
  readonly people: Range
}
type Range = Omit<SizeLimits, 'targetMs'>

/** People are few and heavy, flat rows many and light. */
const profiles: Readonly<Record<PaceSettings['profile'], Profile>> = {
  gentle: {
    targetMs: 25,
    rows: { min: 10, start: 100, max: 100 },
    people: { min: 1, start: 5, max: 5 },
  },
  full: {
    targetMs: 250,
    rows: { min: 10, start: 500, max: 1000 },
    people: { min: 1, start: 25, max: 200 },
  },
}

const mostTogether = 10

/** What applies at this moment. */
export interface HourlyPace {
  /** Share of the time in which a transaction may be open. */
  readonly duty: number
  /** Before back-pressure. */
  readonly writers: number
  readonly sizes: (subject: boolean) => SizeLimits
}

export function paceAt(settings: PaceSettings, zone: string, now: Instant): HourlyPace {
  const local = latestLocalUntil(now, zone)
  const maintenance = settings.maintenance !== null && isWithin(settings.maintenance, local)
  const name = maintenance ? 'full' : settings.profile
  const percent = isWithin(settings.workingHours, local) ? settings.workingHoursPercent : settings.dutyPercent
  return {
    duty: name === 'full' ? 1 : percent / 100,
    writers: maintenance ? settings.writers : 1,
    sizes: (subject) => ({
      ...sizesOf(
        profiles[name][subject ? 'people' : 'rows'],
        subject ? settings.peoplePerCommit : settings.rowsPerCommit,
      ),
      targetMs: settings.targetMs ?? profiles[name].targetMs,
    }),
  }
}

/** One end of the range may be set alone; the other then gives way. */
function sizesOf(profile: Range, set: CommitRange): Range {
  const min = set.min ?? Math.min(profile.min, set.max ?? profile.min)
  const max = Math.max(min, set.max ?? profile.max)
  return { min, max, start: Math.min(Math.max(profile.start, min), max) }
}

/** The pace of one policy in this run. `due`: most people or rows that it may take. */
export function paceOf(
  ctx: JobContext,
  policy: CompiledPolicy,
  lease: HeldLease,
  watch: Watch,
  due: number,
): Pace {
  const { pace, schedule } = ctx.settings
  const now = (): HourlyPace => paceAt(pace, schedule.zone, ctx.clock())
  let done = 0
  const own = gentlePace({
    limits: () => now().sizes(policy.subject),
    duty: () => now().duty,
    writers: () => watch.writers(now().writers),
    // Where nothing rests in between, a trip to the server may hold several transactions: a fifth of a second. The
    // server hears `oubli pause` between them, and does not see a file.
    together: () => (now().duty === 1 && pace.pauseFile === null ? mostTogether : 1),
    site: watch.site,
    stop: () => ctx.stop() ?? lease.lost() ?? watch.fault(),
    stopwatch,
    sleep: ctx.ports.sleep,
    told: {
      took: (sample) => {
        if (sample.end === 'committed') done += sample.done ?? sample.rows
      },
      waited: watch.waited,
    },
  })
  watch.begin({
    policy: policy.policy.id,
    due,
    done: () => done,
    batchSize: own.size,
    writers: own.writers,
  })
  return own
}
