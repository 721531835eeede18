/** What is locked up for a receipt opens for its own person and entry, and tells nothing to anybody else. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import type { Opening } from '../../audit/receipt.ts'
import { openSealed, sealOpening } from '../../audit/sealed-opening.ts'
import { leakFinder } from '../scenarios/leaks.ts'

const secret = Buffer.alloc(32, 7)
const entry = 'e'.repeat(32)
const opening: Opening = {
  kind: 'account',
  key: ['zoé.wrixel@mail.example', 'fr'],
  identity: ['zoé.wrixel@mail.example', null, '2020-01-01 10:00:00'],
  salt: 'ab'.repeat(32),
}
const seal = (one: Opening) => sealOpening(secret, entry, one, randomBytes)

describe('what is locked up for a receipt', () => {
  const sealed = seal(opening)

  it('opens for the person behind its entry', () => {
    expect(openSealed(secret, entry, { kind: opening.kind, key: opening.key }, sealed)).to.deep.equal(opening)
  })

  it('opens with no other secret, for no other entry, kind or key', () => {
    expect(openSealed(Buffer.alloc(32, 8), entry, opening, sealed)).to.equal(null)
    expect(openSealed(secret, 'f'.repeat(32), opening, sealed)).to.equal(null)
    expect(openSealed(secret, entry, { ...opening, kind: 'prospect' }, sealed)).to.equal(null)
    expect(openSealed(secret, entry, { ...opening, key: ['zoé.wrixel@mail.example'] }, sealed)).to.equal(null)
  })

  it('does not open when any byte of it was changed, or its end is cut', () => {
    const bytes = Buffer.from(sealed, 'base64')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = bytes[at]! ^ 1
      expect(openSealed(secret, entry, opening, changed.toString('base64')), `byte ${at}`).to.equal(null)
      expect(openSealed(secret, entry, opening, bytes.toString('base64', 0, at)), `${at} left`).to.equal(null)
    }
  })

  it('says nothing of whom it names, not even by its length, and never looks the same', () => {
    const text = Buffer.from(sealed, 'base64').toString('latin1')
    for (const token of [...opening.key, ...opening.identity, opening.salt])
      if (token !== null && token.length > 2)
        for (const where of [sealed, text]) expect(leakFinder(where)(token)).to.deep.equal([])
    const shorter = seal({ ...opening, key: ['7'], identity: ['7'] })
    expect(shorter).to.have.length(sealed.length)
    expect(seal(opening)).not.to.equal(sealed)
  })
})
