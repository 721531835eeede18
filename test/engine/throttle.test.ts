import { expect } from 'chai'
import fc from 'fast-check'
import { lagOf, loadValues, signalNames, type ServerLoad } from '../../engine/signals.ts'
import {
  calm,
  judge,
  raisedFor,
  staleAfter,
  writersFor,
  type Reading,
  type Thresholds,
  type Verdict,
} from '../../engine/throttle.ts'

const thresholds: Thresholds = {
  replica_lag_ms: { soft: 1500, hard: 10_000 },
  threads_running: { soft: 25, hard: 50 },
  history_list: { soft: 300_000, hard: 2_000_000 },
  row_lock_wait_ms: { soft: 50, hard: 500 },
  row_lock_waits: { soft: 5, hard: 20 },
  commit_ms: { soft: 100, hard: 500 },
}

const lag = (value: number, at = 0, place = ''): Reading => ({ signal: 'replica_lag_ms', value, at, place })
const threads = (value: number): Reading => ({ signal: 'threads_running', value, at: 0, place: '' })

function after(values: readonly number[]): Verdict {
  return values.reduce((verdict, value) => judge(verdict, [lag(value)], thresholds, 0), calm)
}

describe('the throttle', () => {
  it('has four zones', () => {
    expect(after([599])).to.deep.equal(calm)
    expect(after([601])).to.deep.equal({ ...calm, room: 'hold' })
    expect(after([1051])).to.include({
      room: 'slow',
      hold: null,
      why: 'slowed: replica lag 1.05 s, limit 1.5 s',
    })
    expect(after([1051]).worst).to.deep.equal({ signal: 'replica_lag_ms', value: 1051, limit: 1500 })
    expect(after([1500]).hold?.kind).to.equal('throttled')
    expect(after([1500]).room).to.equal('slow')
  })

  it('is in the higher zone from its lower end on', () => {
    expect(after([600]).room).to.equal('hold')
    expect(after([1050]).room).to.equal('slow')
    expect(after([10_000, 600]).hold, 'a hard one').not.to.equal(null)
  })

  it('names the limit that counts: that of the beginning while it is above it, else that of the end', () => {
    expect(after([2000, 2400]).hold?.why).to.equal('throttled: replica lag 2.4 s > 1.5 s')
    expect(after([2000, 1500]).hold?.why).to.equal('throttled: replica lag 1.5 s > 1.5 s')
    expect(after([2000, 1499]).worst?.limit).to.equal(1050)
  })

  it('says what is above what', () => {
    expect(after([2400]).hold?.why).to.equal('throttled: replica lag 2.4 s > 1.5 s')
    const at = judge(calm, [lag(2437, 0, 'db2:3306'), threads(10)], thresholds, 0)
    expect(at.hold?.why).to.equal('throttled: replica lag of db2:3306 2.4 s > 1.5 s')
    expect(at.worst).to.deep.equal({ signal: 'replica_lag_ms', value: 2437, limit: 1500 })
    expect(judge(calm, [lag(2000), threads(60)], thresholds, 0).hold?.why).to.equal(
      'throttled: threads running 60 > 25',
    )
    expect(judge(calm, [lag(Infinity, 0, 'db2:3306')], thresholds, 0).hold?.why).to.equal(
      'throttled: replica lag of db2:3306 is not known',
    )
  })

  it('ends a hold only below 70 %, and one that was hard below 40 %', () => {
    expect(after([2000, 1400]).hold?.why).to.equal('throttled: replica lag 1.4 s > 1.05 s')
    expect(after([2000, 1100]).hold).not.to.equal(null)
    expect(after([2000, 1000]).hold).to.equal(null)
    expect(after([2000, 1000, 1100]).hold).to.equal(null)
    expect(after([10_000]).hold?.hard).to.equal(true)
    expect(after([10_000, 1000]).hold).to.include({ hard: true, why: 'throttled: replica lag 1 s > 600 ms' })
    expect(after([10_000, 599]).hold).to.equal(null)
    expect(after([2000, 10_000, 1000]).hold?.hard).to.equal(true)
  })

  it('holds when a value is old, whatever it was', () => {
    const at = (now: number): Verdict => judge(calm, [lag(0, 0), { ...threads(1), at: now }], thresholds, now)
    expect(at(staleAfter)).to.deep.equal(calm)
    expect(at(staleAfter + 1).hold?.why).to.equal('throttled: replica lag is not known')
    expect(at(staleAfter + 1).hold?.hard).to.equal(false)
  })

  const readings = fc.array(
    fc.record({
      signal: fc.constantFrom(...signalNames),
      value: fc.oneof(fc.double({ min: 0, max: 3e6, noNaN: true }), fc.constant(Infinity)),
      at: fc.integer({ min: 0, max: 30_000 }),
      place: fc.constant(''),
    }),
    { maxLength: 8 },
  )

  it('never lets a transaction begin above a threshold or on an old value', () => {
    fc.assert(
      fc.property(fc.array(readings, { maxLength: 20 }), (looks) => {
        let verdict = calm
        for (const look of looks) {
          const held = verdict.hold
          verdict = judge(verdict, look, thresholds, 30_000)
          const bad = look.some(
            ({ signal, value, at }) => value >= thresholds[signal].soft || 30_000 - at > staleAfter,
          )
          if (bad) expect(verdict.hold).not.to.equal(null)
          if (held === null && !bad) expect(verdict.hold).to.equal(null)
          if (verdict.hold === null)
            for (const { signal, value } of look)
              expect(value / thresholds[signal].soft).to.be.below(held === null ? 1 : held.hard ? 0.4 : 0.7)
        }
      }),
    )
  })

  it('is calm where nothing can be measured', () => {
    expect(judge(calm, [], thresholds, 0)).to.deep.equal(calm)
  })

  it('raises the limit of running threads where the site was busy before us', () => {
    expect(raisedFor(thresholds, { threadsRunning: 3 }).threads_running).to.deep.equal({ soft: 25, hard: 50 })
    expect(raisedFor(thresholds, { threadsRunning: 100 }).threads_running).to.deep.equal({
      soft: 120,
      hard: 200,
    })
  })

  it('lets several writers work only while the history list is short and there is room', () => {
    expect(writersFor(3, 1, 'grow', 0)).to.equal(3)
    expect(writersFor(3, 3, 'grow', 499)).to.equal(3)
    expect(writersFor(3, 3, 'grow', 500)).to.equal(1)
    expect(writersFor(3, 1, 'grow', 351)).to.equal(1)
    expect(writersFor(3, 1, 'grow', 349)).to.equal(3)
    expect(writersFor(3, 3, 'slow', 0)).to.equal(1)
    expect(writersFor(3, 3, 'grow', null)).to.equal(1)
    expect(writersFor(1, 1, 'grow', 0)).to.equal(1)
  })
})

