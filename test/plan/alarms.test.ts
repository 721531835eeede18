import { expect } from 'chai'
import { alarms, renderAlarm, type AlarmInput } from '../../plan/alarms.ts'
import { sliceOf } from '../../plan/slice.ts'

describe('alarms', () => {
  const quiet: AlarmInput = {
    policy: { id: 'p', stopAbove: { percent: 2, count: null, percentByElse: 25 } },
    dueNow: 20,
    leftLastRun: 0,
    newlyDueHistory: [],
    population: 1000,
    byElse: 0,
    canaries: 0,
    approvedCount: null,
    allNew: null,
  }
  const kinds = (more: Partial<AlarmInput>) => alarms({ ...quiet, ...more }).map((alarm) => alarm.kind)
  const stop = (more: Partial<AlarmInput['policy']['stopAbove']>) => ({
    id: 'p',
    stopAbove: { ...quiet.policy.stopAbove, ...more },
  })

  it('pass the share that the policy allows, to the row', () => {
    expect(kinds({})).to.deep.equal([])
    expect(kinds({ dueNow: 21 })).to.deep.equal(['share'])
    expect(alarms({ ...quiet, dueNow: 21 })[0]).to.include({ found: 21, limit: 20 })
  })

  it('judge only what is new since the last run', () => {
    expect(kinds({ dueNow: 500, leftLastRun: 480 })).to.deep.equal([])
    expect(kinds({ dueNow: 500, leftLastRun: 479 })).to.deep.equal(['share'])
    expect(kinds({ dueNow: 10, leftLastRun: 480 }), 'less than nothing is nothing').to.deep.equal([])
    expect(kinds({ dueNow: 500, leftLastRun: null })).to.deep.equal(['share'])
  })

  it('take all for new where nothing of before can be compared with, and say why', () => {
    for (const [allNew, en, fr] of [
      ['terms', 'as the terms changed', 'les conditions ayant changé'],
      ['replay', 'as a backup was restored', 'une sauvegarde ayant été restaurée'],
    ] as const) {
      const [alarm, ...others] = alarms({ ...quiet, dueNow: 500, leftLastRun: 500, allNew })
      expect([alarm?.kind, alarm?.found, others]).to.deep.equal(['share', 500, []])
      expect(renderAlarm(alarm!, 'en')).to.include(`500 newly due (all that are due, ${en}`)
      expect(renderAlarm(alarm!, 'fr')).to.include(`500 nouveaux cas (tous ceux à échéance, ${fr}`)
    }
  })

  it('do not judge ten rows by their share, nor an empty table at all', () => {
    expect(kinds({ dueNow: 10, population: 12 })).to.deep.equal([])
    expect(kinds({ dueNow: 11, population: 12 })).to.deep.equal(['share'])
    expect(kinds({ dueNow: 0, population: 0 })).to.deep.equal([])
  })

  it('take a share of no fewer rows than are due, whatever the server guesses', () => {
    const guessed = { dueNow: 1010, population: 1000 }
    expect(kinds({ ...guessed, policy: stop({ percent: 100 }) })).to.deep.equal([])
    const [alarm] = alarms({ ...quiet, ...guessed, policy: stop({ percent: 50 }) })
    expect([alarm?.found, alarm?.limit, alarm?.params['population']]).to.deep.equal([1010, 505, '1010'])
  })

  it('hold a count of its own', () => {
    expect(kinds({ policy: stop({ count: 20 }) })).to.deep.equal([])
    expect(kinds({ policy: stop({ count: 19 }) })).to.deep.equal(['count'])
  })

  it('find a jump against the median of at least five runs', () => {
    const past = [10, 12, 11, 9, 400]
    const large = { population: 1_000_000 }
    expect(kinds({ ...large, newlyDueHistory: past, dueNow: 55 })).to.deep.equal([])
    expect(kinds({ ...large, newlyDueHistory: past, dueNow: 56 })).to.deep.equal(['jump'])
    expect(kinds({ ...large, newlyDueHistory: past.slice(1), dueNow: 900 })).to.deep.equal([])
    expect(kinds({ ...large, newlyDueHistory: [0, 0, 0, 0, 0, 0], dueNow: 50 })).to.deep.equal([])
    expect(kinds({ ...large, newlyDueHistory: [0, 0, 0, 0, 0, 0], dueNow: 51 })).to.deep.equal(['jump'])
  })

  it('take the middle of what was usual, whatever its order, and between two the half', () => {
    const large = { population: 1_000_000, dueNow: 900 }
    const usual = (newlyDueHistory: readonly number[]) => {
      const [found] = alarms({ ...quiet, ...large, newlyDueHistory })
      return [found?.params['median'], found?.limit]
    }
    expect(usual([100, 9, 30, 10, 20])).to.deep.equal(['20', 100])
    expect(usual([100, 9, 30, 10, 21, 20])).to.deep.equal(['20.5', 102])
  })

  it('hold the share that is counted from the substitute date', () => {
    const large = { population: 1_000_000, dueNow: 100 }
    expect(kinds({ ...large, byElse: 25 })).to.deep.equal([])
    expect(kinds({ ...large, byElse: 26 })).to.deep.equal(['by else'])
    expect(kinds({ population: 1_000_000, dueNow: 20, byElse: 20 })).to.deep.equal([])
    expect(alarms({ ...quiet, ...large, dueNow: 120, byElse: 31 })[0]).to.include({ found: 31, limit: 30 })
  })

  it('are silenced by an approval of at least that many, but never for a canary', () => {
    const bad = { dueNow: 900, byElse: 900, policy: stop({ count: 1 }) }
    expect(kinds({ ...bad, approvedCount: 900 })).to.deep.equal([])
    expect(kinds({ ...bad, approvedCount: 899 })).to.deep.equal(['share', 'count', 'by else'])
    expect(kinds({ ...bad, approvedCount: 900, canaries: 1 })).to.deep.equal(['canary'])
    expect(kinds({ canaries: 1 })).to.deep.equal(['canary'])
    const lostHolds = Array.from({ length: 7 }, (_, n) => ({ id: `id${n}`, kind: 'account' }))
    const [lost, ...others] = alarms({ ...quiet, ...bad, approvedCount: 900, lostHolds })
    expect([lost?.kind, lost?.found, lost?.limit, others]).to.deep.equal(['lost hold', 7, 0, []])
    for (const lang of ['en', 'fr'] as const)
      expect(renderAlarm(lost!, lang))
        .to.include('id0 (account), id1 (account)')
        .and.include('id4 (account), …')
  })

  it('each say what was found and what would have been usual, in both languages', () => {
    const past = { population: 1_000_000, newlyDueHistory: [10, 10, 10, 10, 10], dueNow: 120, byElse: 31 }
    const found = alarms({ ...quiet, ...past, canaries: 2, policy: stop({ count: 19, percent: 0 }) })
    expect(found.map(({ kind }) => kind)).to.deep.equal(['canary', 'share', 'count', 'jump', 'by else'])
    const figures = [
      ['2'],
      ['120', '0 %', '1000000'],
      ['120', '19'],
      ['120', '10', '50'],
      ['31', '25 %', '30'],
    ]
    for (const lang of ['en', 'fr'] as const)
      found.forEach((alarm, i) => {
        const text = renderAlarm(alarm, lang)
        for (const figure of figures[i] ?? []) expect(text).to.contain(figure)
        expect(text).not.to.match(/[{}]/)
      })
  })

  it('read in both languages', () => {
    const [alarm] = alarms({ ...quiet, dueNow: 21 })
    expect(renderAlarm(alarm!, 'en')).to.contain('21 newly due').and.to.contain('2 % of 1000 (20)')
    expect(renderAlarm(alarm!, 'fr')).to.contain('21 nouveaux cas')
  })
})

describe('a slice', () => {
  const day = 86_400_000
  const base = { due: 1300, perRun: 500, newlyPerRun: 0, now: 0, runEvery: day }

  it('takes what a run may take and says when the rest is done', () => {
    expect(sliceOf(base)).to.deep.equal({ takes: 500, left: 800, runsLeft: 2, doneAt: 2 * day })
    expect(sliceOf({ ...base, due: 500 })).to.deep.equal({ takes: 500, left: 0, runsLeft: 0, doneAt: 0 })
  })

  it('counts what becomes due meanwhile, and admits when it never ends', () => {
    expect(sliceOf({ ...base, newlyPerRun: 300 }).runsLeft).to.equal(4)
    expect(sliceOf({ ...base, newlyPerRun: 500 })).to.include({ runsLeft: null, doneAt: null })
    expect(sliceOf({ ...base, due: 500, newlyPerRun: 500 })).to.include({ runsLeft: 0, doneAt: 0 })
  })
})
