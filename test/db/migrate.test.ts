import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OubliError } from '../../base/errors.ts'
import { packageRoot } from '../../config/files.ts'
import { migrate, migrationState } from '../../db/migrate.ts'
import { evidence } from '../../db/migrations/0002-evidence.ts'
import { statusWords } from '../../db/own/person-status.ts'
import type { Database, SqlValue } from '../../db/session.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { insert } from '../engine/lab.ts'

const all = [
  '0001-runs',
  '0002-evidence',
  '0003-warnings',
  '0004-control',
  '0005-partitions',
  '0006-mail-rate',
  '0007-log',
  '0008-results',
  '0009-ledger',
  '0010-holds',
  '0011-openings',
  '0013-enforcement',
  '0014-selftests',
  '0015-kept',
  '0016-notes',
  '0017-calendar',
  '0018-done-clock',
  '0019-status-words',
  '0020-turns',
  '0021-notice-index',
]

eachDatabase('our own tables', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await open()
  })

  it('are created once, and a second time is nothing', async () => {
    expect(await migrationState(database)).to.deep.equal({ applied: [], pending: all, unknown: [] })
    expect(await migrate(database)).to.deep.equal(all)
    expect(await migrate(database)).to.deep.equal([])
    expect(await migrationState(database)).to.deep.equal({ applied: all, pending: [], unknown: [] })
  })

  it('leave nothing behind once the views and tables that begin with oubli_ are dropped', async () => {
    const { locksRows } = database.dialect
    const objects = async () => {
      const text = locksRows
        ? 'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()'
        : "SELECT name, type FROM sqlite_master WHERE type <> 'index'"
      const rows = await database.rows({ text: `${text} ORDER BY name`, values: [] })
      return rows.map(({ name, type }) => ({ name: String(name), isView: /view/i.test(String(type)) }))
    }
    await database.run({ text: 'CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY)', values: [] })
    const before = await objects()
    await migrate(database)
    const ours = (await objects()).filter(({ name }) => name.startsWith('oubli_'))
    expect(ours.filter(({ isView }) => isView)).to.have.length(2)
    for (const view of [true, false])
      for (const { name, isView } of ours)
        if (isView === view)
          await database.run({ text: `DROP ${view ? 'VIEW' : 'TABLE'} ${name}`, values: [] })
    expect(await objects()).to.deep.equal(before)
    // On SQLite a view that is left without its table refuses this.
    await database.run({ text: 'ALTER TABLE customers RENAME TO clients', values: [] })
  })

  it('are completed after a migration that was killed half way', async () => {
    await migrate(database)
    await database.run({ text: 'DROP TABLE oubli_hold', values: [] })
    await database.run({ text: 'DELETE FROM oubli_migration WHERE name = ?', values: ['0002-evidence'] })
    expect(await migrate(database)).to.deep.equal(['0002-evidence'])
    expect(await database.rows({ text: 'SELECT id FROM oubli_hold', values: [] })).to.deep.equal([])
  })

  it('are refused when a newer version made them', async () => {
    await migrate(database)
    await database.run({ text: "INSERT INTO oubli_migration VALUES ('9999-future', 'x')", values: [] })
    const error = await migrate(database).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(OubliError)
    expect((error as OubliError).code).to.equal('E_MIGRATED_NEWER')
  })

  it('give the tombstones of an earlier version their policy and act', async () => {
    await migrate(database)
    const run = (text: string) => database.run({ text, values: [] })
    if (database.dialect.name === 'sqlite') await run('DROP INDEX oubli_warning_state_exported')
    else await run('ALTER TABLE oubli_warning DROP INDEX oubli_warning_state_exported')
    await run('ALTER TABLE oubli_warning DROP COLUMN exported')
    await run('DROP TABLE oubli_tombstone')
    for (const text of evidence.statements(database.dialect)) await run(text)
    await run("DELETE FROM oubli_migration WHERE name = '0009-ledger'")
    const stone = (hash: string, entry: string) =>
      run(`INSERT INTO oubli_tombstone VALUES ('${hash}', 'k', 'account', '${entry}', '2026-01-01')`)
    const entry = (id: string, kind: string) =>
      run(
        `INSERT INTO oubli_entry VALUES ('${id}', 'r', '2026-01-01', '{"id":"${id}","kind":"${kind}","policy":{"id":"p-${id}"}}')`,
      )
    await entry('1', 'subject.erased')
    await entry('2', 'subject.anonymised')
    await stone('a', '1')
    await stone('b', '2')
    await stone('c', 'lost')
    expect(await migrate(database)).to.deep.equal(['0009-ledger'])
    const rows = await database.rows({
      text: 'SELECT hash, policy, act, entry_id, exported FROM oubli_tombstone ORDER BY hash',
      values: [],
    })
    expect(rows.map((row) => Object.values(row).map(String).join(' '))).to.deep.equal([
      'a p-1 erased 1 0',
      'b p-2 anonymised 2 0',
      'c unknown unknown lost 0',
    ])
    expect(await database.rows({ text: 'SELECT exported FROM oubli_warning', values: [] })).to.deep.equal([])
    // As that version writes, which a timer starts once more after the migration.
    await run(
      "INSERT INTO oubli_tombstone (hash, key_hash, kind, entry_id, erased_at) VALUES ('d', 'k', 'account', '2', '2026-01-01')",
    )
    const late = "SELECT policy, act, exported FROM oubli_tombstone WHERE hash = 'd'"
    expect(
      (await database.rows({ text: late, values: [] })).map((row) => Object.values(row).map(String)),
    ).to.deep.equal([['unknown', 'unknown', '0']])
  })

  it('say of people what this version says of them', async () => {
    await migrate(database)
    const run = (text: string) => database.run({ text, values: [] })
    await run('DROP VIEW oubli_person_status')
    await run("CREATE VIEW oubli_person_status AS SELECT 'as an earlier version had it' AS what_en")
    await run("DELETE FROM oubli_migration WHERE name = '0019-status-words'")
    expect(await migrate(database)).to.deep.equal(['0019-status-words'])
    await run(
      "INSERT INTO oubli_kept (id, kind, key_text, because, asked_by, kept_at) VALUES ('i', 'account', '[\"1\"]', 'x', 'y', '2026-01-01T00:00:00.000Z')",
    )
    const rows = await database.rows({ text: 'SELECT state, next_en FROM oubli_person_status', values: [] })
    expect(rows).to.deep.equal([{ state: 'kept', next_en: statusWords.kept.next.en }])
  })

  it('find the notice of one person among many, also after an upgrade', async () => {
    const sqlite = database.dialect.name === 'sqlite'
    const run = (text: string) => database.run({ text, values: [] })
    await migrate(database)
    await run(`DROP INDEX oubli_warning_kind_subject_id_state${sqlite ? '' : ' ON oubli_warning'}`)
    await run("DELETE FROM oubli_migration WHERE name = '0021-notice-index'")
    const [day, hash] = ['2026-01-01T00:00:00.000Z', 'a'.repeat(64)]
    await insert(
      database,
      'oubli_warning',
      Array.from({ length: 4000 }, (_, id) => ({
        ...{ policy: 'p', kind: 'account', key_text: `["${id}"]`, subject_id: String(id) },
        ...{ cycle: day, round: 0, step: 0, address_hash: hash, terms_hash: hash, announced: day },
        ...{ outbox_id: String(id), queued_at: day, state: 'accepted', accepted_at: day },
      })),
    )
    if (!sqlite) await database.rows({ text: 'ANALYZE TABLE oubli_warning', values: [] })
    expect(await migrate(database)).to.deep.equal(['0021-notice-index'])
    const page = readFileSync(join(packageRoot(), 'docs/site-integration.md'), 'utf8')
    const asked = /SELECT announced, silent_since FROM oubli_pending_deletions WHERE .*/.exec(page)?.[0] ?? ''
    const found = await database.rows({ text: asked, values: ['7'] })
    expect(found).to.deep.equal([{ announced: day, silent_since: day }])
    const way = await database.rows({
      text: `EXPLAIN ${sqlite ? 'QUERY PLAN ' : ''}${asked}`,
      values: ['7'],
    })
    if (sqlite)
      expect(JSON.stringify(way)).to.match(
        /SEARCH (?:\w+ AS )?w USING INDEX oubli_warning_kind_subject_id_state/,
      )
    else for (const row of way) expect(Number(row['rows']), JSON.stringify(way)).to.be.at.most(10)
  })

  it('tell keys in another case apart', async () => {
    await migrate(database)
    const text = 'INSERT INTO oubli_done (policy, key_text, done_at) VALUES (?, ?, ?)'
    await database.run({ text, values: ['p', '["a"]', '2026-01-01T00:00:00.000Z'] })
    await database.run({ text, values: ['p', '["A"]', '2026-01-01T00:00:00.000Z'] })
    await database.run({ text, values: ['p', '["à"]', '2026-01-01T00:00:00.000Z'] })
    const rows = await database.rows({
      text: 'SELECT key_text FROM oubli_done WHERE key_text = ?',
      values: ['["A"]'],
    })
    expect(rows).to.deep.equal([{ key_text: '["A"]' }])
  })

  it('show the site the newest accepted warning of each person and policy', async () => {
    await migrate(database)
    const day = (nr: number): string => `2026-01-${String(nr).padStart(2, '0')}T00:00:00.000Z`
    const warn = async (
      key: string,
      cycle: number,
      round: number,
      step: number,
      state: string,
    ): Promise<void> => {
      const values: SqlValue[] = ['p', 'account', `["${key}"]`, key, day(cycle), round, step, 'h', 't']
      await database.run({
        text:
          'INSERT INTO oubli_warning (policy, kind, key_text, subject_id, cycle, round, step, address_hash, ' +
          'terms_hash, announced, outbox_id, queued_at, state, accepted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        values: [
          ...values,
          day(cycle + round + step),
          'o',
          day(1),
          state,
          state === 'accepted' ? day(2) : null,
        ],
      })
    }
    await warn('1', 1, 0, 0, 'accepted')
    await warn('1', 1, 0, 1, 'accepted')
    await warn('1', 1, 1, 0, 'accepted')
    await warn('1', 1, 1, 1, 'bounced')
    await warn('2', 1, 2, 2, 'accepted')
    await warn('2', 5, 0, 0, 'accepted')
    await warn('3', 1, 0, 0, 'open')
    const rows = await database.rows({
      text: 'SELECT subject_id, announced, silent_since FROM oubli_pending_deletions ORDER BY subject_id',
      values: [],
    })
    expect(rows).to.deep.equal([
      { subject_id: '1', announced: day(2), silent_since: day(1) },
      { subject_id: '2', announced: day(5), silent_since: day(5) },
    ])
  })
})

eachServer('our own tables on a server', (open) => {
  it('are completed when a change of columns was not recorded', async () => {
    const database = await open()
    await migrate(database)
    await database.run({ text: "DELETE FROM oubli_migration WHERE name > '0009'", values: [] })
    expect(await migrate(database)).to.deep.equal(all.filter((name) => name > '0009'))
  })

  it('are InnoDB with bytewise collation', async () => {
    const database = await open()
    await migrate(database)
    const rows = await database.rows({
      text:
        'SELECT DISTINCT engine AS e, table_collation AS c FROM information_schema.tables ' +
        "WHERE table_schema = DATABASE() AND table_type <> 'VIEW'",
      values: [],
    })
    expect(rows).to.deep.equal([{ e: 'InnoDB', c: 'utf8mb4_bin' }])
  })
})
