/** The printed accounts on a real server: nothing is missing, and evidence cannot be rewritten with them. */
import { expect } from 'chai'
import { join } from 'node:path'
import type { MysqlSettings } from '../../db/connect.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { filesWithReceipts } from '../engine/site-files.ts'
import { actAs, dropAccounts, makeAccounts, openAs } from './granted.ts'

/** With a kind of people that no policy rules. */
const siteFiles = {
  ...filesWithReceipts,
  tables: [
    ...filesWithReceipts.tables,
    'CREATE TABLE staff (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, joined_at DATETIME NOT NULL)',
    // No kind, and no policy: only when it happened says something about a prospect.
    'CREATE TABLE chats (id INTEGER NOT NULL PRIMARY KEY, prospect_id INTEGER NOT NULL, begun_at DATETIME NOT NULL, words VARCHAR(80) NOT NULL)',
  ],
  dataMap: `${filesWithReceipts.dataMap}
  colleague:
    table: staff
    key: id
    identity: [id, joined_at]
    subject: true
    personal: { name: blank }
`,
}

eachServer('accounts made from the printed grants', (open) => {
  let one: Installation
  let settings: MysqlSettings
  before(async () => {
    one = await install(await open(), siteFiles, Date.parse('2026-06-01T10:00:00Z'))
    settings = databaseUrlSettings(one.database).settings as MysqlSettings
    await makeAccounts(one, settings, 'shop')
  })
  after(async () => {
    await dropAccounts(settings, 'shop')
    await one.close()
  })

  it('plan with _plan and run with _run', async () => {
    await insert(one.database, 'prospects', [
      { id: 1, email: 'a@mail.example', first_name: 'Ada', collected_at: '2020-01-01 10:00:00' },
    ])
    await insert(one.database, 'clicks', [{ id: 1, prospect_id: 1, ip: '192.0.2.7' }])
    await insert(one.database, 'receipts', [
      { id: 1, prospect_id: 1, number: 'R1', issued_on: '2019-05-01', holder: 'Ada' },
    ])
    await as('run')
    const observed = await one.oubli(['run'])
    expect(observed.exit, observed.text).to.equal(0)
    await as('plan')
    const plan = await one.oubli(['plan'])
    expect(plan.exit, plan.text).to.equal(0)
    await as('run')
    await one.approve()
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await dumpOf(one.database, 'prospects')).to.deep.equal([])
    expect(await dumpOf(one.database, 'old_receipts')).to.have.length(1)
    const verified = await one.oubli([
      'audit',
      'verify',
      '--key',
      join(one.folder, 'keys/signing-key.verifier'),
    ])
    expect(verified.text).to.match(/^VERIFIED/m)
  })

  it('give a receipt with _plan, and take its delivery with _run only', async () => {
    await as('plan')
    const words = ['audit', 'receipt', '--person', 'prospect', '1']
    expect((await one.oubli(words)).out).to.match(/^c2sp\.org\/tlog-proof/)
    expect((await one.oubli([...words, '--delivered'])).exit).to.equal(1)
    expect(await dumpOf(one.database, 'oubli_opening')).to.have.length(1)
    await as('run')
    const worker = await account('run')
    try {
      expect(await denied(worker, "UPDATE oubli_opening SET sealed = '' WHERE entry_id = 'x'")).to.equal(1142)
    } finally {
      await worker.close()
    }
    expect((await one.oubli([...words, '--delivered'])).exit).to.equal(0)
    expect(await dumpOf(one.database, 'oubli_opening')).to.deep.equal([])
  })

  it('let a replay look at people whom no policy rules, and at nothing else of them', async () => {
    await as('run')
    const said = await one.oubli(['replay'])
    expect([said.exit, said.out], said.text).to.deep.equal([0, 'why stopped: there is nothing to replay'])
    for (const suffix of ['plan', 'run'] as const) {
      const opened = await account(suffix)
      try {
        expect(await denied(opened, 'SELECT id, joined_at FROM staff')).to.equal(0)
        expect(await denied(opened, 'SELECT name FROM staff')).to.equal(1143)
      } finally {
        await opened.close()
      }
    }
  })

  it('let both look for signs of life: at dates and links, and at nothing else there', async () => {
    await insert(one.database, 'prospects', [
      { id: 5, email: 'e@mail.example', first_name: 'Eve', collected_at: '2020-01-01 10:00:00' },
    ])
    await insert(one.database, 'chats', [
      { id: 1, prospect_id: 5, begun_at: '2026-01-01 10:00:00', words: 'Hello.' },
    ])
    for (const suffix of ['plan', 'run'] as const) {
      await as(suffix)
      const said = await one.oubli(['doctor', '--clocks'])
      expect(said.exit, said.text).to.equal(0)
      expect(said.out).to.match(/chats\.begun_at +its name \(prospect_id\) +1 +2026: 1 +shown only/)
      const opened = await account(suffix)
      try {
        expect(await denied(opened, 'SELECT words FROM chats')).to.equal(1143)
      } finally {
        await opened.close()
      }
    }
  })

  it('say which date they may not read, where the grants are older than the table', async () => {
    await sql(
      one.database,
      'CREATE TABLE calls (id INTEGER NOT NULL PRIMARY KEY, prospect_id INTEGER NOT NULL, made_at DATETIME NOT NULL)',
    )
    await as('plan')
    const said = await one.oubli(['doctor', '--clocks'])
    expect(said.exit, said.text).to.equal(0)
    expect(said.out).to.match(/calls\.made_at +its name \(prospect_id\) +- +- +NOT READ: no right/)
    await sql(one.database, 'DROP TABLE calls')
  })

  it('are neither too much nor too little for doctor, which names what is', async () => {
    const rights = async (): Promise<string> => {
      const checks = JSON.parse((await one.oubli(['doctor', '--json'])).out) as {
        name: string
        text: string
      }[]
      return checks.flatMap(({ name, text }) => (name === 'rights' ? [text] : [])).join('\n')
    }
    for (const suffix of ['plan', 'run']) {
      await as(suffix)
      expect(await rights(), suffix).to.equal(`shop_${suffix}@%: what the plan needs`)
    }
    const { database: schema } = settings
    await sql(one.database, `GRANT DELETE ON ${schema}.staff TO 'shop_run'@'%'`)
    await sql(one.database, `REVOKE DELETE ON ${schema}.clicks FROM 'shop_run'@'%'`)
    try {
      const found = await rights()
      expect(found).to.match(/may do more than the plan needs:\n {2}DELETE on oubli_test_\w+\.staff/)
      expect(found).to.match(/GRANT DELETE ON oubli_test_\w+\.clicks TO 'shop_run'@'%';/)
      expect((await one.oubli(['doctor'])).exit).to.equal(0)
    } finally {
      await sql(one.database, `REVOKE DELETE ON ${schema}.staff FROM 'shop_run'@'%'`)
      await sql(one.database, `GRANT DELETE ON ${schema}.clicks TO 'shop_run'@'%'`)
    }
    await sql(one.database, 'CREATE ROLE all_of_it')
    try {
      await sql(one.database, "GRANT all_of_it TO 'shop_run'@'%'")
      const found = await rights()
      expect(found).to.match(/more than can be judged here, .*:\n {2}`all_of_it`/)
      expect(found).not.to.match(/: what the plan needs$/m)
    } finally {
      await sql(one.database, 'DROP ROLE all_of_it')
    }
    expect(one.said.join('\n')).not.to.match(/IDENTIFIED BY PASSWORD/)
  })

  it('let _run add evidence, and never change or remove it', async () => {
    const worker = await account('run')
    try {
      for (const table of ['oubli_entry', 'oubli_seal', 'oubli_checkpoint']) {
        expect(await denied(worker, `DELETE FROM ${table} WHERE 1 = 1 LIMIT 1`), table).to.equal(1142)
        expect(await denied(worker, `DROP TABLE ${table}`), table).to.equal(1142)
      }
      expect(await denied(worker, "UPDATE oubli_entry SET leaf = '' WHERE id = 'x'")).to.equal(1142)
      expect(await denied(worker, 'UPDATE oubli_seal SET leaf_index = 9 WHERE leaf_index = 0')).to.equal(1142)
    } finally {
      await worker.close()
    }
  })

  it('let _plan change nothing, and nobody read a column that no policy names', async () => {
    await sql(one.database, 'ALTER TABLE prospects ADD COLUMN secret_note VARCHAR(10) NULL')
    for (const suffix of ['plan', 'run'] as const) {
      const opened = await account(suffix)
      try {
        expect(await denied(opened, 'SELECT secret_note FROM prospects')).to.equal(1143)
        if (suffix === 'plan') {
          expect(await denied(opened, 'DELETE FROM prospects WHERE id = 1')).to.equal(1142)
          expect(await denied(opened, "UPDATE prospects SET email = '' WHERE id = 1")).to.be.oneOf([
            1142, 1143,
          ])
        }
      } finally {
        await opened.close()
      }
    }
  })

  const as = (suffix: string) => actAs(one, 'shop', suffix)
  const account = (suffix: string) => openAs(settings, 'shop', suffix)
})

async function denied(database: Database, text: string): Promise<number | undefined> {
  try {
    await (text.startsWith('SELECT')
      ? database.rows({ text, values: [] })
      : database.run({ text, values: [] }))
    return 0
  } catch (error) {
    if (error instanceof DatabaseError) return error.errno
    throw error
  }
}
