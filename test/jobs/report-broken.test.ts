/** The report of a run that was killed: rows of the policy are counted, and not what hung on them. */
import { expect } from 'chai'
import { finishRun, insertRun } from '../../db/own/runs.ts'
import type { SqlValue } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { install, type SiteFiles } from '../engine/installation.ts'
import { killAt } from '../engine/kill.ts'
import { insert } from '../engine/lab.ts'
import { policyIn, reportOf, type Report } from './report-read.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { installFilled, smallMap, smallNow, smallPolicy } from './small-site.ts'

const files: SiteFiles = {
  tables: [
    'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, buyer VARCHAR(80) NULL, placed_at DATETIME NOT NULL)',
    'CREATE INDEX orders_placed ON orders (placed_at)',
    'CREATE TABLE order_lines (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, wish VARCHAR(80) NULL, CONSTRAINT l_order FOREIGN KEY (order_id) REFERENCES orders (id))',
    'CREATE INDEX lines_order ON order_lines (order_id)',
  ],
  dataMap: smallMap(`  order:
    category: order
    table: orders
    key: id
    events: { placed: { column: placed_at } }
    personal: { buyer: blank }
  line:
    table: order_lines
    key: id
    of: order
    personal: { wish: blank }
`),
  policies: {
    'old-orders': smallPolicy(
      'old-orders',
      'data: order\nkeep_at_most: 3 years\ncounted_from: placed\nthen: erase\nper_run: { rows: 500 }\nstop_above: { percent: 100 }',
    ),
  },
}

const orders = Array.from({ length: 20 }, (_, id): Readonly<Record<string, SqlValue>> => ({
  ...{ id, buyer: `Nom${id}`, placed_at: '2020-01-01 10:00:00' },
}))
const lines = orders.flatMap(({ id }) =>
  Array.from({ length: 7 }, (_, n) => ({ id: Number(id) * 7 + n, order_id: Number(id), wish: 'blue' })),
)

eachDatabase('a run that was killed behind a batch of rows', (open) => {
  it('has done as many rows of its policy as are gone, and what hung on them is told apart', async () => {
    const site = await installFilled(open, files, { orders, order_lines: lines })
    try {
      await site.oubli(['run'])
      await site.approve()
      expect(await killAt(site, { point: 'committed' })).to.equal('SIGKILL')
      const [left] = await site.database.rows({ text: 'SELECT COUNT(*) AS n FROM orders', values: [] })
      const gone = orders.length - Number(left?.['n'])
      expect(gone).to.be.greaterThan(0)
      const report = await reportOf(site)
      const { done } = policyIn(report, 'old-orders')
      expect(done.acts).to.deep.equal({
        orders: { erased: gone },
        order_lines: { erased: gone * 7 },
      })
      expect(done.rows).to.equal(gone)
      // Each row left its entry with it; more mails can have been queued, and who came back stands in no entry.
      expect([done.basis, done.mails.basis]).to.deep.equal(['exact', 'at least'])
      const bases = new Map(report.runs.map(({ rows, basis, mails }) => [rows, [basis, mails.basis]]))
      expect(bases.get(gone)).to.deep.equal(['exact', 'at least'])
      expect(bases.get(0)).to.deep.equal(['exact', 'exact'])
    } finally {
      await site.close()
    }
  })
})

eachDatabase('a run that was killed while it queued mails', (open) => {
  it('is not said to have queued none, and a run that came to its end is', async () => {
    const site = await install(await open(), warnedSite(25), smallNow)
    const people = [1, 2, 3].map((id) => ({
      ...{ id, email: `p${id}@mail.example`, created_at: '2015-01-01 10:00:00' },
      last_login_at: '2023-06-20 10:00:00',
    }))
    await insert(site.database, 'users', people)
    try {
      await site.oubli(['run'])
      await site.approve()
      const whole = policyIn(await reportOf(site), 'inactive-accounts').done.mails
      expect(whole).to.deep.equal({ warned: 0, returned: 0, basis: 'exact' })
      expect(await killAt(site, { point: 'warning committed' })).to.equal('SIGKILL')
      const report = await reportOf(site)
      const { done } = policyIn(report, 'inactive-accounts')
      expect([done.rows, done.basis]).to.deep.equal([0, 'exact'])
      expect(done.mails).to.deep.equal({ warned: 0, returned: 0, basis: 'at least' })
      const killed = ['running', { queued: 0, basis: 'at least' }]
      const ended = ['done', { queued: 0, basis: 'exact' }]
      const told = ({ runs }: Report) => runs.map(({ state, mails }) => [state, mails])
      expect(told(report)).to.have.deep.members([killed, ended])
      // One that came to its end without a policy wrote nothing down, and has warned nobody.
      const at = '2026-06-01T10:00:00.000Z'
      const none = { id: 'none', job: 'run', slot: null, asOf: at, startedAt: at }
      await insertRun(site.database, { ...none, toolVersion: '0.1.0', fingerprint: 'f'.repeat(64) })
      await finishRun(site.database, 'none', 'done', Date.parse(at), 'nothing was due')
      expect(told(await reportOf(site))).to.have.deep.members([killed, ended, ended])
    } finally {
      await site.close()
    }
  })
})
