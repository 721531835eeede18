import { expect } from 'chai'
import fc from 'fast-check'
import { startOfDay } from '../../plan/civil.ts'
import type { WarningFact } from '../../plan/facts.ts'
import {
  climb,
  inWarnWindow,
  warnDaysAhead,
  type LadderInput,
  type LadderOutcome,
} from '../../plan/ladder.ts'
import { noon, warn, warningOf, zone } from './judged-policy.ts'

const start = Date.parse('2020-06-01T08:00:00Z')
const dueFrom = startOfDay('2023-06-02', zone)
const day = (date: string): number => startOfDay(date, zone)

function ask(date: string, warnings: readonly WarningFact[], more: Partial<LadderInput> = {}): LadderOutcome {
  return climb({
    warn,
    start,
    dueFrom,
    addressState: 'valid',
    addressHash: 'address',
    warnings,
    termsHash: 'terms',
    now: noon(date),
    zone,
    ...more,
  })
}

function mail(date: string, announced: string, more: Partial<WarningFact> = {}): WarningFact {
  return warningOf(start, noon(date), day(announced), more)
}

const failed = (date: string, announced: string, round: number): WarningFact =>
  mail(date, announced, { round, state: 'refused', acceptedAt: null, failedAt: noon(date) })

describe('the ladder of warnings', () => {
  const first = mail('2023-04-03', '2023-06-02')

  it('announces the due day when there is time, and otherwise leaves room for retries and the notice', () => {
    expect(ask('2023-04-03', [])).to.deep.equal({ act: 'warn', round: 0, step: 0, announced: dueFrom })
    expect(ask('2023-04-27', [])).to.include({ announced: dueFrom })
    expect(ask('2023-04-28', [])).to.include({ announced: day('2023-06-03') })
    expect(ask('2025-11-01', [])).to.include({ announced: day('2025-12-07') })
  })

  it('holds to the latest day that a mail has printed, of another life or another policy', () => {
    const before = (announced: string, more: Partial<WarningFact> = {}) =>
      warningOf(start + 1, noon('2023-01-10'), day(announced), more)
    const announced = (warnings: readonly WarningFact[], more: Partial<LadderInput> = {}) => {
      const said = ask('2023-04-03', warnings, more)
      return said.act === 'warn' ? said.announced : said
    }
    expect(announced([before('2024-01-10'), before('2023-12-01')])).to.equal(day('2024-01-10'))
    expect(announced([], { promised: day('2024-01-11') })).to.equal(day('2024-01-11'))
    expect(announced([before('2024-01-10')], { promised: day('2023-12-01') })).to.equal(day('2024-01-10'))
    expect(announced([before('2023-01-20')]), 'one that is over').to.equal(dueFrom)
    const refused = { state: 'refused', acceptedAt: null, failedAt: noon('2023-01-10') } as const
    expect(announced([before('2024-01-10', refused)]), 'nobody has read it').to.equal(dueFrom)
    const unanswered = { state: 'unknown', acceptedAt: null } as const
    expect(announced([before('2024-01-10', unanswered)]), 'it may have arrived').to.equal(day('2024-01-10'))
  })

  it('waits for a day that was printed before the address began to refuse', () => {
    const two = [failed('2023-04-10', '2025-01-01', 1), failed('2023-04-12', '2025-01-01', 2)]
    const until = (...warnings: readonly WarningFact[]) => {
      const said = ask('2023-08-01', warnings)
      return said.act === 'wait' ? said.until : said.act
    }
    expect(
      until(mail('2023-04-03', '2024-06-01'), mail('2023-04-04', '2024-05-01', { step: 1 }), ...two),
    ).to.equal(day('2024-06-01'))
    expect(until(mail('2023-04-03', '2023-06-02'), ...two)).to.equal('due')
    // One of two mailboxes to which somebody forwards: the other may have it.
    const givenUp = { state: 'undelivered', failedAt: noon('2023-04-05') } as const
    expect(until(mail('2023-04-03', '2024-06-01', givenUp), ...two)).to.equal(day('2024-06-01'))
    const back = { state: 'bounced', failedAt: noon('2023-04-05') } as const
    expect(until(mail('2023-04-03', '2024-06-01', back), ...two)).to.equal('due')
  })

  it('sends the later steps on their days, counted back from the announced day', () => {
    expect(ask('2023-05-02', [first])).to.deep.equal({
      act: 'wait',
      reason: 'warned, not yet due',
      until: dueFrom,
    })
    expect(ask('2023-05-03', [first])).to.deep.equal({ act: 'warn', round: 0, step: 1, announced: dueFrom })
    const second = mail('2023-05-03', '2023-06-02', { step: 1 })
    expect(ask('2023-05-25', [first, second])).to.include({ act: 'wait' })
    expect(ask('2023-05-26', [first, second])).to.include({ act: 'warn', step: 2 })
  })

  it('sends only the latest step after an outage, and none on the announced day', () => {
    expect(ask('2023-05-28', [first])).to.include({ act: 'warn', step: 2 })
    expect(ask('2023-06-02', [first])).to.deep.equal({ act: 'due', notice: 'warned' })
  })

  it('drops a step whose day lay before the last mail', () => {
    const late = mail('2023-05-20', '2023-06-25')
    const steps = { ...warn, daysBefore: [60, 40, 36, 7] }
    expect(ask('2023-05-21', [late], { warn: steps })).to.include({ act: 'wait', until: day('2023-06-25') })
    expect(ask('2023-06-18', [late], { warn: steps })).to.include({ act: 'warn', step: 3 })
  })

  it('writes at most one mail a local day', () => {
    const late = mail('2023-05-03', '2023-06-02', {
      queuedAt: noon('2023-05-02'),
      acceptedAt: noon('2023-05-03'),
    })
    expect(ask('2023-05-03', [late])).to.include({ act: 'wait' })
    const elsewhere = { ...mail('2023-05-03', '2023-06-02'), cycle: start - 5 }
    expect(ask('2023-05-03', [elsewhere])).to.deep.equal({
      act: 'wait',
      reason: 'warning on its way',
      until: day('2023-05-04'),
    })
    expect(ask('2023-05-04', [elsewhere])).to.include({ act: 'warn', round: 0, step: 0 })
  })

  it('counts the day of acceptance or refusal as the day of the mail, not that of the queue', () => {
    const overnight = { ...first, queuedAt: day('2023-05-03') - 1, acceptedAt: day('2023-05-03') + 1 }
    expect(ask('2023-05-03', [{ ...overnight, cycle: start - 5 }])).to.include({ act: 'wait' })
    const refused = {
      ...overnight,
      acceptedAt: null,
      state: 'refused' as const,
      failedAt: day('2023-05-03') + 1,
    }
    expect(ask('2023-05-03', [refused])).to.include({ act: 'wait', reason: 'warning on its way' })
    expect(ask('2023-05-04', [refused])).to.include({ act: 'warn' })
  })

  it('waits for a term that ends after the announced day, without a mail that names a past day', () => {
    const later = { dueFrom: day('2023-06-20') }
    const waits = { act: 'wait', reason: 'warned, not yet due', until: day('2023-06-20') }
    expect(ask('2023-06-02', [first], later)).to.deep.equal(waits)
    expect(ask('2023-06-19', [first], later)).to.deep.equal(waits)
    expect(ask('2023-06-20', [first], later)).to.deep.equal({ act: 'due', notice: 'warned' })
    expect(ask('2023-06-02', [first], { dueFrom: day('2023-07-03') })).to.include({ act: 'warn', round: 1 })
  })

  it('holds by the latest day that its mails have named, and repeats no step for it', () => {
    const later = mail('2023-05-03', '2023-06-12', { step: 1 })
    expect(ask('2023-05-14', [first, later])).to.include({ act: 'wait', until: day('2023-06-12') })
    expect(ask('2023-06-03', [first, later])).to.include({ act: 'wait', until: day('2023-06-12') })
    expect(ask('2023-06-12', [first, later])).to.deep.equal({ act: 'due', notice: 'warned' })
  })

  it('begins anew when a single mail of the round said it to another address or in other words', () => {
    for (const more of [{ addressHash: 'another' }, { termsHash: 'older' }]) {
      const other = mail('2023-05-03', '2023-06-02', { step: 1, ...more })
      const same = mail('2023-05-03', '2023-06-02', { step: 1 })
      expect(ask('2023-06-02', [first, other])).to.include({ act: 'warn', round: 1, step: 0 })
      expect(ask('2023-06-02', [{ ...first, ...more }, same])).to.include({ act: 'warn', round: 1, step: 0 })
    }
  })

  it('asks a round alone what it said, whatever the one before had said', () => {
    const before = mail('2023-03-01', '2023-06-02', { termsHash: 'older' })
    const anew = mail('2023-04-03', '2023-06-02', { round: 1 })
    expect(ask('2023-06-02', [before, anew])).to.deep.equal({ act: 'due', notice: 'warned' })
  })

  it('counts a refusal by the moment at which it failed, and only behind the last acceptance', () => {
    const refusedAt = (failedAt: number) =>
      mail('2023-04-02', '2023-06-02', { step: 1, state: 'refused', acceptedAt: null, failedAt })
    const accepted = first.acceptedAt ?? 0
    expect(ask('2023-06-02', [first, refusedAt(accepted)])).to.include({ act: 'due' })
    expect(ask('2023-06-02', [first, refusedAt(accepted + 1)])).to.include({ act: 'warn', round: 1 })
    expect(ask('2023-06-02', [first, refusedAt(noon('2023-05-04'))])).to.include({ act: 'warn', round: 1 })
  })

  it('counts as many refusals as the policy says, and an acceptance that was taken back as none', () => {
    const returned = mail('2023-04-05', '2023-06-02', {
      ...{ round: 1, state: 'bounced', acceptedAt: noon('2023-04-05'), failedAt: noon('2023-04-07') },
    })
    const twice = [failed('2023-04-03', '2023-06-02', 0), returned]
    expect(ask('2023-04-08', twice)).to.include({ act: 'wait', reason: 'unreachable' })
    const patient = {
      ...warn,
      ifUnreachable: { refusals: 3, waitDays: 90, finally: 'erase' as const },
    }
    expect(ask('2023-04-08', twice, { warn: patient })).to.include({ act: 'warn', round: 2 })
  })

  it('lets whoever gave no address go on the very instant of the term', () => {
    const rule = { addressState: 'none', warn: { ...warn, noAddress: 'erase' } } as const
    expect(ask('', [], { ...rule, now: dueFrom - 1 })).to.include({ act: 'wait', until: dueFrom })
    expect(ask('', [], { ...rule, now: dueFrom })).to.deep.equal({ act: 'due', notice: 'no address' })
  })

  describe('of whoever has an address that no mail can be sent to', () => {
    const wrong = { addressState: 'invalid', addressHash: null } as const
    const rule = (waitDays: number, last: 'erase' | 'a person decides' = 'erase') => ({
      ...wrong,
      warn: { ...warn, invalidAddress: { waitDays, finally: last } },
    })

    it('is left to a person, or ends so many whole days after the term', () => {
      const person = { act: 'wait', reason: 'invalid address', until: null }
      expect(ask('2029-01-01', [], wrong)).to.deep.equal(person)
      expect(ask('2029-01-01', [], rule(90, 'a person decides'))).to.deep.equal(person)
      const until = day('2023-08-31')
      expect(ask('2023-04-03', [], rule(90))).to.deep.equal({ ...person, until })
      expect(ask('', [], { ...rule(90), now: until - 1 })).to.deep.equal({ ...person, until })
      expect(ask('', [], { ...rule(90), now: until })).to.deep.equal({
        act: 'due',
        notice: 'invalid address',
      })
    })

    it('is left to a person when we have written before, in whatever cycle', () => {
      for (const one of [first, failed('2023-04-03', '2023-06-02', 0), { ...first, cycle: start - 1 }])
        expect(ask('2029-01-01', [one], rule(30)).act).to.equal('wait')
    })

    it('never ends before the term and its wait, nor earlier for a longer wait, nor again once it is good', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 400 }),
          fc.nat(400),
          fc.integer({ min: -100, max: 1000 }),
          fc.integer({ min: 0, max: 86_399_999 }),
          fc.integer({ min: -200, max: 200 }),
          (waitDays, longer, days, time, promised) => {
            const now = dueFrom + days * 86_400_000 + time
            const named = { promised: dueFrom + promised * 86_400_000 }
            const said = ask('', [], { ...rule(waitDays), ...named, now })
            expect(said.act).to.not.equal('warn')
            if (said.act === 'due') {
              expect(now).to.be.at.least(
                Math.max(dueFrom, named.promised) + waitDays * 86_400_000 - 3_600_000,
              )
              expect(
                ask('', [], { ...rule(waitDays), ...named, addressState: 'valid', now }).act,
              ).to.not.equal('due')
            } else expect(ask('', [], { ...rule(waitDays + longer), ...named, now }).act).to.equal('wait')
          },
        ),
      )
    })
  })

  it('opens so many days before the term, or at its very instant', () => {
    const atTheTerm = { ...warn, when: 'at the term' } as const
    expect([warnDaysAhead(warn), warnDaysAhead(atTheTerm)]).to.deep.equal([60, 0])
    expect(inWarnWindow(warn, dueFrom, day('2023-04-03'), zone)).to.equal(true)
    expect(inWarnWindow(warn, dueFrom, day('2023-04-03') - 1, zone)).to.equal(false)
    const term = dueFrom + 3_600_000
    expect(inWarnWindow(atTheTerm, term, term, zone)).to.equal(true)
    expect(inWarnWindow(atTheTerm, term, term - 1, zone)).to.equal(false)
  })

  it('counts the notice from the acceptance, not from the queue', () => {
    const slow = mail('2023-04-27', '2023-06-02', { acceptedAt: noon('2023-05-04') })
    expect(ask('2023-06-03', [slow])).to.include({ act: 'warn', step: 2, announced: day('2023-06-04') })
    const told = mail('2023-06-03', '2023-06-04', { step: 2 })
    expect(ask('2023-06-03', [slow, told], { now: day('2023-06-04') - 1 })).to.include({
      until: day('2023-06-04'),
    })
    expect(ask('2023-06-04', [slow, told])).to.include({ act: 'due' })
  })

  it('erases on the very instant that the notice is over, and no earlier', () => {
    const last = mail('2023-05-02', '2023-06-02')
    expect(ask('', [last], { now: dueFrom })).to.include({ act: 'due' })
    expect(ask('', [last], { now: dueFrom - 1 })).to.not.include({ act: 'due' })
    const later = mail('2023-05-03', '2023-06-02')
    expect(ask('', [later], { now: dueFrom })).to.not.include({ act: 'due' })
  })

  it('waits while any mail of the cycle is open or unknown', () => {
    for (const state of ['open', 'unknown'] as const) {
      const second = mail('2023-05-03', '2023-06-02', { step: 1, state, acceptedAt: null })
      expect(ask('2023-06-10', [first, second])).to.deep.equal({
        act: 'wait',
        reason: state === 'open' ? 'warning on its way' : 'our own fault',
        until: null,
      })
    }
  })

  it('lets a warning hold for thirty days past its day, then warns anew', () => {
    expect(ask('', [first], { now: day('2023-07-02') })).to.include({ act: 'due' })
    expect(ask('', [first], { now: day('2023-07-02') + 1 })).to.deep.equal({
      act: 'warn',
      round: 1,
      step: 0,
      announced: day('2023-08-07'),
    })
  })

  it('warns anew at once about another address or other terms', () => {
    for (const more of [{ addressHash: 'corrected' }, { termsHash: 'a shorter period' }]) {
      expect(ask('2023-04-10', [first], more)).to.include({ act: 'warn', round: 1, step: 0 })
      expect(ask('2023-06-02', [first], more)).to.include({
        act: 'warn',
        round: 1,
        announced: day('2023-07-08'),
      })
    }
  })

  it('does not erase on a warning about another cycle', () => {
    expect(ask('2023-06-02', [{ ...first, cycle: start - 1 }])).to.include({ act: 'warn', round: 0 })
  })

  it('takes a late bounce as no acceptance at all', () => {
    const bounced = mail('2023-04-03', '2023-06-02', { state: 'bounced', failedAt: noon('2023-05-30') })
    expect(ask('2023-06-02', [bounced])).to.deep.equal({
      act: 'warn',
      round: 1,
      step: 0,
      announced: day('2023-07-08'),
    })
  })

  it('does not erase after a bounce that came in since the last acceptance', () => {
    const second = mail('2023-05-03', '2023-06-02', {
      step: 1,
      state: 'bounced',
      failedAt: noon('2023-05-05'),
    })
    expect(ask('2023-06-02', [first, second])).to.include({ act: 'warn', round: 1 })
  })

  it('never names an earlier day than a mail before it', () => {
    const far = failed('2023-04-03', '2023-09-01', 0)
    expect(ask('2023-04-04', [far])).to.include({ round: 1, announced: day('2023-09-01') })
  })

  it('tries a refused address again on a later day, and gives up after two days', () => {
    const once = failed('2023-04-03', '2023-06-02', 0)
    expect(ask('2023-04-03', [once])).to.include({
      act: 'wait',
      reason: 'warning on its way',
      until: day('2023-04-04'),
    })
    expect(ask('2023-04-04', [once])).to.include({ act: 'warn', round: 1, step: 0 })
    const twice = [once, failed('2023-04-04', '2023-06-02', 1)]
    expect(ask('2023-04-05', twice)).to.deep.equal({
      act: 'wait',
      reason: 'unreachable',
      until: day('2023-07-03'),
    })
    expect(ask('', twice, { now: day('2023-07-03') })).to.deep.equal({ act: 'due', notice: 'unreachable' })
    expect(ask('', twice, { now: day('2023-07-03') - 1 })).to.include({ act: 'wait' })
    expect(ask('2023-07-03', twice, { addressHash: 'corrected' })).to.include({ act: 'warn', round: 2 })
    expect(ask('2023-07-03', twice, { dueFrom: day('2023-08-01') })).to.include({
      reason: 'unreachable',
      until: day('2023-08-01'),
    })
  })

  it('counts refusals on one day as one', () => {
    const twice = [failed('2023-04-03', '2023-06-02', 0), failed('2023-04-03', '2023-06-02', 1)]
    expect(ask('2023-04-04', twice)).to.include({ act: 'warn', round: 2 })
  })

  it('leaves the unreachable to a person for ever when the policy says so', () => {
    const twice = [failed('2023-04-03', '2023-06-02', 0), failed('2023-04-04', '2023-06-02', 1)]
    const keeps = {
      ...warn,
      ifUnreachable: { refusals: 2, waitDays: 1, finally: 'a person decides' as const },
    }
    for (const rule of [keeps, { ...warn, ifUnreachable: 'a person decides' as const }])
      expect(ask('2030-01-01', twice, { warn: rule })).to.deep.equal({
        act: 'wait',
        reason: 'unreachable',
        until: null,
      })
  })

  it('forgets earlier refusals once a mail is accepted', () => {
    const mails = [failed('2023-04-03', '2023-06-02', 0), mail('2023-04-04', '2023-06-02', { round: 1 })]
    expect(ask('2023-06-02', mails)).to.include({ act: 'due', notice: 'warned' })
  })

  it('tries again when a mail was given up without a refusal', () => {
    const abandoned = mail('2023-04-03', '2023-06-02', { state: 'abandoned', acceptedAt: null })
    expect(ask('2023-04-04', [abandoned])).to.include({ act: 'warn', round: 1, step: 0 })
    const reminder = mail('2023-05-03', '2023-06-02', { step: 1, state: 'abandoned', acceptedAt: null })
    expect(ask('2023-06-02', [first, reminder])).to.include({ act: 'due' })
  })

  describe('of mails that a relay took and another server gave up', () => {
    const back = (date: string, round: number, more: Partial<WarningFact> = {}): WarningFact =>
      mail(date, '2023-06-02', {
        ...{ round, state: 'undelivered', acceptedAt: null, failedAt: noon(date) + 5 * 86_400_000 },
        ...more,
      })
    const person = { act: 'wait', reason: 'given up by other servers', until: null }
    const thrice = [back('2023-04-03', 0), back('2023-04-09', 1), back('2023-04-15', 2)]

    it('begins two more rounds, and then leaves it to a person for ever, whatever the policy says', () => {
      expect(ask('2023-04-09', thrice.slice(0, 1))).to.include({ act: 'warn', round: 1, step: 0 })
      expect(ask('2023-04-15', thrice.slice(0, 2))).to.include({ act: 'warn', round: 2, step: 0 })
      expect(ask('2023-04-21', thrice)).to.deep.equal(person)
      const harsh = { ...warn, ifUnreachable: { refusals: 2, waitDays: 1, finally: 'erase' as const } }
      expect(ask('2033-04-21', thrice, { warn: harsh })).to.deep.equal(person)
      expect(ask('2023-04-21', thrice, { termsHash: 'other' })).to.deep.equal(person)
    })

    it('counts days of one address and one silence, and no day twice', () => {
      expect(ask('2023-04-21', thrice, { addressHash: 'corrected' })).to.include({ act: 'warn', round: 3 })
      expect(ask('2023-04-21', thrice, { start: start + 1 })).to.include({ act: 'warn', round: 0 })
      const oneDay = thrice.map((one) => ({ ...one, failedAt: noon('2023-04-20') }))
      expect(ask('2023-04-21', oneDay)).to.include({ act: 'warn', round: 3 })
    })

    it('warns anew after a reminder that came back, although the first mail stands', () => {
      const reminder = back('2023-05-03', 0, { step: 1 })
      expect(ask('2023-06-02', [first, reminder])).to.include({ act: 'warn', round: 1, step: 0 })
      const anew = mail('2023-05-10', '2023-06-10', { round: 1 })
      expect(ask('2023-06-10', [first, reminder, anew])).to.deep.equal({ act: 'due', notice: 'warned' })
    })

    it('ends also where each first mail stands and each reminder comes back', () => {
      const rounds = thrice.map((one) => ({ ...one, step: 1 }))
      const firsts = rounds.map(({ round }, i) =>
        mail(['2023-04-02', '2023-04-08', '2023-04-14'][i] ?? '', '2023-06-02', { round }),
      )
      expect(ask('2023-04-21', [...firsts, ...rounds])).to.deep.equal(person)
    })

    it('goes on with a mail that was accepted since, but begins no other round', () => {
      const stands = mail('2023-04-25', '2023-06-02', { round: 3 })
      expect(ask('2023-06-02', [...thrice, stands])).to.deep.equal({ act: 'due', notice: 'warned' })
      expect(ask('2023-08-02', [...thrice, stands])).to.deep.equal(person)
    })

    it('leaves to the policy whoever was refused on enough days as well', () => {
      const refusals = [failed('2023-04-21', '2023-06-02', 3), failed('2023-04-22', '2023-06-02', 4)]
      expect(ask('2023-04-23', [...thrice, ...refusals])).to.include({ act: 'wait', reason: 'unreachable' })
      expect(ask('2023-04-22', [...thrice, ...refusals.slice(0, 1)])).to.deep.equal(person)
    })

    it('ends so where each first mail stands and each reminder is refused, as often as makes unreachable', () => {
      const round = (day: number, of: number): readonly WarningFact[] => [
        mail(`2023-04-${day}`, '2023-06-02', { round: of }),
        { ...failed(`2023-04-${day + 1}`, '2023-06-02', of), step: 1 },
      ]
      const rounds = [round(10, 0), round(12, 1), round(14, 2)].flat()
      expect(ask('2023-04-14', rounds.slice(0, 4))).to.include({ act: 'warn', round: 2, step: 0 })
      expect(ask('2023-04-16', rounds)).to.deep.equal(person)
      const four = { ...warn, ifUnreachable: { refusals: 4, waitDays: 1, finally: 'erase' as const } }
      expect(ask('2023-04-16', rounds, { warn: four })).to.include({ act: 'warn', round: 3, step: 0 })
      expect(ask('2023-04-18', [...rounds, ...round(16, 3)], { warn: four })).to.deep.equal(person)
      const row = (n: number) => failed(`2023-04-2${n}`, '2023-06-02', 3 + n)
      const inARow = [row(0), row(1), row(2), row(3)]
      expect(ask('2023-04-23', inARow.slice(0, 3), { warn: four })).to.include({ act: 'warn', round: 6 })
      expect(ask('2023-04-24', inARow, { warn: four })).to.include({ act: 'wait', reason: 'unreachable' })
    })
  })

  it('does not act on a rule for people without an address when the address has gone since we wrote', () => {
    const rule = {
      warn: { ...warn, noAddress: 'erase' as const },
      addressState: 'none' as const,
      addressHash: null,
    }
    expect(ask('2023-06-02', [], rule)).to.deep.equal({ act: 'due', notice: 'no address' })
    expect(ask('2023-06-02', [first], rule)).to.deep.equal({ act: 'wait', reason: 'no address', until: null })
  })
})
