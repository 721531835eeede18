/** Days that hold although their policy does not warn any more, and what shows that somebody came back. */
import { expect } from 'chai'
import {
  announcedDay,
  cameBack,
  isOver,
  keptDays,
  mayShowReturn,
  namesTold,
  showsReturn,
} from '../../plan/announced.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { WarningFact } from '../../plan/facts.ts'
import { judge } from '../../plan/judge.ts'
import { factsOf, noon, policyOf, warn, warningOf } from './judged-policy.ts'

const old = '2020-06-01 08:00:00'
const start = Date.parse('2020-06-01T08:00:00Z')
const now = noon('2026-01-15')
const [queued, soon, later] = [noon('2026-01-02'), noon('2026-02-10'), noon('2026-03-10')]
const told = (announced: number, more: Partial<WarningFact> = {}): WarningFact =>
  warningOf(start, queued, announced, more)

describe('a day that was announced before the mails were taken away', () => {
  const policy = policyOf({ more: { announced: true } })

  it('spares until it has come', () => {
    const facts = factsOf(old, { warnings: [told(soon)] })
    const spared = { act: 'spare', reason: 'warned, not yet due', until: soon, canary: false }
    expect(judge(policy, facts, now)).to.include(spared)
    expect(judge(policy, facts, soon - 1)).to.include(spared)
    expect(judge(policy, facts, soon)).to.include({ act: 'due', notice: 'none needed' })
  })

  it('is the latest, of an earlier silence too, and of a mail that may have arrived', () => {
    const ofBefore = { ...told(later), cycle: start - 1 }
    expect(judge(policy, factsOf(old, { warnings: [ofBefore, told(soon)] }), soon)).to.include({
      until: later,
    })
    for (const state of ['unknown', 'undelivered'] as const)
      expect(announcedDay([told(soon), told(later, { state })]), state).to.equal(later)
  })

  it('was never said by a mail that waits, was refused, came back or was given up', () => {
    for (const state of ['open', 'refused', 'bounced', 'abandoned'] as const)
      expect(judge(policy, factsOf(old, { warnings: [told(soon, { state })] }), now), state).to.include({
        act: 'due',
      })
  })

  it('was named by another policy, and keeps what the mail was about', () => {
    const { act } = policy
    const facts = factsOf(old, { others: [told(later)], warnings: [told(soon)] })
    const of = (name: typeof act.act, fields: readonly string[] = []) =>
      judge({ ...policy, policy: { ...policy.policy, fields }, act: { ...act, act: name } }, facts, now)
    for (const name of ['erase', 'anonymise', 'archive'] as const)
      expect(of(name), name).to.include({ reason: 'warned, not yet due', until: later })
    for (const name of ['withdraw consent', 'truncate fields'] as const)
      expect(of(name), name).to.include({ reason: 'warned, not yet due', until: soon })
    expect(of('anonymise', ['birth_date'])).to.include({ until: soon })
    for (const name of ['erase', 'archive'] as const)
      expect(of(name, ['birth_date']), name).to.include({ until: later })
  })

  it('was named by another policy before the clock began, and does not hold back who asks to go', () => {
    const facts = (after: number) => factsOf(old, { others: [told(later, { queuedAt: start - after })] })
    expect(judge(policy, facts(0), now)).to.include({ reason: 'warned, not yet due', until: later })
    expect(judge(policy, facts(1), now)).to.include({ act: 'due', notice: 'none needed' })
    const reminded = [told(later, { queuedAt: start - 1 }), told(later, { queuedAt: start + 1, step: 1 })]
    expect(judge(policy, factsOf(old, { others: reminded }), now)).to.include({ act: 'due' })
    const ofTwo = [told(later, { queuedAt: start - 1 }), told(soon, { queuedAt: start + 1, policy: 'x' })]
    expect(judge(policy, factsOf(old, { others: ofTwo }), now)).to.include({ until: soon })
    const afterSilence = [told(later, { cycle: start - 1, queuedAt: start - 1 }), told(soon)]
    expect(keptDays(policy, start, afterSilence), 'of a later silence').to.deep.equal([told(soon)])
    const { clock } = policy
    const rounded = { ...policy, clock: { ...clock, fiscalYearEnds: '12-31' } }
    expect(judge(rounded, facts(1), now)).to.include({ reason: 'warned, not yet due', until: later })
  })

  it('comes after a hold', () => {
    expect(judge(policy, factsOf(old, { warnings: [told(soon)], held: true }), now)).to.include({
      reason: 'held',
      until: null,
    })
  })

  it('is over once it has come, and not while a mail may still name it', () => {
    expect(isOver([told(soon), told(later)], soon)).to.equal(false)
    expect(isOver([told(soon), told(later)], later)).to.equal(true)
    for (const state of ['unknown', 'undelivered'] as const)
      expect(isOver([told(later, { state })], soon), state).to.equal(false)
    expect(isOver([told(later, { state: 'open' })], soon)).to.equal(false)
    expect(isOver([told(soon, { state: 'open' })], soon)).to.equal(true)
    for (const state of ['refused', 'bounced', 'abandoned'] as const)
      expect(isOver([told(later, { state })], now), state).to.equal(true)
  })
})

