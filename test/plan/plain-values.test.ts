/** Small readers of values and types. */
import { expect } from 'chai'
import { canonicalValue } from '../../plan/canonical-value.ts'
import { holdsOnlyJson } from '../../plan/site-schema.ts'
import { schemaOf } from './site-builder.ts'

describe('plain data', () => {
  it('is text, truth and nothing, in lists and by keys; what is not there is left out', () => {
    expect(canonicalValue({ a: 1.5, b: [true, null, 'x'], c: undefined })).to.deep.equal({
      a: '1.5',
      b: [true, null, 'x'],
    })
  })

  it('is no function and no symbol', () => {
    expect(() => canonicalValue(() => 1)).to.throw('a function has no canonical form')
    expect(() => canonicalValue([Symbol('x')])).to.throw('a symbol has no canonical form')
  })
})

describe('a type that holds nothing but JSON', () => {
  it('begins with its name', () => {
    const columns = { a: 'json', b: 'JSON', c: "enum('json')" }
    const { columns: all } = schemaOf({ t: { columns } }).get('t')!
    expect(all.filter(holdsOnlyJson).map(({ name }) => name)).to.deep.equal(['a', 'b'])
  })
})
