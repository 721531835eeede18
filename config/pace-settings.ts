/** The section `pace` of the settings: how gently what is due goes. */
import type { z } from 'zod'
import { readHours, type Hours } from './hours.ts'
import { choice, path, section, text, whole } from './setting-parts.ts'

/** What is measured while a run works; each has two thresholds. */
export const measuredSignals = [
  'replica_lag_ms',
  'threads_running',
  'history_list',
  'row_lock_wait_ms',
  'row_lock_waits',
  'commit_ms',
] as const
export type MeasuredSignal = (typeof measuredSignals)[number]

const hours = (description: string) =>
  text({ description, expects: 'days and hours, such as mon-fri 08:00-20:00 or daily 22:00-06:00' }).refine(
    (line) => readHours(line) !== null,
  )
const perCommit = (what: string, values: string) =>
  section(`${what} in one transaction; the same number twice fixes it. Without them: ${values}.`, {
    min: whole(1, 20_000, 'Never fewer.').optional(),
    max: whole(1, 20_000, 'Never more.').optional(),
  }).prefault({})
const threshold = (soft: number, hard: number, description: string) =>
  section(description, {
    soft: whole(1, 1_000_000_000, 'Above it nothing is written until the value is below 70 % of it.').default(
      soft,
    ),
    hard: whole(
      1,
      1_000_000_000,
      'Above it nothing is written until the value is below 40 % of `soft`.',
    ).default(hard),
  }).prefault({})

const thresholds = section('When the site has no room for us. Each is asked twice a second.', {
  replica_lag_ms: threshold(1500, 10_000, 'Milliseconds that a replica of `pace.replicas` is behind.'),
  threads_running: threshold(
    25,
    50,
    'Statements that the server works on. Raised where the server was busy at the start: to 1.2 and 2 times what it was.',
  ),
  history_list: threshold(
    300_000,
    2_000_000,
    'Transactions whose old row versions InnoDB has not cleared yet, above those at the start.',
  ),
  row_lock_wait_ms: threshold(50, 500, 'Average wait for a row lock since the last look, in milliseconds.'),
  row_lock_waits: threshold(5, 20, 'Sessions that wait for a row lock.'),
  commit_ms: threshold(
    100,
    500,
    'How long a small write of our own takes: nine in ten of the last eleven, in milliseconds.',
  ),
})

export const paceSection = section(
  'How gently what is due goes. Times are in `schedule.zone`; see docs/gentle.md.',
  {
    profile: choice(
      ['gentle', 'full'],
      '`gentle`: small commits and long rests between them. `full`: without rests, for a site that is closed.',
    ).default('gentle'),
    duty_percent: whole(
      1,
      100,
      'Share of the time in which the profile `gentle` has a transaction open.',
    ).default(2),
    working_hours: hours('When the site is busy.').default('daily 08:00-22:00'),
    working_hours_percent: whole(1, 100, 'The same share in the working hours.').default(1),
    maintenance: hours(
      'When the site may be slow: the profile is `full` then, and `writers` may work at the same time.',
    ).optional(),
    writers: whole(1, 4, 'Writers at the same time in the maintenance hours; one outside them.').default(1),
    target_ms: whole(
      5,
      1000,
      'Commits are sized so that nine in ten take no longer. Without it: 25 (`gentle`), 250 (`full`).',
    ).optional(),
    rows_per_commit: perCommit('Rows of a table without people', '10 to 100 (`gentle`), 10 to 1000 (`full`)'),
    people_per_commit: perCommit(
      'People, each with all that is theirs,',
      '1 to 5 (`gentle`), 1 to 200 (`full`)',
    ),
    replicas: text({
      description:
        'Replicas that must keep up, by host and port, separated by commas; account, password and TLS as for `database.mysql`. One that cannot be asked stops the writing.',
      expects: 'hosts such as db2.internal:3306, db3.internal:3306',
    })
      .regex(/^[^\s,]+(\s*,\s*[^\s,]+)*$/)
      .optional(),
    require: text({
      description:
        'Signals without which no run begins, separated by commas. Others are used where they can be read.',
      expects: `names among ${[...measuredSignals, 'read_only'].join(', ')}`,
    })
      .refine((list) => splitList(list).every((name) => isSignal(name)))
      .optional(),
    pause_file: path({
      description: 'While this file exists, no transaction begins.',
    }).optional(),
    thresholds: thresholds.prefault({}),
  },
)

export interface CommitRange {
  /** Null: what the profile says. */
  readonly min: number | null
  readonly max: number | null
}

export interface PaceSettings {
  readonly profile: 'gentle' | 'full'
  readonly dutyPercent: number
  readonly workingHours: Hours
  readonly workingHoursPercent: number
  readonly maintenance: Hours | null
  readonly writers: number
  /** Milliseconds; null: what the profile says. */
  readonly targetMs: number | null
  readonly rowsPerCommit: CommitRange
  readonly peoplePerCommit: CommitRange
  readonly replicas: readonly { readonly host: string; readonly port: number }[]
  readonly require: readonly (MeasuredSignal | 'read_only')[]
  /** Absolute. */
  readonly pauseFile: string | null
  readonly thresholds: Readonly<Record<MeasuredSignal, { readonly soft: number; readonly hard: number }>>
}

export function paceFrom(set: z.output<typeof paceSection>, pauseFile: string | null): PaceSettings {
  const range = ({ min, max }: { min?: number | undefined; max?: number | undefined }): CommitRange => ({
    min: min ?? null,
    max: max ?? null,
  })
  return {
    profile: set.profile,
    dutyPercent: set.duty_percent,
    workingHours: readHours(set.working_hours) ?? { days: [], from: 0, to: 1 },
    workingHoursPercent: set.working_hours_percent,
    maintenance: set.maintenance === undefined ? null : readHours(set.maintenance),
    writers: set.writers,
    targetMs: set.target_ms ?? null,
    rowsPerCommit: range(set.rows_per_commit),
    peoplePerCommit: range(set.people_per_commit),
    replicas: splitList(set.replicas ?? '').map(replicaOf),
    require: splitList(set.require ?? '').filter(isSignal),
    pauseFile,
    thresholds: set.thresholds,
  }
}

/** What only shows when keys are seen together: path below `pace` → what was expected. */
export function paceProblems(
  set: z.output<typeof paceSection>,
): readonly { readonly path: readonly string[]; readonly text: string }[] {
  const ranges = (['rows_per_commit', 'people_per_commit'] as const).flatMap((name) => {
    const { min, max } = set[name]
    return min !== undefined && max !== undefined && min > max
      ? [{ path: [name, 'min'], text: `expected no more than max (${max}), found ${min}` }]
      : []
  })
  const pairs = measuredSignals.flatMap((name) => {
    const { soft, hard } = set.thresholds[name]
    return soft > hard
      ? [{ path: ['thresholds', name, 'soft'], text: `expected no more than hard (${hard}), found ${soft}` }]
      : []
  })
  return [...ranges, ...pairs]
}

function splitList(list: string): readonly string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function isSignal(name: string): name is MeasuredSignal | 'read_only' {
  return name === 'read_only' || (measuredSignals as readonly string[]).includes(name)
}

function replicaOf(place: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, plain, port = '3306'] = /^(?:\[(.+)\]|(.+?))(?::(\d{1,5}))?$/.exec(place) ?? []
  return { host: inBrackets ?? plain ?? place, port: Number(port) }
}