describe('a start that shows somebody to have come back', () => {
  it('lies behind every mail', () => {
    const mails = [told(soon), told(later, { queuedAt: queued + 1 })]
    expect(showsReturn(start + 1, mails), 'of another clock, perhaps').to.equal(false)
    expect(showsReturn(queued + 1, mails)).to.equal(false)
    expect(showsReturn(queued + 2, mails)).to.equal(true)
  })

  it('is of a clock that the person moves, and that is not rounded up', () => {
    const { clock } = policyOf()
    const may = (more: Partial<typeof clock>) =>
      mayShowReturn(policyOf({ more: { clock: { ...clock, ...more } } }))
    expect(may({})).to.equal(true)
    expect(may({ event: { ...clock.event, slides: 'never' } })).to.equal(false)
    expect(may({ fiscalYearEnds: '12-31' })).to.equal(false)
  })
})

describe('somebody who came back by the clock of a policy', () => {
  const mails = [told(soon)]
  const back = (last: string | null, more: Partial<CompiledPolicy> = {}) =>
    cameBack(policyOf({ more }), factsOf(last), mails, now)

  it('has a start behind the mails, of a clock that the person moves and that can be read', () => {
    expect(back('2026-01-03 00:00:00')).to.equal(true)
    expect(back(old)).to.equal(false)
    const { clock } = policyOf()
    const fixed = { ...clock, event: { ...clock.event, slides: 'never' as const } }
    expect(back('2026-01-03 00:00:00', { clock: fixed })).to.equal(false)
    expect(back('2027-01-03 00:00:00'), 'a start to come').to.equal(false)
    expect(back('no time'), 'a value that nobody can read').to.equal(false)
  })
})

describe('names under which mails may have named a day', () => {
  const owner = (kind: string, hops: readonly never[] = []) => ({
    ...{ kind, hops, table: 'users', key: [], restricted: [], except: [] },
  })
  const above = { ...owner('firm'), hops: [{ table: 'firms', columns: [], where: [] }] }
  const owners = [owner('account'), owner('member'), above]
  const noticing = ['account', 'member', 'firm', 'gone', 'visitor'].map((kind) => ({ policy: 'x', kind }))
  const kinds = new Set(['account', 'member', 'firm', 'visitor'])

  it('are those of the very rows, and for people those that nobody can look up any more', () => {
    const of = (more: Parameters<typeof policyOf>[0]) => namesTold(policyOf(more), noticing, kinds)
    expect(of({ more: { owners } })).to.deep.equal(['account', 'member', 'gone'])
    expect(of({ more: { owners, subject: false } })).to.deep.equal(['account', 'member'])
    expect(of({})).to.deep.equal(['account', 'gone'])
    expect(namesTold(policyOf(), [], kinds)).to.deep.equal([])
  })

  it('are those of the policy itself where it keeps no day of others', () => {
    const act = { ...policyOf().act, act: 'withdraw consent' as const }
    const own = [...noticing, { policy: 'inactive-accounts', kind: 'member' }]
    expect(namesTold(policyOf({ more: { owners, act } }), own, kinds)).to.deep.equal(['member'])
    expect(namesTold(policyOf({ warn, more: { owners, act } }), noticing, kinds)).to.deep.equal([
      ...['account', 'member', 'gone'],
    ])
  })
})
