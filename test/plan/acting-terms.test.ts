import { expect } from 'chai'
import type { Canonical } from '../../base/canonical.ts'
import type { DataMap, Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { actingTerms, asStored, tablesIn } from '../../plan/acting-terms.ts'
import { notComparable } from '../../plan/baseline.ts'
import { sha256 } from '../../plan/fingerprint.ts'
import { compareTerms, termsHash } from '../../plan/terms.ts'
import { account, kind, mapOf, policy } from './site-builder.ts'

const order = kind('order', 'orders', { of: 'account' })
const line = kind('line', 'order_lines', { of: 'order' })
const other = kind('other', 'others')

function acting(kinds: readonly Kind[], data = 'account') {
  return actingTerms(policy(data), mapOf(kinds))
}

describe('the terms under which a policy acts', () => {
  const all = [account, order, line, other]
  const places = () => (acting(all).terms as { places: Readonly<Record<string, unknown>> }).places

  it('hold the place of its kind and of all that hangs on it, and of nothing else', () => {
    expect(Object.keys(places())).to.have.members(['account', 'order', 'line'])
    expect(places()['line']).to.deep.equal({
      table: 'order_lines',
      key: ['id'],
      identity: [],
      of: 'order',
      link: null,
      contact: null,
      archive: null,
    })
    expect(acting([other], 'nobody').terms).to.deep.include({ places: {} })
  })

  it('name the tables of these places, whatever they looked like when they were noted', () => {
    expect(tablesIn(acting(all).terms)).to.have.members(['users', 'orders', 'order_lines'])
    expect(tablesIn({ places: { a: { table: 'x' }, b: { table: null }, c: {} } })).to.deep.equal(['x'])
    expect(tablesIn({})).to.deep.equal([])
  })

  it('hold each kind once, also where kinds hang on each other in a ring', () => {
    const ring = [{ ...account, of: 'line' }, order, line]
    const { terms } = acting(ring)
    expect(Object.keys((terms as { places: object }).places)).to.have.length(3)
  })

  it('change severely with a place, where what people are told stays the same', () => {
    const elsewhere: readonly (readonly [string, readonly Kind[]])[] = [
      ['table', [{ ...account, table: 'persons' }, order, line]],
      ['key of what hangs on it', [account, { ...order, key: ['nr'] }, line]],
      ['link', [account, { ...order, link: { columns: { buyer: 'id' }, where: {} } }, line]],
      ['archive', [account, order, { ...line, archive: { into: 'x', columns: {} } }]],
    ]
    for (const [what, kinds] of elsewhere) {
      const next = acting(kinds)
      expect(next.hash, what).to.not.equal(acting(all).hash)
      expect(compareTerms(acting(all).terms, next.terms), what).to.equal('severe')
    }
    expect(acting([account, order, line, { ...other, table: 'elsewhere' }]).hash).to.equal(acting(all).hash)
    const told = termsHash(policy('account'), mapOf(all))
    expect(termsHash(policy('account'), mapOf([{ ...account, table: 'persons' }, order, line]))).to.equal(
      told,
    )
  })
})

describe('who is spared by what stands elsewhere', () => {
  const closed = { restricted: { blocked: ['1', 'yes'] } }
  const guarded = { restricted: { frozen: ['1'] }, except: { state: ['litigation'] } }
  const map = (
    kinds: {
      readonly account?: object
      readonly order?: object
      readonly line?: object
      readonly more?: Kind[]
    },
    more: Partial<DataMap> = {},
  ): DataMap =>
    mapOf(
      [
        { ...account, ...kinds.account },
        { ...order, ...kinds.order },
        { ...line, ...kinds.line },
        other,
        ...(kinds.more ?? []),
      ],
      more,
    )
  const all = map({ account: closed, order: guarded })
  const change = (old: DataMap, next: DataMap, data: string, more: Partial<Policy> = {}) =>
    [
      [old, next],
      [next, old],
    ].map(([from, to]) => {
      const terms = [from, to].map((one) => actingTerms(policy(data, more), one!).terms)
      return compareTerms(terms[0]!, terms[1]!)
    })
  const lost = ['severe', 'gentler']
  const nothing = ['same', 'same']

  it('is lost severely with a restriction or an exception of what leaves with the row', () => {
    expect(change(all, map({ account: closed, order: { except: guarded.except } }), 'account')).to.deep.equal(
      lost,
    )
    expect(
      change(all, map({ account: closed, order: { restricted: guarded.restricted } }), 'account'),
    ).to.deep.equal(lost)
    const mistyped = map({ account: closed, order: { ...guarded, except: { state: ['litigations'] } } })
    expect(change(all, mistyped, 'account')).to.deep.equal(['severe', 'severe'])
    const cleaned = { but: { order: { act: 'anonymise', under: null } } } as const
    expect(change(all, map({ account: closed }), 'account', cleaned)).to.deep.equal(lost)
  })

  it('is lost severely with a restriction of what the row hangs on, however far above', () => {
    const mistyped = map({ account: { restricted: { blocked: ['1'] } }, order: guarded })
    expect(change(all, mistyped, 'order')).to.deep.equal(lost)
    expect(change(all, mistyped, 'line')).to.deep.equal(lost)
    const elsewhere = { ...guarded, link: { columns: { payer_id: 'id' }, where: {} } }
    expect(change(all, map({ account: closed, order: elsewhere }), 'line'), 'other people').to.deep.equal([
      'severe',
      'severe',
    ])
  })

  it('is noted of what the row hangs on, without the row, and in one order', () => {
    const spares = (dataMap: DataMap) =>
      (actingTerms(policy('line'), dataMap).terms as { spares: { above: object; protections: unknown } })
        .spares
    expect(spares(all).above).to.deep.equal({
      order: { table: 'orders', key: ['id'], of: 'account', link: null },
      account: { table: 'users', key: ['id'], of: null, link: null },
    })
    expect(spares(all).protections).to.deep.equal([
      '["restricted","account","blocked","1"]',
      '["restricted","account","blocked","yes"]',
      '["restricted","order","frozen","1"]',
    ])
    const turned = map({ account: { restricted: { blocked: ['yes', '1'] } }, order: guarded })
    expect(actingTerms(policy('line'), turned).hash).to.equal(actingTerms(policy('line'), all).hash)
  })

  it('is lost severely with another name of the same rows', () => {
    const sale = (more: Partial<Kind>) => kind('sale', 'orders', more)
    const named = map({ more: [sale({ restricted: { state: ['x'] }, except: { state: ['y'] } })] })
    for (const data of ['account', 'order', 'line']) {
      const bare = map({ more: [sale({ except: { state: ['y'] } })] })
      expect(change(named, bare, data), data).to.deep.equal(lost)
    }
    const plain = map({ more: [sale({ restricted: { state: ['x'] } })] })
    expect(change(named, plain, 'order')).to.deep.equal(lost)
    expect(change(named, plain, 'line'), 'an exception is about its row').to.deep.equal(nothing)
  })

  it('is not touched by what neither covers the row nor goes with it', () => {
    const bare = map({ account: closed })
    expect(change(all, bare, 'other')).to.deep.equal(nothing)
    expect(change(all, bare, 'account', { then: 'anonymise' })).to.deep.equal(nothing)
    for (const departure of [{ act: 'detach' }, { act: 'keep', because: 'The law.' }] as const)
      expect(change(all, bare, 'account', { but: { order: departure } }), departure.act).to.deep.equal(
        nothing,
      )
    const excepted = map({ account: { ...closed, except: { status: ['admin'] } }, order: guarded })
    expect(change(all, excepted, 'order'), 'an exception above').to.deep.equal(nothing)
  })

  it('is lost severely with an earlier day before which no date can be true', () => {
    expect(change(map({}), map({}, { launchedOn: '2009-12-31' }), 'account')).to.deep.equal(lost)
  })

  it('is lost severely with the last day of a term', () => {
    expect(change(map({}), map({ account: { category: 'cookie' } }), 'account')).to.deep.equal(lost)
    const [bare, guardedToo] = [{}, { order: guarded }].map((more) =>
      map({ account: { category: 'cookie' }, ...more }),
    )
    expect(change(guardedToo!, bare!, 'account'), 'as short as before').to.deep.equal(lost)
    const least = { keepAtMost: null, keepAtLeast: policy('account').keepAtMost }
    expect(change(map({}), map({ account: { category: 'cookie' } }), 'account', least)).to.deep.equal(nothing)
  })
})

describe('terms of a version that noted less', () => {
  const spared = [account, { ...order, restricted: { frozen: ['1'] } }, line]
  const now = acting(spared)
  const { spares, ...before } = now.terms as Readonly<Record<string, Canonical>>

  it('are in force after the update', () => {
    expect(spares).to.be.an('object')
    expect(compareTerms(before, now.terms)).to.equal('gentler')
    expect(compareTerms(now.terms, before), 'and the other way round nobody knows').to.equal('severe')
  })

  it('keep their hash as long as they spare whom they spared when that was first noted', () => {
    const hash = now.formerHash
    expect(hash).to.equal(sha256(before)).and.not.to.equal(now.hash)
    expect(asStored(now, null)).to.deep.equal({ terms: now.terms, hash: now.hash })
    for (const stored of [before, now.terms])
      expect(asStored(now, stored)).to.deep.equal({ terms: now.terms, hash })
    const bare = acting([account, order, line])
    expect(bare.formerHash, 'as that version saw them').to.equal(hash)
    expect(asStored(bare, now.terms).hash).to.equal(bare.hash).and.not.to.equal(hash)
  })
})

describe('what the last run found', () => {
  const before = { at: 1000, termsHash: 'a' }

  it('may be compared with under the same terms, when no backup was replayed since', () => {
    expect(notComparable(before, 'a', null)).to.equal(null)
    expect(notComparable(before, 'a', 999)).to.equal(null)
    expect(notComparable(before, 'b', null)).to.equal('terms')
    expect(notComparable(before, 'a', 1000), 'in the same instant').to.equal('replay')
    expect(notComparable(before, 'a', 1001)).to.equal('replay')
    expect(notComparable(before, 'b', 1001)).to.equal('replay')
  })
})
