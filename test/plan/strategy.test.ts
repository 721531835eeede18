import { expect } from 'chai'
import type { ColumnChange } from '../../plan/compiled.ts'
import { isConstant, newValue } from '../../plan/strategy.ts'
import type { Strategy } from '../../policies/data-map.ts'

const random = '0123456789abcdef0123456789abcdef'

function changed(strategy: Strategy, old: string | null, more: Partial<ColumnChange> = {}): string | null {
  const change = { column: 'c', family: 'text', length: 190, nullable: true, strategy, ...more } as const
  return newValue(change, old, random)
}

describe('what a personal column becomes', () => {
  it('an address that nobody can have, whatever the old one was, as long as the column takes', () => {
    const made = changed({ strategy: 'unique_address' }, 'ada@mail.example')
    expect(made).to.equal('0123456789abcdef01234567@erased.invalid')
    expect(changed({ strategy: 'unique_address' }, null)).to.equal(made)
    expect(changed({ strategy: 'unique_address' }, 'a', { length: 27 })).to.equal(
      '0123456789ab@erased.invalid',
    )
  })

  it('JSON without its personal places, which depends on the row', () => {
    const strategy = { strategy: 'without', paths: ['$.phone'] } as const
    expect(changed(strategy, '{"phone":1,"id":2}')).to.equal('{"id":2}')
    expect(changed(strategy, null)).to.equal(null)
    expect(isConstant({ column: 'c', family: 'text', length: null, nullable: true, strategy })).to.equal(
      false,
    )
  })

  it('blank, null or a constant', () => {
    expect(changed({ strategy: 'blank' }, 'Ada')).to.equal('')
    expect(changed({ strategy: 'blank' }, '7', { family: 'integer' })).to.equal(null)
    expect(changed({ strategy: 'null' }, 'Ada')).to.equal(null)
    expect(changed({ strategy: 'fixed', value: 'Former customer' }, 'Ada')).to.equal('Former customer')
  })

  it('the year or the month of a date; what is no date goes', () => {
    expect(changed({ strategy: 'year' }, '1984-02-29')).to.equal('1984-01-01')
    expect(changed({ strategy: 'month' }, '1984-02-29')).to.equal('1984-02-01')
    expect(changed({ strategy: 'year' }, '1984-02-29 23:59:59.123')).to.equal('1984-01-01 00:00:00')
    expect(changed({ strategy: 'month' }, '1984-02-29 23:59:59')).to.equal('1984-02-01 00:00:00')
    for (const old of [null, '', 'spring 1984', '29.02.1984'])
      expect(changed({ strategy: 'year' }, old)).to.equal(null)
  })

  it('24 bits of an IPv4 address, 48 of an IPv6 address, mapped ones as IPv4', () => {
    const cut = (old: string | null) => changed({ strategy: 'truncated_ip' }, old)
    expect(cut('203.0.113.77')).to.equal('203.0.113.0')
    expect(cut('2001:db8:85a3:8d3:1319:8a2e:370:7348')).to.equal('2001:db8:85a3::')
    expect(cut('::ffff:203.0.113.77')).to.equal('203.0.113.0')
    expect(cut('fe80::1')).to.equal('fe80::')
    expect(cut(null)).to.equal(null)
    expect(cut(cut('203.0.113.77')), 'a second time').to.equal('203.0.113.0')
  })

  it('nothing of what should be an address and is none', () => {
    for (const old of [
      '',
      'Ada Lovelace',
      '203.0.113',
      '0313.0.113.77',
      '999.1.1.1',
      '203.0.113.77, 10.0.0.1',
    ])
      expect(changed({ strategy: 'truncated_ip' }, old), old).to.equal(null)
    expect(changed({ strategy: 'truncated_ip' }, 'Ada', { nullable: false })).to.equal('')
  })

  it('browser and system of a user agent, and no number in them', () => {
    const cut = (old: string) => changed({ strategy: 'coarse_user_agent' }, old)
    expect(
      cut('Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0'),
    ).to.equal('Edge / Windows')
    expect(
      cut('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0.6099.71 Safari/537.36'),
    ).to.equal('Chrome / Windows')
    expect(
      cut('Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1 Mobile/15E148 Safari/604.1'),
    ).to.equal('Safari / iOS')
    expect(
      cut('Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 Chrome/120.0 Safari/537.36'),
    ).to.equal('Chrome / Android')
    expect(cut('Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0')).to.equal(
      'Firefox / Linux',
    )
    expect(cut('Ada Lovelace')).to.equal('other / other')
  })

  it('knows which strategies do not look at the row', () => {
    const of = (strategy: Strategy) =>
      isConstant({ column: 'c', family: 'text', length: 9, nullable: true, strategy })
    expect(
      of({ strategy: 'blank' }) && of({ strategy: 'null' }) && of({ strategy: 'fixed', value: 'x' }),
    ).to.equal(true)
    expect(of({ strategy: 'unique_address' }) || of({ strategy: 'truncated_ip' })).to.equal(false)
  })
})
