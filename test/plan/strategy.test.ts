import { expect } from 'chai'
import type { ColumnChange } from '../../plan/compiled.ts'
import { isConstant, newValue } from '../../plan/strategy.ts'
import type { Strategy } from '../../policies/data-map.ts'

const random = '0123456789abcdef0123456789abcdef'

const column = { column: 'c', family: 'text', type: 'varchar(190)', length: 190, nullable: true } as const

function changed(strategy: Strategy, old: string | null, more: Partial<ColumnChange> = {}): string | null {
  const change = { ...column, strategy, ...more }
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
    expect(
      isConstant({ column: 'c', family: 'text', type: 'text', length: null, nullable: true, strategy }),
    ).to.equal(false)
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

  it('the date of zeros as it is, and no time before the first of a TIMESTAMP', () => {
    for (const strategy of ['year', 'month'] as const) {
      const start = (old: string, family: ColumnChange['family']) => changed({ strategy }, old, { family })
      expect(start('0000-00-00', 'date')).to.equal('0000-00-00')
      for (const family of ['datetime', 'timestamp'] as const)
        expect(start('0000-00-00 00:00:00.000', family)).to.equal('0000-00-00 00:00:00')
      expect(start('1970-01-01 00:00:01', 'timestamp')).to.equal('1970-01-01 00:00:01')
      expect(start('1970-01-31 10:00:00', 'timestamp')).to.equal('1970-01-01 00:00:01')
      expect(start('1970-01-31 10:00:00', 'datetime')).to.equal('1970-01-01 00:00:00')
      expect(start('1971-01-01 10:00:00', 'timestamp')).to.equal('1971-01-01 00:00:00')
    }
    expect(changed({ strategy: 'month' }, '1970-02-09 10:00:00', { family: 'timestamp' })).to.equal(
      '1970-02-01 00:00:00',
    )
    expect(changed({ strategy: 'year' }, '0000-05-12', { family: 'date' })).to.equal('0000-01-01')
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

  it('the first characters of a text, and never more of them', () => {
    const cut = (old: string | null, kept = 2) => {
      const found = changed({ strategy: 'generalised', kept }, old)
      expect(changed({ strategy: 'generalised', kept }, found), 'a second time').to.equal(found)
      return found
    }
    expect(cut('75011')).to.equal('75')
    expect(cut('01000')).to.equal('01')
    expect(cut('SW1A 1AA', 4)).to.equal('SW1A')
    expect([cut('7'), cut(''), cut('   '), cut(' 75011'), cut(null)]).to.deep.equal([
      '7',
      '',
      '  ',
      ' 7',
      null,
    ])
    expect(cut('F-75011')).to.equal('F-')
    expect(cut('𝟕𝟓𝟎𝟏𝟏'), 'no half of a character').to.equal('𝟕𝟓')
  })

  it('a number down to a multiple of the width', () => {
    const cut = (old: string | null, width: number, type = 'int(11)', more: Partial<ColumnChange> = {}) => {
      const told = { family: 'integer', type, ...more } as const
      const found = changed({ strategy: 'bucketed', width }, old, told)
      expect(changed({ strategy: 'bucketed', width }, found, told), `${old} a second time`).to.equal(found)
      return found
    }
    expect(['37', '35', '34', '4', '0'].map((old) => cut(old, 5))).to.deep.equal(['35', '35', '30', '0', '0'])
    expect([cut('1984', 10), cut('75011', 1000), cut('1000', 1000)]).to.deep.equal(['1980', '75000', '1000'])
    expect([cut('-37', 5), cut('-3', 5), cut('-128', 100, 'tinyint(4)')]).to.deep.equal(['-35', '0', '-100'])
    expect(cut('18446744073709551615', 1000)).to.equal('18446744073709551000')
    expect([cut('0000000037', 5), cut('0000000035', 5)], 'zerofill').to.deep.equal(['35', '0000000035'])
    expect([cut(null, 5), cut('thirty', 5), cut('3e7', 5), cut('', 5)]).to.deep.equal([
      null,
      null,
      null,
      null,
    ])
    expect(cut('thirty', 5, 'int(11)', { nullable: false })).to.equal('0')
  })

  it('a decimal number without what stands behind the point', () => {
    const cut = (old: string, width: number) =>
      changed({ strategy: 'bucketed', width }, old, { family: 'decimal', type: 'decimal(9,2)' })
    expect([cut('1234.56', 1000), cut('35.00', 5), cut('35.01', 5)]).to.deep.equal(['1000', '35.00', '35'])
    expect([cut('48.8566', 1), cut('-1.5', 1), cut('-0.5', 1)]).to.deep.equal(['48', '-1', '0'])
  })

  it('no YEAR that the server does not have', () => {
    const cut = (old: string, width = 10) =>
      changed({ strategy: 'bucketed', width }, old, { family: 'integer', type: 'year(4)' })
    expect(['1984', '1905', '1901', '0000', '2155'].map((old) => cut(old))).to.deep.equal([
      '1980',
      '1901',
      '1901',
      '0000',
      '2150',
    ])
    expect(cut('1984', 5000)).to.equal('1901')
  })

  it('knows which strategies do not look at the row', () => {
    const of = (strategy: Strategy) => isConstant({ ...column, strategy })
    expect(
      of({ strategy: 'blank' }) && of({ strategy: 'null' }) && of({ strategy: 'fixed', value: 'x' }),
    ).to.equal(true)
    expect(of({ strategy: 'unique_address' }) || of({ strategy: 'truncated_ip' })).to.equal(false)
    expect(of({ strategy: 'generalised', kept: 2 }) || of({ strategy: 'bucketed', width: 5 })).to.equal(false)
  })
})
