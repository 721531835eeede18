import { expect } from 'chai'
import { simpleParser } from 'mailparser'
import type { AddressObject } from 'mailparser'
import { composeMail, messageIdOf } from '../../mail/compose.ts'
import { sample, token } from './sample.ts'

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe('a composed mail', () => {
  it('arrives with both parts, a UTF-8 subject and one recipient', async () => {
    const mail = await simpleParser(Buffer.from(await composeMail(sample)))
    expect(mail.subject).to.equal(sample.subject)
    expect(mail.text?.trim()).to.equal(sample.text)
    expect(mail.html).to.equal(sample.html)
    expect((mail.to as AddressObject).value).to.deep.equal([{ address: sample.to, name: '' }])
    expect(mail.replyTo?.text).to.contain('privacy@boutique.example')
    expect(mail.headers.get('auto-submitted')).to.equal('auto-generated')
    expect(mail.headers.get('x-auto-response-suppress')).to.equal('All')
    expect(mail.headers.get('x-oubli-token')).to.equal(token)
    expect(mail.headers.has('list-unsubscribe')).to.equal(false)
    expect(mail.headers.has('list')).to.equal(false)
    expect(mail.messageId).to.equal(`<${token}@boutique.example>`)
    expect(mail.date?.getTime()).to.equal(sample.date)
  })

  it('keeps lines short enough for SMTP and ends them with CRLF', async () => {
    const text = decode(await composeMail({ ...sample, text: 'é'.repeat(3000), html: 'x'.repeat(3000) }))
    expect(text.replaceAll('\r\n', '')).not.to.match(/[\r\n]/)
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).to.be.at.most(998)
  })

  it('lets nothing in through controls', async () => {
    const text = decode(
      await composeMail({
        ...sample,
        from: { name: 'Shop\r\nBcc: evil@x.example', address: sample.from.address },
        subject: 'Hello\r\nBcc: evil@x.example\u2028X: y',
        headers: { 'X-Note': 'a\r\nBcc: evil@x.example', 'Bad\r\nBcc': 'evil@x.example' },
      }),
    )
    expect(text).not.to.match(/^bcc:/im)
    expect(text).not.to.match(/^X: y/m)
  })

  it('refuses an address that is not plain, without showing it', async () => {
    for (const to of ['a@x.test,evil@y.test', '', 'a@b.fr\r\nBcc: c@d.fr']) {
      let said = ''
      try {
        await composeMail({ ...sample, to })
      } catch (error) {
        said = String(error)
      }
      expect(said).to.contain('expected the recipient to be a plain address')
      expect(said).not.to.contain('evil')
    }
  })

  it('takes its Message-ID from a token and the domain of the sender', () => {
    expect(messageIdOf(token, sample.from)).to.equal(sample.messageId)
  })
})
