import { expect } from 'chai'
import fc from 'fast-check'
import {
  firstMailsToday,
  lastMailDays,
  lastMails,
  laterDays,
  mailsToday,
  pauseOf,
  type MailPast,
  type WarmUp,
} from '../../plan/warm-up.ts'
import type { Warn } from '../../policies/policy.ts'
import { warn } from './judged-policy.ts'

const terms: WarmUp = {
  firstDay: 200,
  growth: 1.5,
  dailyCap: 20_000,
  pauseAbove: { hardBouncesPercent: 2, deferralsPercent: 10 },
}
const none: MailPast = { leftBefore: [], leftToday: 0, waiting: 0, deferred: 0, failed: 0 }

describe('the warm-up of a relay', () => {
  it('grows from the best of the days before, up to the cap', () => {
    expect(mailsToday(terms, [])).to.equal(200)
    expect(mailsToday(terms, [200, 0, 0])).to.equal(300)
    expect(mailsToday(terms, [0, 0, 300])).to.equal(450)
    expect(mailsToday(terms, [19_000])).to.equal(20_000)
    expect(mailsToday(terms, [10])).to.equal(200)
    let [day, mails] = [0, 0]
    for (; mails < 20_000; day += 1) mails = mailsToday(terms, [mails])
    expect(day).to.equal(13)
  })

  it('leaves what is over of the day, and room for the later mails of the same people', () => {
    const free = () => 0
    expect(firstMailsToday(terms, none, free, [6, 29])).to.equal(200)
    expect(firstMailsToday(terms, { ...none, leftToday: 50, waiting: 30 }, free, [])).to.equal(120)
    expect(firstMailsToday(terms, { ...none, waiting: 500 }, free, [])).to.equal(0)
    expect(firstMailsToday(terms, none, (ahead) => (ahead === 29 ? 150 : 0), [6, 29])).to.equal(50)
    expect(firstMailsToday(terms, none, (ahead) => (ahead === 30 ? 150 : 0), [6, 29])).to.equal(200)
  })

  it('leaves room for the last mails: of today, and of the erasure of whoever is told today', () => {
    const telling = { ...warn, thenTell: { template: 'erased', withinDays: 5 } }
    expect(lastMailDays(warn)).to.deep.equal([])
    expect(lastMailDays(telling)).to.have.members([36, 60])
    expect(firstMailsToday(terms, none, (ahead) => (ahead === 0 ? 150 : 0), [])).to.equal(50)
    expect(firstMailsToday(terms, none, (ahead) => (ahead === 36 ? 150 : 0), lastMailDays(telling))).to.equal(
      50,
    )
  })

  it('expects no more last mails in a day than a run erases, and none on a day without a run', () => {
    const told = [
      { ahead: 3, people: 700 },
      { ahead: -2, people: 600 },
    ]
    expect([...lastMails(told, 500, (ahead) => ahead)]).to.deep.equal([
      [0, 500],
      [1, 100],
      [3, 500],
      [4, 200],
    ])
    const weekly = (ahead: number) => Math.ceil(ahead / 7) * 7
    expect([...lastMails(told, 500, weekly)]).to.deep.equal([
      [0, 500],
      [7, 500],
      [14, 300],
    ])
  })

  it('pauses above a share, and not for a handful of mails', () => {
    expect(pauseOf(terms, { ...none, leftBefore: [980], failed: 20 })).to.equal(null)
    expect(pauseOf(terms, { ...none, leftBefore: [979], failed: 21 })).to.equal('hard bounces')
    expect(pauseOf(terms, { ...none, leftBefore: [900], deferred: 101 })).to.equal('deferrals')
    expect(pauseOf(terms, { ...none, leftBefore: [900], deferred: 100 })).to.equal(null)
    expect(pauseOf(terms, { ...none, leftBefore: [20], failed: 20 })).to.equal(null)
    expect(pauseOf(terms, { ...none, leftBefore: [48], failed: 2 }), 'the fewest that are a share').to.equal(
      'hard bounces',
    )
    expect(pauseOf(terms, { ...none, leftBefore: [47], failed: 2 })).to.equal(null)
    expect(firstMailsToday(terms, { ...none, leftBefore: [900], failed: 100 }, () => 0, [])).to.equal(0)
  })

  it('knows the days of the later mails, of who is overdue and of who is not', () => {
    expect(laterDays(warn)).to.have.members([6, 29, 30, 53])
    const close = { ...warn, daysBefore: [60, 40, 36, 7] }
    expect(laterDays(close), 'none on the day of the first or before').to.have.members([20, 24, 29, 53])
  })

  it('never lets a day of later mails outgrow what its day may bring, if nothing shrinks', () => {
    const ladder: Warn = { ...warn, daysBefore: [60, 30, 7] }
    const later = [6, 29]
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 3000 }), (firstDay, cap) => {
        const own = { ...terms, firstDay, dailyCap: Math.max(firstDay, cap) }
        const first: number[] = []
        const all: number[] = []
        for (let day = 0; day < 150; day += 1) {
          const due = (at: number) => later.reduce((sum, ahead) => sum + (first[at - ahead] ?? 0), 0)
          const past = { ...none, leftBefore: all.slice(-7), waiting: due(day) }
          first.push(firstMailsToday(own, past, (ahead) => due(day + ahead), laterDays(ladder)))
          all.push((first[day] ?? 0) + due(day))
          expect(all[day]).to.be.at.most(own.dailyCap)
        }
        expect(first.reduce((sum, mails) => sum + mails, 0)).to.be.at.least(firstDay * 30)
      }),
      { numRuns: 40 },
    )
  })
})
