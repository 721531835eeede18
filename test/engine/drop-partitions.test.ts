/** Partitions are dropped when every row in them is due, and only then; the evidence counts what went. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from '../../db/database-error.ts'
import { addHold } from '../../db/own/holds.ts'
import type { Database, Session } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { kind, policy } from '../plan/site-builder.ts'
import { eachServer } from '../databases.ts'
import { createLab, dumpOf, sql, type Lab } from './lab.ts'
import {
  byDatetime,
  drop,
  fillYears,
  partitionsOf,
  provenRows,
  viewKind,
  viewsLab,
  viewsTable,
  yearly,
  years,
} from './partitioned.ts'

/** Wholly due by their bounds on 1 June 2026, after three years. */
const due = ['p2019', 'p2020', 'p2021', 'p2022']
const rest = ['p2023', 'p2024', 'rest']

eachServer('partitions that are wholly due', (open) => {
  const cuts: readonly (readonly [string, string, string?, string?])[] = [
    ['RANGE COLUMNS of a DATETIME', byDatetime],
    ['RANGE COLUMNS of a DATETIME(6)', byDatetime, 'DATETIME(6)'],
    ['TO_DAYS', `PARTITION BY RANGE (TO_DAYS(seen_at)) ${yearly((year) => `TO_DAYS('${year}-01-01')`)}`],
    ['YEAR', `PARTITION BY RANGE (YEAR(seen_at)) ${yearly((year) => year)}`],
    ['RANGE COLUMNS of a DATE', byDatetime, 'DATE'],
    ['YEAR of a DATE', `PARTITION BY RANGE (YEAR(seen_at)) ${yearly((year) => year)}`, 'DATE'],
    [
      'UNIX_TIMESTAMP',
      `PARTITION BY RANGE (UNIX_TIMESTAMP(seen_at)) ${yearly((year) => String(epoch(year)))}`,
      'TIMESTAMP',
    ],
  ]
  for (const [name, cut, type] of cuts)
    it(`are dropped: ${name}`, async () => {
      const lab = await viewsLab(await open(), cut, {}, { type: type ?? 'DATETIME' })
      await fillYears(lab.database)
      const dropped = await drop(lab)
      expect(dropped).to.deep.equal({
        rows: 8,
        dropped: due,
        kept: [],
        stopped: null,
      })
      expect(await partitionsOf(lab.database)).to.deep.equal(rest)
      expect(await lab.rows('views')).to.have.length(4)
      expect(await provenRows(lab.database)).to.deep.equal([2, 2, 2, 2])
      expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
    })

  for (const [format, unit] of [
    ['epoch seconds', 1],
    ['epoch milliseconds', 1000],
  ] as const)
    it(`are dropped: ${format} in a whole number`, async () => {
      const cut = `PARTITION BY RANGE (seen_at) ${yearly((year) => String(epoch(year) * unit))}`
      const events = viewKind().events
      const seen = events['seen']
      if (seen === undefined) throw new Error('the kind has its event')
      const [column] = seen.latestOf
      const told = { seen: { ...seen, latestOf: column === undefined ? [] : [{ ...column, format }] } }
      const lab = await viewsLab(await open(), cut, { events: told }, { type: 'BIGINT' })
      for (const year of years)
        await sql(
          lab.database,
          'INSERT INTO views (id, seen_at) VALUES (?, ?)',
          BigInt(year),
          BigInt((epoch(year) + 7_000_000) * unit),
        )
      expect((await drop(lab)).dropped).to.deep.equal(due)
      expect(await provenRows(lab.database)).to.deep.equal([1, 1, 1, 1])
    })

  it('are asked after when nothing else was due', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2020', '2021', '2024'])
    const { done, stopped, again } = await lab.run()
    expect([done, stopped, await partitionsOf(lab.database)]).to.deep.equal([
      ...[4, 'done', ['p2019', 'p2022', ...rest]],
    ])
    expect(again).to.deep.equal({ asked: 4, left: { views: 0 } })
  })

  it('keep the last one, which no server drops', async () => {
    const cut = `PARTITION BY RANGE COLUMNS (seen_at) (PARTITION p2019 VALUES LESS THAN ('2020-01-01'), PARTITION p2020 VALUES LESS THAN ('2021-01-01'))`
    const lab = await viewsLab(await open(), cut)
    await fillYears(lab.database, ['2019', '2020'])
    expect((await drop(lab)).dropped).to.deep.equal(['p2019'])
    expect(await partitionsOf(lab.database)).to.deep.equal(['p2020'])
    expect(await lab.rows('views')).to.have.length(2)
  })

  it('stay when they are empty: nothing in them is due', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2020'])
    expect((await drop(lab)).dropped).to.deep.equal(['p2020'])
    expect(await partitionsOf(lab.database)).to.deep.equal(['p2019', 'p2021', 'p2022', ...rest])
  })

  it('take no more than is left of the run, and overtake nothing older', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    await sql(lab.database, "INSERT INTO views (id, seen_at) VALUES (1, '2020-05-05')")
    const dropped = await drop(lab, { items: 4 })
    expect([dropped.rows, dropped.dropped]).to.deep.equal([2, ['p2019']])
    expect(dropped.kept).to.deep.equal([{ partition: 'p2020', why: 'per_run' }])
    expect((await drop(lab, { items: 3 })).dropped, 'as much as is left').to.deep.equal(['p2020'])
  })

  it('end with the word of who stops them', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    let asked = 0
    const dropped = await drop(lab, { stop: () => ((asked += 1) > 2 ? 'told to stop' : null) })
    expect([dropped.dropped, dropped.stopped]).to.deep.equal([['p2019', 'p2020'], 'told to stop'])
  })
})

