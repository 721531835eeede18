/** Whether somebody goes by another policy before the day that a mail would name. */
import { expect } from 'chai'
import { goesBefore, isAnotherWay } from '../../plan/another-way.ts'
import { readClock } from '../../plan/clock-reading.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { WarningFact } from '../../plan/facts.ts'
import { judge } from '../../plan/judge.ts'
import { factsOf, noon, policyOf, warn, warningOf } from './judged-policy.ts'

const silent = policyOf({ warn })
const asking = (over: Partial<CompiledPolicy['policy']> = {}): CompiledPolicy => {
  const { policy, clock, ...plain } = policyOf({ written: 'P7D' })
  const event = { ...clock.event, name: 'deletion_requested', slides: 'never' as const }
  const [source] = clock.sources
  return {
    ...plain,
    policy: { ...policy, id: 'deletion-requests', notWhile: [], ...over },
    clock: { ...clock, event, else: null, sources: source === undefined ? [] : [source] },
  }
}
const requests = asking()

describe('another way out', () => {
  it('acts, warns nobody, takes the same rows away, and counts from a date that no act moves', () => {
    expect(isAnotherWay(silent, requests)).to.equal(true)
    expect(isAnotherWay(requests, requests), 'itself').to.equal(false)
    expect(isAnotherWay(silent, { ...requests, kind: 'order' })).to.equal(false)
    const owner = {
      kind: silent.kind,
      table: silent.table,
      key: silent.key,
      hops: [],
      except: [],
      restricted: [],
    }
    expect(isAnotherWay(silent, { ...requests, kind: 'leaver', owners: [owner] }), 'another name').to.equal(
      true,
    )
    expect(isAnotherWay(silent, asking({ status: 'observe' }))).to.equal(false)
    expect(isAnotherWay(silent, asking({ warn }))).to.equal(false)
    const event = { ...requests.clock.event, slides: 'by the person' as const }
    expect(isAnotherWay(silent, { ...requests, clock: { ...requests.clock, event } })).to.equal(false)
    expect(isAnotherWay(silent, { ...requests, act: { ...requests.act, act: 'truncate fields' } })).to.equal(
      false,
    )
  })
})

describe('somebody who asked to go', () => {
  const now = noon('2026-06-01')
  const start = noon('2023-06-01')
  const announced = noon('2026-08-01')
  const goes = (asked: string, day = announced, others: readonly WarningFact[] = [], held = false) => {
    const at = `${asked} 10:00:00`
    const facts = factsOf(at, { others, held })
    return goesBefore(
      requests,
      { facts, decision: judge(requests, facts, now) },
      { start, announced: day },
      now,
    )
  }

  it('goes before the day of a mail, while there is time to think about it and after', () => {
    expect(goes('2026-05-30')).to.equal(true)
    expect(goes('2026-05-01')).to.equal(true)
    expect(goes('2026-05-30', noon('2026-06-03')), 'the mail names an earlier day').to.equal(false)
  })

  it('is no such person where the request is older than the last sign of life, or nothing is done for it', () => {
    expect(goes('2023-05-31')).to.equal(false)
    expect(goes('2026-05-01', announced, [], true), 'a hold').to.equal(false)
  })

  it('is written to where nobody has taken them for a month', () => {
    expect(goes('2026-04-24'), 'due on 2 May').to.equal(true)
    expect(goes('2026-04-23'), 'due on 1 May').to.equal(false)
  })

  it('is written to again where a mail that came later holds the other policy up until that day', () => {
    const printed = { ...warningOf(start, noon('2026-05-02'), announced, {}), policy: 'inactive-accounts' }
    expect(goes('2026-05-01', announced, [printed])).to.equal(false)
    expect(goes('2026-05-03', announced, [printed]), 'asked after it').to.equal(true)
  })
  it('is one who asked after the last sign of life, and within a month, to the hour', () => {
    const facts = factsOf('2026-05-20 10:00:00')
    const decision = judge(requests, facts, now)
    const due = decision.dueFrom ?? 0
    const own = readClock(requests.clock, facts, now).start ?? 0
    const goesOf = (from: number, at = now) =>
      goesBefore(requests, { facts, decision }, { start: from, announced }, at)
    expect([goesOf(own), goesOf(own + 1)]).to.deep.equal([true, false])
    const month = due + 31 * 86_400_000
    expect([goesOf(start, month), goesOf(start, month + 1)]).to.deep.equal([true, false])
  })

  it('is held by a mail that was written since, also where their day has not come yet', () => {
    const mail = (queued: string) => ({
      ...warningOf(start, noon(queued), announced, {}),
      policy: 'inactive-accounts',
    })
    expect(goes('2026-05-30', announced, [mail('2026-05-31')])).to.equal(false)
    expect(goes('2026-05-30', announced + 1, [mail('2026-05-31')]), 'of an earlier day').to.equal(true)
  })
})
