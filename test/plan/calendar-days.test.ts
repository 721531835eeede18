/** Every day of a calendar, where mails and erasures of several policies meet a schedule and a relay. */
import { expect } from 'chai'
import { backlogEnds, calendar, type CalendarInput, type CalendarPolicy } from '../../plan/calendar.ts'
import { warn } from './judged-policy.ts'

const today = 20_000
const policy: CalendarPolicy = {
  policy: 'p',
  warn,
  overdue: 0,
  upcoming: 0,
  laterNow: 0,
  due: 0,
  perRun: { items: 500, mails: 2000 },
  told: [],
}
const input: CalendarInput = {
  today,
  policies: [],
  warmUp: null,
  past: { leftBefore: [], leftToday: 0, waiting: 0, deferred: 0, failed: 0 },
  nextWarning: (ahead) => ahead,
  nextErasure: (ahead) => ahead,
}
const all = (policies: readonly Partial<CalendarPolicy>[], rest: Partial<CalendarInput> = {}) =>
  calendar({
    ...input,
    ...rest,
    policies: policies.map((more, i) => ({ ...policy, policy: `p${i}`, ...more })),
  }).map(({ day, first, later, erased }) => `${day - today}: ${first} ${later} ${erased}`)
const of = (more: Partial<CalendarPolicy>, rest?: Partial<CalendarInput>) => all([more], rest)
const ends = (more: Partial<CalendarPolicy>, rest: Partial<CalendarInput> = {}) => {
  const day = backlogEnds({ ...input, ...rest, policies: [{ ...policy, ...more }] }).get('p')
  return day == null ? day : day - today
}
const never = (ahead: number) => ahead + 1
const warmUp = {
  firstDay: 10,
  growth: 2,
  dailyCap: 1000,
  pauseAbove: { hardBouncesPercent: 100, deferralsPercent: 100 },
}

describe('a calendar of several policies', () => {
  it('lasts as long as one of them has somebody', () => {
    expect(all([{}, { due: 501 }, {}])).to.deep.equal(['0: 0 0 500', '1: 0 0 1'])
  })

  it('shares what a relay takes', () => {
    const days = all([{ overdue: 6 }, { overdue: 8 }], { warmUp })
    expect(days.slice(0, 2)).to.deep.equal(['0: 10 0 0', '1: 4 0 0'])
    const once = { ...warn, daysBefore: [60] }
    const mails = all(
      [
        { warn: once, overdue: 6 },
        { warn: once, overdue: 8 },
      ],
      { warmUp },
    )
    expect(mails.slice(0, 2)).to.deep.equal(['0: 10 0 0', '1: 4 0 0'])
  })
})

describe('a calendar', () => {
  it('is not asked for days without anybody, and ends where nobody plans any more', () => {
    const asked: number[] = []
    const nextErasure = (ahead: number) => {
      asked.push(ahead)
      return ahead + 1
    }
    expect(of({}, { nextErasure })).to.deep.equal([])
    expect(asked).to.deep.equal([])
    expect(of({ due: 1 }, { nextErasure })).to.deep.equal([])
    expect(Math.max(...asked)).to.equal(20 * 366 - 1)
  })

  it('warns on the days of warnings alone, and erases on the others as well', () => {
    const nextWarning = (ahead: number) => 3 + Math.ceil((ahead - 3) / 7) * 7
    expect(of({ overdue: 10, due: 501 }, { nextWarning })).to.deep.equal([
      '0: 0 0 500',
      '1: 0 0 1',
      '3: 10 0 0',
      '10: 0 10 0',
      '38: 0 10 0',
      '39: 0 0 10',
    ])
  })

  it('has later mails that are due now today, and before first mails', () => {
    const told = [{ announced: today + 10, people: 7 }]
    expect(of({ told, laterNow: 3 })).to.deep.equal(['0: 0 3 0', '3: 0 7 0', '10: 0 0 7'])
    const perRun = { items: 500, mails: 8 }
    expect(of({ overdue: 10, laterNow: 3, perRun }).slice(0, 2)).to.deep.equal(['0: 5 3 0', '1: 5 0 0'])
  })

  it('tells nobody again who was told earlier than the first of the days before', () => {
    expect(of({ told: [{ announced: today + 100, people: 7 }] })).to.deep.equal([
      '70: 0 7 0',
      '93: 0 7 0',
      '100: 0 0 7',
    ])
  })

  it('mails once for several days that have come, and never from the announced day on', () => {
    const on = (...days: readonly number[]) => ({
      nextWarning: (ahead: number) => days.find((day) => day >= ahead) ?? Infinity,
    })
    expect(of({ overdue: 10 }, on(0, 30))).to.deep.equal(['0: 10 0 0', '30: 0 10 0', '36: 0 0 10'])
    const late = { nextErasure: (ahead: number) => Math.max(ahead, 40) }
    expect(of({ overdue: 10 }, { ...on(0, 36), ...late })).to.deep.equal(['0: 10 0 0', '40: 0 0 10'])
    expect(of({ overdue: 10 }, { ...on(0, 37), ...late })).to.deep.equal(['0: 10 0 0', '40: 0 0 10'])
  })
})

describe('a calendar with a relay that gets used to mails', () => {
  const firsts = (more: Partial<CalendarPolicy>, rest: Partial<CalendarInput> = {}) =>
    of(more, { warmUp, ...rest }).slice(0, 2)

  it('counts the later mails of the day before, and no erasure that tells nobody', () => {
    expect(firsts({ overdue: 100, due: 8 })).to.deep.equal(['0: 10 0 8', '1: 20 0 0'])
    expect(firsts({ overdue: 100, laterNow: 6 })).to.deep.equal(['0: 4 6 0', '1: 20 0 0'])
  })

  it('leaves room for later mails of who was told, not for a first one of theirs', () => {
    const told = (announced: number) => [{ announced: today + announced, people: 6 }]
    expect(firsts({ overdue: 100, told: told(36) })[0], 'on day 6').to.equal('0: 4 0 0')
    expect(firsts({ overdue: 100, told: told(66) })[0], 'the first on day 6').to.equal('0: 10 0 0')
    expect(firsts({ overdue: 100, told: told(30) })[0], 'out already').to.equal('0: 10 0 0')
  })

  it('looks back over as many days as the terms do', () => {
    const leftBefore = [0, 0, 0, 0, 0, 0, 50]
    const days = of({ overdue: 1000 }, { warmUp, past: { ...input.past, leftBefore } })
    expect(days.slice(0, 2)).to.deep.equal(['0: 100 0 0', '1: 200 0 0'])
    const slow = { ...warmUp, growth: 0.1 }
    const old = of(
      { overdue: 1000 },
      { warmUp: slow, past: { ...input.past, leftBefore: [0, 0, 0, 0, 0, 0, 500] } },
    )
    expect(old.slice(0, 2)).to.deep.equal(['0: 50 0 0', '1: 10 0 0'])
  })
})

describe('a backlog', () => {
  it('counts who was told before today', () => {
    const told = [{ announced: today + 10, people: 7 }]
    expect(ends({ told })).to.equal(10)
    expect(ends({ told }, { nextErasure: never })).to.equal(null)
  })

  it('is behind as long as somebody is to be told, or to be erased', () => {
    expect(ends({ overdue: 10 }, { nextWarning: never })).to.equal(null)
    expect(ends({ due: 10 }, { nextErasure: never })).to.equal(null)
    expect(ends({ overdue: 10, due: 10 }, { nextWarning: never, nextErasure: never })).to.equal(null)
  })
})
