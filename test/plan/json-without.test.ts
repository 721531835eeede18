import { expect } from 'chai'
import fc from 'fast-check'
import { UnreadableDocument, withoutPlaces } from '../../plan/json-without.ts'

describe('JSON without some of its places', () => {
  it('has all the rest, as it was written', () => {
    const text =
      '{ "id": 12345678901234567890, "phone": "+33 1", "a": {"street": "x, \\"y\\"", "zip": 1.10}, "n": [1, {"phone": 2}] }'
    expect(withoutPlaces(text, ['$.phone', '$.a.street'])).to.equal(
      '{"id":12345678901234567890,"a":{"zip":1.10},"n":[1, {"phone": 2}]}',
    )
    expect(withoutPlaces(text, ['$.a'])).not.to.include('zip')
  })

  it('loses a key that stands there twice, or that is written with escapes', () => {
    expect(withoutPlaces('{"phone":1,"x":2,"ph\\u006fne":{"a":[3]}}', ['$.phone'])).to.equal('{"x":2}')
  })

  it('may have blanks around it and around its names', () => {
    expect(withoutPlaces(' {"a" : 1, "b" : 2}\n', ['$.a'])).to.equal('{"b":2}')
  })

  it('says why there is none, and nothing of what stands there', () => {
    expect(() => withoutPlaces('{"a":"Ada"', ['$.a']))
      .to.throw('a document of JSON cannot be read, or has another shape than its paths say')
      .with.property('name', 'UnreadableDocument')
  })

  it('is as it was where nothing stands at the place', () => {
    for (const text of ['', '  ', 'null', '[]', '[ ]', '{}', '{"a":null}', '{"a":[]}'])
      expect(withoutPlaces(text, ['$.a.b', '$.c'])).to.equal(text)
  })

  it('is not made of what cannot be read, or has another shape', () => {
    const broken = [
      '{',
      'a:0:{}',
      '{"a":{"b":1}',
      '"x"',
      '17',
      'true',
      '[1]',
      '{"a":"x"}',
      '{"a":[{"b":1}]}',
      '{"a":1}',
    ]
    for (const text of broken) expect(() => withoutPlaces(text, ['$.a.b']), text).to.throw(UnreadableDocument)
  })

  it('takes strings, numbers and blanks of any length', () => {
    const long = 20_000_000
    const values = [
      `"${'x'.repeat(long)}"`,
      `"${'\\"\\\\'.repeat(long / 4)}"`,
      '1'.repeat(1000),
      `[${' '.repeat(long)}]`,
    ]
    for (const value of values) {
      const text = `{"phone":1,"x":${value},"a":{"phone":${value},"y":2}}`
      // No comparison that would print what differs.
      const isRest = withoutPlaces(text, ['$.phone', '$.a.phone']) === `{"x":${value},"a":{"y":2}}`
      expect(isRest, value.slice(0, 4)).to.equal(true)
    }
  })

  it('says the same as taking the keys out of what was read', () => {
    const key = fc.constantFrom('a', 'b', 'c d', 'é"\\', 'phone')
    const document = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())))
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 2), (value, indent) => {
        const { phone: gone, ...rest } = JSON.parse(JSON.stringify(value)) as Record<string, unknown>
        const text = withoutPlaces(JSON.stringify(value, null, indent), ['$.phone'])
        expect(JSON.parse(text), JSON.stringify(gone)).to.deep.equal(rest)
      }),
    )
  })
})
