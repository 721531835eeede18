/** Flat tables go by whole windows. The same rows must go, and the same must stay, as when each is judged. */
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { addHold } from '../../db/own/holds.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database, SqlValue } from '../../db/session.ts'
import { keyText } from '../../base/subject-ref.ts'
import { applyFlat } from '../../engine/flat-batch.ts'
import { readScope } from '../../engine/flat-scope.ts'
import { canGoFlat } from '../../engine/flat-policy.ts'
import { steadyPace } from '../../engine/pace.ts'
import { runPolicy, type PolicyOutcome } from '../../engine/run-policy.ts'
import { survey } from '../../engine/survey.ts'
import { bounds } from '../../engine/walk.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Kind } from '../../policies/data-map.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'

const formats = {
  datetime: { type: 'DATETIME NULL', clock: at('seen_at') },
  date: { type: 'DATE NULL', clock: at('seen_at') },
  'epoch seconds': {
    type: 'BIGINT NULL',
    clock: at('seen_at', { format: 'epoch seconds', never: [null, '0'] }),
  },
  'epoch milliseconds': { type: 'BIGINT NULL', clock: at('seen_at', { format: 'epoch milliseconds' }) },
} as const

const dated = [
  ...['0000-00-00', '1970-01-01', '2009-12-31', '2010-01-01', '2012-02-29', '2023-00-10', '2022-05-00'],
  ...['2022-02-31', '2023-05-31', '2023-06-01', '2023-06-02', '2026-06-01', '2031-01-01'],
]
const values: Readonly<Record<keyof typeof formats, readonly SqlValue[]>> = {
  date: [null, ...dated],
  datetime: [
    null,
    ...dated.flatMap((day) => [`${day} 00:00:00`, `${day} 21:59:59`, `${day} 22:00:00`, `${day} 23:59:59`]),
  ],
  'epoch seconds': [null, 0n, 1n, -5n, 1262300400n, 1500000000n, 1685566799n, 1685570400n, 1900000000n],
  'epoch milliseconds': [null, 0n, 1262300400000n, 1500000000001n, 1685570399999n, 1685570400000n],
}

const logKind = (clock: ReturnType<typeof at>, more: Partial<Kind> = {}): Kind =>
  kind('log', 'logs', { events: { seen: event([clock]) }, personal: { ip: { strategy: 'null' } }, ...more })

async function logs(
  database: Database,
  type: string,
  clock: ReturnType<typeof at>,
  rows: readonly Readonly<Record<string, SqlValue>>[],
  more: Parameters<typeof policy>[1] = {},
): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, ip VARCHAR(45) NULL, born DATE NULL, mail VARCHAR(190) NULL, hidden_at DATETIME NULL, seen_at ${type})`,
      'CREATE INDEX logs_seen ON logs (seen_at)',
      'CREATE INDEX logs_user ON logs (user_id)',
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY)',
    ],
    kinds: [
      kind('user', 'users'),
      logKind(clock, {
        of: 'user',
        link: { columns: { user_id: 'id' }, where: {} },
        personal: {
          ip: { strategy: 'blank' },
          born: { strategy: 'year' },
          mail: { strategy: 'unique_address' },
        },
        done: { anonymise: 'hidden_at' },
      }),
    ],
    policies: [policy('log', more)],
  })
  await insert(
    database,
    'users',
    [0, 1, 2, 3, 4].map((id) => ({ id })),
  )
  if (database.dialect.locksRows)
    await database.transaction(async (tx) => {
      await tx.run({ text: "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'", values: [] })
      for (const row of rows) await put(tx, row)
      await tx.run({
        text: "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO'",
        values: [],
      })
    })
  else await insert(database, 'logs', rows)
  return lab
}

async function put(tx: Pick<Database, 'run'>, row: Readonly<Record<string, SqlValue>>): Promise<void> {
  const names = Object.keys(row)
  await tx.run({
    text: `INSERT INTO logs (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    values: Object.values(row),
  })
}

/** The same policy with an exception that nobody meets: every row is then read and judged. */
function slowly(one: CompiledPolicy): CompiledPolicy {
  return { ...one, except: [{ column: 'ip', values: ['nobody'] }] }
}

async function runIt(
  lab: Lab,
  one: CompiledPolicy,
  size: number,
  items = 10_000,
  together = 1,
): Promise<PolicyOutcome> {
  return await runPolicy(
    lab.ports,
    one,
    { run: randomBytes(16).toString('hex'), asOf, lease: lab.lease },
    { items, pace: steadyPace(size, () => null, together) },
  )
}

