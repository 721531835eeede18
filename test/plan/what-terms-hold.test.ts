/** The whole of what a person is told: each part that a policy or the data map can change changes the terms. */
import { expect } from 'chai'
import type { DataMap, Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { termsHash, termsOf } from '../../plan/terms.ts'
import { account, at, event, kind, mapOf, policy } from './site-builder.ts'

const person: Kind = {
  ...account,
  personal: { email: { strategy: 'unique_address' }, name: { strategy: 'null' } },
  states: { open: { 'orders.status': ['paid'] } },
  except: { status: ['admin'] },
  restricted: { blocked: ['yes'] },
  archive: { into: 'old', columns: { email: 'email' } },
  withdrawn: { status: 'none' },
}
const order = kind('order', 'orders', { of: 'account' })
const line = kind('line', 'order_lines', { of: 'order' })
const visit = kind('visit', 'visits', { of: 'account' })
const map = mapOf([person, order, line, visit])

function mapWith(change: Partial<Kind>, more: Partial<DataMap> = {}): DataMap {
  return mapOf([{ ...person, ...change }, order, line, visit], more)
}

const hash = (one: Policy, dataMap = map): string => termsHash(one, dataMap)
const read = (one: Policy, dataMap = map) => termsOf(one, dataMap) as Readonly<Record<string, unknown>>

describe('terms', () => {
  it('of an erasure hold no strategies, those of anonymising only what the policy changes', () => {
    expect(read(policy('account')).changes).to.equal(null)
    const all = read(policy('account', { then: 'anonymise' })).changes
    expect(Object.keys(all as object)).to.deep.equal(['email', 'name'])
    const one = read(policy('account', { then: 'anonymise', fields: ['name'] }))
    expect(Object.keys(one.changes as object)).to.deep.equal(['name'])
    expect(one.fields).to.deep.equal(['name'])
  })

  it('name fields in one order', () => {
    const fields = (names: readonly string[]) =>
      hash(policy('account', { then: 'anonymise', fields: [...names] }))
    expect(fields(['email', 'name'])).to.equal(fields(['name', 'email']))
  })

  it('of an archive hold what is kept where, those of a withdrawal what is withdrawn', () => {
    expect(read(policy('account', { then: 'archive' })).changes).to.deep.include({ into: 'old' })
    expect(read(policy('account', { then: 'withdraw consent' })).changes).to.have.property('status')
    expect(read(policy('nobody', { then: 'anonymise' })).changes).to.equal(null)
  })

  it('name what leaves with a person, down to the last row', () => {
    expect(read(policy('account')).leaving).to.deep.equal({
      order: { act: 'erase' },
      line: { act: 'erase' },
      visit: { act: 'erase' },
    })
    expect(read(policy('account', { then: 'archive' })).leaving).to.have.keys(['order', 'line', 'visit'])
    const kept = read(policy('account', { but: { order: { act: 'keep', because: 'law' } } })).leaving
    expect(kept).to.have.keys(['order', 'visit'])
    const personal = { ship: { strategy: 'blank' } } as const
    const withShip = mapOf([person, { ...order, personal }, line, visit])
    const ruled = (rule: Policy['but'][string]) =>
      (read(policy('account', { but: { order: rule } }), withShip).leaving as Record<string, object>)['order']
    expect(ruled({ act: 'keep', because: 'law' }), 'what stays as it is').to.not.have.property('changes')
    expect(ruled({ act: 'detach' })).to.not.have.property('changes')
    expect(ruled({ act: 'anonymise', under: null })).to.deep.include({ changes: personal })
    expect(read(policy('account', { then: 'anonymise' })).leaving).to.deep.equal({})
  })

  it('hold what is written into rows that stay without their person', () => {
    const but = { order: { act: 'anonymise' as const, under: null } }
    const written = (strategy: Kind['personal'][string]) =>
      hash(
        policy('account', { but }),
        mapOf([person, { ...order, personal: { note: strategy } }, line, visit]),
      )
    expect(written({ strategy: 'null' })).not.to.equal(written({ strategy: 'blank' }))
    expect(written({ strategy: 'without', paths: ['$.a'] })).not.to.equal(
      written({ strategy: 'without', paths: ['$.a', '$.b'] }),
    )
  })

  it('follow what hangs on rows that are archived', () => {
    const archived = policy('account', { but: { order: { act: 'archive', policy: 'old-orders' } } } as never)
    expect(read(archived).leaving).to.have.keys(['order', 'line', 'visit'])
  })

  it('hold the shortest time as well as the longest', () => {
    const month = { years: 0, months: 1, weeks: 1, days: 2, hours: 3 }
    expect(read(policy('account')).keepAtLeast).to.equal(null)
    expect(read(policy('account', { keepAtLeast: month })).keepAtLeast).to.deep.equal({
      months: '1',
      days: '9',
      hours: '3',
    })
  })

  it('hold the end of the fiscal year only where the clock is rounded to it', () => {
    const rounded = mapWith({ events: { seen: event([at('seen_at')], { roundedTo: 'end of fiscal year' }) } })
    const clock = (dataMap: DataMap) => read(policy('account'), dataMap).clock
    expect(clock(map)).to.include({ fiscalYearEnds: null, event: 'seen' })
    expect(clock(rounded)).to.include({ fiscalYearEnds: '12-31' })
    expect(read(policy('account', { countedFrom: 'toString' })).clock).to.include({ meaning: null })
    expect(read(policy('nobody')).clock).to.include({ meaning: null })
  })

  it('name everyone who is spared, and by what', () => {
    expect(read(policy('account', { notWhile: ['open'] })).protections).to.deep.equal([
      '["except","status","admin"]',
      '["not while","orders.status","paid"]',
      '["restricted","blocked","yes"]',
    ])
    expect(read(policy('nobody', { notWhile: ['open'] })).protections).to.deep.equal([])
  })

  it('hold the days within which a last mail leaves, not its words', () => {
    const warn = {
      when: 'before the term' as const,
      daysBefore: [60, 30],
      minimumNoticeDays: 30,
      template: 't',
      ifUnreachable: { refusals: 2, waitDays: 90, finally: 'erase' as const },
      noAddress: 'erase' as const,
    }
    const tells = (withinDays: number, template = 'erased') =>
      hash(policy('account', { warn: { ...warn, thenTell: { withinDays, template } } }))
    expect(tells(5)).to.equal(tells(5, 'other words'))
    expect(tells(5)).not.to.equal(tells(6))
    expect(tells(5)).not.to.equal(hash(policy('account', { warn })))
  })
})
