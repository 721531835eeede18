import { join } from 'node:path'
import { expect } from 'chai'
import type { Condition, Policy } from '../../policies/policy.ts'
import { checkRules } from '../../policies/rules.ts'
import { readFolder } from './corpus.ts'

const shop = readFolder(join('policies', 'sample-shop'))

function codesOf(change: (policy: Policy) => Partial<Policy>): readonly string[] {
  const policies = shop.policies.map((policy) => ({ ...policy, ...change(policy) }))
  const nowhere = { file: '', line: 1, column: 1 }
  return checkRules(policies, shop.dataMap, () => nowhere, 'data-map.yml').map(({ code }) => code)
}

function only(id: string, conditions: readonly Condition[]): (policy: Policy) => Partial<Policy> {
  return (policy) => (policy.id === id ? { only: conditions } : {})
}

describe('two policies on one kind', () => {
  it('stand together while their amounts part at one limit', () => {
    expect(codesOf(() => ({}))).not.to.include('E_TWO_POLICIES')
  })

  it('clash as soon as one amount fits both', () => {
    const below = (amount: string): Condition => ({ column: 'total', test: 'below', amount })
    expect(codesOf(only('ended-contracts', [below('120')]))).not.to.include('E_TWO_POLICIES')
    expect(codesOf(only('ended-contracts', [below('120.01')]))).to.include('E_TWO_POLICIES')
  })

  it('may be an inactivity and a request, because either way the account is erased', () => {
    expect(codesOf(({ data }) => (data === 'account' ? { only: [] } : {}))).not.to.include('E_TWO_POLICIES')
  })

  it('clash when one of them keeps at least', () => {
    const change = (policy: Policy): Partial<Policy> =>
      policy.data !== 'account'
        ? {}
        : { only: [], keepAtLeast: policy.id === 'inactive-accounts' ? policy.keepAtMost : null }
    expect(codesOf(change)).to.include('E_TWO_POLICIES')
  })

  it('clash when both truncate the same column and neither follows the other', () => {
    const change = (policy: Policy): Partial<Policy> =>
      policy.id === 'technical-data' ? { follows: null, then: 'truncate fields', fields: ['ip'] } : {}
    expect(codesOf(change)).to.include('E_TWO_POLICIES')
  })
})

describe('a duty to keep', () => {
  it('is broken when the invoices of an account are erased with it', () => {
    const change = ({ but }: Policy): Partial<Policy> => ({
      but: Object.fromEntries(Object.entries(but).filter(([name]) => name !== 'invoice')),
    })
    expect(codesOf(change)).to.include('E_DUTY_TO_KEEP_BROKEN')
  })
})

describe('an account', () => {
  it('needs no warning after a decision or a request, but after silence', () => {
    expect(codesOf(() => ({}))).not.to.include('E_ACCOUNT_NOT_WARNED')
    expect(codesOf(() => ({ warn: null }))).to.include('E_ACCOUNT_NOT_WARNED')
  })
})

describe('a starved clock', () => {
  const sessions = (years: number, days: number): readonly string[] =>
    codesOf(({ id }) =>
      id === 'session-addresses'
        ? { then: 'erase', fields: [], keepAtMost: { years, months: 0, weeks: 0, days, hours: 0 } }
        : {},
    )

  it('is found while the sign-ins go before the term and the notice are over', () => {
    expect(sessions(3, 29)).to.include('E_CLOCK_STARVED')
  })

  it('is fed when they stay for both', () => {
    expect(sessions(3, 30)).not.to.include('E_CLOCK_STARVED')
  })
})
