/** Several transactions of a flat table in one trip, and the next stretch read meanwhile: for servers that take blocks. */
import { expect } from 'chai'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database } from '../../db/session.ts'
import { eachServer } from '../databases.ts'
import { aged, idsLeft, logs, old, protect, range, second, work, type Log } from './flat-lab.ts'
import { insert, type Lab } from './lab.ts'

interface Watched {
  readonly lab: Lab
  /** Transactions of each trip. */
  readonly trips: number[]
  /** `read` for each stretch that was asked for, `trip` for each trip, in order. */
  readonly order: ('read' | 'trip')[]
}

interface Meanwhile {
  /** Runs before the stretch of this number, from 1, is read. */
  readonly stretch?: (nr: number) => Promise<void>
  /** Answers the trip of this number in the place of the server; `send` asks the server. */
  readonly block?: (
    nr: number,
    send: () => ReturnType<Database['block']>,
  ) => ReturnType<Database['block']> | null
}

/** The next stretch is in hand before the trip that it is read beside, so that each run goes the same way. */
async function watched(
  database: Database,
  rows: readonly Log[],
  { stretch = () => Promise.resolve(), block = () => null }: Meanwhile = {},
): Promise<Watched> {
  const trips: number[] = []
  const order: ('read' | 'trip')[] = []
  const reading = new Set<Promise<unknown>>()
  const seen: Database = {
    ...database,
    rows: (statement) => {
      if (!statement.text.includes('oubli_up_to')) return database.rows(statement)
      order.push('read')
      const nr = order.filter((one) => one === 'read').length
      const found = stretch(nr).then(() => database.rows(statement))
      // Whoever asked for it gets its error.
      reading.add(found.catch(() => undefined))
      return found
    },
    block: async (statement) => {
      await Promise.all(reading)
      order.push('trip')
      trips.push(statement.text.split('START TRANSACTION').length - 1)
      const send = () => database.block(statement)
      return (await block(trips.length, send)) ?? (await send())
    },
  }
  return { lab: await logs(seen, rows), trips, order }
}

const lost = new DatabaseError('connection lost', 'commit', 'ECONNRESET')
const notPermitted = new DatabaseError('not permitted', 'statement', 'ER_TABLEACCESS_DENIED_ERROR')

eachServer('transactions that go together over a flat table', (open) => {
  let database: Database
  beforeEach(async function () {
    database = await open()
    if (!database.dialect.blocks) this.skip()
  })
  const together = (n: number) => ({ together: () => n })

  it('are as many as the pace says, and what is left of a stretch', async () => {
    const { lab, trips } = await watched(database, aged(range(1, 21)))
    const outcome = await work(lab, 5, {}, together(3))
    expect(outcome).to.include({ done: 20, judged: 0, stopped: 'done' })
    // The last one is the stretch that was read ahead: its one row has gone with the first.
    expect(trips).to.deep.equal([3, 1, 1])
    expect(outcome.samples.map(({ rows }) => rows)).to.deep.equal([5, 5, 5, 5, 0])
  })

  it('share the time of their trip', async () => {
    const { lab } = await watched(database, aged(range(1, 21)))
    let now = 0
    const outcome = await work(
      Object.assign(lab, { ports: { ...lab.ports, stopwatch: () => (now += 0.004) } }),
      5,
      {},
      together(4),
    )
    // By the clock of the program, which is behind that of the server here.
    expect(outcome.samples.slice(0, 4).map(({ milliseconds }) => milliseconds?.toFixed(6))).to.deep.equal(
      Array(4).fill('0.001000'),
    )
  })

  for (const [items, first] of [
    [20, 2],
    [19, 1],
  ] as const)
    it(`are only sent while the slice holds all that they could take (${items})`, async () => {
      const { lab, trips } = await watched(database, aged(range(1, 41)))
      const outcome = await work(lab, 5, { items }, together(2))
      expect(outcome).to.include({ done: items, judged: 0, stopped: 'slice' })
      expect(trips[0]).to.equal(first)
      expect(await idsLeft(lab)).to.deep.equal(range(items + 1, 41))
    })

  it('begin again with a window that reached its limit, before those that wait', async () => {
    const inWindows = range(1, 41).map((n) => n * 3)
    const between = range(3, 121).filter((n) => n % 3 !== 0)
    const { lab, trips } = await watched(database, old(inWindows), {
      // The windows were made for a third of it.
      stretch: async (nr) => {
        if (nr === 2)
          await insert(
            database,
            'logs',
            old(between).map((row) => ({ part: 1, ...row })),
          )
      },
    })
    const outcome = await work(lab, 10, {}, together(3))
    expect(outcome).to.include({ done: 118, judged: 0, stopped: 'done' })
    expect(trips.slice(0, 4)).to.deep.equal([3, 3, 2, 1])
    expect(outcome.samples.slice(0, 8).map(({ rows }) => rows)).to.deep.equal([20, 20, 20, 9, 9, 9, 20, 2])
    expect(await idsLeft(lab)).to.deep.equal([])
  })

  it('end before a hold that was set meanwhile, and go on with it in mind', async () => {
    const { lab, trips } = await watched(database, aged(range(1, 41)))
    let asked = 0
    const { point } = lab
    lab.point = async (place) => {
      if (place === 'before flat rows' && (asked += 1) === 2)
        await insert(database, 'oubli_hold', [
          {
            ...{ id: 'h', kind: 'log', key_text: '["20"]', matter: 'm', because: 'b', set_by: 's' },
            ...{ set_at: '2026-06-01', review_by: '2027-01-01' },
          },
        ])
      await point(place)
    }
    const outcome = await work(lab, 5, {}, together(2))
    expect(outcome).to.include({ done: 39, judged: 0, stopped: 'done' })
    expect(outcome.again).to.deep.equal({ asked: 39, left: { logs: 0 } })
    // The second trip wrote nothing and is sent again.
    expect(trips.slice(0, 5)).to.deep.equal([2, 2, 2, 2, 2])
    expect(await idsLeft(lab)).to.deep.equal([20])
  })

  it('leave to a closer look the one that the server refuses, and no other', async () => {
    const { lab, trips } = await watched(database, aged(range(1, 61)))
    await protect(lab, '12, 13')
    const { samples, ...outcome } = await work(lab, 10, {}, together(3))
    expect(outcome).to.include({ done: 58, setAside: 2, busy: 0, stopped: 'done' })
    expect(outcome.again).to.deep.equal({ asked: 58, left: { logs: 0 } })
    expect(trips.slice(0, 3)).to.deep.equal([3, 3, 1])
    const whole = samples.filter(({ rows, asked }) => rows === 10 && asked === undefined)
    expect(whole).to.have.length(5)
  })

  it('took nobody knows how long when their answer was lost', async () => {
    const { lab } = await watched(database, aged(range(1, 21)), {
      block: (nr, send) => (nr === 1 ? send().then(() => ({ state: 'unknown', error: lost })) : null),
    })
    const outcome = await work(lab, 5, {}, together(2))
    expect(outcome).to.include({ done: 20, setAside: 0, stopped: 'done' })
    const times = outcome.samples.filter(({ rows }) => rows === 5).map(({ milliseconds }) => milliseconds)
    expect(times.slice(0, 2)).to.deep.equal([null, null])
    expect(times.slice(2)).not.to.include(null)
  })

  it('end the run with the fault of no row, and nothing is tried again', async () => {
    const { lab, trips } = await watched(database, aged(range(1, 61)), {
      block: (nr) => (nr === 2 ? Promise.resolve({ state: 'rolled back', error: notPermitted }) : null),
    })
    const outcome = await work(lab, 5, {}, together(2))
    expect(outcome).to.include({ done: 10, setAside: 0, judged: 0, stopped: 'not permitted', again: null })
    expect(trips).to.deep.equal([2, 2])
  })
})

