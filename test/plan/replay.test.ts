import { expect } from 'chai'
import {
  isDoneAgain,
  isErasedAfter,
  namesake,
  policyFor,
  toReplay,
  withoutQuestions,
  type Departed,
} from '../../plan/replay.ts'
import type { Policy } from '../../policies/policy.ts'
import { account, compile, kind, mapOf, policy, schemaOf, users } from './site-builder.ts'

const sessions = { columns: { id: 'int', user_id: 'int null' }, keys: ['user_id -> users.id'] }
const session = kind('session', 'sessions', { of: 'account', personal: {} })
const years = (n: number) => ({ years: n, months: 0, weeks: 0, days: 0, hours: 0 })

function planOf(...policies: readonly Policy[]) {
  const { plan, problems } = compile(schemaOf({ users, sessions }), mapOf([account, session]), policies)
  expect(problems.filter(({ refuses }) => refuses)).to.deep.equal([])
  return plan.policies
}

const gone = (
  named: string,
  terms: string,
  what: Departed['line']['what'] = 'erased',
  acts: readonly string[] = ['sessions erased', 'users erased'],
): Departed => ({
  line: { policy: named, what },
  proof: { index: 0, terms, acts: new Set(acts) },
})

/** `acted`: policies that were let act; all of them unless said. */
function chosen(
  policies: ReturnType<typeof planOf>,
  departed: Departed,
  acted: readonly string[] = ['a', 'b'],
): string | null {
  return (
    policyFor(policies, 'account', departed, ({ policy: { id } }) => acted.includes(id))?.policy.id ?? null
  )
}

describe('what somebody asked for', () => {
  const went = (index: number, what: Departed['line']['what'] = 'erased'): Departed => ({
    line: { policy: 'p', what },
    proof: { index, terms: 't', acts: new Set() },
  })

  it('is over once the log says that they were erased after it', () => {
    expect(isErasedAfter([went(3), went(8)], 7)).to.equal(true)
    expect(isErasedAfter([went(7)], 7)).to.equal(false)
    expect(isErasedAfter([went(8, 'anonymised')], 7)).to.equal(false)
    expect(isErasedAfter([{ ...went(8), proof: null }], 7)).to.equal(false)
    expect(isErasedAfter([], 7)).to.equal(false)
  })
})

describe('the policy by which somebody goes again', () => {
  const other = 'f'.repeat(64)

  it('is the one with the terms of then, whatever its name is today', () => {
    const plan = planOf(
      policy('account', { id: 'a', but: { session: { act: 'detach' } } }),
      policy('account', { id: 'b', keepAtMost: years(2) }),
    )
    const [a, b] = plan.map(({ termsHash }) => termsHash)
    expect(chosen(plan, gone('b', b ?? ''))).to.equal('b')
    expect(chosen(plan, gone('gone', b ?? ''))).to.equal('b')
    expect(chosen(plan, gone('b', a ?? '')), 'the terms, not the name').to.equal('a')
    expect(chosen(plan, gone('a', other)), 'they do not do the same').to.equal(null)
  })

  it('is any one when all of today do the same, first the one of that name', () => {
    const plan = planOf(policy('account', { id: 'a' }), policy('account', { id: 'b', keepAtMost: years(2) }))
    expect(chosen(plan, gone('b', other))).to.equal('b')
    expect(chosen(plan, gone('gone', other))).to.equal('a')
  })

  it('is none that was never let act, but for the terms of then', () => {
    const plan = planOf(policy('account', { id: 'a' }), policy('account', { id: 'b', keepAtMost: years(2) }))
    expect(chosen(plan, gone('a', other), [])).to.equal(null)
    expect(chosen(plan, gone('a', other), ['b'])).to.equal('b')
    expect(chosen(plan, gone('gone', plan[0]?.termsHash ?? ''), [])).to.equal('a')
    const unlike = policy('account', { id: 'c', but: { session: { act: 'detach' } } })
    expect(chosen(planOf(policy('account', { id: 'a' }), unlike), gone('a', other), ['a'])).to.equal(null)
  })

  it('is none that would do something else to a table than was done then', () => {
    const plan = planOf(policy('account', { id: 'a' }))
    const did = (...acts: readonly string[]) => chosen(plan, gone('a', other, 'erased', acts))
    expect(did('sessions erased', 'users erased')).to.equal('a')
    expect(did('users archived'), 'the person was archived').to.equal(null)
    for (const kept of ['archived', 'detached', 'anonymised'])
      expect(did(`sessions ${kept}`, 'users erased'), kept).to.equal(null)
    expect(did('invoices erased', 'sessions erased', 'users erased'), 'it does not reach them').to.equal(null)
    expect(did('users erased'), 'nobody’s sessions went then').to.equal(null)
    const detaching = planOf(policy('account', { id: 'a', but: { session: { act: 'detach' } } }))
    const detached = gone('a', other, 'erased', ['sessions detached', 'users erased'])
    expect(chosen(detaching, detached)).to.equal('a')
    const unlinked = gone('a', other, 'erased', ['users erased'])
    expect(chosen(detaching, unlinked), 'nobody had a link to lose').to.equal('a')
    expect(
      chosen(plan, gone('a', plan[0]?.termsHash ?? '', 'erased', ['users archived'])),
      'same terms',
    ).to.equal('a')
  })

  it('is nobody’s choice without the log, for another kind, or when none erases', () => {
    const plan = planOf(policy('account', { id: 'a' }))
    const terms = plan[0]?.termsHash ?? ''
    expect(chosen(plan, { ...gone('a', terms), proof: null })).to.equal(null)
    expect(policyFor(plan, 'session', gone('a', terms), () => true)).to.equal(null)
    expect(chosen(plan, gone('a', terms, 'anonymised'))).to.equal(null)
    expect(chosen([], gone('a', terms))).to.equal(null)
  })

  it('of people who live on must be that very policy with those very terms', () => {
    const plan = planOf(policy('account', { id: 'a', then: 'anonymise' }))
    const terms = plan[0]?.termsHash ?? ''
    expect(chosen(plan, gone('a', terms, 'anonymised'))).to.equal('a')
    expect(chosen(plan, gone('b', terms, 'anonymised'))).to.equal(null)
    expect(chosen(plan, gone('a', other, 'anonymised'))).to.equal(null)
  })
})

