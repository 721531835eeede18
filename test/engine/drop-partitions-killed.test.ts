/** `kill -9` at every named place of dropping a partition: the next run ends as if nothing had happened. */
import { expect } from 'chai'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { points } from '../../base/point.ts'
import { eachServer } from '../databases.ts'
import { install, type Installation } from './installation.ts'
import { killAt } from './kill.ts'
import { dumpOf, sql } from './lab.ts'
import { expectSameOwn, runIds } from './own-state.ts'
import { fillYears, partitionedSite, partitionsOf, provenRows } from './partitioned.ts'

const start = Date.parse('2026-06-01T10:00:00Z')

eachServer('a run that is killed while it drops a partition', (open) => {
  for (const point of points.drop)
    it(`at "${point}"`, async function () {
      this.timeout(600_000)
      const killed = await approved(await open())
      const undisturbed = await approved(await open())
      try {
        await fillAll([killed, undisturbed])
        const undisturbedBefore = await runIds(undisturbed.database)
        expect(await killAt(killed, { point })).to.equal('SIGKILL')
        const before = await runIds(killed.database)
        expect((await undisturbed.oubli(['run'])).exit).to.equal(0)
        const said = await killed.oubli(['run'], { clock: () => Date.now() + 61_000 })
        expect(said.exit, said.text).to.equal(0)
        for (const dump of [siteOf, changesOf])
          expect(await dump(killed.database)).to.deep.equal(await dump(undisturbed.database))
        await expectSameOwn([killed.database, before], [undisturbed.database, undisturbedBefore])
        expect(await provenRows(killed.database)).to.deep.equal([1, 2, 2, 2, 2])
        expect(await dumpOf(killed.database, 'oubli_drop')).to.deep.equal([])
        const key = join(killed.folder, 'keys/signing-key.verifier')
        expect((await killed.oubli(['audit', 'verify', '--key', key])).text).to.match(/^VERIFIED/m)
      } finally {
        await killed.close()
        await undisturbed.close()
      }
    })

  it('leaves nothing open although the policy is not there any more', async () => {
    const killed = await approved(await open())
    try {
      await fillAll([killed])
      expect(await killAt(killed, { point: 'partition dropped' })).to.equal('SIGKILL')
      expect(await provenRows(killed.database), 'gone, and not yet proven').to.deep.equal([])
      expect(await dumpOf(killed.database, 'oubli_drop')).to.have.length(1)
      const other = ['run', '--only', 'warn']
      expect((await killed.oubli(other, { clock: () => Date.now() + 61_000 })).exit).to.equal(0)
      expect(await provenRows(killed.database)).to.deep.equal([2])
      expect(await dumpOf(killed.database, 'oubli_drop')).to.deep.equal([])
    } finally {
      await killed.close()
    }
  })

  it('takes back what it intended when the table was cut anew since', async () => {
    const killed = await approved(await open())
    try {
      await fillAll([killed])
      expect(await killAt(killed, { point: 'drop intended' })).to.equal('SIGKILL')
      await sql(
        killed.database,
        "ALTER TABLE views REORGANIZE PARTITION p2019, p2020 INTO (PARTITION old VALUES LESS THAN ('2021-01-01'))",
      )
      const other = ['run', '--only', 'warn']
      expect((await killed.oubli(other, { clock: () => Date.now() + 61_000 })).exit).to.equal(0)
      expect(await provenRows(killed.database), 'nothing went, nothing is claimed').to.deep.equal([])
      expect(await dumpOf(killed.database, 'oubli_drop')).to.deep.equal([])
      expect((await killed.oubli(['run'])).exit).to.equal(0)
      expect(await provenRows(killed.database)).to.deep.equal([1, 2, 2, 4])
    } finally {
      await killed.close()
    }
  })
})

/** Observed, approved, and acting on an empty table. */
async function approved(database: Database): Promise<Installation> {
  const one = await install(database, partitionedSite, start)
  await fillYears(database)
  const observed = await one.oubli(['run'])
  expect(observed.text).to.include('New terms were observed only')
  await one.approve()
  await sql(database, 'DELETE FROM views WHERE id > 0')
  expect((await one.oubli(['run'])).exit).to.equal(0)
  return one
}

async function fillAll(all: readonly Installation[]): Promise<void> {
  for (const { database } of all) {
    await fillYears(database)
    await setSandboxNow(database, start + 86_400_000)
  }
}

async function siteOf(database: Database): Promise<unknown> {
  return [await partitionsOf(database), await dumpOf(database, 'views')]
}

/** What was changed, without what is random. */
async function changesOf(database: Database): Promise<readonly string[]> {
  const random = new Set(['id', 'run', 'batch'])
  const rows = await database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
  return rows
    .map((row) => JSON.parse(String(row['leaf'])) as Record<string, unknown>)
    .filter((leaf) => leaf['kind'] !== 'run.finished' && leaf['kind'] !== 'purge.checked')
    .map((leaf) => JSON.stringify(Object.entries(leaf).filter(([name]) => !random.has(name))))
    .sort()
}
