import { expect } from 'chai'
import type { Policy } from '../../policies/policy.ts'
import { mapOf, policy } from '../plan/site-builder.ts'
import { tellingIn, templateUse } from '../../policies/telling.ts'

const map = {
  site: { name: 'Rencontres douces', url: 'https://www.shop.gaymeet.co.uk/in' },
  controller: { name: 'Dupont Média SAS', contact: 'dpo@holding-x.example', dpo: 'dpo@holding-x.example' },
}

describe('what policies ask of templates', () => {
  it('is words of their own for each act that is no deletion, by the variant that is sent', () => {
    const warning = (id: string, more: Partial<Policy>, variant?: 'bare') => {
      const warn = { template: id, ...(variant === undefined ? {} : { variant }) }
      return policy('account', { id, warn: warn as unknown as Policy['warn'], ...more })
    }
    const use = templateUse(
      [
        warning('a', {}),
        warning('b', { then: 'anonymise' }),
        warning('c', { then: 'archive' }, 'bare'),
        warning('d', { then: 'truncate fields', fields: ['ip'] }),
        warning('e', { then: 'anonymise', warn: null }),
      ],
      null,
    )
    expect(use.otherActs).to.deep.equal([
      { template: 'b', variant: 'full', act: 'anonymise' },
      { template: 'c-bare', variant: 'bare', act: 'archive' },
    ])
  })
})

describe('what tells the site', () => {
  for (const [value, told] of [
    ['Rencontres-Douces', 'Rencontres douces'],
    ['Dupont média, accounts', 'Dupont Média SAS'],
    ['GayMeet accounts', 'shop.gaymeet.co.uk'],
    ['https://gaymeet.co.uk/a', 'shop.gaymeet.co.uk'],
    ['https://accounts.example/gay-meet', 'shop.gaymeet.co.uk'],
    ['hello@mail.gaymeet.example', 'shop.gaymeet.co.uk'],
    ['hello@holding-x.example', 'holding-x.example'],
  ] as const)
    it(`is found in ${value}`, () => {
      expect(tellingIn(value, map)).to.equal(told)
    })

  it('is not found in an ending that all share, nor in a short word by chance', () => {
    for (const value of ['Account service', 'https://accounts.co.uk', 'hello@accounts.example'])
      expect(tellingIn(value, map), value).to.equal(null)
    const short = { site: { name: 'Ours', url: 'https://ac.example' }, controller: { ...map.controller } }
    expect(tellingIn('https://accounts.example', short)).to.equal(null)
    expect(tellingIn('https://ac.other.example', short)).to.equal('ac.example')
    expect(
      tellingIn('https://example.org', { ...short, site: { name: '', url: 'http://localhost' } }),
    ).to.equal(null)
  })

  it('is not the provider of a mailbox, and is the address there that the site gives', () => {
    const one = { ...map.controller, contact: 'Dupont.Media@Gmail.com' }
    const small = { ...map, controller: one }
    expect(tellingIn('accounts.service@gmail.com', small)).to.equal(null)
    expect(tellingIn('dupont.media@gmail.com', small)).to.equal('Dupont Média SAS')
    const other = { ...small, controller: { ...one, name: 'Jeanne Martin', contact: 'jm75@gmail.com' } }
    expect(tellingIn('JM75@gmail.com', other)).to.equal('jm75@gmail.com')
    expect(tellingIn('jm76@gmail.com', other)).to.equal(null)
    // A domain that only ends alike is somebody's own.
    const own = { ...other, controller: { ...one, name: 'Jeanne Martin', contact: 'jm@mygmail.com' } }
    expect(tellingIn('jm76@mygmail.com', own)).to.equal('mygmail.com')
    expect(templateUse([discreet], mapOf([], other)).hidden).not.to.include('gmail.com')
  })

  const discreet = policy('account', {
    warn: { variant: 'discreet' } as unknown as Policy['warn'],
  })

  it('is the domain, not the whole address, where texts are searched', () => {
    expect(templateUse([discreet], mapOf([], map)).hidden).to.deep.equal([
      'Rencontres douces',
      'Dupont Média SAS',
      'gaymeet.co.uk',
      'holding-x.example',
    ])
  })
})
