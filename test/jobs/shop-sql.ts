/**
 * What each policy of the sample shop finds, as plain SQL: read off the policies and the data map by hand, and
 * using nothing of ours. Cutoffs are days written out: midnight in Paris as the shop stores it, in UTC.
 */
import type { Database } from '../../db/session.ts'

export type Term =
  | '7 days'
  | '6 months'
  | '1 year'
  | '13 months, cap'
  | '3 years'
  | '5 years'
  | '6 years 1 month'
  | '10 years'
  | 'fiscal 2 years'
  | 'fiscal 10 years'

/** Whose term began before this is past it. A cap ends with the start of its last day; all else lasts through it. */
export type Cutoffs = Readonly<Record<Term, string>>

export interface Rule {
  readonly table: string
  /** Rows that the policy speaks of and has not dealt with. */
  readonly scope: string
  /** When the term began. */
  readonly began: string
  readonly term: Term
  /** Whose row it is: a hold on the person, or a restriction, reaches it. */
  readonly person?: string
  /** Reasons of this policy alone, in their order. */
  readonly keeps?: Readonly<Record<string, string>>
  /** No term can be told. */
  readonly doubtful?: string
}

const underWay = "status IN ('paid', 'shipped')"
const orderOpen = `EXISTS (SELECT 1 FROM orders WHERE orders.user_id = users.id AND orders.${underWay})`
const order = (which: string, term: Term): Rule => ({
  table: 'orders',
  scope: `anonymised_at IS NULL AND ${which}`,
  began: 'COALESCE(delivered_at, placed_at)',
  term,
  person: 'user_id',
  keeps: { 'not while': underWay },
})
const account = (status: string, began: string, term: Term, keeps: Rule['keeps'] = {}): Rule => ({
  table: 'users',
  scope: `status = '${status}'`,
  began,
  term,
  person: 'id',
  keeps: { 'not while': orderOpen, exception: "role = 'admin'", canary: "role = 'canary'", ...keeps },
})

export const rules: Readonly<Record<string, Rule>> = {
  'company-contracts': order("total >= 120 AND buyer = 'company'", '5 years'),
  'ended-contracts': order('total < 120', '5 years'),
  'large-contracts': order("total >= 120 AND buyer = 'consumer'", '10 years'),
  'consent-proofs': {
    ...{ table: 'consents', scope: "status IN ('withdrawn', 'expired')" },
    ...{ began: 'given_at', term: '6 years 1 month' },
  },
  consents: { table: 'consents', scope: "status = 'given'", began: 'given_at', term: '13 months, cap' },
  cookies: { table: 'cookies', scope: '1 = 1', began: 'first_set_at', term: '13 months, cap' },
  'deletion-requests': account('closing', 'deletion_requested_at', '7 days'),
  'inactive-accounts': {
    ...account(
      'active',
      'COALESCE((SELECT MAX(seen) FROM signs WHERE signs.id = users.id), created_at)',
      '3 years',
      {
        'no address': "email = ''",
        unreachable:
          "(SELECT COUNT(DISTINCT SUBSTR(failed_at, 1, 10)) FROM oubli_warning WHERE subject_id = CAST(users.id AS CHAR) AND state = 'bounced') >= 2",
        'to warn': 'NOT EXISTS (SELECT 1 FROM oubli_warning WHERE subject_id = CAST(users.id AS CHAR))',
        'warned, not yet due':
          "(SELECT MAX(announced) FROM oubli_warning WHERE subject_id = CAST(users.id AS CHAR)) > '{now}'",
      },
    ),
    doubtful:
      "EXISTS (SELECT 1 FROM signs WHERE signs.id = users.id AND (seen > '{now}' OR seen < '2010-01-03 23:00:00'))",
  },
  'terminated-accounts': account('terminated', 'terminated_at', '1 year'),
  'invoices-active': {
    ...{ table: 'invoices', scope: '1 = 1', began: 'issued_on', term: 'fiscal 2 years', person: 'user_id' },
  },
  invoices: { table: 'invoice_archive', scope: '1 = 1', began: 'issued_on', term: 'fiscal 10 years' },
  prospects: {
    ...{ table: 'prospects', scope: '1 = 1' },
    ...{ began: 'COALESCE(last_contact_at, collected_at)', term: '3 years' },
  },
  'session-addresses': {
    ...{ table: 'sessions', scope: 'truncated_at IS NULL', began: 'started_at', term: '6 months' },
    person: 'user_id',
  },
  'technical-data-truncated': {
    ...{ table: 'page_views', scope: 'truncated_at IS NULL', began: 'visited_at', term: '6 months' },
  },
  'technical-data': { table: 'page_views', scope: '1 = 1', began: 'visited_at', term: '1 year' },
}

/** Every sign of life of every account. The phone app counts in seconds since 1970. */
function signs(database: Database): string {
  const seconds =
    database.dialect.name === 'sqlite'
      ? "datetime(seen_at, 'unixepoch')"
      : "DATE_ADD('1970-01-01 00:00:00', INTERVAL seen_at SECOND)"
  return (
    'signs (id, seen) AS (SELECT id, last_login_at FROM users WHERE last_login_at IS NOT NULL' +
    ` UNION ALL SELECT user_id, started_at FROM sessions UNION ALL SELECT user_id, ${seconds} FROM device_logins)`
  )
}

export interface Found {
  readonly scope: number
  readonly doubtful: number
  /** The earliest beginning of a term that can be true; null: there is no row. */
  readonly oldest: string | null
  /** Reason → rows, and the earliest beginning of a term among them. */
  readonly past: Readonly<Record<string, { readonly rows: number; readonly began: string }>>
}

