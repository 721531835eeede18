import { expect } from 'chai'
import { shapesOf } from '../../../db/site/value-shapes.ts'
import type { ValueShape } from '../../../plan/draft/shapes.ts'

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

describe('what one value looks like', () => {
  const cases: readonly (readonly [string | Uint8Array, readonly ValueShape[]])[] = [
    ['ada@mail.example', ['email']],
    ['Ada <ada@mail.example>', []],
    ['192.0.2.7', ['ip']],
    ['2001:db8::7', ['ip']],
    ['Mozilla/5.0 (X11; Linux) Firefox/140.0', ['user agent']],
    ['FR76 3000 6000 0112 3456 7890 189', ['iban']],
    ['FR76 3000 6000 0112 3456 7890 188', []],
    ['+33 1 99 00 12 34', ['phone']],
    ['0199001234', ['phone']],
    ['9990012345', []],
    ['{"phone": 1}', ['json']],
    ['a:1:{s:4:"abcd";b:1;}', ['serialised']],
    ['Ada Lovelace', ['proper name']],
    ['what she wrote was longer than that', ['prose']],
    ['1600000000', ['epoch seconds']],
    ['1600000000000', ['epoch milliseconds']],
    ['20240229235959', ['14 digits']],
    ['20240229', ['8 digits']],
    ['20241399', []],
    ['2024-02-29T23:59:59Z', ['iso in UTC']],
    ['2024-02-29T23:59:59+02:00', ['iso with offset']],
    ['2024-02-29 23:59:59', ['datetime']],
    ['2024-02-29', ['date']],
    ['1984-02-29', ['date', 'long ago']],
    ['29/02/2024', ['written date']],
    ['0000-00-00 00:00:00', ['never']],
    ['0', ['never']],
    ['', ['never']],
    [bytes(192, 0, 2, 7), ['four bytes']],
    [bytes(...Array<number>(16).fill(200)), ['sixteen bytes']],
    [new TextEncoder().encode('ada@mail.example'), ['sixteen bytes', 'email']],
  ]
  for (const [value, shapes] of cases)
    it(`${JSON.stringify(typeof value === 'string' ? value : [...value])} is ${shapes.join(', ') || 'nothing'}`, () => {
      expect(shapesOf(value)).to.deep.equal(shapes)
    })
})
