import { expect } from 'chai'
import { inspectSchema } from '../../db/inspect.ts'
import { migrate } from '../../db/migrate.ts'
import type { Database } from '../../db/session.ts'
import type { Table } from '../../plan/site-schema.ts'
import { databaseUrlSettings, eachDatabase, eachServer, openOn, showsToWriters } from '../databases.ts'

async function create(database: Database, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await database.run({ text, values: [] })
}

async function inspected(database: Database, name: string): Promise<Table> {
  const table = (await inspectSchema(database)).get(name)
  if (table === undefined) throw new Error(`no table ${name}`)
  return table
}

eachDatabase('the live schema', (open) => {
  let database: Database
  before(async () => {
    database = await open()
    await create(
      database,
      'CREATE TABLE shop (country CHAR(2) NOT NULL, nr INT NOT NULL, title VARCHAR(40), PRIMARY KEY (nr, country))',
      'CREATE TABLE user_account (id BIGINT NOT NULL PRIMARY KEY, email VARCHAR(255) NOT NULL, bio TEXT, ' +
        'photo BLOB, spent DECIMAL(10,2), born DATE, seen DATETIME NULL, shop_nr INT, shop_country CHAR(2), ' +
        'initial CHAR(1) GENERATED ALWAYS AS (substr(email, 1, 1)) STORED, ' +
        'CONSTRAINT lives FOREIGN KEY (shop_nr, shop_country) REFERENCES shop (nr, country) ON DELETE SET NULL)',
      'CREATE TABLE note (id INT NOT NULL PRIMARY KEY, account BIGINT NOT NULL, ' +
        'FOREIGN KEY (account) REFERENCES user_account (id) ON DELETE CASCADE)',
      'CREATE UNIQUE INDEX by_email ON user_account (email)',
      'CREATE INDEX by_seen ON user_account (seen, id)',
      'CREATE VIEW everybody AS SELECT id FROM user_account',
      'CREATE TRIGGER on_note AFTER DELETE ON note FOR EACH ROW ' +
        (database.dialect.name === 'sqlite' ? 'BEGIN SELECT 1; END' : 'SET @gone = 1'),
    )
    await migrate(database)
  })

  it('leaves our own tables and all views out', async () => {
    expect([...(await inspectSchema(database)).keys()]).to.deep.equal(['note', 'shop', 'user_account'])
  })

  it('knows columns by family, length and emptiness', async () => {
    const { columns } = await inspected(database, 'user_account')
    const told = columns.map(({ name, family, nullable, generated }) => [name, family, nullable, generated])
    expect(told).to.deep.equal([
      ['id', 'integer', false, false],
      ['email', 'text', false, false],
      ['bio', 'text', true, false],
      ['photo', 'binary', true, false],
      ['spent', 'decimal', true, false],
      ['born', 'date', true, false],
      ['seen', 'datetime', true, false],
      ['shop_nr', 'integer', true, false],
      ['shop_country', 'text', true, false],
      ['initial', 'text', true, true],
    ])
    expect(columns.find(({ name }) => name === 'email')?.length).to.equal(255)
  })

  it('keeps the columns of a composite key in their order', async () => {
    expect((await inspected(database, 'shop')).primaryKey).to.deep.equal(['nr', 'country'])
    const [foreign, ...others] = (await inspected(database, 'user_account')).foreignKeys
    expect(others).to.deep.equal([])
    expect(foreign).to.deep.include({
      table: 'user_account',
      columns: ['shop_nr', 'shop_country'],
      toTable: 'shop',
      toColumns: ['nr', 'country'],
      onDelete: 'set null',
    })
  })

  it('knows rules of foreign keys, triggers and indexes', async () => {
    const note = await inspected(database, 'note')
    expect(note.foreignKeys.map(({ onDelete }) => onDelete)).to.deep.equal(['cascade'])
    expect(note.triggers).to.deep.equal(['on_note'])
    const account = await inspected(database, 'user_account')
    expect(account.indexes).to.deep.include({ name: 'PRIMARY', columns: ['id'], unique: true })
    expect(account.indexes).to.deep.include({ name: 'by_email', columns: ['email'], unique: true })
    expect(account.indexes).to.deep.include({ name: 'by_seen', columns: ['seen', 'id'], unique: false })
    expect([account.transactional, account.partitioned, account.triggers]).to.deep.equal([true, false, []])
  })
})