async function idsLeft(database: Database): Promise<readonly number[]> {
  const rows = await database.rows({ text: 'SELECT id FROM logs ORDER BY id', values: [] })
  return rows.map((row) => Number(row['id']))
}

async function erasedBy(database: Database): Promise<number> {
  const rows = await database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
  const counts = rows.map(
    (row) => JSON.parse(row['leaf'] as string) as { tables: { logs: { erased: string } } },
  )
  return counts.reduce((sum, { tables }) => sum + Number(tables.logs.erased), 0)
}

eachDatabase('a flat table', (open) => {
  for (const [format, { type, clock }] of Object.entries(formats))
    it(`loses the rows that judging each would lose, with a clock of ${format}`, async () => {
      const list = values[format as keyof typeof formats]
      const rows = Array.from({ length: list.length * 3 }, (_, i) => ({
        id: (i * 7919) % 100_003,
        user_id: i % 4 === 0 ? null : i % 5,
        seen_at: list[i % list.length] ?? null,
      }))
      const [one, other] = [
        await logs(await open(), type, clock, rows),
        await logs(await open(), type, clock, rows),
      ]
      expect(canGoFlat(one.ports, one.policy())).to.equal(true)
      expect(canGoFlat(other.ports, slowly(other.policy()))).to.equal(false)
      const [fast, slow] = [
        await survey(one.ports, one.policy(), asOf, true),
        await survey(other.ports, slowly(other.policy()), asOf, true),
      ]
      expect(fast).to.deep.equal(slow)
      expect(fast.due).to.be.greaterThan(0)
      const done = await runIt(one, one.policy(), 4, 10_000, 3)
      // By windows nobody is asked whether a mail had told them.
      const judged = await runIt(other, slowly(other.policy()), 4)
      expect({ ...done, entered: 0 }).to.deep.equal({ ...judged, entered: 0 })
      expect(done.done).to.equal(fast.due)
      expect(await idsLeft(one.database)).to.deep.equal(await idsLeft(other.database))
      expect(await erasedBy(one.database)).to.equal(fast.due)
    })

  it('keeps what a hold keeps, on the row or on whom it belongs to', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      id: i,
      user_id: i % 4 === 3 ? null : i % 4,
      seen_at: due,
    }))
    const lab = await logs(await open(), 'DATETIME NULL', formats.datetime.clock, rows)
    await hold(lab, 'log', '7')
    await hold(lab, 'user', '1')
    expect((await survey(lab.ports, lab.policy(), asOf, false)).spared).to.deep.equal({ held: 11 })
    expect(await runIt(lab, lab.policy(), 5, 10_000, 2)).to.include({ done: 29, stopped: 'done' })
    expect(await idsLeft(lab.database)).to.deep.equal([1, 5, 7, 9, 13, 17, 21, 25, 29, 33, 37])
  })

  it('keeps what a hold keeps on a row that several columns, or a text, name', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE logs (shop VARCHAR(20) NOT NULL, nr INTEGER NOT NULL, at DATETIME NOT NULL, ip VARCHAR(45) NULL, seen_at DATETIME NULL, PRIMARY KEY (shop, nr, at))',
        'CREATE INDEX logs_seen ON logs (seen_at)',
      ],
      kinds: [logKind(formats.datetime.clock, { key: ['shop', 'nr', 'at'] })],
      policies: [policy('log')],
    })
    const rows = ['a', 'A', 'b'].flatMap((shop) =>
      [1, 2, 3].map((nr) => ({ shop: `${shop}${nr}`, nr, at: '2020-02-02 20:20:02', seen_at: due })),
    )
    const distinct = lab.database.dialect.locksRows ? rows.filter(({ shop }) => !shop.startsWith('A')) : rows
    await insert(lab.database, 'logs', distinct)
    await hold(lab, 'log', 'a1', '1', '2020-02-02 20:20:02')
    await hold(lab, 'log', 'b3', '2', '2020-02-02 20:20:02')
    expect(canGoFlat(lab.ports, lab.policy())).to.equal(true)
    const found = await survey(lab.ports, lab.policy(), asOf, false)
    expect(found).to.deep.include({ due: distinct.length - 1, spared: { held: 1 } })
    expect(await runIt(lab, lab.policy(), 4)).to.include({ done: distinct.length - 1, stopped: 'done' })
    const left = await lab.database.rows({ text: 'SELECT shop FROM logs', values: [] })
    expect(left).to.deep.equal([{ shop: 'a1' }])
  })

  it('keeps what a hold keeps that is set while the run is at work', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ id: i, user_id: i % 4, seen_at: due }))
    const lab = await logs(await open(), 'DATETIME NULL', formats.datetime.clock, rows)
    let batches = 0
    lab.point = async (point) => {
      if (point === 'before flat rows' && (batches += 1) === 2) await hold(lab, 'user', '3')
    }
    await runIt(lab, lab.policy(), 8)
    expect(await idsLeft(lab.database)).to.deep.equal(
      rows.filter(({ id, user_id }) => user_id === 3 && id >= 8).map(({ id }) => id),
    )
  })

  it('takes a slice and not one row more, the oldest first', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      id: i,
      seen_at: `2019-01-01 00:00:${String(i).padStart(2, '0')}`,
    }))
    const lab = await logs(await open(), 'DATETIME NULL', formats.datetime.clock, rows)
    expect(await runIt(lab, lab.policy(), 4, 23, 5)).to.include({ done: 23, stopped: 'slice' })
    expect(await idsLeft(lab.database)).to.deep.equal(rows.slice(23).map(({ id }) => id))
    expect(await erasedBy(lab.database)).to.equal(23)
    expect(await runIt(lab, lab.policy(), 4, 37, 5)).to.include({ done: 37, stopped: 'done' })
  })

  it('goes by lists of keys where due rows are scattered, by windows where they are dense', async () => {
    const rows = [...range(0, 300), ...range(0, 40).map((i) => 1_000_000 + i * 99_991)].map((id) => ({
      id,
      seen_at: due,
    }))
    const lab = await logs(await open(), 'DATETIME NULL', formats.datetime.clock, rows)
    await insert(
      lab.database,
      'logs',
      range(400, 500).map((id) => ({ id, seen_at: fresh })),
    )
    expect(await runIt(lab, lab.policy(), 10, 10_000, 4)).to.include({ done: 340, stopped: 'done' })
    expect(await idsLeft(lab.database)).to.deep.equal(range(400, 500))
  })

  it('writes expressions that say what the strategies say', async () => {
    const rows = range(0, 30).map((id) => ({
      id,
      ip: `192.0.2.${id}`,
      born: id % 3 === 0 ? null : `19${50 + id}-0${1 + (id % 9)}-17`,
      mail: `p${id}@site.example`,
      seen_at: due,
    }))
    const lab = await logs(await open(), 'DATETIME NULL', formats.datetime.clock, rows, { then: 'anonymise' })
    // Dates are text on SQLite, so that a row there is read before it is written.
    expect(canGoFlat(lab.ports, lab.policy())).to.equal(lab.database.dialect.locksRows)
    expect(await runIt(lab, lab.policy(), 7, 10_000, 2)).to.deep.include({
      done: 30,
      tables: { logs: { anonymised: '30' } },
    })
    const left = await lab.database.rows({
      text: 'SELECT id, ip, born, mail, hidden_at FROM logs ORDER BY id',
      values: [],
    })
    const mails = new Set<unknown>()
    for (const [i, row] of left.entries()) {
      expect(row).to.include({
        ip: '',
        born: i % 3 === 0 ? null : `19${50 + i}-01-01`,
        hidden_at: '2026-06-01 10:00:00',
      })
      expect(row['mail']).to.match(/^[0-9a-f]{24}@erased\.invalid$/)
      mails.add(row['mail'])
    }
    expect(mails.size).to.equal(30)
    expect(await runIt(lab, lab.policy(), 7)).to.include({ done: 0 })
  })
})

