import { expect } from 'chai'
import { openDatabase } from '../../db/connect.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Outcome, Session, Statement } from '../../db/session.ts'
import { startCommitProxy } from '../commit-proxy.ts'
import type { Cut } from '../commit-proxy.ts'
import { databaseUrlSettings, eachDatabase, eachServer, startMariaDb } from '../databases.ts'
import { signal } from '../signal.ts'

function sql(text: string, ...values: Statement['values']): Statement {
  return { text, values }
}

function kindOf<T>(outcome: Outcome<T>): string {
  if (outcome.state === 'committed') return 'committed'
  const kind = outcome.error instanceof DatabaseError ? outcome.error.kind : 'not a database error'
  return `${outcome.state}: ${kind}`
}

async function names(session: Session): Promise<unknown[]> {
  return (await session.rows(sql('SELECT id, name FROM t ORDER BY id'))).map((row) => row['name'])
}

async function filled(open: () => Promise<Database>): Promise<Database> {
  const database = await open()
  await database.run(sql('CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))'))
  await database.run(sql('INSERT INTO t VALUES (1, ?), (2, ?)', 'one', 'two'))
  return database
}

function rename(session: Session, id: number, name: string): Promise<number> {
  return session.run(sql('UPDATE t SET name = ? WHERE id = ?', name, id))
}

eachDatabase('a transaction', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await filled(open)
  })

  it('commits all of its work', async () => {
    const outcome = await database.transaction(async (tx) => {
      await rename(tx, 1, 'a')
      return await rename(tx, 2, 'b')
    })
    expect(outcome).to.deep.equal({ state: 'committed', value: 1 })
    expect(await names(database)).to.deep.equal(['a', 'b'])
  })

  it('is rolled back when a statement failed, even if the work swallowed the error', async () => {
    const outcome = await database.transaction(async (tx) => {
      await rename(tx, 1, 'a')
      await tx.run(sql('INSERT INTO t VALUES (2, ?)', 'again')).catch(() => undefined)
      await rename(tx, 2, 'b').catch(() => undefined)
    })
    expect(kindOf(outcome)).to.equal('rolled back: duplicate')
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })

  it('is rolled back and throws when the work has a bug', async () => {
    const bug = new RangeError('a bug')
    const outcome = database.transaction(async (tx) => {
      await rename(tx, 1, 'a')
      throw bug
    })
    expect(await outcome.catch((error: unknown) => error)).to.equal(bug)
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })

  it('sends nothing after the first of several statements at once that failed', async () => {
    let told: string[] = []
    const outcome = await database.transaction(async (tx) => {
      const all = [
        tx.run(sql('INSERT INTO t VALUES (2, ?)', 'again')),
        tx.run(sql('INSERT INTO t VALUES (3, ?)', 'three')),
      ]
      told = (await Promise.allSettled(all)).map((each) => each.status)
    })
    expect(told).to.deep.equal(['rejected', 'rejected'])
    expect(kindOf(outcome)).to.equal('rolled back: duplicate')
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })

  it('refuses a statement after its end', async () => {
    let kept: Session | undefined
    await database.transaction((tx) => {
      kept = tx
      return Promise.resolve()
    })
    const late = await rename(kept!, 1, 'late').catch((error: unknown) => error)
    expect(late).to.be.instanceOf(Error)
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })

  it('gives its connection back, whatever happened', async () => {
    for (let round = 0; round < 20; round += 1) {
      await database.transaction((tx) => tx.run(sql('INSERT INTO t VALUES (2, ?)', 'again')))
      await database.transaction(() => Promise.reject(new RangeError('a bug'))).catch(() => undefined)
    }
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })

  it('waits for another transaction on the same row', async () => {
    const order: string[] = []
    const held = signal()
    const slow = database.transaction(async (tx) => {
      await rename(tx, 1, 'slow')
      held.give()
      await new Promise((resolve) => setTimeout(resolve, 150))
      order.push('slow')
    })
    await held.given
    const quick = database.transaction(async (tx) => {
      await rename(tx, 1, 'quick')
      order.push('quick')
    })
    expect([kindOf(await slow), kindOf(await quick)]).to.deep.equal(['committed', 'committed'])
    expect(order).to.deep.equal(['slow', 'quick'])
  })

  it('is rolled back when another one holds the lock for too long', async () => {
    const held = signal()
    const free = signal()
    const holder = database.transaction(async (tx) => {
      await rename(tx, 1, 'holder')
      held.give()
      await free.given
    })
    await held.given
    const outcome = await database.transaction(async (tx) => {
      await rename(tx, 2, 'half')
      await rename(tx, 1, 'half').catch(() => undefined)
    })
    free.give()
    await holder
    expect(kindOf(outcome)).to.equal('rolled back: lock wait')
    expect(await names(database)).to.deep.equal(['holder', 'two'])
  })

  it('reads under repeatable read what it read before', async () => {
    const outcome = await database.transaction(
      async (tx) => {
        const before = await names(tx)
        if (database.dialect.locksRows) await rename(database, 1, 'meanwhile')
        return [before, await names(tx)]
      },
      { isolation: 'repeatable read' },
    )
    expect(outcome).to.deep.equal({
      state: 'committed',
      value: [
        ['one', 'two'],
        ['one', 'two'],
      ],
    })
    const after = await database.transaction(async (tx) => {
      const before = await names(tx)
      await (database.dialect.locksRows ? rename(database, 1, 'later') : rename(tx, 1, 'later'))
      return [before[0], (await names(tx))[0]]
    })
    expect(after.state === 'committed' && after.value[1]).to.equal('later')
  })
})

