/** Every policy of the sample shop after weeks of runs: `report --json --exact` against SQL that is written by hand. */
import { expect } from 'chai'
import { createLab, monday, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { sql } from '../engine/lab.ts'
import { policiesIn, policyIn, reportOf, type Policy, type Report } from './report-read.ts'
import {
  aheadBySql,
  countBySql,
  endOf,
  findBySql,
  parisDay,
  rules,
  tallyOf,
  type Cutoffs,
  type Found,
  type Rule,
} from './shop-sql.ts'
import { mailsOf, open as openShop, passUntil, returned, type Shop } from './shop-weeks.ts'

/** Seventeen days on, a Thursday: the notices run. */
const tenthOfDecember: Cutoffs = {
  '7 days': '2026-12-02 23:00:00',
  '6 months': '2026-06-09 22:00:00',
  '1 year': '2025-12-09 23:00:00',
  '13 months, cap': '2025-11-10 23:00:00',
  '3 years': '2023-12-09 23:00:00',
  '5 years': '2021-12-09 23:00:00',
  '6 years 1 month': '2020-11-09 23:00:00',
  '10 years': '2016-12-09 23:00:00',
  'fiscal 2 years': '2024-01-01',
  'fiscal 10 years': '2016-01-01',
}

/** A hundred and eight days on, three days after the last run: some are due, and the next run takes them. */
const eleventhOfMarch: Cutoffs = {
  '7 days': '2027-03-03 23:00:00',
  '6 months': '2026-09-10 22:00:00',
  '1 year': '2026-03-10 23:00:00',
  '13 months, cap': '2026-02-11 23:00:00',
  '3 years': '2024-03-10 23:00:00',
  '5 years': '2022-03-10 23:00:00',
  '6 years 1 month': '2021-02-10 23:00:00',
  '10 years': '2017-03-10 23:00:00',
  'fiscal 2 years': '2025-01-01',
  'fiscal 10 years': '2017-01-01',
}

/** The report of one policy in the words of the SQL. */
function told(policy: Policy): unknown {
  const { in_scope: scope, past_term: past, doubtful } = policy
  expect(
    [past.basis, ...past.by_reason.map(({ basis }) => basis)].every((basis) => basis === 'exact'),
  ).to.equal(true)
  return {
    scope,
    doubtful,
    past: Object.fromEntries(
      past.by_reason.map(({ reason, rows, since }) => [reason, { rows, since: parisDay(Date.parse(since)) }]),
    ),
    overdue: past.rows,
  }
}

function wanted({ term }: Rule, found: Found): unknown {
  const past = Object.entries(found.past)
  return {
    scope: { rows: found.scope, basis: 'exact' },
    doubtful: { rows: found.doubtful, basis: 'exact' },
    past: Object.fromEntries(
      past.map(([why, { rows, began }]) => [why, { rows, since: endOf(term, began) }]),
    ),
    overdue: past.reduce((sum, [, { rows }]) => sum + rows, 0),
  }
}

/** Several days can have one end of a term in common: those of a fiscal year, and the last of some months. */
function compareOldest({ policy, oldest }: Policy, { term }: Rule, found: Found): void {
  expect(oldest === null, `${policy}: oldest`).to.equal(found.scope === 0)
  if (oldest === null || found.oldest === null) return
  const began = endOf(term, parisDay(Date.parse(oldest.began)))
  if (oldest.basis === 'not before')
    expect(endOf(term, found.oldest) >= began, `${policy}: oldest`).to.equal(true)
  else expect([began, oldest.basis], `${policy}: oldest`).to.deep.equal([endOf(term, found.oldest), 'exact'])
}

/** Month by month, and the first of these days, unless it lies behind the last month. */
function compareAhead(
  report: Report,
  { policy, forecast, next_due: next }: Policy,
  ahead: ReadonlyMap<string, number>,
) {
  const months = new Map(report.months.map((at) => [parisDay(Date.parse(at)).slice(0, 7), 0]))
  for (const [day, rows] of ahead) {
    const month = day.slice(0, 7)
    if (months.has(month)) months.set(month, (months.get(month) ?? 0) + rows)
  }
  expect(forecast, policy).to.deep.equal([...months.values()].map((rows) => ({ rows, basis: 'exact' })))
  const [first = ''] = [...ahead.keys()].sort()
  const seen = months.has(first.slice(0, 7))
  expect(next === null ? null : [parisDay(Date.parse(next.at)), next.basis], `${policy}: next`).to.deep.equal(
    seen ? [first, 'exact'] : null,
  )
}

async function compare({ lab, held }: Shop, report: Report, days: number, cutoffs: Cutoffs) {
  const now = new Date(monday + days * 86_400_000).toISOString().slice(0, 19).replace('T', ' ')
  const all: Record<string, Found> = {}
  expect(policiesIn(report).map(({ policy }) => policy)).to.have.members(Object.keys(rules))
  for (const [id, rule] of Object.entries(rules)) {
    const found = await findBySql(lab.database, rule, now, cutoffs, held)
    expect(told(policyIn(report, id)), id).to.deep.equal(wanted(rule, found))
    compareOldest(policyIn(report, id), rule, found)
    compareAhead(report, policyIn(report, id), await aheadBySql(lab.database, rule, now, held))
    all[id] = found
  }
  const reasons = Object.values(all).flatMap(({ past }) => Object.keys(past))
  return { all, reasons: new Set(reasons) }
}

/** What each policy did, by what is there before and now. */
async function compareDone({ lab, before, truncated }: Shop, report: Report): Promise<void> {
  const now = await tallyOf(lab.database)
  const gone = (name: keyof typeof now): number => before[name] - now[name]
  const acts = (table: string, act: string): number =>
    policiesIn(report).reduce((sum, { done }) => sum + (done.acts[table]?.[act] ?? 0), 0)
  const own = (id: string, table: string, act: string): number =>
    policyIn(report, id).done.acts[table]?.[act] ?? 0
  const did: Readonly<Record<string, readonly [rows: number, table: string, act: string]>> = {
    'company-contracts': [-gone('company'), 'orders', 'anonymised'],
    'ended-contracts': [-gone('ended'), 'orders', 'anonymised'],
    'large-contracts': [-gone('large'), 'orders', 'anonymised'],
    'consent-proofs': [gone('consents'), 'consents', 'erased'],
    consents: [gone('given'), 'consents', 'withdrawn'],
    cookies: [gone('cookies'), 'cookies', 'erased'],
    'deletion-requests': [gone('closing'), 'users', 'erased'],
    'inactive-accounts': [gone('active'), 'users', 'erased'],
    'terminated-accounts': [gone('terminated'), 'users', 'erased'],
    invoices: [gone('archived') + acts('invoices', 'archived'), 'invoice_archive', 'erased'],
    'invoices-active': [own('invoices-active', 'invoices', 'archived'), 'invoices', 'archived'],
    prospects: [gone('prospects'), 'prospects', 'erased'],
    'session-addresses': [truncated.sessions.size, 'sessions', 'truncated'],
    'technical-data-truncated': [truncated.page_views.size, 'page_views', 'truncated'],
    'technical-data': [gone('views'), 'page_views', 'erased'],
  }
  expect(Object.keys(did)).to.have.members(Object.keys(rules))
  for (const [id, [rows, table, act]] of Object.entries(did)) {
    const { done } = policyIn(report, id)
    expect([done.rows, own(id, table, act)], `${id}: ${act}`).to.deep.equal([rows, rows])
    expect(done.again?.left ?? 0, id).to.equal(0)
  }
  // What goes with an account, and invoices, under more than one policy: together.
  expect(acts('invoices', 'archived')).to.equal(gone('invoices'))
  expect(acts('reviews', 'anonymised')).to.equal(-gone('forgotten'))
  for (const table of [
    ...(['profiles', 'sessions', 'device_logins', 'tickets', 'ticket_messages', 'attachments'] as const),
  ])
    expect(acts(table, 'erased'), table).to.equal(gone(table))
  const { mails } = policyIn(report, 'inactive-accounts').done
  expect([mails.warned, mails.returned]).to.deep.equal([(await mailsOf(lab)).length, returned.length])
}

eachDatabase('the report of the sample shop', (open) => {
  let lab: Lab
  let shop: Shop
  before(async function () {
    this.timeout(600_000)
    lab = await createLab(await open(), 260)
    shop = await openShop(lab)
    await passUntil(shop, 7, 17)
  })
  after(() => lab.close())

  it('equals plain SQL while notices run, policy by policy', async () => {
    const report = await reportOf(lab, '--exact')
    const { all, reasons } = await compare(shop, report, 17, tenthOfDecember)
    expect([...reasons]).to.include.members([
      ...['held', 'restricted', 'not while', 'exception', 'no address', 'unreachable', 'warned, not yet due'],
      'due',
    ])
    expect(all['inactive-accounts']?.doubtful).to.equal(2)
    await compareDone(shop, report)
    expect(report.holds.active).to.equal(2)
    expect(report.gaps).to.deep.equal([])
  })

  it('equals plain SQL after fifteen weeks, three days after the last run', async function () {
    this.timeout(600_000)
    await passUntil(shop, 21, 108)
    await sql(
      lab.database,
      "INSERT INTO oubli_set_aside (policy, kind, key_text, attempts, last_code, since, run_id) VALUES ('cookies', 'cookie', '[\"9\"]', 1, 'E', '2027-03-01T00:00:00.000Z', 'r'), ('cookies', 'cookie', '[\"8\"]', 1, 'E', '2027-03-01T00:00:00.000Z', 'r')",
    )
    const report = await reportOf(lab, '--exact')
    const { all } = await compare(shop, report, 108, eleventhOfMarch)
    expect(all['inactive-accounts']?.past['due']?.rows).to.equal(1)
    expect(all['technical-data']?.past['due']?.rows).to.be.greaterThan(1)
    await compareDone(shop, report)
    expect(policiesIn(report).flatMap(({ policy, done }) => (done.rows === 0 ? [policy] : []))).to.deep.equal(
      [],
    )
    for (const { policy, set_aside: apart, last_success: last } of policiesIn(report)) {
      expect(apart.rows, policy).to.equal(
        await countBySql(lab.database, `SELECT COUNT(*) FROM oubli_set_aside WHERE policy = '${policy}'`),
      )
      expect(last, policy).to.equal('2027-03-08T10:00:00.000Z')
    }
  })

  it('lists what nothing rules', async () => {
    await sql(lab.database, 'ALTER TABLE users ADD COLUMN nickname VARCHAR(80) NULL')
    await sql(
      lab.database,
      'CREATE TABLE newsletter_log (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL)',
    )
    const { gaps } = await reportOf(lab)
    expect(gaps).to.deep.equal([
      { kind: 'column', table: 'users', column: 'nickname', data: 'account' },
      { kind: 'table', table: 'newsletter_log', column: 'email', data: null },
    ])
  })
})