describe('what a server says of itself', () => {
  const load = (change: Partial<ServerLoad> = {}): ServerLoad => ({
    threadsRunning: 4,
    historyList: 100,
    rowLockTime: 1000,
    rowLockWaits: 10,
    rowLockWaiting: 2,
    ...change,
  })

  it('counts from the start or from the last look', () => {
    const now = load({ historyList: 350, rowLockTime: 1300, rowLockWaits: 15 })
    expect(loadValues(load(), load({ historyList: 340 }), now)).to.deep.equal({
      threads_running: 4,
      history_list: 250,
      row_lock_wait_ms: 60,
      row_lock_waits: 2,
    })
    expect(loadValues(load(), load(), load()).row_lock_wait_ms).to.equal(0)
  })

  it('is not confused by a server that was started anew, nor by one that is silent', () => {
    expect(loadValues(load(), load(), load({ historyList: 0, rowLockTime: 0, rowLockWaits: 0 }))).to.include({
      history_list: 0,
      row_lock_wait_ms: 0,
    })
    expect(loadValues(load(), load(), load({ historyList: null, rowLockWaits: null }))).to.include({
      history_list: null,
      row_lock_wait_ms: null,
    })
    expect(loadValues(load(), load(), load({ rowLockTime: null, rowLockWaits: 15 }))).to.include({
      row_lock_wait_ms: null,
    })
    expect(loadValues(load({ historyList: null }), load(), load()), 'silent at the start').to.include({
      history_list: null,
    })
  })

  const beats = [5, 6, 7, 8].map((beat, i) => ({ beat, at: i * 500 }))
  it('is behind by the age of the first beat that it lacks', () => {
    expect(lagOf(beats, 8, 1700)).to.equal(0)
    expect(lagOf(beats, 7, 1700)).to.equal(200)
    expect(lagOf(beats, 5, 1700)).to.equal(1200)
    expect(lagOf(beats, 9, 1700)).to.equal(0)
  })

  it('is not known before it has shown a beat of this run', () => {
    expect(lagOf(beats, 4, 1700)).to.equal(Infinity)
    expect(lagOf([], 4, 1700)).to.equal(Infinity)
  })

  it('was not behind by a beat that was written after the question', () => {
    expect(lagOf(beats, 7, 1400)).to.equal(0)
  })

  it('never more than it was, and less by one beat at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 20 }), (trueLag, count) => {
        const written = Array.from({ length: count * 12 }, (_, i) => ({ beat: i, at: i * 500 }))
        const asked = 500 * count * 12
        const seen = written.filter(({ at }) => at <= asked - trueLag).at(-1)?.beat ?? -1
        const lag = lagOf(written, seen, asked)
        if (seen >= 0) expect(lag).to.be.within(Math.max(0, trueLag - 500), trueLag)
      }),
    )
  })
})
