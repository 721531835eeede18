/** What the benchmark has to reach: every promise of speed as one line of data. The figures come from the workloads. */

export const workloads = [
  'purge',
  'scattered',
  'people',
  'anonymise',
  'partition',
  'harm',
  'gentle',
  'memory',
  'mail',
  'plan',
  'evidence',
] as const
export type Workload = (typeof workloads)[number]

export interface Target {
  /** Name of the figure that a workload gives, one value a round. */
  readonly figure: string
  readonly workload: Workload
  readonly says: string
  /** `least`: not below the floor. `most`: not above it. */
  readonly at: 'least' | 'most'
  readonly floor: number
  /** Null: the floor is all that is asked. */
  readonly goal: number | null
  /** Behind the number: `x` for a ratio. */
  readonly unit: 'x' | 's' | 'MB' | 'µs' | '%' | ''
  /** A count, not a time: what else the machine does leaves it as it is, so one round decides. */
  readonly steady: boolean
}

const least = (
  workload: Workload,
  name: string,
  says: string,
  floor: number,
  goal: number | null = null,
): Target => ({
  figure: `${workload}.${name}`,
  workload,
  says,
  at: 'least',
  floor,
  goal,
  unit: 'x',
  steady: false,
})

const most = (
  workload: Workload,
  name: string,
  says: string,
  floor: number,
  unit: Target['unit'] = 'x',
): Target => ({
  figure: `${workload}.${name}`,
  workload,
  says,
  at: 'most',
  floor,
  goal: null,
  unit,
  steady: false,
})

const steady = (target: Target): Target => ({ ...target, steady: true })

export const targets: readonly Target[] = [
  least('purge', 'best', 'rows/s, against pt-archiver at its best', 1.15, 1.25),
  least('purge', 'whole', 'the same for all that is due, start, planning and end included', 1.15, 1.25),
  least('purge', 'procedure', 'rows/s, against the stored procedure', 0.92, 0.98),
  least('purge', 'usual', 'rows/s, against pt-archiver row by row', 10),
  least(
    'purge',
    'sustained',
    "rows/s until InnoDB's own purge is done, against pt-archiver at its best",
    1.1,
  ),

  most('scattered', 'scattered', 'time, scattered in the largest against the smallest table', 1.25),
  most('scattered', 'clustered', 'time, clustered in the largest against the smallest table', 1.25),
  most('scattered', 'writing', 'the same, scattered, from the first write to the last', 1.25),
  least('scattered', 'indexed', 'rows/s in the largest table, against pt-archiver with the right index', 1.2),
  least('scattered', 'whole', 'the same, start, planning and end included', 1.2),
  steady(
    most(
      'scattered',
      'reads',
      'rows read per deleted row, scattered in the largest against the smallest',
      1.1,
    ),
  ),
  steady(most('scattered', 'clusteredReads', 'the same, clustered', 1.1)),

  least('people', 'script', 'people/s, against pt-archiver table by table', 2.2),
  least('people', 'person', 'people/s, against one transaction per person', 10),
  least('people', 'two', 'people/s by two writers, against pt-archiver table by table', 3.5),

  least(
    'anonymise',
    'procedure',
    'rows/s, against the stored procedure with the same expressions',
    0.9,
    0.97,
  ),
  least('anonymise', 'javascript', 'rows/s, against reading and rewriting in JavaScript', 1.3),

  most('partition', 'seconds', 'dropping a partition of 500,000 rows', 0.2, 's'),

  most('harm', 'idle', "the site's p99 beside full speed, against idle", 2.5),
  most('harm', 'archiver', "the site's p99, against its p99 beside pt-archiver", 1.1),
  least('harm', 'rows', 'rows/s beside the site, against pt-archiver', 1.2),
  most('harm', 'small', "the site's p99 beside commits of 200, against idle", 2.2),
  most('harm', 'history', 'longest history list', 500, ''),
  most('harm', 'rest', 'history list at rest after the end', 3, 's'),
  steady(most('harm', 'failed', 'failed requests of the site beside Oubli', 0, '')),
  most('gentle', 'p99', "the site's p99 beside the gentle default, against idle", 1.25),
  steady(most('gentle', 'failed', 'failed requests of the site beside Oubli', 0, '')),

  most('memory', 'peak', 'resident memory at most', 150, 'MB'),
  most('memory', 'growth', 'resident memory, most against fewest due rows', 1.15),
  most('memory', 'processor', "Oubli's own processor time per row", 2.5, 'µs'),

  least('mail', 'pool', 'mails/s, against a nodemailer pool that composes each message', 1.5),
  most('mail', 'limit', 'rate of two processes off the limit', 2, '%'),

  most('evidence', 'sealing', 'time to seal an entry, of the long log against the short one', 1.25),
  most('evidence', 'verifying', 'time to verify an entry, of the long log against the short one', 1.25),
  most('evidence', 'receipt', 'time of a receipt, from the long log against the short one', 1.25),
  most('evidence', 'memory', 'resident memory of the sealing at most', 150, 'MB'),
  most('evidence', 'growth', 'resident memory of the sealing, long log against short one', 1.15),
  most('evidence', 'checking', 'resident memory of the verifying at most', 150, 'MB'),
  most('evidence', 'checkingGrowth', 'resident memory of the verifying, long log against short one', 1.15),
  most('evidence', 'share', 'sealing in a run that erases people', 5, '%'),

  steady(most('plan', 'reads', 'rows read by `oubli plan`, in 10 against 1 million rows', 1.1)),
  steady(most('plan', 'scans', "statements of `oubli plan` that scan one of the site's tables", 0, '')),
]
