import { expect } from 'chai'
import { backlogState, endOf, lastRunFor, lineAt, paceOf, usualEnd } from '../../plan/backlog.ts'
import { pilotFault, sizeAfter, sizeBefore, type PastPilot } from '../../plan/pilot.ts'
import { restOf } from '../../plan/slice.ts'
import { policy } from './site-builder.ts'

const day = 86_400_000
const now = Date.parse('2026-12-01T10:00:00Z')
const paris = 'Europe/Paris'
const plain = { perRun: 500, runEvery: day, noticeDays: 0 }

const warn = {
  when: 'before the term',
  daysBefore: [60, 30, 7],
  minimumNoticeDays: 30,
  template: 't',
  ifUnreachable: 'a person decides',
  noAddress: 'a person decides',
} as const

describe('the pace of a backlog', () => {
  it('is a slice each run; of mails, one ladder for each person', () => {
    const one = policy('account', { perRun: { items: 500, mails: 2000 } })
    expect(paceOf(one, day)).to.deep.equal(plain)
    expect(paceOf({ ...one, warn }, day)).to.deep.equal({ perRun: 500, runEvery: day, noticeDays: 60 })
    const few = { ...one, warn: { ...warn, daysBefore: [7] }, perRun: { items: 500, mails: 100 } }
    expect(paceOf(few, day)).to.deep.equal({ perRun: 100, runEvery: day, noticeDays: 30 })
    expect(paceOf({ ...few, warn, perRun: { items: 500, mails: 2 } }, day).perRun).to.equal(1)
  })

  it('gives the last run, and a day with some room behind it', () => {
    expect(lastRunFor(0, plain, now)).to.equal(now)
    expect(lastRunFor(0, { ...plain, noticeDays: 60 }, now), 'nobody waits for nobody').to.equal(now)
    expect(lastRunFor(1000, plain, now)).to.equal(now + 2 * day)
    expect(lastRunFor(1001, { ...plain, noticeDays: 60 }, now)).to.equal(now + 63 * day)
    expect(usualEnd(now + 2 * day, now, paris), 'a week').to.equal('2026-12-10')
    expect(usualEnd(now + 200 * day, now, paris), '200 days and a tenth').to.equal('2027-07-09')
  })
})

describe('a frozen backlog', () => {
  const frozen = { size: 1000, frozenAt: endOf({ by: '2026-11-30' }, paris), by: '2026-12-10' }
  const at = (days: number) => frozen.frozenAt + days * day
  const state = (left: number, days: number) =>
    backlogState(frozen, left, { ...plain, perRun: 50 }, paris, at(days))

  it('goes straight from its size to nothing at the end of its day', () => {
    expect([0, 5, 10, 11].map((days) => lineAt(frozen, paris, at(days)))).to.deep.equal([1000, 500, 0, 0])
  })

  it('is on time up to one slice above the line, and late after its day', () => {
    expect([state(1000, 0), state(550, 5), state(551, 5)]).to.deep.equal(['on time', 'on time', 'late'])
    expect([state(1, 10), state(0, 10), state(0, 3)]).to.deep.equal(['late', 'done', 'done'])
  })

  it('waits for the notice before it is late', () => {
    const warned = { ...plain, perRun: 50, noticeDays: 3 }
    expect(backlogState(frozen, 850, warned, paris, at(5))).to.equal('on time')
    expect(backlogState(frozen, 851, warned, paris, at(5))).to.equal('late')
  })
})

describe('what a run leaves', () => {
  const input = { left: 1000, perRun: 100, timed: null, newly: [], now, runEvery: day, noticeDays: 0 }

  it('is done at the pace of a slice, less what becomes due on the average', () => {
    expect(restOf(input)).to.deep.equal({ pace: 100, doneAt: now + 10 * day })
    expect(restOf({ ...input, newly: [0, 100, 50] }).doneAt).to.equal(now + 20 * day)
    expect(restOf({ ...input, newly: [100] }).doneAt).to.equal(null)
  })

  it('is done at the pace of a run that its time ended, never above a slice', () => {
    expect(restOf({ ...input, timed: 50 })).to.deep.equal({ pace: 50, doneAt: now + 20 * day })
    expect(restOf({ ...input, timed: 500 }).pace).to.equal(100)
    expect(restOf({ ...input, timed: 0 }).doneAt).to.equal(null)
  })

  it('adds the notice of those who are still to be warned', () => {
    expect(restOf({ ...input, noticeDays: 60 }).doneAt).to.equal(now + 70 * day)
  })
})

describe('a pilot', () => {
  const clean: PastPilot = { size: 10, ended: true, done: 10, rest: 90, asked: 10, left: 0 }

  it('is clean when it ended, did something, and was asked after in vain', () => {
    expect(pilotFault(clean)).to.equal(null)
    expect(pilotFault(null)).to.equal('none')
    expect(pilotFault({ ...clean, left: 1, ended: false })).to.equal('something left')
    expect(pilotFault({ ...clean, ended: false })).to.equal('not ended')
    expect(pilotFault({ ...clean, done: 0, asked: null, left: null })).to.equal('nothing done')
    expect(pilotFault({ ...clean, asked: null, left: null })).to.equal('not checked')
    expect(pilotFault({ ...clean, done: 3, asked: 3 })).to.equal('fewer done')
    expect(pilotFault({ ...clean, done: 3, rest: 0, asked: 3 }), 'all that was due').to.equal(null)
    expect(pilotFault({ ...clean, asked: 0 })).to.equal('not checked')
  })

  it('follows the next smaller one', () => {
    expect([10, 100, 1000].map((size) => sizeBefore(size as 10))).to.deep.equal([null, 10, 100])
    expect([10, 100, 1000].map(sizeAfter)).to.deep.equal([100, 1000, null])
  })
})
