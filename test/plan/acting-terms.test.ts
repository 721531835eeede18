import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import { actingTerms } from '../../plan/acting-terms.ts'
import { notComparable } from '../../plan/baseline.ts'
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
