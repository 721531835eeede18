/** A drop that was written down as intended: what became of it is read from the table, whoever looks and whenever. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Outcome } from '../../db/session.ts'
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

  const wait = new DatabaseError('lock wait', 'statement', 'ER_LOCK_WAIT_TIMEOUT')
  const cut = new DatabaseError('connection lost', 'commit', 'ECONNRESET')

  /**
   * Settled over a database whose transactions end as the test says: the turn that holds the lock, and those
   * under the fence inside it. Null: as they really do.
   */
  async function settledBy(
    lab: Lab,
    ends: (which: 'turn' | 'fence', run: () => Promise<unknown>) => Promise<Outcome<never> | null>,
  ) {
    let turns = 0
    const transaction: Database['transaction'] = async (work, options) => {
      const which = options?.closeAfter === true ? 'turn' : 'fence'
      if (which === 'turn') turns += 1
      const run = () => lab.database.transaction(work, options)
      return (await ends(which, run)) ?? (await run())
    }
    const ports = { ...lab.ports, database: { ...lab.database, transaction } }
    const lease = { ...lab.lease }
    const all: unknown = await settleDrops(ports, { lease }).catch((error: unknown) => error)
    return {
      all: Array.isArray(all) ? all.length : all,
      turns,
      raised: Number(lease.token - lab.lease.token),
    }
  }

  it('is looked after in five turns at most, and the last says what was wrong', async () => {
    for (const [failing, expected] of [
      [4, { all: 1, turns: 5, raised: 0 }],
      [5, { all: wait, turns: 5, raised: 0 }],
    ] as const) {
      let failed = 0
      const found = await settledBy(await intended(), (which) =>
        Promise.resolve(
          which === 'turn' && (failed += 1) <= failing ? { state: 'rolled back', error: wait } : null,
        ),
      )
      expect(found).to.deep.equal(expected)
    }
  })

  it('is settled though nobody heard that the turn came to its end', async () => {
    const lab = await intended()
    const found = await settledBy(lab, async (which, run) => {
      if (which === 'fence') return null
      await run()
      return { state: 'unknown', error: cut }
    })
    expect(found).to.deep.equal({ all: 1, turns: 1, raised: 0 })
  })

  for (const arrived of [true, false])
    it(`is settled behind a raised token where an answer was lost (COMMIT ${arrived ? 'arrived' : 'was cut off'})`, async () => {
      const lab = await intended()
      let lost = 0
      const found = await settledBy(lab, async (which, run) => {
        // The first under the fence only asks for it; the second takes the intent back.
        if (which === 'turn' || (lost += 1) !== 2) return null
        if (arrived) await run()
        return { state: 'unknown', error: cut }
      })
      expect(found).to.deep.equal({ all: 1, turns: arrived ? 1 : 2, raised: 1 })
      expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
    })

  it('is not called gone where nobody could look', async () => {
    const lab = await intended()
    await sql(
      lab.database,
      "ALTER TABLE views REORGANIZE PARTITION p2019 INTO (PARTITION old VALUES LESS THAN ('2020-01-01'))",
    )
    const rows: Database['rows'] = (statement) =>
      statement.text.includes('`views`') ? Promise.reject(wait) : lab.database.rows(statement)
    const ports = { ...lab.ports, database: { ...lab.database, rows } }
    const thrown: unknown = await settleDrops(ports, { lease: lab.lease }).catch((error: unknown) => error)
    expect(thrown).to.equal(wait)
    expect(await dumpOf(lab.database, 'oubli_drop')).to.have.length(1)
    expect(await provenRows(lab.database)).to.deep.equal([])
    expect(await settled(lab)).to.deep.equal([false])
  })

  it('leaves no session with the lock that it was looked after under', async () => {
    const lab = await intended()
    await settled(lab)
    const used = async () => {
      const text = "SELECT IS_USED_LOCK(CONCAT('oubli drop ', SHA1(DATABASE()))) AS used"
      return (await lab.database.rows({ text, values: [] }))[0]?.['used']
    }
    // A server notices in its own time that a connection was closed.
    for (let tries = 0; tries < 200 && (await used()) !== null; tries += 1) await sleep(25)
    expect(await used()).to.equal(null)
  })
})