eachServer('a partition with a row that would be spared', (open) => {
  const doubtful: readonly (readonly [string, string, string?])[] = [
    ['a date without a day', '2020-05-00 00:00:00'],
    ['a day that its month does not have', '2020-02-30 10:00:00'],
    ['a date without a month', '2020-00-00 00:00:00', 'p2019'],
    ['a date before the site was launched', '2009-12-31 10:00:00', 'p2019'],
    ['a date of zeros', '0000-00-00 00:00:00', 'p2019'],
  ]
  for (const [what, value, partition = 'p2020'] of doubtful)
    it(`stays: ${what}`, async () => {
      const lab = await viewsLab(await open())
      await fillYears(lab.database)
      await writeDoubtful(lab, value)
      const dropped = await drop(lab)
      expect(dropped.kept).to.deep.equal([{ partition, why: 'doubtful' }])
      expect(dropped.dropped).to.deep.equal(due.filter((name) => name !== partition))
      expect(await left(lab, 7)).to.equal(1)
      expect(await partitionsOf(lab.database)).to.include(partition)
    })

  it('stays where TO_DAYS puts dates that cannot be true', async () => {
    const cut = `PARTITION BY RANGE (TO_DAYS(seen_at)) ${yearly((year) => `TO_DAYS('${year}-01-01')`)}`
    const lab = await viewsLab(await open(), cut)
    await fillYears(lab.database)
    await writeDoubtful(lab, '2025-05-00 00:00:00')
    const dropped = await drop(lab)
    expect(dropped.kept).to.deep.equal([{ partition: 'p2019', why: 'doubtful' }])
    expect(await left(lab, 7)).to.equal(1)
  })

  it('stays with a value that means never', async () => {
    const seen = viewKind().events['seen']
    if (seen === undefined) throw new Error('the kind has its event')
    const told = {
      seen: { ...seen, latestOf: seen.latestOf.map((one) => ({ ...one, never: ['2020-01-02 00:00:00'] })) },
    }
    const lab = await viewsLab(await open(), byDatetime, { events: told })
    await fillYears(lab.database)
    await sql(lab.database, "INSERT INTO views (id, seen_at) VALUES (7, '2020-01-02'), (8, '2020-01-01')")
    expect((await drop(lab)).kept).to.deep.equal([{ partition: 'p2020', why: 'doubtful' }])
  })

  it('stays when it holds nothing but such values', async () => {
    const seen = viewKind().events['seen']
    if (seen === undefined) throw new Error('the kind has its event')
    const told = {
      seen: { ...seen, latestOf: seen.latestOf.map((one) => ({ ...one, never: ['2020-01-02 00:00:00'] })) },
    }
    const lab = await viewsLab(await open(), byDatetime, { events: told })
    await sql(lab.database, "INSERT INTO views (id, seen_at) VALUES (7, '2020-01-02')")
    const kept = [{ partition: 'p2020', why: 'doubtful' }]
    expect(await drop(lab)).to.deep.equal({ rows: 0, dropped: [], kept, stopped: null })
  })

  for (const [whose, held] of [
    ['of its own kind', 'view'],
    ['of a kind that it hangs on', 'account'],
  ] as const)
    it(`stays while there is a hold ${whose}`, async () => {
      const lab = await accountsLab(await open())
      await fillYears(lab.database)
      await hold(lab, held)
      expect(await drop(lab)).to.include({ rows: 0, stopped: null })
      expect(await lab.rows('views')).to.have.length(12)
      await sql(lab.database, "UPDATE oubli_hold SET released_at = '2026-01-01' WHERE id = 'h'")
      expect((await drop(lab)).dropped).to.deep.equal(due)
    })

  it('stays when the hold comes at the last moment', async () => {
    const lab = await accountsLab(await open())
    await fillYears(lab.database)
    lab.point = async (point) => {
      if (point !== 'drop intended') return
      lab.point = () => Promise.resolve()
      await hold(lab, 'account')
    }
    const dropped = await drop(lab)
    expect(dropped.dropped).to.deep.equal([])
    expect(dropped.kept[0]).to.deep.equal({ partition: 'p2019', why: 'changed' })
    expect(await lab.rows('views')).to.have.length(12)
    expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
  })

  it('stays when the table was cut anew meanwhile', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    lab.point = async (point) => {
      if (point !== 'drop intended') return
      lab.point = () => Promise.resolve()
      await sql(
        lab.database,
        "ALTER TABLE views REORGANIZE PARTITION p2019, p2020 INTO (PARTITION p2019 VALUES LESS THAN ('2021-01-01'))",
      )
    }
    const dropped = await drop(lab)
    expect(dropped.kept[0]).to.deep.equal({ partition: 'p2019', why: 'changed' })
    expect(await provenRows(lab.database)).to.deep.equal([2, 2])
    expect(await lab.rows('views')).to.have.length(8)
  })

  it('stays when the one before it went meanwhile, and what is older would now come into it', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2020', '2024'])
    lab.point = async (point) => {
      if (point !== 'drop intended') return
      lab.point = () => Promise.resolve()
      await sql(lab.database, 'ALTER TABLE views DROP PARTITION p2019')
      await sql(lab.database, "INSERT INTO views (id, seen_at) VALUES (7, '2019-05-05')")
    }
    expect(await drop(lab)).to.deep.include({ rows: 0, kept: [{ partition: 'p2020', why: 'changed' }] })
    expect(await lab.rows('views')).to.have.length(5)
    expect((await drop(lab)).rows).to.equal(3)
  })

  it('is none any more where somebody took the partitions away', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2019', '2024'])
    await sql(lab.database, 'ALTER TABLE views REMOVE PARTITIONING')
    expect(await drop(lab)).to.deep.equal({ rows: 0, dropped: [], kept: [], stopped: null })
    expect(await lab.rows('views')).to.have.length(4)
  })
})

