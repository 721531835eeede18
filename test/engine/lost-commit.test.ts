/** The answer to COMMIT is lost, the lease is taken over, several run at once. */
import { expect } from 'chai'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { takeLease } from '../../db/own/lease.ts'
import type { Database } from '../../db/session.ts'
import { OubliError } from '../../base/errors.ts'
import { startCommitProxy, type CommitProxy, type ProxyMode } from '../commit-proxy.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation } from './installation.ts'
import { createLab, dumpOf, insert, portsOf, sql, type Lab } from './lab.ts'
import { fill, rowsOf, shopOf } from './shop.ts'
import { siteFiles } from './site-files.ts'

const people = [1, 2, 3]
const nothing = { users: [], sessions: [], logins: [], orders: [], order_lines: [], notes: [] }

eachServer('when the answer to COMMIT is lost', (open) => {
  for (const mode of ['lose commit', 'lose answer'] satisfies ProxyMode[])
    it(`${mode}: nothing is lost, nothing is counted twice`, async () => {
      const lab = await createLab(await open(), shopOf('tied'))
      await fill(lab.database, people)
      const { settings } = databaseUrlSettings(lab.database)
      const proxy = await startCommitProxy((settings as MysqlSettings).port ?? 3306)
      const far = await openDatabase({ ...(settings as MysqlSettings), port: proxy.port })
      try {
        const outcome = await runOver(lab, far, proxy, mode)
        expect(outcome).to.include({ done: 3, busy: 0, setAside: 0, stopped: 'done' })
        expect(outcome.tables).to.deep.equal({
          users: { erased: '3' },
          sessions: { erased: '6' },
          logins: { erased: '3' },
          orders: { erased: '3' },
          order_lines: { erased: '6' },
          notes: { erased: '3' },
        })
        for (const one of people) expect(await rowsOf(lab.database, one)).to.deep.equal(nothing)
        expect(await dumpOf(lab.database, 'oubli_entry')).to.have.length(3)
        expect(await dumpOf(lab.database, 'oubli_tombstone')).to.have.length(3)
        expect(lab.lease.token > 1n, 'the token was raised').to.equal(true)
      } finally {
        await far.close()
        await proxy.close()
      }
    })
})

async function runOver(lab: Lab, far: Database, proxy: CommitProxy, mode: ProxyMode) {
  let cut = false
  Object.assign(lab.ports, {
    ...portsOf(far, (point) => {
      if (point === 'before commit' && !cut) {
        cut = true
        proxy.mode = mode
        // The line is cut at once; what comes after it gets through.
        setTimeout(() => (proxy.mode = 'forward'), 30)
      }
      return Promise.resolve()
    }),
  })
  return await lab.run()
}

eachDatabase('the fence of a run', (open) => {
  it('lets a holder whose lease was taken over commit nothing more', async () => {
    const lab = await createLab(await open(), shopOf('tied'))
    await fill(lab.database, people)
    const later = Date.now() + 61_000
    await takeLease(lab.database, { name: 'run', owner: 'other', now: later, ttlMs: 60_000 })
    const error: unknown = await lab.run().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error instanceof OubliError ? error.code : error).to.equal('E_FENCED')
    for (const one of people) expect((await rowsOf(lab.database, one))['users']).to.have.length(1)
    expect(await dumpOf(lab.database, 'oubli_entry')).to.deep.equal([])
  })
})

eachDatabase('several runs at once', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), siteFiles, Date.parse('2026-06-01T10:00:00Z'))
    await addViews(one.database, 0)
    await one.oubli(['run'])
    await one.approve()
    expect((await one.oubli(['run'])).exit).to.equal(0)
  })
  after(() => one.close())

  for (const many of [2, 4])
    it(`of ${many}, one works and the others end with 5`, async () => {
      await addViews(one.database, many * 100)
      const before = (await dumpOf(one.database, 'oubli_entry')).length
      // The first to work waits inside its batch until all others have ended.
      let release: () => void = () => undefined
      const others = new Promise<void>((resolve) => (release = resolve))
      let ended = 0
      const runs = Array.from({ length: many }, async () => {
        const said = await one.oubli(['run'], {
          point: (point) => (point === 'locked' ? others : Promise.resolve()),
        })
        if ((ended += 1) === many - 1) release()
        return said.exit
      })
      expect((await Promise.all(runs)).sort()).to.deep.equal([
        0,
        ...Array.from({ length: many - 1 }, () => 5),
      ])
      expect(await dumpOf(one.database, 'page_views')).to.deep.equal([])
      const entries = await dumpOf(one.database, 'oubli_entry')
      expect(entries.length - before, 'one batch, one end of a run').to.equal(2)
    })
})

async function addViews(database: Database, from: number): Promise<void> {
  await sql(database, 'DELETE FROM page_views WHERE id >= 0')
  await insert(
    database,
    'page_views',
    [1, 2, 3].map((n) => ({ id: from + n, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
  )
}
