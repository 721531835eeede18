/** Connections that are lost while a partition is dropped, lost sessions that still drop, and taken-over leases. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { OubliError } from '../../base/errors.ts'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { takeLease } from '../../db/own/lease.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { settleDrops } from '../../engine/settle-drops.ts'
import { startCommitProxy, type CommitProxy, type Cut } from '../commit-proxy.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { dumpOf, portsOf, type Lab } from './lab.ts'
import { drop, fillYears, partitionsOf, provenRows, viewsLab } from './partitioned.ts'

eachServer('when the connection is lost while a partition is dropped', (open) => {
  const cases: readonly (readonly [string, string, Point, Cut, boolean])[] = [
    ['the ALTER never arrives', 'ALTER', 'drop intended', 'lose commit', false],
    ['the answer to the ALTER', 'ALTER', 'drop intended', 'lose answer', true],
    ['the COMMIT of the intent', 'COMMIT', 'partition counted', 'lose commit', false],
    ['the answer to the COMMIT of the intent', 'COMMIT', 'partition counted', 'lose answer', false],
    ['the COMMIT of the entry', 'COMMIT', 'drop recorded', 'lose commit', true],
    ['the answer to the COMMIT of the entry', 'COMMIT', 'drop recorded', 'lose answer', true],
  ]
  for (const [what, statement, point, mode, gone] of cases)
    it(`${what}: what went is proven, and nothing else`, async () => {
      const lab = await viewsLab(await open())
      await fillYears(lab.database, ['2019', '2024'])
      await over(lab, statement, point, mode, async () => {
        const dropped = await drop(lab)
        expect(dropped).to.include({ rows: gone ? 2 : 0, stopped: null })
        expect(dropped.kept).to.deep.equal(gone ? [] : [{ partition: 'p2019', why: 'connection lost' }])
      })
      expect((await partitionsOf(lab.database)).includes('p2019')).to.equal(!gone)
      expect(await lab.rows('views')).to.have.length(gone ? 2 : 4)
      expect(await provenRows(lab.database)).to.deep.equal(gone ? [2] : [])
      expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
    })

  it('the line, once the ALTER has arrived: whichever is first, both or neither', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2019', '2024'])
    await over(lab, 'ALTER', 'drop intended', 'lose line', async () => {
      const { rows } = await drop(lab)
      expect(await lab.rows('views')).to.have.length(4 - rows)
      expect(await provenRows(lab.database)).to.deep.equal(rows === 0 ? [] : [2])
    })
    expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
  })

  it('a lost session that waits for the site drops nothing after we looked', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2019', '2024'])
    let free: () => void = () => undefined
    const wait = new Promise<void>((resolve) => (free = resolve))
    const site = lab.database.transaction(async (tx) => {
      await tx.rows({ text: 'SELECT id FROM views LIMIT 1', values: [] })
      await wait
    })
    await over(lab, 'ALTER', 'drop intended', 'lose line', async () => {
      const dropped = await drop(lab)
      const there = await partitionsOf(lab.database)
      expect(dropped.rows).to.equal(there.includes('p2019') ? 0 : 2)
      free()
      await site
      await sleep(1_500)
      expect(await partitionsOf(lab.database), 'nothing happens behind our back').to.deep.equal(there)
      expect(await provenRows(lab.database)).to.deep.equal(there.includes('p2019') ? [] : [2])
    })
  })
})

eachServer('another run', (open) => {
  it('waits while a partition is dropped, and a run that lost its lease drops nothing', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    const later = { name: 'run', owner: 'other', now: Date.now() + 61_000, ttlMs: 60_000 }
    const reached: Point[] = []
    lab.point = async (point) => {
      reached.push(point)
      if (point === 'partition dropped') expect(await takeLease(lab.database, later)).to.equal(null)
      if (point === 'drop committed') expect(await takeLease(lab.database, later)).not.to.equal(null)
    }
    expect(await codeOf(drop(lab))).to.equal('E_FENCED')
    expect(reached).to.include('partition dropped')
    expect((await partitionsOf(lab.database)).slice(0, 2)).to.deep.equal(['p2020', 'p2021'])
    expect(await provenRows(lab.database)).to.deep.equal([2])
  })

  it('ends the session of a run that sleeps before its ALTER, and settles what that one intended', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2019', '2024'])
    let settled: readonly { readonly gone: boolean }[] = []
    lab.point = async (point) => {
      if (point !== 'drop intended') return
      lab.point = () => Promise.resolve()
      const taken = await takeLease(lab.database, {
        name: 'run',
        owner: 'other',
        now: Date.now() + 61_000,
        ttlMs: 60_000,
      })
      const lease = { name: 'run', token: taken?.token ?? 0n }
      settled = await settleDrops(portsOf(lab.database, lab.point), { lease })
    }
    expect(await codeOf(drop(lab))).to.equal('E_FENCED')
    expect(settled.map(({ gone }) => gone)).to.deep.equal([false])
    expect(await partitionsOf(lab.database)).to.include('p2019')
    expect(await provenRows(lab.database)).to.deep.equal([])
    expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
  })
})

/** Runs over a line that is cut once, at this statement after this point. */
async function over(
  lab: Lab,
  statement: string,
  point: Point,
  mode: Cut,
  work: () => Promise<void>,
): Promise<void> {
  const settings = databaseUrlSettings(lab.database).settings as MysqlSettings
  const proxy = await startCommitProxy(settings.port ?? 3306, new RegExp(`^${statement}`))
  const far = await openDatabase({ ...settings, port: proxy.port })
  try {
    const isCut = cutOnce(lab, far, proxy, point, mode)
    await work()
    expect([isCut(), proxy.waiting], `the line was cut at "${point}"`).to.deep.equal([true, null])
  } finally {
    await far.close()
    await proxy.close()
  }
}

function cutOnce(lab: Lab, far: Database, proxy: CommitProxy, point: Point, mode: Cut): () => boolean {
  let cut = false
  const ports = portsOf(far, (reached) => {
    if (reached === point && !cut) {
      cut = true
      proxy.cut(mode)
    }
    return Promise.resolve()
  })
  Object.assign(lab.ports, ports)
  return () => cut
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof OubliError ? error.code : error
}