eachServer('a table whose partitions may not be dropped', (open) => {
  const told = (lab: Lab): readonly string[] =>
    lab.compiled.problems.map(({ code }) => code).filter((code) => code.startsWith('W_PARTITION'))

  const cuts: readonly (readonly [string, string, string])[] = [
    ['without partitions', '', 'W_PARTITION_NONE'],
    ['cut by a hash', 'PARTITION BY HASH (id) PARTITIONS 3', 'W_PARTITION_CUT'],
    [
      'cut by another column',
      'PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN MAXVALUE)',
      'W_PARTITION_CUT',
    ],
    [
      'cut into pieces of pieces',
      byDatetime.replace('(seen_at)', '(seen_at) SUBPARTITION BY HASH (id) SUBPARTITIONS 2'),
      'W_PARTITION_CUT',
    ],
  ]
  for (const [what, cut, code] of cuts)
    it(`is told and left to the deletion of rows: ${what}`, async () => {
      const lab = await viewsLab(await open(), cut)
      await fillYears(lab.database, ['2019', '2025'])
      expect(told(lab)).to.deep.equal([code])
      expect(await drop(lab)).to.include({ rows: 0, stopped: null })
      expect(await lab.run()).to.include({ done: 2, stopped: 'done' })
    })

  it('because of its triggers', async () => {
    const database = await open()
    await sql(database, viewsTable(byDatetime))
    await sql(database, 'CREATE TRIGGER gone AFTER DELETE ON views FOR EACH ROW SET @gone = 1')
    const lab = await createLab(database, { tables: [], kinds: [viewKind()], policies: [policy('view')] })
    expect(told(lab)).to.deep.equal(['W_PARTITION_TRIGGERS'])
    await fillYears(database)
    expect(await drop(lab)).to.include({ rows: 0 })
  })

  it('because the account that runs may not see them', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    const unseen: Lab = { ...lab, policy: () => ({ ...lab.policy(), triggered: ['views'] }) }
    expect(await drop(unseen)).to.deep.equal({ rows: 0, dropped: [], kept: [], stopped: null })
    expect((await drop(lab)).rows).to.equal(8)
  })

  it('because what it hangs on can be restricted', async () => {
    const lab = await accountsLab(await open(), { restricted: { state: ['locked'] } })
    expect(told(lab)).to.deep.equal(['W_PARTITION_RESTRICTED'])
    await fillYears(lab.database)
    expect(await drop(lab)).to.include({ rows: 0 })
  })

  it('because marks of ours would outlive its rows', async () => {
    const lab = await viewsLab(
      await open(),
      byDatetime,
      { personal: { user_id: { strategy: 'fixed', value: '0' } } },
      {
        policies: [policy('view'), policy('view', { id: 'q', then: 'truncate fields', fields: ['user_id'] })],
      },
    )
    expect(told(lab)).to.deep.equal(['W_PARTITION_MARKS'])
  })
})

