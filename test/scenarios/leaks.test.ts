import { expect } from 'chai'
import { leakFinder } from './leaks.ts'

const findLeaks = (wanted: string, text: string): readonly string[] => leakFinder(text)(wanted)

const token = 'zoë+leak=1@site.example'

describe('the search for leaks', () => {
  const disguises: readonly (readonly [string, (text: string) => string])[] = [
    ['raw', (text) => text.toUpperCase()],
    ['quoted-printable', (text) => text.replace('ë', '=C3=AB').replace('=1', '=3D=\r\n1')],
    ['URL', (text) => encodeURIComponent(text)],
    ['hex', (text) => Buffer.from(text).toString('hex')],
  ]
  for (const [name, disguise] of disguises)
    it(`sees through ${name}`, () => {
      expect(findLeaks(token, `before ${disguise(token)} after`)).to.include(name)
      expect(findLeaks(token, `before ${disguise('nobody')} after`)).to.deep.equal([])
    })

  for (const before of ['', 'a', 'ab'])
    it(`sees through base64 after ${before.length} other bytes`, () => {
      const coded = Buffer.from(`${before}${token}; and more`).toString('base64')
      expect(findLeaks(token, coded)).to.deep.equal(['base64'])
      expect(findLeaks(token, `${coded.slice(0, 9)}\r\n${coded.slice(9)}`)).to.deep.equal(['base64'])
    })
})
