import { expect } from 'chai'
import { DatabaseError, databaseError } from '../../db/database-error.ts'
import { migrate } from '../../db/migrate.ts'
import { readLoad } from '../../db/load.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import { readBeat, readBeatNumber, writeBeat, type BeatRow } from '../../db/own/beat.ts'
import { ask, readControl } from '../../db/own/control.ts'
import type { Database, Row, Statement } from '../../db/session.ts'
import { eachDatabase, eachServer } from '../databases.ts'

/** MySQL 8 has no status variable for the history list, and shows the metric with the right PROCESS alone. */
function mysqlWithout(metrics: () => readonly Row[]): Database {
  const rows = ({ text }: Statement): Promise<readonly Row[]> => {
    if (text.includes('INNODB_METRICS')) return Promise.resolve().then(metrics)
    if (text.includes('read_only')) return Promise.resolve([{ found: '0' }])
    return Promise.resolve([{ Variable_name: 'Threads_running', Value: '3' }])
  }
  return { dialect: mysqlDialect('mysql'), rows } as unknown as Database
}

describe('the load of a MySQL server', () => {
  it('lacks the history list for an account without PROCESS, and nothing else', async () => {
    const denied = mysqlWithout(() => {
      throw databaseError({ code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR', errno: 1227 }, 'statement')
    })
    const load = await readLoad(denied)
    expect([load.historyList, load.threadsRunning, load.readOnly]).to.deep.equal([null, 3, false])
    expect((await readLoad(mysqlWithout(() => [{ found: '17' }]))).historyList).to.equal(17)
  })

  it('is not taken for read where the connection broke', async () => {
    const lost = new DatabaseError('connection lost', 'statement', 'ECONNRESET')
    const error = await readLoad(
      mysqlWithout(() => {
        throw lost
      }),
    ).catch((thrown: unknown) => thrown)
    expect(error).to.equal(lost)
  })
})

eachServer('the load of a server', (open) => {
  it('is read in one look: what works, what waits, what was not cleared', async () => {
    const database = await open()
    const other = await open()
    const quiet = await readLoad(database)
    expect(quiet.threadsRunning).to.be.greaterThan(0)
    expect(quiet.rowLockWaiting).to.equal(0)
    expect(quiet.historyList).to.be.a('number')
    expect(quiet.readOnly).to.equal(false)

    await database.run({ text: 'CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB', values: [] })
    await database.run({ text: 'INSERT INTO t VALUES (1)', values: [] })
    let waiting: Promise<unknown> = Promise.resolve()
    await database.transaction(async (tx) => {
      await tx.rows({ text: 'SELECT id FROM t WHERE id = 1 FOR UPDATE', values: [] })
      waiting = database.transaction((second) =>
        second.rows({ text: 'SELECT id FROM t WHERE id = 1 FOR UPDATE', values: [] }),
      )
      while ((await readLoad(other)).rowLockWaiting === 0) await new Promise((done) => setTimeout(done, 20))
      // The time is counted in whole milliseconds.
      await new Promise((done) => setTimeout(done, 20))
    })
    await waiting
    const after = await readLoad(other)
    expect(after.rowLockWaiting).to.equal(0)
    expect(after.rowLockWaits).to.be.greaterThan(quiet.rowLockWaits ?? 0)
    expect(after.rowLockTime).to.be.greaterThan(quiet.rowLockTime ?? 0)
  })
})

eachDatabase('what a run and its operators tell each other', (open) => {
  const beat: BeatRow = {
    beat: 7,
    run: 'a'.repeat(32),
    at: '2026-06-01T10:00:00.000Z',
    policy: 'page-views',
    done: 5,
    due: 3_000_000_000,
    perSecond: 1234.567_890_123_456_7,
    batchSize: 200,
    writers: 1,
    state: 'throttled',
    reason: 'x'.repeat(255),
  }

  it('is one beat, written over', async () => {
    const database = await open()
    await migrate(database)
    expect([await readBeat(database), await readBeatNumber(database)]).to.deep.equal([null, 0])
    await writeBeat(database, beat)
    const idle = { ...beat, beat: 8, policy: null, perSecond: null, reason: null }
    await writeBeat(database, idle)
    expect(await readBeat(database)).to.deep.equal(idle)
    await writeBeat(database, { ...beat, reason: 'x'.repeat(300) })
    expect(await readBeat(database)).to.deep.equal({ ...beat, perSecond: 1234.568 })
    expect(await readBeatNumber(database)).to.equal(7)
  })

  it('is a wish with its time and name, until it is taken back', async () => {
    const database = await open()
    await migrate(database)
    const at = Date.parse('2026-06-01T10:00:00Z')
    expect(await readControl(database)).to.deep.equal({ pause: null, stop: null })
    await ask(database, 'pause', 'on', at, 'Ops')
    await ask(database, 'stop', 'b'.repeat(32), at, null)
    const asked = '2026-06-01T10:00:00.000Z'
    expect(await readControl(database)).to.deep.equal({
      pause: { at: asked, by: 'Ops' },
      stop: { run: 'b'.repeat(32), at: asked, by: null },
    })
    await ask(database, 'pause', '', at, null)
    expect((await readControl(database)).pause).to.equal(null)
  })
})