eachServer('dropping a partition beside others', (open) => {
  it('waits a second for a statement of the site, once, and leaves the rest to the deletion of rows', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    const seen: Point[] = []
    const dropped = await insideTransaction(lab, async () => {
      lab.point = (point) => {
        seen.push(point)
        return Promise.resolve()
      }
      return await drop(lab)
    })
    expect(dropped).to.deep.include({ rows: 0, stopped: null })
    expect(dropped.kept).to.deep.equal([{ partition: 'p2019', why: 'lock wait' }])
    expect(seen.filter((point) => point === 'drop intended')).to.have.length(1)
    expect(await dumpOf(lab.database, 'oubli_drop')).to.deep.equal([])
    expect(await provenRows(lab.database)).to.deep.equal([])
    expect((await drop(lab)).dropped, 'the next run').to.deep.equal(due)
  })

  for (const [kind, why, stopped] of [
    ['not permitted', 'not permitted', null],
    ['other', 'ER_SOMETHING', null],
    ['not writable', 'not writable', 'not writable'],
  ] as const)
    it(`says why the server did not drop, and ${stopped === null ? 'goes on' : 'stops'}: ${why}`, async () => {
      const lab = await viewsLab(await open())
      await fillYears(lab.database)
      const { database } = lab
      const answer = new DatabaseError(kind, 'statement', 'ER_SOMETHING', 1)
      const refusing = new Proxy(database, {
        get: (whole, name) => {
          const value: unknown = Reflect.get(whole, name)
          if (name !== 'transaction')
            return typeof value === 'function' ? (value.bind(whole) as unknown) : value
          const transaction: Database['transaction'] = (work, ...more) =>
            database.transaction((own) => work(withoutAlter(own, answer)), ...more)
          return transaction
        },
      })
      Object.assign(lab.ports, { database: refusing })
      const kept = [{ partition: 'p2019', why }]
      expect(await drop(lab)).to.deep.equal({ rows: 0, dropped: [], kept, stopped })
      expect(await dumpOf(database, 'oubli_drop')).to.deep.equal([])
      expect(await lab.rows('views')).to.have.length(12)
    })

  it('leaves no connection with our lock or our short wait behind', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    await insideTransaction(lab, () => drop(lab))
    await drop(lab)
    const state = async (): Promise<readonly unknown[]> => {
      const [row] = await lab.database.rows({
        text: "SELECT @@lock_wait_timeout AS wait, IS_USED_LOCK(CONCAT('oubli drop ', SHA1(DATABASE()))) AS used",
        values: [],
      })
      return [row?.['wait'], row?.['used']]
    }
    // A server notices in its own time that a connection was closed.
    for (let tries = 0; tries < 200 && (await state())[1] !== null; tries += 1) await sleep(25)
    for (let i = 0; i < 8; i += 1) expect(await state()).to.deep.equal(['5', null])
  })

  it('keeps a row that comes after counting out of the count', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2019'])
    lab.point = async (point) => {
      if (point !== 'drop intended') return
      lab.point = () => Promise.resolve()
      await sql(lab.database, "INSERT INTO views (id, seen_at) VALUES (7, '2019-05-05')")
    }
    expect(await drop(lab)).to.include({ rows: 2 })
    expect(await lab.rows('views')).to.deep.equal([])
    expect(await provenRows(lab.database)).to.deep.equal([2])
  })
})

