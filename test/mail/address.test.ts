import { expect } from 'chai'
import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import { checkAddress } from '../../mail/address.ts'

const stream = createTransport({ streamTransport: true, buffer: true })

describe('an address', () => {
  it('is accepted as it stands', () => {
    for (const text of [
      'a@b.example',
      "o'neil.x+tag@sub.b-c.example",
      'A@b.xn--p1ai',
      `${'a'.repeat(64)}@b.fr`,
    ]) {
      expect(checkAddress(text), text).to.deep.equal({ ok: true, address: text })
    }
  })

  it('has its domain written in ASCII', () => {
    expect(checkAddress('zoe@Exämple.FR')).to.deep.equal({ ok: true, address: 'zoe@xn--exmple-cua.fr' })
  })

  it('is refused when anything about it is odd', () => {
    const odd = [
      '', '@', 'a@', '@b.fr', 'a b@c.fr', ' a@b.fr', 'a@b.fr ', 'a@b@c.fr', '"a"@b.fr', 'a@b', 'a@localhost',
      'a@b.fr,c@d.fr', 'a@x.test,evil@y.test', 'a@b.fr\r\nBcc: c@d.fr', 'a@b.fr>', '<a@b.fr>', 'a..b@c.fr',
      '.a@b.fr', 'a.@b.fr', 'é@b.fr', 'a@[127.0.0.1]', 'a@127.0.0.1', 'a@0x7f.1', 'a@b%2ec.fr', 'a@-b.fr',
      'a@b-.fr', 'a@b..fr', 'a@b.fr.', 'a@b.123', 'a(c)@b.fr', 'a@b.fr\0', 'a@b。fr,c.fr', 'a;b@c.fr',
      `${'a'.repeat(65)}@b.fr`, `a@${'b'.repeat(64)}.fr`, `a@${'b.'.repeat(130)}fr`,
    ] // prettier-ignore
    for (const text of odd) expect(checkAddress(text), JSON.stringify(text)).to.deep.equal({ ok: false })
  })

  it('never becomes another recipient in the library that sends', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        'b.fr',
        '@',
        '@',
        '.',
        ',',
        ';',
        ':',
        '<',
        '>',
        '"',
        '\\',
        ' ',
        '\r\n',
        '(',
        ')',
        '%',
        '!',
      ),
      fc.constantFrom(
        'é',
        'ß',
        '。',
        '＠',
        '\u00ad',
        '\u202e',
        '=?utf-8?q?a?=',
        'xn--',
        '[',
        ']',
        '\0',
        '\t',
      ),
      fc.string({ maxLength: 4 }),
    )
    const address = fc.oneof(
      fc.emailAddress(),
      fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
      fc
        .tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
        .map(([one, two]) => `${one}@${two}.fr`),
    )
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(address, async (text) => {
        const check = checkAddress(text)
        if (!check.ok) return
        accepted += 1
        const info = await stream.sendMail({
          from: 'a@b.fr',
          to: { name: '', address: check.address },
          text: '',
        })
        expect(info.envelope.to).to.deep.equal([check.address])
      }),
      { numRuns: 2000 },
    )
    expect(accepted).to.be.above(100)
  })
})
