/** How a run works through a flat table: its stretches and slices, its pace, and the rows that need a closer look. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { longestList } from '../../db/site/match.ts'
import { readScope, readSignature } from '../../engine/flat-scope.ts'
import type { Pace } from '../../engine/pace.ts'
import type { RunLimits } from '../../engine/run-policy.ts'
import { eachDatabase } from '../databases.ts'
import { aged, idsLeft, logs, old, protect, range, second, work, type Log } from './flat-lab.ts'
import { due, fresh, insert } from './lab.ts'

eachDatabase('a run over a flat table', (open) => {
  it('tells its pace of every transaction, and that it counted what it did', async () => {
    const lab = await logs(await open(), old(range(1, 21)))
    const { samples, ...outcome } = await work(lab, 5)
    expect(outcome).to.deep.include({ done: 20, judged: 0, tables: { logs: { erased: '20' } } })
    expect(outcome.again).to.deep.equal({ asked: 20, left: { logs: 0 } })
    // What was read ahead is gone by its turn.
    const wrote = samples.filter(({ rows }) => rows > 0)
    expect(wrote.map(({ rows, end }) => `${rows} ${end}`)).to.deep.equal(Array(4).fill('5 committed'))
    for (const { milliseconds } of samples) expect(milliseconds).to.be.within(0, 60_000)
  })

  it('stops where the pace says so, after what it has done', async () => {
    const lab = await logs(await open(), aged(range(1, 21)))
    let turns = 0
    const outcome = await work(
      lab,
      5,
      {},
      { turn: () => Promise.resolve((turns += 1) === 3 ? 'paused' : null) },
    )
    expect(outcome).to.include({ done: 10, trips: 2, stopped: 'paused' })
    expect(await idsLeft(lab)).to.deep.equal(range(11, 21))
    // The stretch was not finished: nothing can be said of what came before its end.
    expect(outcome.again).to.equal(null)
  })

  it('ends at the slice: full where more is due, done where that was all', async () => {
    for (const [items, stopped] of [
      [7, 'slice'],
      [12, 'done'],
      [13, 'done'],
    ] as const) {
      const lab = await logs(await open(), aged(range(1, 13)))
      expect(await work(lab, 5, { items })).to.include({ done: Math.min(items, 12), stopped, judged: 0 })
    }
  })

  it('never takes more than the slice where a window is fuller than it was', async () => {
    const lab = await logs(await open(), [...old(range(1, 3)), ...old(range(30, 32))])
    let more = 0
    lab.point = async (point) => {
      if (point === 'before flat rows' && (more += 1) === 1)
        await insert(
          lab.database,
          'logs',
          old(range(5, 25)).map((row) => ({ part: 1, ...row })),
        )
    }
    const outcome = await work(lab, 4, { items: 6 })
    expect(outcome).to.include({ done: 6, stopped: 'slice' })
    expect(await idsLeft(lab)).to.have.length(18)
  })

  it('never takes more than the slice where it looks at each row of a window that is fuller than it was', async () => {
    const lab = await logs(await open(), [...old(range(1, 5)), ...old(range(30, 34))])
    await protect(lab, '20')
    let trips = 0
    lab.point = async (point) => {
      if (point === 'before flat rows' && (trips += 1) === 2)
        await insert(
          lab.database,
          'logs',
          old(range(18, 30)).map((row) => ({ part: 1, ...row })),
        )
    }
    expect(await work(lab, 4, { items: 10 })).to.include({ done: 10, setAside: 1, stopped: 'slice' })
    expect(await idsLeft(lab)).to.have.length(10)
  })

  it('comes back to a window that was fuller than the limit of a transaction', async () => {
    const lab = await logs(await open(), [...old(range(1, 3)), ...old(range(30, 32))])
    let more = 0
    lab.point = async (point) => {
      if (point === 'before flat rows' && (more += 1) === 1)
        await insert(
          lab.database,
          'logs',
          old(range(5, 25)).map((row) => ({ part: 1, ...row })),
        )
    }
    const outcome = await work(lab, 4)
    expect(outcome).to.include({ done: 24, stopped: 'done', judged: 0 })
    expect(await idsLeft(lab)).to.deep.equal([])
  })

  it('looks at each row of the part that the database refuses, and at no other', async () => {
    const lab = await logs(await open(), old(range(1, 31)))
    await protect(lab, '12, 13')
    const { samples, ...outcome } = await work(lab, 10)
    expect(outcome).to.include({ done: 28, setAside: 2, busy: 0, stopped: 'done' })
    expect(outcome.apart).to.have.length(2)
    expect(await idsLeft(lab)).to.deep.equal([12, 13])
    // Rows of the other parts, before it and behind it, went unseen.
    expect(samples.filter(({ rows, end }) => rows === 10 && end === 'committed')).to.have.length(2)
    // The pace hears of the refusal before anything is tried again.
    const at = samples.findIndex(({ end }) => end !== 'committed')
    expect(samples[at]).to.deep.equal({ milliseconds: 0, rows: 0, end: 'busy' })
    expect(at).to.equal(1)
  })

  it('does not take eleven rows that are met again for too many', async () => {
    const lab = await logs(await open(), old(range(1, 31)))
    await protect(lab, range(1, 12).join(', '))
    expect(await work(lab, 10)).to.include({ done: 19, setAside: 11, stopped: 'done' })
  })

  it('keeps to the slice and to the pace while it looks at each row', async () => {
    const few = async (limits: Partial<RunLimits>, pace: Partial<Pace> = {}) => {
      const lab = await logs(await open(), aged(range(1, 31)))
      await protect(lab, '3')
      const { samples, ...outcome } = await work(lab, 10, limits, pace)
      return { ...outcome, left: await idsLeft(lab), asked: samples.map(({ asked }) => asked ?? 0) }
    }
    const slice = await few({ items: 8 })
    expect(slice).to.include({ done: 8, setAside: 1, stopped: 'slice' })
    expect(slice.left).to.have.length(22)
    let turns = 0
    const paused = await few({}, { turn: () => Promise.resolve((turns += 1) > 1 ? 'paused' : null) })
    expect(paused).to.include({ done: 0, setAside: 0, stopped: 'paused', judged: 0 })
    expect(paused.left).to.have.length(30)
    // Smaller batches than the part that was refused.
    let size = 10
    const small = await few(
      {},
      { size: () => size, took: ({ end }) => void (size = end === 'busy' ? 4 : size) },
    )
    expect(small).to.include({ done: 29, setAside: 1, stopped: 'done' })
  })

  it('stops where too many are set aside', async () => {
    const lab = await logs(await open(), old(range(1, 61)))
    await protect(lab, range(1, 61).join(', '))
    const outcome = await work(lab, 8)
    expect(outcome).to.include({ done: 0, stopped: 'too many rows set aside' })
    expect(outcome.setAside).to.be.within(21, 24)
  })

  it('goes by lists where the key is no single number', async () => {
    const lab = await logs(await open(), old(range(1, 21)), {}, { key: ['id', 'part'] })
    expect(await work(lab, 5)).to.include({ done: 20, judged: 0 })
    expect(await idsLeft(lab)).to.deep.equal([])
  })

  // Age has nothing to do with the key: the oldest stretch lies scattered, and together they lie close.
  const mixed = range(0, 200).map((i): Log => ({ id: ((i * 77) % 200) * 5, seen_at: second(i) }))
  for (const [what, limits, trips] of [
    ['in windows of the whole table where all of it may go', { due: 200 }, 53],
    ['in lists where the slice is smaller than what is due', { due: 200, items: 199 }, 50],
    ['in lists where nobody has counted what is due', {}, 50],
  ] as const)
    it(`works through scattered rows ${what}`, async () => {
      const lab = await logs(await open(), mixed)
      let firstGone: readonly number[] = []
      lab.point = async (point) => {
        if (point !== 'flat rows committed' || firstGone.length > 0) return
        const left = new Set(await idsLeft(lab))
        firstGone = mixed.map(({ id }) => id).filter((id) => !left.has(id))
      }
      const outcome = await work(lab, 4, limits)
      expect(outcome).to.include({ done: 'items' in limits ? 199 : 200, judged: 0 })
      expect(outcome.trips).to.be.at.least(trips)
      // By windows the lowest keys go first, by lists the oldest rows.
      const first = what.startsWith('in windows') ? [0, 5, 10, 15] : [0, 385, 770, 155]
      expect([...firstGone].sort((a, b) => a - b)).to.deep.equal([...first].sort((a, b) => a - b))
    })

  it('keeps to the hour where a term is counted in hours', async () => {
    const hours = { years: 0, months: 0, weeks: 0, days: 0, hours: 6 }
    const lab = await logs(
      await open(),
      ['2026-06-01 03:59:59', '2026-06-01 04:00:00', '2026-06-01 04:00:01', '2026-06-01 09:59:59'].map(
        (seen_at, id) => ({ id, seen_at }),
      ),
      { keepAtMost: hours },
    )
    expect(await work(lab, 5)).to.include({ done: 2, stopped: 'done', judged: 0 })
    expect(await idsLeft(lab)).to.deep.equal([2, 3])
  })
})

eachDatabase('the holds on a flat table', (open) => {
  const hold = async (session: Database, ids: readonly number[], name = 'h') => {
    await insert(
      session,
      'oubli_hold',
      ids.map((id) => ({
        ...{ id: `${name}${id}`, kind: 'log', key_text: `["${id}"]`, matter: 'm', because: 'b', set_by: 's' },
        ...{ set_at: '2026-06-01', review_by: '2027-01-01' },
      })),
    )
  }

  it('stand in the statement up to a list, and beyond it every row is read', async () => {
    const lab = await logs(await open(), [...old(range(1, 4)), { id: 9999, seen_at: fresh }])
    await hold(lab.database, [2, ...range(10_001, 10_000 + longestList)])
    const read = await readScope(lab.database, lab.policy(), due)
    expect(read?.scope.kept.map(({ values }) => values.length)).to.deep.equal([longestList])
    await hold(lab.database, [20_000])
    expect(await readScope(lab.database, lab.policy(), due)).to.equal(null)
    const outcome = await work(lab, 5)
    expect(outcome).to.include({ done: 2, trips: 0, stopped: 'done' })
    expect(outcome.judged).to.be.greaterThan(0)
    expect(outcome.again).to.deep.equal({ asked: 2, left: { logs: 0 } })
    expect(await idsLeft(lab)).to.deep.equal([2, 9999])
  })

  it('end the way by windows when they become too many on the way', async () => {
    const lab = await logs(await open(), aged(range(1, 21)))
    let trips = 0
    lab.point = async (point) => {
      if (point === 'before flat rows' && (trips += 1) === 2)
        await hold(lab.database, [20, ...range(10_001, 10_001 + longestList)])
    }
    const outcome = await work(lab, 5)
    expect(outcome).to.include({ done: 19, trips: 2, stopped: 'done' })
    expect(await idsLeft(lab)).to.deep.equal([20])
  })

  it('are read again when one is set between the two readings', async () => {
    const lab = await logs(await open(), old([1, 2]))
    let asked = 0
    const rows: Database['rows'] = async (statement) => {
      const found = await lab.database.rows(statement)
      if (statement.text.startsWith('SELECT DISTINCT key_text') && (asked += 1) === 1)
        await hold(lab.database, [2])
      return found
    }
    const read = await readScope({ ...lab.database, rows }, lab.policy(), due)
    expect(asked).to.equal(2)
    expect(read?.scope.kept).to.deep.equal([{ columns: lab.policy().key, values: [['2']] }])
    expect(read?.holds).to.deep.equal({
      kinds: ['log'],
      signature: await readSignature(lab.database, ['log']),
    })
    expect(read?.holds.signature).to.equal('1000000001')
    expect(await readSignature(lab.database, [])).to.equal('')
  })
})