function withoutAlter(session: Session, answer: DatabaseError): Session {
  return new Proxy(session, {
    get: (whole, name) => {
      const value: unknown = Reflect.get(whole, name)
      if (typeof value !== 'function') return value
      if (name !== 'run') return value.bind(whole) as unknown
      const run: Session['run'] = (statement) =>
        statement.text.startsWith('ALTER') ? Promise.reject(answer) : whole.run(statement)
      return run
    },
  })
}

async function accountsLab(
  database: Parameters<typeof viewsLab>[0],
  more: Parameters<typeof kind>[2] = {},
): Promise<Lab> {
  const account = kind('account', 'users', { subject: true, ...more })
  const of = { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }
  await sql(database, 'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, state VARCHAR(10) NULL)')
  return await viewsLab(database, byDatetime, of, { kinds: [account] })
}

async function hold(lab: Lab, held: string): Promise<void> {
  await addHold(lab.database, {
    id: 'h',
    kind: held,
    keyText: '["1"]',
    matter: 'm',
    because: 'b',
    setBy: 's',
    setAt: '2026-01-01',
    reviewBy: '2027-01-01',
  })
}

/** As a site with a lax mode would store it. */
async function writeDoubtful(lab: Lab, value: string): Promise<void> {
  const outcome = await lab.database.transaction(
    async (tx) => {
      await tx.run({ text: "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'", values: [] })
      await tx.run({ text: 'INSERT INTO views (id, seen_at) VALUES (7, ?)', values: [value] })
    },
    { closeAfter: true },
  )
  if (outcome.state !== 'committed') throw outcome.error
}

async function left(lab: Lab, id: number): Promise<number> {
  return (await lab.rows('views')).filter((row) => row['id'] === String(id)).length
}

/** The site reads a row of the table, and does not end its transaction meanwhile. */
async function insideTransaction<T>(lab: Lab, work: () => Promise<T>): Promise<T> {
  const outcome = await lab.database.transaction(async (site) => {
    await site.rows({ text: 'SELECT id FROM views LIMIT 1', values: [] })
    return await work()
  })
  if (outcome.state !== 'committed') throw outcome.error
  return outcome.value
}

function epoch(year: string): number {
  return Date.parse(`${year}-01-01T00:00:00Z`) / 1000
}