/** A row for each of the policy: when its term began, and why it stays. */
function judgedRows(database: Database, rule: Rule, now: string, held: readonly number[]): string {
  const { table, scope, began, person, keeps = {}, doubtful = '1 = 0' } = rule
  const reasons = [
    ['doubtful', doubtful],
    ...(person === undefined
      ? []
      : [
          ['held', `${person} IN (${held.join(', ')})`],
          ['restricted', `${person} IN (SELECT id FROM users WHERE restricted = 1)`],
        ]),
    ...Object.entries(keeps),
  ]
  const why = reasons.map(([reason, test]) => `WHEN ${test} THEN '${reason}'`).join(' ')
  return (
    `WITH ${signs(database)}, judged AS (SELECT ${began} AS began, CASE ${why} ELSE 'due' END AS why` +
    ` FROM ${table} WHERE ${scope})`
  ).replaceAll('{now}', now)
}

/** `now` as the shop stores it. `held`: accounts under a hold. */
export async function findBySql(
  database: Database,
  rule: Rule,
  now: string,
  cutoffs: Cutoffs,
  held: readonly number[],
): Promise<Found> {
  const rows = await database.rows({
    text:
      `${judgedRows(database, rule, now, held)} SELECT why, COUNT(*) AS n,` +
      ` SUM(CASE WHEN began < '${cutoffs[rule.term]}' THEN 1 ELSE 0 END) AS past, MIN(began) AS first` +
      ' FROM judged GROUP BY why',
    values: [],
  })
  const found = rows.map((row) => ({
    why: String(row['why']),
    all: Number(row['n']),
    past: Number(row['past']),
    first: String(row['first']),
  }))
  return {
    scope: found.reduce((sum, { all }) => sum + all, 0),
    doubtful: found.find((one) => one.why === 'doubtful')?.all ?? 0,
    oldest:
      found
        .filter(({ why }) => why !== 'doubtful')
        .map(({ first }) => first)
        .sort()[0] ?? null,
    past: Object.fromEntries(
      found
        .filter((one) => one.why !== 'doubtful' && one.past > 0)
        .map((one) => [one.why, { rows: one.past, began: one.first }] as const),
    ),
  }
}

/** What a mail delays leaves all the same. */
const leaves: readonly string[] = ['due', 'to warn', 'warned, not yet due']

/** The days in Paris on which rows that nothing keeps fall due, later than today: day → rows. */
export async function aheadBySql(
  database: Database,
  rule: Rule,
  now: string,
  held: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.rows({
    text: `${judgedRows(database, rule, now, held)} SELECT began, COUNT(*) AS n FROM judged WHERE why IN (${leaves.map((why) => `'${why}'`).join(', ')}) GROUP BY began`,
    values: [],
  })
  const days = new Map<string, number>()
  for (const row of rows) {
    const day = endOf(rule.term, String(row['began']))
    if (day > now.slice(0, 10)) days.set(day, (days.get(day) ?? 0) + Number(row['n']))
  }
  return days
}

const spans: Readonly<Record<Term, readonly [years: number, months: number, days: number]>> = {
  '7 days': [0, 0, 8],
  '6 months': [0, 6, 1],
  '1 year': [1, 0, 1],
  '13 months, cap': [0, 13, 0],
  '3 years': [3, 0, 1],
  '5 years': [5, 0, 1],
  '6 years 1 month': [6, 1, 1],
  '10 years': [10, 0, 1],
  'fiscal 2 years': [2, 0, 1],
  'fiscal 10 years': [10, 0, 1],
}

/** The day in Paris on which a term ends. */
export function endOf(term: Term, began: string): string {
  const day = parisDay(Date.parse(`${began.length === 10 ? `${began} 12:00:00` : began}Z`))
  const [year = 0, month = 0, date = 0] = term.startsWith('fiscal')
    ? [Number(day.slice(0, 4)), 12, 31]
    : day.split('-').map(Number)
  const [years, months, days] = spans[term]
  const last = new Date(Date.UTC(year + years, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year + years, month - 1 + months, Math.min(date, last) + days))
    .toISOString()
    .slice(0, 10)
}

export function parisDay(at: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(at)
}

/** Table and condition → rows; what a policy did is the difference of two moments. */
export const tallies = {
  company: "orders WHERE anonymised_at IS NOT NULL AND total >= 120 AND buyer = 'company'",
  ended: 'orders WHERE anonymised_at IS NOT NULL AND total < 120',
  large: "orders WHERE anonymised_at IS NOT NULL AND total >= 120 AND buyer = 'consumer'",
  consents: 'consents',
  given: "consents WHERE status = 'given'",
  cookies: 'cookies',
  active: "users WHERE status = 'active'",
  closing: "users WHERE status = 'closing'",
  terminated: "users WHERE status = 'terminated'",
  profiles: 'profiles',
  sessions: 'sessions',
  device_logins: 'device_logins',
  tickets: 'tickets',
  ticket_messages: 'ticket_messages',
  attachments: 'attachments',
  invoices: 'invoices',
  archived: 'invoice_archive',
  forgotten: "reviews WHERE user_id IS NULL AND author_name = 'Former customer'",
  prospects: 'prospects',
  views: 'page_views',
} as const
export type Tally = Readonly<Record<keyof typeof tallies, number>>

export async function tallyOf(database: Database): Promise<Tally> {
  const counted: Partial<Record<keyof typeof tallies, number>> = {}
  for (const [name, from] of Object.entries(tallies))
    counted[name as keyof typeof tallies] = await countBySql(database, `SELECT COUNT(*) FROM ${from}`)
  return counted as Tally
}

export async function countBySql(database: Database, text: string): Promise<number> {
  const [row] = await database.rows({ text, values: [] })
  return Number(Object.values(row ?? {})[0])
}