eachServer('a transaction among row locks', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await filled(open)
  })

  it('loses all of its work to a deadlock, also what came after it', async () => {
    const arrived: (() => void)[] = []
    const both = new Promise<void>((resolve) => {
      arrived.push(() => {
        if (arrived.push(() => undefined) === 3) resolve()
      })
    })
    const cross = (first: number, second: number, name: string): Promise<Outcome<void>> =>
      database.transaction(async (tx) => {
        await rename(tx, first, name)
        arrived[0]?.()
        await both
        await rename(tx, second, name).catch(() => undefined)
        await tx.run(sql('INSERT INTO t VALUES (?, ?)', first + 10, name)).catch(() => undefined)
      })
    const outcomes = await Promise.all([cross(1, 2, 'left'), cross(2, 1, 'right')])
    const kinds = outcomes.map(kindOf)
    expect([...kinds].sort()).to.deep.equal(['committed', 'rolled back: deadlock'])
    const winner = kinds[0] === 'committed' ? 'left' : 'right'
    expect(await names(database)).to.deep.equal([winner, winner, winner])
  })

  it('tells a lock that it did not want to wait for', async () => {
    const { noWait, skipLocked } = database.dialect
    let unlocked: unknown
    const outcome = await database.transaction(async (tx) => {
      await rename(tx, 1, 'held')
      const other = await database.transaction(async (second) => {
        const free = await second.rows(sql(`SELECT id FROM t WHERE id IN (1, 2)${skipLocked}`))
        unlocked = free
        await second.rows(sql(`SELECT id FROM t WHERE id = 1${noWait}`))
      })
      return kindOf(other)
    })
    expect(outcome).to.deep.equal({ state: 'committed', value: 'rolled back: no wait' })
    expect(unlocked).to.deep.equal([{ id: '2' }])
  })

  it('refuses a write without a key', async () => {
    const outcome = await database.transaction((tx) => tx.run(sql('DELETE FROM t')))
    expect(kindOf(outcome)).to.equal('rolled back: safe update')
    const filtered = await database.transaction((tx) => tx.run(sql("DELETE FROM t WHERE name = 'one'")))
    expect(kindOf(filtered)).to.equal('rolled back: safe update')
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })

  for (const [mode, stored] of [
    ['lose answer', 'kept'],
    ['lose commit', 'one'],
  ] satisfies [Cut, string][]) {
    it(`does not know what became of it when the line broke at COMMIT (${mode})`, async () => {
      const { settings } = databaseUrlSettings(database)
      if (settings.client !== 'mysql' || settings.port === undefined) throw new Error('a server is expected')
      const proxy = await startCommitProxy(settings.port)
      const through = await openDatabase({ ...settings, port: proxy.port })
      try {
        const outcome = await through.transaction((tx) => rename(tx, 1, 'kept'), {
          beforeCommit: () => {
            proxy.cut(mode)
            return Promise.resolve()
          },
        })
        expect(kindOf(outcome)).to.equal('unknown: connection lost')
        expect(outcome.state === 'unknown' && (outcome.error as DatabaseError).phase).to.equal('commit')
        // The dead connection is not lent again, and the line works anew.
        const again = await through.transaction((tx) => names(tx))
        expect(again).to.deep.equal({ state: 'committed', value: [stored, 'two'] })
      } finally {
        await proxy.close()
        await through.close()
      }
    })
  }

  it('is rolled back with the first error when its connection was killed in the middle', async () => {
    const outcome = await database.transaction(async (tx) => {
      await rename(tx, 1, 'lost')
      const [row] = await tx.rows(sql('SELECT CONNECTION_ID() AS id'))
      await database.run(sql(`KILL ${String(row?.['id'])}`))
      await rename(tx, 2, 'lost').catch(() => undefined)
      await rename(tx, 2, 'lost').catch(() => undefined)
    })
    expect(kindOf(outcome)).to.equal('rolled back: connection lost')
    expect(await names(database)).to.deep.equal(['one', 'two'])
  })
})

describe('a transaction on a server that dies', function () {
  before(function () {
    const wish = process.env['OUBLI_TEST_DATABASES']
    if (wish !== undefined && !wish.includes('mariadb')) this.skip()
  })

  it('is rolled back, and the next one after the restart begins on a new connection', async () => {
    const server = await startMariaDb({ flags: ['--innodb-flush-log-at-trx-commit=1'] })
    const root = await openDatabase(server.settings('mysql', true))
    await root.run(sql('CREATE DATABASE site'))
    await root.close()
    const database = await openDatabase(server.settings('site', true))
    try {
      await database.run(sql('CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))'))
      await database.run(sql('INSERT INTO t VALUES (1, ?), (2, ?)', 'one', 'two'))
      const outcome = await database.transaction(async (tx) => {
        await rename(tx, 1, 'lost')
        await server.kill()
        await rename(tx, 2, 'lost')
      })
      expect(kindOf(outcome)).to.equal('rolled back: connection lost')
      expect(kindOf(await database.transaction(names))).to.equal('rolled back: connection lost')
      await server.start()
      expect(await database.transaction(names)).to.deep.equal({ state: 'committed', value: ['one', 'two'] })
    } finally {
      await database.close()
      await server.stop()
    }
  })
})
