import { expect } from 'chai'
import type { Database, Statement } from '../../db/session.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { eachDatabase } from '../databases.ts'

function sql(text: string, ...values: Statement['values']): Statement {
  return { text, values }
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

eachDatabase('a session', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await open()
    await database.run(
      sql('CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40), amount DECIMAL(10,2), body BLOB)'),
    )
  })

  it('keeps big integers exact, and meets only the row it names', async () => {
    await database.run(sql('INSERT INTO t (id) VALUES (?)', 9007199254740993n))
    await database.run(sql('INSERT INTO t (id) VALUES (?)', '9007199254740992'))
    const rows = await database.rows(sql('SELECT id FROM t ORDER BY id'))
    expect(rows).to.deep.equal([{ id: '9007199254740992' }, { id: '9007199254740993' }])
    expect(await database.run(sql('DELETE FROM t WHERE id = ?', 9007199254740993n))).to.equal(1)
    expect(await database.rows(sql('SELECT id FROM t'))).to.deep.equal([{ id: '9007199254740992' }])
  })

  it('counts the rows that matched, changed or not', async () => {
    await database.run(sql('INSERT INTO t (id, name) VALUES (1, ?), (2, ?)', 'same', 'same'))
    expect(await database.run(sql('UPDATE t SET name = ? WHERE id IN (1, 2)', 'same'))).to.equal(2)
    expect(await database.run(sql('DELETE FROM t WHERE id = 3'))).to.equal(0)
  })

  it('gives text for every column but bytes for binary ones', async () => {
    const bytes = new Uint8Array([0, 255, 39])
    await database.run(sql('INSERT INTO t VALUES (?, ?, ?, ?)', 1, 'l’été 🌞 \'"\\', '12.50', bytes))
    const [row] = await database.rows(sql('SELECT * FROM t'))
    expect(row?.['name']).to.equal('l’été 🌞 \'"\\')
    expect(Number(row?.['amount'])).to.equal(12.5)
    expect(row?.['amount']).to.be.a('string')
    expect([...(row?.['body'] as Uint8Array)]).to.deep.equal([...bytes])
    expect(
      await database.rows(sql('SELECT COUNT(*) AS n, MAX(name) AS x FROM t WHERE id = 2')),
    ).to.deep.equal([{ n: '0', x: null }])
  })
  it('refuses a statement whose values do not fit its placeholders', async () => {
    expect(await failure(database.run(sql('DELETE FROM t WHERE id = ?')))).to.be.instanceOf(TypeError)
    const missing = { text: 'DELETE FROM t WHERE id = ?', values: [undefined] } as unknown as Statement
    expect(await failure(database.run(missing))).to.be.instanceOf(TypeError)
  })

  it('tells codes and nothing else of an error', async () => {
    await database.run(sql('CREATE UNIQUE INDEX once ON t (name)'))
    await database.run(sql('INSERT INTO t (id, name) VALUES (1, ?)', 'alice@example.org'))
    const error = await failure(
      database.run(sql('INSERT INTO t (id, name) VALUES (2, ?)', 'alice@example.org')),
    )
    expect(error).to.be.instanceOf(DatabaseError)
    expect((error as DatabaseError).kind).to.equal('duplicate')
    const everything = `${JSON.stringify(error)} ${String(error)} ${(error as Error).stack ?? ''}`
    expect(everything).not.to.contain('alice').and.not.to.contain('INSERT')
    expect((error as Error).cause).to.equal(undefined)
  })

  it('compares texts byte by byte, whatever the collation', async () => {
    for (const [id, name] of ['abc', 'ABC', 'àbc', 'abc '].entries()) {
      await database.run(sql('INSERT INTO t (id, name) VALUES (?, ?)', id, name))
    }
    const same = database.dialect.sameBytes(database.dialect.quote('name'))
    expect(await database.rows(sql(`SELECT id FROM t WHERE ${same}`, 'abc'))).to.deep.equal([{ id: '0' }])
  })

  it('inserts what is new, and leaves what is there alone', async () => {
    const text = database.dialect.insertIgnore('t', ['id', 'name'])
    expect(await database.run(sql(text, 1, 'first'))).to.equal(1)
    expect(await database.run(sql(text, 1, 'second'))).to.equal(0)
    expect(await database.rows(sql('SELECT name FROM t'))).to.deep.equal([{ name: 'first' }])
  })

  it('reads the time of the server in UTC', async () => {
    const [row] = await database.rows(sql(`SELECT ${database.dialect.utcNow} AS now`))
    const now = String(row?.['now'])
    expect(now).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
    expect(Math.abs(Date.parse(`${now.replace(' ', 'T').slice(0, 23)}Z`) - Date.now())).to.be.below(5000)
  })
})
