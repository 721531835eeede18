/** What a policy has done so far, and when so much went wrong that it must stop. */
import { expect } from 'chai'
import {
  addBusy,
  addRows,
  addSums,
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
      retry: { keys: new Map(), unnamed: 0 },
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

  it('keeps whom a stopped pass did not come to again', () => {
    const pass = (met: number, stopped: string | null) => {
      const total = newTally()
      addBusy(total, keys(0, met))
      beginPass(total)
      addBusy(total, keys(1, 1))
      settle(
        total,
        keys(3, 1).map((key) => ({ key })),
      )
      setAside(total, keys(4, 1), 'count')
      total.stopped = stopped
      endPass(total)
      return total
    }
    expect(pass(5, 'paused')).to.deep.include({ busy: 3, busyKeys: [['1'], ['0'], ['2']] })
    expect(pass(5, null)).to.deep.include({ busy: 1, busyKeys: [['1']] })
    expect(pass(1003, 'paused').busy).to.equal(1001)
    expect(pass(1003, null)).to.deep.include({ busy: 1, retry: { keys: new Map(), unnamed: 0 } })
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
