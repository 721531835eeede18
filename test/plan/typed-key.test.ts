import { expect } from 'chai'
import type { ColumnFamily } from '../../plan/site-schema.ts'
import { isTypedKey } from '../../plan/typed-key.ts'

const same = (family: ColumnFamily, typed: string, found: string): boolean =>
  isTypedKey([{ name: 'k', family }], [typed], [found])

describe('a typed key', () => {
  it('is that of the row where it says the same number', () => {
    for (const [typed, found] of [
      ['42', '42'],
      ['042', '42'],
      ['42', '00042'],
      ['-7', '-7'],
      ['18446744073709551615', '18446744073709551615'],
    ] as const)
      expect(same('integer', typed, found), typed).to.equal(true)
    expect(same('decimal', '1.50', '1.5')).to.equal(true)
    expect(same('decimal', '100', '100.00')).to.equal(true)
  })

  it('is not, where a server alone would take it for that number', () => {
    for (const [typed, found] of [
      ['2e0', '2'],
      ['2024-0017', '2024'],
      ['1 234', '1'],
      [' 1', '1'],
      ['1.0', '1'],
      ['+1', '1'],
      ['', '0'],
      ['abc', '0'],
      ['9223372036854775808', '9223372036854775807'],
    ] as const)
      expect(same('integer', typed, found), typed).to.equal(false)
    expect(same('decimal', '100', '1')).to.equal(false)
    expect(same('decimal', '1e2', '100')).to.equal(false)
    expect(same('decimal', '1.5.00', '1.5')).to.equal(false)
  })

  it('is compared letter by letter, and hexadecimal digits without their case', () => {
    expect(same('text', 'Bob', 'bob')).to.equal(false)
    expect(same('binary', 'AB01', 'ab01')).to.equal(true)
    expect(same('binary', 'ab0', 'ab')).to.equal(false)
    expect(same('date', '2026-06-01', '2026-06-01')).to.equal(true)
  })

  it('has as many values as the key', () => {
    const two = [
      { name: 'site', family: 'integer' },
      { name: 'code', family: 'text' },
    ] as const
    expect(isTypedKey(two, ['1', 'fr'], ['1', 'fr'])).to.equal(true)
    expect(isTypedKey(two, ['1', 'de'], ['1', 'fr']), 'every one of them').to.equal(false)
    expect(isTypedKey(two, ['1'], ['1', 'fr'])).to.equal(false)
    expect(isTypedKey(two.slice(0, 1), ['1', '234'], ['1'])).to.equal(false)
  })
})
