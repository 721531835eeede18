/** Addresses that a site stores otherwise than as text. */
import { expect } from 'chai'
import { cutAddress, holdsAddresses } from '../../plan/ip-address.ts'
import type { ColumnFamily } from '../../plan/site-schema.ts'

/** Twice, because a run may meet what an earlier one has cut. */
function cut(family: ColumnFamily, old: string): string | null {
  const found = cutAddress(family, old)
  if (found !== null) expect(cutAddress(family, found), `${old} a second time`).to.equal(found)
  return found
}

/** The number that INET_ATON gives. */
function asNumber(address: string): string {
  return String(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
}

describe('an IP address stored as a number', () => {
  it('keeps 24 bits', () => {
    expect(cut('integer', asNumber('203.0.113.77'))).to.equal(asNumber('203.0.113.0'))
    expect(cut('integer', asNumber('203.0.113.0'))).to.equal(asNumber('203.0.113.0'))
    expect(cut('integer', asNumber('255.255.255.255'))).to.equal(asNumber('255.255.255.0'))
    expect(cut('integer', '255'), '0.0.0.255').to.equal('0')
    expect(cut('integer', '0')).to.equal('0')
    expect(cut('integer', '0000000256'), 'zeros of the column').to.equal('0000000256')
  })

  it('keeps the same 24 bits of a signed number of 32 bits, as PHP writes it', () => {
    for (const address of ['203.0.113.77', '128.0.0.1', '255.255.255.255', '192.168.1.0']) {
      const signed = Number(asNumber(address)) - 2 ** 32
      const kept = Number(cut('integer', String(signed))) + 2 ** 32
      expect(String(kept), address).to.equal(cut('integer', asNumber(address)))
    }
  })

  it('is none outside 32 bits', () => {
    for (const old of ['4294967296', '-2147483649', '9223372036854775807', '', '1.5', 'Ada', '203.0.113.77'])
      expect(cut('integer', old), old).to.equal(null)
  })
})

describe('an IP address stored as bytes', () => {
  it('keeps 24 bits of four bytes and 48 of sixteen', () => {
    expect(cut('binary', 'cb00714d')).to.equal('cb007100')
    expect(cut('binary', '20010db885a308d313198a2e03707348')).to.equal('20010db885a300000000000000000000')
  })

  it('keeps 24 bits of an IPv4 address inside an IPv6 one', () => {
    expect(cut('binary', '00000000000000000000ffffcb00714d')).to.equal('00000000000000000000ffffcb007100')
    expect(cut('binary', '2002cb00714d00010000000000000001')).to.equal('2002cb00710000000000000000000000')
    expect(cut('binary', '000000000000000000000000cb00714d'), 'compatible').to.equal('0'.repeat(32))
  })

  it('keeps 24 bits of four bytes that BINARY(16) filled up', () => {
    expect(cut('binary', `cb00714d${'0'.repeat(24)}`)).to.equal(`cb0071${'0'.repeat(26)}`)
    expect(cut('binary', '20010db8000000000000000000000001')).to.equal(`20010d${'0'.repeat(26)}`)
  })

  it('is none of another length', () => {
    for (const old of [
      '',
      'cb',
      'cb0071',
      'cb00714d00',
      '203.0.113.77',
      Buffer.from('203.0.113.77').toString('hex'),
    ])
      expect(cut('binary', old), old).to.equal(null)
  })
})

describe('an IP address in a type of its own', () => {
  it('stays what the type takes', () => {
    expect(cut('other', '203.0.113.77')).to.equal('203.0.113.0')
    expect(cut('other', '::ffff:203.0.113.77')).to.equal('::ffff:203.0.113.0')
    expect(cut('other', '2001:db8:85a3:8d3::1')).to.equal('2001:db8:85a3::')
    expect(cut('other', '::wrong')).to.equal(null)
  })
})

describe('an IP address inside another one, as text', () => {
  it('is cut as IPv4', () => {
    expect(cut('text', '::ffff:203.0.113.77')).to.equal('203.0.113.0')
    expect(cut('text', '2002:cb00:714d:1::1')).to.equal('2002:cb00:7100::')
    expect(cut('text', 'fe80::1%eth0')).to.equal('fe80::')
  })
})

describe('a column that can hold addresses', () => {
  const of = (family: ColumnFamily, type: string): boolean => holdsAddresses({ family, type })

  it('is a text, a number of four bytes, four or sixteen bytes', () => {
    for (const [family, type] of [
      ['text', 'varchar(45)'],
      ['text', 'my_set'],
      ['integer', 'int(10) unsigned'],
      ['integer', 'bigint(20)'],
      ['integer', 'INTEGER'],
      ['integer', 'unsigned tinyint'],
      ['binary', 'binary(4)'],
      ['binary', 'binary(16)'],
      ['binary', 'varbinary(16)'],
      ['binary', 'tinyblob'],
      ['binary', 'BLOB'],
      ['other', 'inet4'],
      ['other', 'inet6'],
    ] as const)
      expect(of(family, type), type).to.equal(true)
  })

  it('is no other', () => {
    for (const [family, type] of [
      ['text', "enum('a','b')"],
      ['integer', 'tinyint(4)'],
      ['integer', 'smallint(6) unsigned'],
      ['integer', 'mediumint(9)'],
      ['integer', 'year(4)'],
      ['binary', 'binary(8)'],
      ['binary', 'binary(32)'],
      ['binary', 'varbinary(3)'],
      ['decimal', 'decimal(39,0)'],
      ['date', 'date'],
      ['datetime', 'datetime'],
      ['timestamp', 'timestamp'],
      ['other', 'uuid'],
      ['other', 'inet46'],
      ['other', 'my_inet4'],
    ] as const)
      expect(of(family, type), type).to.equal(false)
  })
})
