import { expect } from 'chai'
import fc from 'fast-check'
import { startOfDay } from '../../plan/civil.ts'
import type { Decision } from '../../plan/decision.ts'
import type { Facts } from '../../plan/facts.ts'
import { isCanary, judge } from '../../plan/judge.ts'
import { factsOf, noon, policyOf, warn, warningOf, zone } from './judged-policy.ts'

const old = '2020-06-01 08:00:00'
const start = Date.parse('2020-06-01T08:00:00Z')
const now = noon('2026-01-15')
const due = startOfDay('2023-06-02', zone)

function reasonOf(decision: Decision): string {
  return decision.act === 'spare' ? decision.reason : decision.act
}

describe('judging a row', () => {
  it('begins the term anew at the first request to stay since the last sign of life, and only there', () => {
    const policy = policyOf({ warn })
    const kept = (...at: number[]) => factsOf(old, { kept: at })
    const asked = noon('2023-05-02')
    const until = startOfDay('2026-05-03', zone)
    expect(judge(policy, kept(asked), due)).to.deep.equal({
      act: 'spare',
      reason: 'kept on request',
      until,
      dueFrom: until,
      canary: false,
    })
    expect(judge(policy, kept(asked), noon('2023-02-01')), 'before any mail').to.include({
      reason: 'active',
      until,
    })
    expect(judge(policy, kept(start), due), 'older than the sign of life').to.include({ act: 'warn', start })
    expect(judge(policy, kept(start - 1, asked, noon('2024-01-01')), due)).to.include({ until })
    expect(judge(policy, kept(asked), noon('2026-04-01'))).to.include({ act: 'warn', start: asked, round: 0 })
    expect(judge(policyOf(), { ...kept(), kept: [] }, now)).to.include({ act: 'due' })
  })

  it('knows a canary by the clock of the site, whatever was asked', () => {
    const policy = policyOf({ warn, more: { canary: [{ column: 'role', values: ['canary'] }] } })
    const canary = factsOf(old, {
      kept: [noon('2023-05-02')],
      columns: { ...factsOf(old).columns, role: 'canary' },
    })
    expect(judge(policy, canary, due)).to.include({ reason: 'kept on request', canary: true })
    expect([canary, factsOf(old)].map((facts) => isCanary(policy, facts))).to.deep.equal([true, false])
  })

  it('finds a row due from the day after its last lawful day, not before', () => {
    const policy = policyOf()
    expect(judge(policy, factsOf(old), due)).to.deep.equal({
      act: 'due',
      start,
      dueFrom: due,
      byElse: false,
      notice: 'none needed',
    })
    expect(judge(policy, factsOf(old), due - 1)).to.deep.equal({
      act: 'spare',
      reason: 'active',
      until: due,
      dueFrom: due,
      canary: false,
    })
  })

  it('holds to a later day that a mail of another policy has named', () => {
    const later = startOfDay('2027-01-20', zone)
    const facts = (promised?: number) =>
      factsOf(old, promised === undefined ? {} : { others: [warningOf(0, now, promised)] })
    const noDay = judge(policyOf({ warn }), facts(), now)
    const held = judge(policyOf({ warn }), facts(later), now)
    const announced = (decision: Decision) => (decision.act === 'warn' ? decision.announced : null)
    expect(announced(noDay)).to.be.lessThan(later)
    expect(announced(held)).to.equal(later)
  })

  it('counts from the latest of all sources', () => {
    const recent = String(Date.parse('2025-01-01T00:00:00Z') / 1000)
    const facts = factsOf(old, {
      readings: [
        { earliest: old, latest: old },
        { earliest: '1400000000', latest: recent },
      ],
    })
    expect(reasonOf(judge(policyOf(), facts, now))).to.equal('active')
  })

  it('counts from something else only when no source ever happened', () => {
    const never = factsOf(null, {
      readings: [
        { earliest: '0000-00-00 00:00:00', latest: '0000-00-00 00:00:00' },
        { earliest: '0', latest: '0' },
      ],
    })
    expect(judge(policyOf(), never, now)).to.include({
      act: 'due',
      byElse: true,
      start: Date.parse('2012-01-01T00:00:00Z'),
    })
    expect(judge(policyOf(), factsOf(old, { else: '2025-12-01 00:00:00' }), now)).to.include({
      act: 'due',
      byElse: false,
    })
    expect(reasonOf(judge(policyOf(), factsOf(null, { else: null }), now))).to.equal('no clock')
    expect(reasonOf(judge(policyOf(), factsOf(null, { else: '0000-00-00 00:00:00' }), now))).to.equal(
      'no clock',
    )
  })

  it('is spared by one state, one test, one value of several, and by no value that is not there', () => {
    const states = { ...policyOf().policy, notWhile: ['order_open', 'subscribed'] }
    expect(
      reasonOf(judge(policyOf({ more: { policy: states } }), factsOf(old, { states: ['subscribed'] }), now)),
    ).to.equal('not while')
    const except = [
      { column: 'role', values: ['admin', 'owner'] },
      { column: 'team', values: ['1'] },
    ]
    const with_ = (columns: Facts['columns']) =>
      reasonOf(
        judge(policyOf({ more: { except } }), factsOf(old, { columns: { frozen: '0', ...columns } }), now),
      )
    expect(with_({ role: 'owner', team: '0' })).to.equal('exception')
    expect(with_({ role: 'customer', team: '1' })).to.equal('exception')
    expect(with_({ role: 'customer', team: '0' })).to.equal('due')
    expect(with_({ role: null, team: null })).to.equal('due')
  })

  it('calls nobody a canary who only waits', () => {
    expect(judge(policyOf({ warn }), factsOf(old, { addressState: 'invalid' }), now)).to.include({
      ...{ act: 'spare', reason: 'invalid address', canary: false },
    })
  })

  const untrue: readonly (readonly [string, string])[] = [
    ['ancient', '1970-01-01 00:00:00'],
    ['before the site opened', '2009-12-31 23:59:59'],
    ['in the future', '2026-01-15 11:05:01'],
    ['impossible', '2020-02-31 00:00:00'],
    ['unreadable', 'yesterday'],
  ]
  for (const [what, value] of untrue) {
    it(`spares a row with a value ${what} in any source, as its earliest, or as what decides instead`, () => {
      const policy = policyOf()
      const readings = (earliest: string, latest: string): Partial<Facts> => ({
        readings: [
          { earliest, latest },
          { earliest: null, latest: null },
        ],
      })
      for (const facts of [
        factsOf(value),
        factsOf(old, readings(value, old)),
        factsOf(old, readings(old, value)),
        factsOf(null, { else: value }),
      ]) {
        expect(reasonOf(judge(policy, facts, now))).to.equal('clock cannot be true')
      }
      expect(judge(policy, factsOf(old, { else: value }), now).act).to.equal('due')
    })
  }

  it('bears five minutes between two clocks', () => {
    expect(reasonOf(judge(policyOf(), factsOf('2026-01-15 11:05:00'), now))).to.equal('active')
  })

  it('names the strongest reason: hold, restriction, state, exception', () => {
    const all: Partial<Facts> = {
      held: true,
      states: ['order_open'],
      columns: { role: 'admin', frozen: '1' },
    }
    const reason = (more: Partial<Facts>): string => reasonOf(judge(policyOf(), factsOf(old, more), now))
    expect(reason(all)).to.equal('held')
    expect(reason({ ...all, held: false })).to.equal('restricted')
    expect(reason({ ...all, held: false, columns: { role: 'admin', frozen: '0' } })).to.equal('not while')
    expect(reason({ columns: { role: 'admin', frozen: '0' } })).to.equal('exception')
    expect(reason({ excepted: true }), 'of what would leave with it').to.equal('exception')
    expect(reason({ excepted: true, states: ['order_open'] })).to.equal('not while')
    expect(reason({ states: ['some_other_state'] })).to.equal('due')
  })

  it('says active before any other reason while the clock runs', () => {
    expect(reasonOf(judge(policyOf(), factsOf('2025-12-01 00:00:00', { held: true }), now))).to.equal(
      'active',
    )
  })

  it('raises the alarm for a canary whatever spares it', () => {
    const canary = { columns: { role: 'canary', frozen: '0' } }
    const decide = (last: string, more: Partial<Facts> = {}): Decision =>
      judge(policyOf({ warn }), factsOf(last, { ...canary, ...more }), now)
    expect(decide(old)).to.include({ act: 'spare', reason: 'exception', canary: true })
    expect(decide(old, { held: true })).to.include({ reason: 'held', canary: true })
    expect(decide('1970-01-01 00:00:00')).to.include({ reason: 'clock cannot be true', canary: true })
    // In the window of warnings: due on 2026-03-02.
    expect(decide('2023-03-01 00:00:00')).to.include({ act: 'spare', canary: true })
    expect(decide('2025-12-01 00:00:00')).to.include({ reason: 'active', canary: false })
    expect(decide('nonsense')).to.include({ reason: 'clock cannot be true', canary: false })
  })

  it('opens the window of warnings sixty civil days before the due day', () => {
    const policy = policyOf({ warn })
    const opens = startOfDay('2023-04-03', zone)
    expect(judge(policy, factsOf(old), opens - 1)).to.include({ reason: 'active', until: due })
    expect(judge(policy, factsOf(old), opens)).to.deep.equal({
      act: 'warn',
      start,
      dueFrom: due,
      byElse: false,
      round: 0,
      step: 0,
      announced: due,
    })
  })

  it('erases on the announced day after a warning, and warns anew about a start that has moved', () => {
    const policy = policyOf({ warn })
    const warnings = [warningOf(start, noon('2023-04-03'), due, { step: 2 })]
    expect(judge(policy, factsOf(old, { warnings }), due)).to.include({ act: 'due', notice: 'warned' })
    expect(judge(policy, factsOf(old, { warnings }), due - 1)).to.include({
      reason: 'warned, not yet due',
      until: due,
    })
    expect(judge(policy, factsOf('2020-06-01 08:00:01', { warnings }), due).act).to.equal('warn')
    expect(
      judge(policyOf({ warn, more: { termsHash: 'other terms' } }), factsOf(old, { warnings }), due).act,
    ).to.equal('warn')
  })

  it('keeps a person without an address for a person to decide, or erases when the policy says so', () => {
    const nobody = factsOf(old, { addressState: 'none', addressHash: null })
    expect(judge(policyOf({ warn }), nobody, now)).to.include({ reason: 'no address' })
    const erases = policyOf({ warn: { ...warn, noAddress: 'erase' } })
    expect(judge(erases, nobody, now)).to.include({ act: 'due', notice: 'no address' })
    expect(judge(erases, nobody, due - 1)).to.include({ reason: 'active' })
    const wrong = factsOf(old, { addressState: 'invalid', addressHash: null })
    expect(judge(erases, wrong, now)).to.include({ reason: 'invalid address' })
    const invalidAddress = { waitDays: 90, finally: 'erase' as const }
    const ends = policyOf({ warn: { ...warn, invalidAddress } })
    expect(judge(ends, wrong, due - 1)).to.include({ act: 'spare' })
    expect(judge(ends, wrong, due + 92 * 86_400_000)).to.include({ act: 'due', notice: 'invalid address' })
    for (const kept of [
      { held: true },
      { states: ['order_open'] },
      { columns: { role: 'admin', frozen: '0' } },
    ])
      expect(judge(ends, { ...wrong, ...kept }, due + 92 * 86_400_000)).to.include({ act: 'spare' })
  })

  it('refuses to judge what was not read', () => {
    expect(() => judge(policyOf(), factsOf(old, { columns: {} }), now)).to.throw('was not read')
    expect(() => judge(policyOf(), factsOf(old, { readings: [] }), now)).to.throw('was not read')
  })

  it('never finds more due for a hold, a state, an exception, a later sign of life or a longer period', () => {
    const seconds = fc.integer({ min: Date.parse('2005-01-01') / 1000, max: Date.parse('2027-01-01') / 1000 })
    const value = (at: number): string => new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')
    fc.assert(
      fc.property(
        seconds,
        fc.nat(1e8),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (last, later, months, warns) => {
          const parts = warns ? { warn: { ...warn, noAddress: 'erase' as const } } : {}
          const address = { addressState: 'none' as const, addressHash: null }
          const decide = (facts: Facts, policy = policyOf(parts)): Decision => judge(policy, facts, now)
          if (decide(factsOf(value(last), address)).act === 'due') return
          const harder: readonly Decision[] = [
            decide(factsOf(value(last), { ...address, held: true })),
            decide(factsOf(value(last), { ...address, states: ['order_open'] })),
            decide(factsOf(value(last), { ...address, columns: { role: 'admin', frozen: '0' } })),
            decide(factsOf(value(last), address), policyOf({ ...parts, written: `P3Y${String(months)}M` })),
            ...(last > Date.parse('2010-01-01') / 1000
              ? [decide(factsOf(value(last + later), address))]
              : []),
          ]
          for (const decision of harder) expect(decision.act).to.not.equal('due')
        },
      ),
      { numRuns: 2000 },
    )
  })
})
