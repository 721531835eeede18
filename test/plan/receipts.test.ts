import { expect } from 'chai'
import type { Period } from '../../policies/period.ts'
import { receiptsEnd } from '../../plan/receipts.ts'
import { account, compile, mapOf, onlyPolicy, policy, schemaOf, users } from './site-builder.ts'

const none: Period = { years: 0, months: 0, weeks: 0, days: 0, hours: 0 }

function endOf(receipts: Period | undefined, erased: string): string | null {
  const given = policy('account', receipts === undefined ? {} : { receipts })
  const one = onlyPolicy(compile(schemaOf({ users }), mapOf([account]), [given]))
  const end = receiptsEnd(one, Date.parse(erased))
  return end === null ? null : new Date(end).toISOString()
}

describe('the time in which a receipt is given', () => {
  it('is none when the policy says nothing', () => {
    expect(endOf(undefined, '2026-06-01T10:00:00Z')).to.equal(null)
  })

  it('ends with its last whole day in the zone of the policy', () => {
    expect(endOf({ ...none, days: 60 }, '2026-06-01T10:00:00Z')).to.equal('2026-07-31T22:00:00.000Z')
    expect(endOf({ ...none, days: 60 }, '2026-06-01T21:59:59Z')).to.equal('2026-07-31T22:00:00.000Z')
    expect(endOf({ ...none, months: 1 }, '2027-01-31T10:00:00Z')).to.equal('2027-02-28T23:00:00.000Z')
  })

  it('is exact in hours, and sorts as text however long it is', () => {
    expect(endOf({ ...none, hours: 72 }, '2026-06-01T10:00:00Z')).to.equal('2026-06-04T10:00:00.000Z')
    expect(endOf({ ...none, years: 9999 }, '2026-06-01T10:00:00Z')).to.equal('9999-12-31T00:00:00.000Z')
  })
})
