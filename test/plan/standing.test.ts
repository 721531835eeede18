import { expect } from 'chai'
import { standing, type StandingInput } from '../../plan/standing.ts'
import { termsOf } from '../../plan/terms.ts'
import type { Period } from '../../policies/period.ts'
import { account, mapOf, policy } from './site-builder.ts'

function terms(years: number) {
  const keepAtMost: Period = { years, months: 0, weeks: 0, days: 0, hours: 0 }
  return termsOf(policy('account', { keepAtMost }), mapOf([account]))
}

const base: StandingInput = {
  status: 'enforce',
  termsHash: 'new',
  terms: terms(3),
  inForce: null,
  observedBefore: true,
  approved: 10,
  found: 10,
}

describe('the standing of a policy', () => {
  it('only observes when it says so, whatever was approved', () => {
    expect(standing({ ...base, status: 'observe' })).to.deep.equal({ mode: 'observed', why: 'status' })
  })

  it('needs one run that observed the terms, then an approval', () => {
    expect(standing({ ...base, observedBefore: false })).to.deep.equal({ mode: 'observed', why: 'new terms' })
    expect(standing({ ...base, approved: null })).to.deep.equal({ mode: 'observed', why: 'not approved' })
    expect(standing(base)).to.deep.equal({ mode: 'enforced', approved: 10, newInForce: true })
  })

  it('refuses one row more than was approved', () => {
    expect(standing({ ...base, found: 11 })).to.deep.equal({
      mode: 'refused',
      why: 'more than approved',
      found: 11,
      limit: 10,
    })
  })

  it('goes on under terms that are in force', () => {
    const inForce = { hash: 'new', terms: terms(3) }
    expect(standing({ ...base, inForce, observedBefore: false, approved: null, found: 99 })).to.deep.equal({
      mode: 'enforced',
      approved: null,
      newInForce: false,
    })
  })

  it('goes on when the terms became gentler, and starts anew when they became harder', () => {
    const gentler = {
      ...base,
      observedBefore: false,
      approved: null,
      inForce: { hash: 'old', terms: terms(2) },
    }
    expect(standing(gentler)).to.deep.equal({ mode: 'enforced', approved: null, newInForce: true })
    const harder = { ...gentler, inForce: { hash: 'old', terms: terms(4) } }
    expect(standing(harder)).to.deep.equal({ mode: 'observed', why: 'new terms' })
  })
})