eachServer('the schema of a server', (open) => {
  let database: Database
  before(async () => {
    database = await open()
    await create(
      database,
      'CREATE TABLE old (id INT UNSIGNED PRIMARY KEY, at TIMESTAMP NULL, extra JSON) ENGINE=MyISAM',
      'CREATE TABLE log (id BIGINT, day DATE, PRIMARY KEY (id, day)) PARTITION BY HASH (id) PARTITIONS 2',
      'CREATE TABLE documents (id INT PRIMARY KEY, a JSON, b LONGTEXT CHECK (json_valid(b)), c LONGTEXT, d INT CHECK (d > 0))',
      'CREATE TABLE prefix (id INT PRIMARY KEY, name VARCHAR(200), UNIQUE KEY half (name(10)), KEY two (id, name(5)))',
    )
  })

  it('tells engines other than InnoDB, partitions and unsigned columns', async () => {
    const old = await inspected(database, 'old')
    expect([old.transactional, old.partitioned]).to.deep.equal([false, false])
    expect(old.columns[0]?.type).to.contain('unsigned')
    expect(old.columns[1]?.family).to.equal('timestamp')
    const log = await inspected(database, 'log')
    expect([log.transactional, log.partitioned]).to.deep.equal([true, true])
    expect(log.roughRows).to.be.a('number')
  })

  it('takes no other engine for InnoDB, not even one that can roll back', async () => {
    const elsewhere: Database = {
      ...database,
      rows: async (statement) =>
        (await database.rows(statement)).map((row) =>
          'rough' in row && row['tab'] === 'log' ? { ...row, engine: 'ROCKSDB' } : row,
        ),
    }
    expect((await inspected(elsewhere, 'log')).transactional).to.equal(false)
    expect((await inspected(elsewhere, 'documents')).transactional).to.equal(true)
  })

  it('tells JSON from other texts', async () => {
    const { columns } = await inspected(database, 'documents')
    const types = columns.slice(1).map(({ type }) => type.replace(/\(.*/, ''))
    expect(types).to.deep.equal(['json', 'json', 'longtext', 'int'])
  })

  it('tells JSON to an account with no more rights than `oubli grants` prints', async () => {
    const { settings } = databaseUrlSettings(database)
    if (settings.client === 'sqlite') throw new Error('a server was expected')
    const [row] = await database.rows({ text: 'SELECT DATABASE() AS name', values: [] })
    const schema = `\`${String(row?.['name'])}\``
    await create(
      database,
      "CREATE OR REPLACE USER sees_json@'%' IDENTIFIED BY 'sees json'",
      `GRANT REFERENCES ON ${schema}.* TO sees_json@'%'`,
      `GRANT SELECT (id), DELETE ON ${schema}.documents TO sees_json@'%'`,
    )
    const limited = await openOn({ ...settings, user: 'sees_json', password: 'sees json' })
    const { columns } = await inspected(limited, 'documents')
    expect(columns.find(({ name }) => name === 'a')?.type).to.equal('json')
    await limited.close()
    await create(database, "DROP USER sees_json@'%'")
  })

  it('tells a table that keeps what is deleted from it, however it came to that', async function () {
    if (database.dialect.name !== 'mariadb') this.skip()
    await create(
      database,
      'CREATE TABLE always (id INT PRIMARY KEY, name VARCHAR(20)) WITH SYSTEM VERSIONING',
      'CREATE TABLE later (id INT PRIMARY KEY, name VARCHAR(20))',
      'ALTER TABLE later ADD SYSTEM VERSIONING',
      'CREATE TABLE partly (id INT PRIMARY KEY, name VARCHAR(20) WITH SYSTEM VERSIONING, note VARCHAR(20))',
      'CREATE TABLE cut (id INT PRIMARY KEY, name VARCHAR(20)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION past HISTORY, PARTITION now CURRENT)',
      'CREATE TABLE ended (id INT PRIMARY KEY, name VARCHAR(20)) WITH SYSTEM VERSIONING',
      'ALTER TABLE ended DROP SYSTEM VERSIONING',
    )
    const schema = await inspectSchema(database)
    const told = ['always', 'later', 'partly', 'cut', 'ended', 'log'].map(
      (name) => schema.get(name)?.versioned,
    )
    expect(told).to.deep.equal([true, true, true, true, undefined, undefined])
  })

  it('tells triggers that an account may not see from none', async () => {
    const { settings } = databaseUrlSettings(database)
    if (settings.client === 'sqlite') throw new Error('a server was expected')
    const { database: name } = settings
    const account = { user: `sees_${name.slice(-6)}`, password: 'triggers' }
    await create(
      database,
      'CREATE TABLE touched (id INT PRIMARY KEY)',
      'CREATE TABLE other (id INT PRIMARY KEY)',
      'CREATE TRIGGER noted AFTER DELETE ON touched FOR EACH ROW SET @gone = 1',
      `CREATE USER '${account.user}'@'%' IDENTIFIED BY '${account.password}'`,
      `GRANT REFERENCES ON ${name}.* TO '${account.user}'@'%'`,
    )
    const seen = async (): Promise<unknown> => {
      const limited = await openOn({ ...settings, ...account })
      try {
        const schema = await inspectSchema(limited)
        return [schema.get('touched')?.triggers, schema.get('other')?.triggers]
      } finally {
        await limited.close()
      }
    }
    const grant = (rights: string): Promise<void> =>
      create(database, `GRANT ${rights} TO '${account.user}'@'%'`)
    const writers = await showsToWriters(database)
    const pattern = `\`${name.replaceAll('_', String.raw`\_`)}\`.*`
    try {
      expect(await seen()).to.deep.equal([null, null])
      await grant(`SELECT (id) ON ${name}.touched`)
      expect(await seen(), 'to a reader').to.deep.equal([null, null])
      await grant(`UPDATE (id) ON ${name}.touched`)
      expect(await seen(), 'to a writer of a column').to.deep.equal([writers ? ['noted'] : null, null])
      await grant(`DELETE ON ${name}.other`)
      expect(await seen(), 'to a writer of a table').to.deep.equal(writers ? [['noted'], []] : [null, null])
      await grant(`TRIGGER ON ${name}.touched`)
      expect(await seen(), 'of a table').to.deep.equal([['noted'], writers ? [] : null])
      await grant(`REFERENCES, TRIGGER ON ${pattern}`)
      expect(await seen(), 'of a schema').to.deep.equal([['noted'], []])
    } finally {
      await create(database, `DROP USER '${account.user}'@'%'`)
    }
    const all = await inspectSchema(database)
    expect([all.get('touched')?.triggers, all.get('other')?.triggers], 'of the server').to.deep.equal([
      ['noted'],
      [],
    ])
  })

  it('counts an index only up to its first prefix', async () => {
    const { indexes } = await inspected(database, 'prefix')
    expect(indexes.map(({ name }) => name)).to.deep.equal(['PRIMARY', 'two'])
    expect(indexes[1]).to.deep.equal({ name: 'two', columns: ['id'], unique: false })
  })

  it('names the tables of another schema with it', async () => {
    const other = await open()
    await create(other, 'CREATE TABLE archived (id INT PRIMARY KEY)')
    const [row] = await other.rows({ text: 'SELECT DATABASE() AS name', values: [] })
    const schema = String(row?.['name'])
    const names = [...(await inspectSchema(database, [schema])).keys()]
    expect(names).to.include.members(['old', `${schema}.archived`])
  })
})

eachDatabase('a foreign key', (open) => {
  it('leads to a table and a column by their own names, however it was written', async () => {
    const database = await open()
    const sqlite = database.dialect.name === 'sqlite'
    await create(
      database,
      'CREATE TABLE member (id INT NOT NULL PRIMARY KEY, mail VARCHAR(60) NOT NULL UNIQUE)',
      `CREATE TABLE visit (id INT NOT NULL PRIMARY KEY, who INT NOT NULL, mail VARCHAR(60) NOT NULL, CONSTRAINT a FOREIGN KEY (who) REFERENCES ${sqlite ? 'MEMBER' : 'member'} (ID) ON DELETE CASCADE, CONSTRAINT b FOREIGN KEY (mail) REFERENCES ${sqlite ? 'Member' : 'member'} (Mail))`,
    )
    const { foreignKeys } = await inspected(database, 'visit')
    const told = foreignKeys.map(({ columns, toTable, toColumns }) => [columns, toTable, toColumns])
    expect(told).to.have.deep.members([
      [['who'], 'member', ['id']],
      [['mail'], 'member', ['mail']],
    ])
  })
})
