/** What a policy has done so far, and when so much went wrong that it must stop. */
import { expect } from 'chai'
import {
  addBusy,
  addRows,
  addSums,
  areAllNamed,
  beginPass,
  endPass,
  isStopped,
  newTally,
  rowsIn,
  setAside,
  settle,
  stoppedBy,
  tableCounts,
  type Sums,
} from '../../engine/tally.ts'

const keys = (from: number, many: number) => Array.from({ length: many }, (_, i) => [String(from + i)])

describe('the tally of a policy', () => {
  it('begins with nothing', () => {
    expect(newTally()).to.deep.equal({
      ...{ done: 0, entered: 0, busy: 0, busyKeys: [], waited: 0, setAside: [], sums: new Map() },
      ...{ sample: { families: [], seen: 0 }, heavy: false, stopped: null },
      retry: { keys: new Map(), unnamed: 0, others: 0 },
    })
  })

  it('counts everybody who was busy, keeps the first thousand by key, and begins anew', () => {
    const total = newTally()
    addBusy(total, keys(0, 2))
    addBusy(total, keys(2, 1))
    expect(total).to.deep.include({ busy: 3, busyKeys: [['0'], ['1'], ['2']] })
    const before = total.busyKeys
    addBusy(total, [])
    expect(total.busyKeys, 'not copied for nothing').to.equal(before)
    addBusy(total, keys(3, 999))
    expect(total.busy).to.equal(1002)
    expect(total.busyKeys).to.deep.equal(keys(0, 1000))
    beginPass(total)
    expect(total).to.deep.include({ busy: 0, busyKeys: [] })
  })

  const rows = (from: number, many: number) => keys(from, many).map((key) => ({ key }))

  /** Of those from 0 to `met` that the pass before found busy, 1 is busy again, 3 is done and 4 fails. */
  const pass = (met: number, stopped: string | null, more: ReturnType<typeof rows> = []) => {
    const total = newTally()
    addBusy(total, keys(0, met))
    beginPass(total)
    settle(total, [...rows(1, 1), ...rows(3, 2), ...more])
    addBusy(total, keys(1, 1))
    setAside(total, keys(4, 1), 'count')
    total.stopped = stopped
    endPass(total)
    return total
  }

  it('counts whom a stopped pass did not come to again, and names only whom it did', () => {
    const paused = pass(5, 'paused')
    expect(paused).to.deep.include({ busy: 3, busyKeys: [['1']] })
    expect([...paused.retry.keys.values()]).to.deep.equal([['0'], ['2']])
    const retry = { keys: new Map(), unnamed: 0, others: 0 }
    for (const met of [5, 1003])
      expect(pass(met, null)).to.deep.include({ busy: 1, busyKeys: [['1']], retry })
  })

  it('counts of those beyond the first thousand no more than are left', () => {
    const busy = (more: ReturnType<typeof rows>) => pass(1005, 'paused', more).busy
    expect(busy([])).to.equal(1003)
    expect(busy(rows(1000, 3)), 'three of the five are done').to.equal(1000)
    expect(busy(rows(1000, 5))).to.equal(998)
    expect(busy([...rows(1000, 5), ...rows(2000, 7)]), 'people whom no pass met before').to.equal(998)
  })

  it('counts whom it met of those beyond the first thousand, also once it has met all of these', () => {
    const total = newTally()
    addBusy(total, keys(0, 1005))
    beginPass(total)
    settle(total, rows(0, 1000))
    settle(total, rows(1000, 3))
    total.stopped = 'paused'
    endPass(total)
    expect(total.busy).to.equal(2)
  })

  it('knows whether all who were busy are named', () => {
    expect(areAllNamed(pass(5, 'paused'))).to.equal(true)
    expect(areAllNamed(pass(1000, 'paused'))).to.equal(true)
    expect(areAllNamed(pass(1005, 'paused'))).to.equal(false)
    // Five others may be who was done, and the five unnamed still there.
    expect(areAllNamed(pass(1005, 'paused', rows(2000, 5)))).to.equal(false)
    const total = newTally()
    addBusy(total, keys(0, 1001))
    expect(areAllNamed(total)).to.equal(false)
  })

  it('adds up rows by table and act', () => {
    const one: Sums = new Map()
    const other: Sums = new Map()
    addRows(one, 'users', 'erased', 2)
    addRows(one, 'users', 'erased', 3)
    addRows(one, 'users', 'anonymised', 1)
    addRows(one, 'orders', 'erased', 0)
    addRows(other, 'users', 'erased', 10)
    addRows(other, 'visits', 'detached', 4)
    addSums(one, other)
    expect(tableCounts(one)).to.deep.equal({
      users: { erased: '15', anonymised: '1' },
      visits: { detached: '4' },
    })
    expect([rowsIn(one), rowsIn(other), rowsIn(new Map())]).to.deep.equal([20, 14, 0])
  })

  it('stops once more than twenty failed, and more than one of twenty', () => {
    const stop = (failed: number, done: number, stopped: string | null = null) => {
      const setAside = keys(0, failed).map((key) => ({ key, code: 'count' }))
      return stoppedBy({ ...newTally(), setAside, done, stopped })
    }
    const tooMany = 'too many rows set aside'
    expect([stop(20, 0), stop(21, 0)]).to.deep.equal([null, tooMany])
    expect([stop(21, 420), stop(21, 419)]).to.deep.equal([null, tooMany])
    expect([stop(0, 0, 'slice'), stop(21, 0, 'slice')]).to.deep.equal(['slice', 'slice'])
  })

  it('knows whether it is stopped', () => {
    const total = newTally()
    expect(isStopped(total)).to.equal(false)
    total.stopped = 'slice'
    expect(isStopped(total)).to.equal(true)
  })
})