eachDatabase('a flat table whose columns have common names', (open) => {
  it('is not mistaken for a variable of ours', async () => {
    const names = ['committed', 'ended', 'failed', 'moved', 'token_now']
    const lab = await createLab(await open(), {
      tables: [
        `CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, ${names.map((name) => `${name} INTEGER NOT NULL`).join(', ')})`,
        'CREATE INDEX logs_seen ON logs (seen_at)',
      ],
      kinds: [logKind(at('seen_at'), { personal: {} })],
      policies: [
        policy('log', {
          only: names.map((column) => ({ column, test: 'is one of' as const, values: ['0'] })),
        }),
      ],
    })
    expect(canGoFlat(lab.ports, lab.policy())).to.equal(true)
    for (let id = 0; id < 40; id += 1) {
      const row = Object.fromEntries(names.map((name, i) => [name, id % 6 === i ? 1 : 0]))
      await insert(lab.database, 'logs', [{ id, seen_at: due, ...row }])
    }
    expect(await runIt(lab, lab.policy(), 50)).to.include({ done: 6 })
    expect(await idsLeft(lab.database)).to.deep.equal(range(0, 40).filter((id) => id % 6 !== 5))
  })
})

eachServer('a flat table that the site uses meanwhile', (open) => {
  it('waits for nobody, and comes back for a row that somebody held', async () => {
    const lab = await logs(
      await open(),
      'DATETIME NULL',
      formats.datetime.clock,
      range(0, 40).map((id) => ({ id, seen_at: due })),
    )
    await insert(lab.database, 'logs', [{ id: 100, seen_at: fresh }])
    const site = await openDatabase(databaseUrlSettings(lab.database).settings)
    try {
      const visit = await site.transaction(async (tx) => {
        await tx.run({ text: 'UPDATE logs SET seen_at = ? WHERE id = ?', values: [fresh, 17] })
        return await runIt(lab, lab.policy(), 8, 10_000, 3)
      })
      expect(visit).to.have.property('state', 'committed')
      expect(visit).to.have.nested.include({ 'value.done': 39, 'value.busy': 1, 'value.stopped': 'done' })
    } finally {
      await site.close()
    }
    expect(await idsLeft(lab.database)).to.deep.equal([17, 100])
    expect(await erasedBy(lab.database)).to.equal(39)
  })

  it('stops where nothing can be deleted, and counts each row once', async () => {
    const rows = range(0, 60).map((id) => ({ id, seen_at: due }))
    const lab = await logs(await open(), 'DATETIME NULL', formats.datetime.clock, rows)
    const says = "FOR EACH ROW BEGIN SIGNAL SQLSTATE '45000'; END"
    await sql(lab.database, `CREATE TRIGGER never BEFORE DELETE ON logs ${says}`)
    const outcome = await runIt(lab, lab.policy(), 8, 10_000, 2)
    expect(outcome).to.include({ done: 0, stopped: 'too many rows set aside' })
    expect(outcome.setAside).to.be.within(21, 32)
    expect(await lab.rows('oubli_set_aside')).to.have.length(outcome.setAside)
    const [row] = await lab.database.rows({ text: 'SELECT @@innodb_lock_wait_timeout AS wait', values: [] })
    expect(row?.['wait'], 'what a failed block leaves behind').to.equal('3')
  })

  it('leaves a row alone that becomes young before its window is reached', async () => {
    const lab = await logs(
      await open(),
      'DATETIME NULL',
      formats.datetime.clock,
      range(0, 40).map((id) => ({ id, seen_at: due })),
    )
    lab.point = async (point) => {
      if (point === 'before flat rows')
        await sql(lab.database, 'UPDATE logs SET seen_at = ? WHERE id = 39', fresh)
    }
    expect(await runIt(lab, lab.policy(), 8)).to.include({ done: 39 })
    expect(await idsLeft(lab.database)).to.deep.equal([39])
  })

  it('writes nothing under a token that somebody else has raised', async () => {
    const lab = await logs(
      await open(),
      'DATETIME NULL',
      formats.datetime.clock,
      range(0, 10).map((id) => ({ id, seen_at: due })),
    )
    await sql(lab.database, "UPDATE oubli_lease SET token = token + 1 WHERE name = 'run'")
    const one = lab.policy()
    const place = { run: 'f'.repeat(32), asOf, lease: lab.lease, ...bounds(one, asOf, 0) }
    const read = await readScope(lab.database, one, place.bound)
    if (read === null) throw new Error('few holds')
    const writer = { pace: steadyPace(5, () => null), cursor: 'p', nextSeq: () => 1n }
    const part = { by: 'window', low: 0n, high: 9n } as const
    const fenced = await applyFlat(lab.ports, { policy: one, place, read, writer, most: 10 }, [part]).catch(
      (error: unknown) => error,
    )
    expect(fenced).to.have.property('code', 'E_FENCED')
    expect(await idsLeft(lab.database)).to.have.length(10)
  })
})

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

async function hold(lab: Lab, of: string, ...key: readonly string[]): Promise<void> {
  await addHold(lab.database, {
    id: `${of}${key.join('-')}`,
    kind: of,
    keyText: keyText(key),
    matter: 'm',
    because: 'b',
    setBy: 'DPO',
    setAt: '2026-06-01T10:00:00.000Z',
    reviewBy: '2027-01-01',
  })
}
