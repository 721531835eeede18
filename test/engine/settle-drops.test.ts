/** A drop that was written down as intended: what became of it is read from the table, whoever looks and whenever. */
import { expect } from 'chai'
import { settleDrops } from '../../engine/settle-drops.ts'
import { eachServer } from '../databases.ts'
import { dumpOf, sql, type Lab } from './lab.ts'
import { drop, fillYears, provenRows, viewsLab } from './partitioned.ts'

eachServer('a partition that was about to be dropped', (open) => {
  /** With an intent for the oldest partition, which holds two rows, and nothing done yet. */
  async function intended(): Promise<Lab> {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2019', '2020', '2024'])
    lab.point = (point) =>
      point === 'drop intended' ? Promise.reject(new Error('enough')) : Promise.resolve()
    const ended = await drop(lab).catch((error: unknown) => String(error))
    expect(ended).to.equal('Error: enough')
    expect(await dumpOf(lab.database, 'oubli_drop')).to.have.length(1)
    lab.point = () => Promise.resolve()
    return lab
  }

  async function settled(lab: Lab): Promise<readonly boolean[]> {
    const all = await settleDrops(lab.ports, { lease: lab.lease })
    expect(all.map((one) => one.drop.partition)).to.deep.equal(['p2019'])
    expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
    expect(await settleDrops(lab.ports, { lease: lab.lease }), 'once').to.deep.equal([])
    const gone = all.map((one) => one.gone)
    expect(await provenRows(lab.database)).to.deep.equal(gone[0] === true ? [2] : [])
    return gone
  }

  const changes: readonly (readonly [string, readonly string[], boolean])[] = [
    ['is there', [], false],
    ['is there, and empty by now', ['DELETE FROM views WHERE id IN (20190, 20191)'], false],
    ['went', ['ALTER TABLE views DROP PARTITION p2019'], true],
    [
      'went, and a row of its time came later',
      ['ALTER TABLE views DROP PARTITION p2019', "INSERT INTO views (id, seen_at) VALUES (7, '2019-05-05')"],
      true,
    ],
    [
      'was cut anew under another name, with all its rows',
      ["ALTER TABLE views REORGANIZE PARTITION p2019 INTO (PARTITION old VALUES LESS THAN ('2020-01-01'))"],
      false,
    ],
    [
      'has its name still, and another end',
      [
        "ALTER TABLE views REORGANIZE PARTITION p2019, p2020 INTO (PARTITION p2019 VALUES LESS THAN ('2021-01-01'))",
      ],
      false,
    ],
    [
      'went, and the next one has its name',
      [
        'ALTER TABLE views DROP PARTITION p2019',
        "ALTER TABLE views REORGANIZE PARTITION p2020 INTO (PARTITION p2019 VALUES LESS THAN ('2021-01-01'))",
      ],
      true,
    ],
    ['lost its bounds, as nobody cuts the table any more', ['ALTER TABLE views REMOVE PARTITIONING'], false],
    ['went with its whole table', ['DROP TABLE views'], true],
    [
      'cannot be looked for, as its clock is not there any more',
      [
        'ALTER TABLE views REMOVE PARTITIONING',
        'ALTER TABLE views CHANGE seen_at happened_at DATETIME NOT NULL',
      ],
      true,
    ],
  ]
  for (const [what, statements, gone] of changes)
    it(`${what}: ${gone ? 'it is proven' : 'nothing is'}`, async () => {
      const lab = await intended()
      for (const text of statements) await sql(lab.database, text)
      expect(await settled(lab)).to.deep.equal([gone])
    })
})
