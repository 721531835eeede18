import { expect } from 'chai'
import { backlogEnds, calendar, type CalendarInput, type CalendarPolicy } from '../../plan/calendar.ts'
import { calendarLines } from '../../cli/calendar.ts'
import { warn } from './judged-policy.ts'

const policy: CalendarPolicy = {
  policy: 'inactive-accounts',
  warn,
  overdue: 0,
  upcoming: 0,
  laterNow: 0,
  due: 0,
  perRun: { items: 500, mails: 2000 },
  told: [],
}
const input: CalendarInput = {
  today: 20_000,
  policies: [policy],
  warmUp: null,
  past: { leftBefore: [], leftToday: 0, waiting: 0, deferred: 0, failed: 0 },
  nextWarning: (ahead) => ahead,
  nextErasure: (ahead) => ahead,
}
const of = (more: Partial<CalendarPolicy>, rest: Partial<CalendarInput> = {}) =>
  calendar({ ...input, ...rest, policies: [{ ...policy, ...more }] }).map(
    ({ day, first, later, erased }) => `${day - 20_000}: ${first} ${later} ${erased}`,
  )

describe('the calendar of mails and erasures', () => {
  it('has a ladder and an erasure for whoever is overdue, and a later one for whoever is not', () => {
    expect(of({ overdue: 10 })).to.deep.equal(['0: 10 0 0', '6: 0 10 0', '29: 0 10 0', '36: 0 0 10'])
    expect(of({ upcoming: 10 })).to.deep.equal(['0: 10 0 0', '30: 0 10 0', '53: 0 10 0', '60: 0 0 10'])
  })

  it('goes on with who was told before, and erases no more than a run takes', () => {
    const told = [{ announced: 20_010, people: 700 }]
    expect(of({ told })).to.deep.equal(['3: 0 700 0', '10: 0 0 500', '11: 0 0 200'])
    expect(of({ due: 5, laterNow: 3 })).to.deep.equal(['0: 0 3 5'])
    const over = { nextWarning: (ahead: number) => Math.max(1, ahead) }
    expect(of({ told, laterNow: 3 }, over), 'once the slot of today is over').to.deep.equal([
      '1: 0 3 0',
      '3: 0 700 0',
      '10: 0 0 500',
      '11: 0 0 200',
    ])
  })

  it('keeps to the slots of the schedule and to the mails of a run', () => {
    const weekly = (ahead: number) => Math.ceil(ahead / 7) * 7
    const rest = { nextWarning: weekly, nextErasure: weekly }
    expect(of({ overdue: 10 }, rest)).to.deep.equal(['0: 10 0 0', '7: 0 10 0', '35: 0 10 0', '42: 0 0 10'])
    expect(of({ overdue: 10, perRun: { items: 500, mails: 8 } })[1]).to.equal('1: 2 0 0')
  })

  it('brings no more mails in a day than the relay takes, those after an erasure among them', () => {
    const pauseAbove = { hardBouncesPercent: 5, deferralsPercent: 20 }
    const warmUp = { firstDay: 10, growth: 1, dailyCap: 10, pauseAbove }
    const telling = { ...warn, thenTell: { template: 'erased', withinDays: 5 } }
    const days = (of: CalendarPolicy['warn']) =>
      calendar({ ...input, warmUp, policies: [{ ...policy, warn: of, overdue: 200, upcoming: 100 }] })
    for (const { first, later, erased } of days(telling)) expect(first + later + erased).to.be.at.most(10)
    expect(days(warn).some(({ first, later, erased }) => first + later + erased > 10)).to.equal(true)
    expect((days(telling).at(-1)?.day ?? 0) > (days(warn).at(-1)?.day ?? 0)).to.equal(true)
    const growing = { ...warmUp, growth: 2, dailyCap: 1000 }
    const firsts = of({ warn: telling, due: 8, overdue: 100 }, { warmUp: growing }).slice(0, 2)
    expect(firsts, 'they are mails to which a relay got used').to.deep.equal(['0: 2 0 8', '1: 20 0 0'])
  })

  it('is told by day, by week, and by month, without losing anybody', () => {
    const days = calendar({
      ...input,
      policies: [{ ...policy, overdue: 400_000, perRun: { items: 2000, mails: 3000 } }],
    })
    const lines = calendarLines(days, 'en')
    expect(lines[2]).to.match(/^MONTH/)
    expect(days.reduce((sum, { erased }) => sum + erased, 0)).to.equal(400_000)
    expect(calendarLines(days.slice(0, 10), 'en')[2]).to.match(/^DAY/)
    expect(calendarLines(days.slice(0, 60), 'fr')[2]).to.match(/^SEMAINE DU/)
    expect(calendarLines([], 'en')).to.deep.equal([])
  })
})

describe('the day on which the last of a backlog goes', () => {
  const ends = (more: Partial<CalendarPolicy>, rest: Partial<CalendarInput> = {}) => {
    const day = backlogEnds({ ...input, ...rest, policies: [{ ...policy, ...more }] }).get(policy.policy)
    return day == null ? day : day - 20_000
  }

  it('is the last of the calendar, but for those whose term is not over', () => {
    expect(ends({ overdue: 10 })).to.equal(36)
    expect(ends({ overdue: 10, upcoming: 5 })).to.equal(36)
    expect(ends({ due: 501 })).to.equal(1)
    expect(ends({}), 'there is none').to.equal(0)
  })

  it('waits for the days of the schedule, and for a relay that gets used to mails', () => {
    const weekly = (ahead: number) => Math.ceil(ahead / 7) * 7
    expect(ends({ overdue: 10 }, { nextWarning: weekly, nextErasure: weekly })).to.equal(42)
    const pauseAbove = { hardBouncesPercent: 5, deferralsPercent: 20 }
    const warmUp = { firstDay: 3, growth: 1, dailyCap: 3, pauseAbove }
    const days = calendar({ ...input, warmUp, policies: [{ ...policy, overdue: 60 }] })
    expect(ends({ overdue: 60 }, { warmUp })).to.equal((days.at(-1)?.day ?? 0) - 20_000)
    expect(ends({ overdue: 60 }, { warmUp })).to.be.above(36 + 19)
  })

  it('is not told where nobody can say', () => {
    expect(ends({ overdue: 10 }, { nextErasure: (ahead) => ahead + 1 })).to.equal(null)
    expect(ends({ upcoming: 10 }, { nextErasure: (ahead) => ahead + 1 }), 'nobody is overdue').to.equal(0)
  })
})
