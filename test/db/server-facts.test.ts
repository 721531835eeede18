import { expect } from 'chai'
import { readLoad } from '../../db/load.ts'
import { readServerFacts } from '../../db/server-facts.ts'
import type { Database, Row } from '../../db/session.ts'
import { eachServer } from '../databases.ts'

/** The server as it is, but for its word on `read_only`. */
function saying(database: Database, word: string): Database {
  return {
    ...database,
    rows: async (statement) => {
      const rows = await database.rows(statement)
      if (!statement.text.includes('@@global.read_only')) return rows
      return rows.map((row): Row => ({ ...row, found: word, read_only: word }))
    },
  }
}

eachServer('what a server says of being read-only', (open) => {
  it('is the same to doctor and to a run, in numbers and in the words of newer MariaDB', async () => {
    const database = await open()
    const told = async (word: string): Promise<readonly boolean[]> => {
      const one = saying(database, word)
      return [(await readServerFacts(one)).readOnly, (await readLoad(one)).readOnly]
    }
    for (const word of ['0', 'OFF']) expect(await told(word), word).to.deep.equal([false, false])
    for (const word of ['1', 'ON', 'NO_LOCK', 'NO_LOCK_NO_ADMIN'])
      expect(await told(word), word).to.deep.equal([true, true])
  })
})

/** A server that keeps a binary log and says this of its end. */
function logging(database: Database, said: Readonly<Record<string, string>>): Database {
  return {
    ...database,
    rows: async (statement) => {
      if (statement.text.includes('@@log_bin'))
        return [{ version: 'another server', log_bin: '1', format: 'ROW' }]
      if (!statement.values.includes('expire_logs_days')) return await database.rows(statement)
      return Object.entries(said).map(([Variable_name, Value]): Row => ({ Variable_name, Value }))
    },
  }
}

eachServer('how long the binary log is kept', (open) => {
  it('is read in the words of every server that we know', async () => {
    const database = await open()
    const daysOf = async (said: Readonly<Record<string, string>>) =>
      (await readServerFacts(logging(database, said))).binlogDays
    // MariaDB 10.5 and before.
    expect(await daysOf({ expire_logs_days: '10' })).to.equal(10)
    expect(await daysOf({ expire_logs_days: '0' })).to.equal(0)
    // MariaDB since 10.6 says both, and days of which a part may be meant.
    expect(await daysOf({ binlog_expire_logs_seconds: '129600', expire_logs_days: '1.500000' })).to.equal(2)
    // MySQL 8: the days count where no seconds are set.
    expect(await daysOf({ binlog_expire_logs_seconds: '2592000', expire_logs_days: '0' })).to.equal(30)
    expect(await daysOf({ binlog_expire_logs_seconds: '0', expire_logs_days: '7' })).to.equal(7)
    expect(
      await daysOf({ binlog_expire_logs_seconds: '2592000', binlog_expire_logs_auto_purge: 'OFF' }),
    ).to.equal(0)
    expect(
      await daysOf({ binlog_expire_logs_seconds: '604800', binlog_expire_logs_auto_purge: 'ON' }),
    ).to.equal(7)
  })
})
