/** The server gives our transaction up, or lets it wait for a lock in vain: the batch is done again, whole. */
import { expect } from 'chai'
import { openDatabase } from '../../db/connect.ts'
import type { Database, Session } from '../../db/session.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { crowdOf, expectProven, people } from './crowd.ts'
import { sql, waiting, type Lab } from './lab.ts'
import { shopTables } from './shop.ts'
import { spyOn, type Spy } from './spy.ts'

eachServer('a lock that the site holds', (open) => {
  let lab: Lab
  let site: Database
  let spy: Spy
  let batches: number
  beforeEach(async () => {
    lab = await crowdOf(await open(), 1)
    lab.pace = { ...lab.pace, size: () => people.length }
    site = await openDatabase(databaseUrlSettings(lab.database).settings)
    // Every order that goes is counted by the site, so that our DELETE waits for whoever holds the counter.
    await sql(site, 'CREATE TABLE counters (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)')
    const values = Array.from({ length: 2000 }, (_, i) => `(${i + 1}, 0)`)
    await sql(site, `INSERT INTO counters VALUES ${values.join(', ')}`)
    await sql(
      site,
      'CREATE TRIGGER count_orders AFTER DELETE ON orders FOR EACH ROW UPDATE counters SET n = n + 1 WHERE id = 1',
    )
    spy = spyOn(lab)
    batches = 0
  })
  afterEach(() => site.close())

  /** The site's transaction begins before our first DELETE; `then` happens while it holds the counters. */
  async function runBeside(first: string, then: (tx: Session) => Promise<unknown>): Promise<string> {
    let ended: Promise<{ readonly state: string }> | null = null
    lab.point = async (point) => {
      if (point === 'before lock') batches += 1
      if (point !== 're-checked' || ended !== null) return
      await new Promise<void>((locked) => {
        ended = site.transaction(async (tx) => {
          await tx.run({ text: first, values: [] })
          locked()
          await then(tx)
        })
      })
    }
    expect(await lab.run()).to.include({ done: people.length, busy: 0, setAside: 0, stopped: 'done' })
    return (await ended!).state
  }

  async function expectDone(): Promise<void> {
    for (const table of shopTables) expect(await lab.rows(table), table).to.deep.equal([])
    await expectProven(lab)
    const [counter] = await site.rows({ text: 'SELECT n FROM counters WHERE id = 1', values: [] })
    expect(Number(counter?.['n']), 'what was undone is not counted').to.equal(1 + people.length)
  }

  it('makes us the victim of a deadlock (1213), and not the site: done in the second try', async () => {
    // So many rows that the server gives up our transaction and not the site's.
    const state = await runBeside('UPDATE counters SET n = 1 WHERE id > 0', async (tx) => {
      await waiting(site)
      await tx.run({ text: 'UPDATE users SET email = email WHERE id > 0', values: [] })
    })
    expect(state, 'the site was not the victim').to.equal('committed')
    expect([spy.failures, batches]).to.deep.equal([[1213], 2])
    await expectDone()
  })

  it('is not given back in time (1205): done in the second try', async () => {
    const failed = new Promise<void>((resolve) => (spy.failed = resolve))
    const state = await runBeside('UPDATE counters SET n = 1 WHERE id = 1', () => failed)
    expect(state).to.equal('committed')
    expect([spy.failures, batches]).to.deep.equal([[1205], 2])
    await expectDone()
  })
})