eachServer('the next stretch of a flat table', (open) => {
  let database: Database
  beforeEach(async function () {
    database = await open()
    if (!database.dialect.blocks) this.skip()
  })

  it('is read while the one before is written', async () => {
    const { lab, order } = await watched(database, aged(range(1, 46)))
    expect(await work(lab, 1)).to.include({ done: 45, judged: 0, stopped: 'done' })
    expect(order.slice(0, 3)).to.deep.equal(['read', 'read', 'trip'])
    const trips = order.filter((one) => one === 'trip').length
    // Each stretch begins with the last row of the one before, which has gone by then.
    expect(trips).to.equal(48)
  })

  it('is not read while all that is due goes by windows of the whole table', async () => {
    const mixed = range(0, 200).map((i): Log => ({ id: ((i * 77) % 200) * 5, seen_at: second(i) }))
    const { lab, order } = await watched(database, mixed)
    expect(await work(lab, 4, { due: 200 })).to.include({ done: 200, judged: 0, stopped: 'done' })
    expect(order.slice(0, 2)).to.deep.equal(['read', 'trip'])
    // What is found after it is nothing.
    expect(order.indexOf('read', 1)).to.be.greaterThan(50)
  })

  it('that cannot be read ends the run when its turn comes', async () => {
    const fails = (nr: number) => (nr === 2 ? Promise.reject(notPermitted) : Promise.resolve())
    const { lab, trips } = await watched(database, aged(range(1, 46)), { stretch: fails })
    const thrown: unknown = await work(lab, 1).catch((error: unknown) => error)
    expect(thrown).to.equal(notPermitted)
    expect(trips, 'the whole of the first').to.have.length(20)
  })

  it('that cannot be read is no fault where the run stops before it', async () => {
    const fails = (nr: number) => (nr === 2 ? Promise.reject(notPermitted) : Promise.resolve())
    const { lab } = await watched(database, aged(range(1, 46)), { stretch: fails })
    let turns = 0
    const turn = () => Promise.resolve((turns += 1) === 3 ? 'paused' : null)
    expect(await work(lab, 1, {}, { turn })).to.include({ done: 2, stopped: 'paused', again: null })
  })

  it('has been read when the run ends, so that nothing asks a closed database', async () => {
    let asked = 0
    let answered = 0
    const { lab } = await watched(database, aged(range(1, 46)))
    const rows: Database['rows'] = async (statement) => {
      const ahead = statement.text.includes('oubli_up_to') && (asked += 1) === 2
      if (ahead) await new Promise((go) => setTimeout(go, 100))
      const found = await database.rows(statement)
      if (ahead) answered += 1
      return found
    }
    const turn = () => Promise.resolve('paused')
    const ports = { ...lab.ports, database: { ...lab.database, rows } }
    expect(await work(Object.assign(lab, { ports }), 1, {}, { turn })).to.include({ done: 0 })
    expect([asked, answered]).to.deep.equal([2, 1])
  })

  it('begins with a row that was busy in the one before, which is busy once', async () => {
    const { lab } = await watched(database, aged(range(1, 46)))
    let found: unknown
    // The twentieth ends the first stretch; the slice ends before a second pass.
    await database.transaction(async (site) => {
      await site.rows({ text: 'SELECT id FROM logs WHERE id = 20 FOR UPDATE', values: [] })
      found = await work(lab, 1, { items: 30 })
    })
    expect(found).to.include({ done: 30, busy: 1, setAside: 0, stopped: 'slice' })
  })
})