describe('what is done again to one person', () => {
  const lacked = { from: 10, to: 20 }
  const one = (named: string, what: Departed['line']['what'], index: number | null): Departed => ({
    line: { policy: named, what },
    proof: index === null ? null : { index, terms: 't', acts: new Set() },
  })
  const done = (...departed: readonly Departed[]) =>
    toReplay(departed, lacked).map(({ line, proof }) => [line.policy, line.what, proof?.index ?? null])

  it('is the last erasure, also one from before the backup, and nothing else then', () => {
    expect(done(one('a', 'anonymised', 12), one('b', 'erased', 3), one('c', 'erased', 14))).to.deep.equal([
      ['c', 'erased', 14],
    ])
    expect(done(one('b', 'erased', 3))).to.deep.equal([['b', 'erased', 3]])
    const unproven = [one('b', 'erased', null), one('c', 'erased', 0)] as const
    for (const lines of [unproven, [...unproven].reverse()])
      expect(done(...lines), 'what the log proves comes first, also its first entry').to.deep.equal([
        ['c', 'erased', 0],
      ])
  })

  it('is what was anonymised between the backup and the replay, once for each policy', () => {
    for (const index of [9, 20]) expect(done(one('a', 'anonymised', index)), String(index)).to.deep.equal([])
    for (const index of [10, 19]) expect(done(one('a', 'anonymised', index))).to.have.length(1)
    expect(
      done(one('a', 'anonymised', 11), one('b', 'anonymised', 12), one('a', 'anonymised', 13)),
    ).to.deep.equal([
      ['a', 'anonymised', 13],
      ['b', 'anonymised', 12],
    ])
  })

  it('is a question for a person when the log does not have it', () => {
    expect(done(one('a', 'anonymised', null))).to.deep.equal([['a', 'anonymised', null]])
    expect(done(one('a', 'erased', null))).to.deep.equal([['a', 'erased', null]])
  })
})

describe('the policy of the name that the ledger tells', () => {
  const named = (
    plan: ReturnType<typeof planOf>,
    id: string,
    what: Departed['line']['what'],
    kindName = 'account',
  ) => namesake(plan, kindName, { policy: id, what })?.policy.id ?? null

  it('is asked whatever its terms are, when it still does the same to the same people', () => {
    const plan = planOf(policy('account', { id: 'a' }), policy('account', { id: 'b', then: 'anonymise' }))
    expect(named(plan, 'a', 'erased')).to.equal('a')
    expect(named(plan, 'b', 'anonymised')).to.equal('b')
    expect(named(plan, 'a', 'anonymised'), 'it erases today').to.equal(null)
    expect(named(plan, 'b', 'erased')).to.equal(null)
    expect(named(plan, 'a', 'erased', 'session'), 'another kind').to.equal(null)
    expect(named(plan, 'c', 'erased')).to.equal(null)
    const archives = plan.map((one) => ({ ...one, act: { ...one.act, act: 'archive' as const } }))
    expect(named(archives, 'a', 'erased'), 'what is archived leaves as well').to.equal('a')
    expect(named([], 'a', 'erased')).to.equal(null)
  })

  it('is none when its kind is nobody', () => {
    const [one] = planOf(policy('account', { id: 'a' }))
    expect(named(one === undefined ? [] : [{ ...one, subject: false }], 'a', 'erased')).to.equal(null)
  })
})

describe('a policy without its questions', () => {
  it('asks for no date, state or warning, and does all that it did', () => {
    const [one] = planOf(policy('account', { id: 'a', but: { session: { act: 'detach' } } }))
    if (one === undefined) throw new Error('no policy')
    const [source] = one.clock.sources
    if (source === undefined) throw new Error('no source')
    const asking = {
      ...one,
      policy: { ...one.policy, warn: {} as NonNullable<typeof one.policy.warn> },
      clock: { ...one.clock, sources: [source, source] },
      only: [{ column: 'status', test: 'is one of', values: ['x'] }] as const,
      states: [{ name: 's', joins: [], column: 'status', values: ['x'] }],
      rereadLast: [source],
    }
    expect(withoutQuestions(asking)).to.deep.equal({ ...one, only: [], states: [], rereadLast: [] })
    const act = { ...asking.act, done: 'own' } as const
    const marking = withoutQuestions({ ...asking, act })
    expect(marking.clock.sources, 'a mark holds what all of them say').to.deep.equal([source, source])
  })

  it('is done with whoever it marked when they went, or since', () => {
    const went = Date.parse('2026-06-05T10:00:00Z')
    const marked = (at: number) => isDoneAgain(went, { at, clock: null })
    expect([marked(went - 1), marked(went), marked(went + 1)]).to.deep.equal([false, true, true])
  })
})
