/** Rounds put back what was erased, which a run of a policy that has acted takes for a jump: each of them must act. */
import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../bench/installation.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { sql } from '../engine/lab.ts'

const rows = 60

eachServer('an installation of the benchmark', (open) => {
  it('acts again on rows that were put back after rounds in which little became due', async () => {
    const database = await open()
    const { settings } = databaseUrlSettings(database)
    if (settings.client === 'sqlite') throw new Error('a server')
    await sql(
      database,
      'CREATE TABLE people (id INT NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL, KEY seen (seen_at))',
    )
    const putBack = () =>
      sql(database, `INSERT INTO people SELECT seq, '2020-01-01' + INTERVAL seq DAY FROM seq_1_to_${rows}`)
    const left = async () =>
      (await database.rows({ text: 'SELECT COUNT(*) AS n FROM people', values: [] }))[0]?.['n']
    await putBack()
    const folder = await mkdtemp(join(tmpdir(), 'oubli-bench-test-'))
    try {
      const site = await install(folder, {
        ...{ port: settings.port ?? 3306, database: settings.database },
        kinds:
          '  person: { category: prospect, table: people, key: id, subject: true, events: { seen: { column: seen_at } } }\n',
        policies: {
          people:
            'promise: prospects\ndata: person\nkeep_at_most: 3 years\ncounted_from: seen\nthen: erase\nper_run: { people: 1000 }\n',
        },
      })
      await site.approve()
      for (let run = 1; run <= 5; run += 1) await site.oubli(['run'])
      expect(await left()).to.equal('0')
      await putBack()
      await site.approveAgain()
      await site.oubli(['run'])
      expect(await left()).to.equal('0')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
