import { expect } from 'chai'
import fc from 'fast-check'
import { readBounce } from '../../mail/bounce-report.ts'
import { composeMail } from '../../mail/compose.ts'
import { fileTransport } from '../../mail/file-transport.ts'
import { report } from './report.ts'
import { sample, token } from './sample.ts'

const read = (text: string) => readBounce(Buffer.from(text))

describe('a delivery report', () => {
  it('is matched by the envelope id', () => {
    const recipient = 'camille@mail.example'
    expect(read(report({ token }))).to.deep.equal({ token, action: 'failed', status: '5.1.1', recipient })
    expect(read(report({ token, action: 'Delayed', status: '4.4.1 (timeout)' }))).to.deep.equal({
      token,
      action: 'delayed',
      status: '4.4.1',
      recipient,
    })
  })

  it('is matched by the returned head when the relay lost the envelope id', () => {
    const expected = { token, action: 'failed', status: '5.1.1', recipient: 'camille@mail.example' }
    expect(read(report({ token, envid: false }))).to.deep.equal(expected)
    expect(read(report({ token, envid: false, returned: 'text/rfc822-headers' }))).to.deep.equal(expected)
    const replaced = report({ token, envid: false }).replace(
      /Message-ID: .*/,
      'Message-ID: <new@relay.example>',
    )
    expect(read(replaced)).to.equal(null)
    expect(read(replaced.replace('Subject: notice', `X-Oubli-Token: ${token}`))).to.deep.equal(expected)
  })

  it('is read with bare line feeds, folded fields and quoted-printable parts', () => {
    const folded = report({ token }).replace('Original-Envelope-Id: ', 'Original-Envelope-Id:\r\n ')
    expect(read(folded)?.token).to.equal(token)
    expect(read(report({ token }).replaceAll('\r\n', '\n'))?.token).to.equal(token)
  })

  it('is nothing when it is an answer, a fake or broken', () => {
    const good = report({ token })
    const bad = [
      '',
      'Auto-Submitted: auto-replied\r\n\r\nI am away',
      good.replace('message/delivery-status', 'text/plain'),
      good.replace('Action: failed', 'Action: exploded'),
      report({ token: 'camille@mail.example' }),
      report({ token: token.slice(1) }),
    ]
    for (const text of bad) expect(read(text), text.slice(0, 80)).to.equal(null)
  })

  it('is one wherever its status part stands, whatever the letter calls itself', () => {
    const good = report({ token })
    const [, body = ''] = good.split(/\r\n\r\n([^]*)/)
    const wrapped = `From: gateway@mx.example\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n\r\nA disclaimer.\r\n--out\r\n${good.slice(good.indexOf('Content-Type'), good.indexOf('\r\n\r\n'))}\r\n\r\n${body}\r\n--out--\r\n`
    for (const text of [
      good.replace('multipart/report', 'multipart/mixed'),
      good.replace(' report-type=delivery-status;', ''),
      wrapped,
    ])
      expect(read(text)?.status, text.slice(0, 300)).to.equal('5.1.1')
  })

  it('that failed has failed, also where it says no status', () => {
    const unsaid = (text: string) =>
      text.replace('Status: 5.1.1', 'Status: bad').replace('smtp; 550 5.1.1', 'smtp;')
    expect(read(unsaid(report({ token })))).to.include({ action: 'failed', status: '5.0.0' })
    expect(read(unsaid(report({ token, action: 'delayed' })))).to.include({ action: 'delayed' })
  })

  it('is read in time that grows with its length, whatever blanks it holds', () => {
    const encoded = 'Content-Transfer-Encoding: quoted-printable\r\n'
    const blanks = ' '.repeat(900_000)
    const status = report({ token }).replace('message/delivery-status\r\n', (type) => `${type}${encoded}`)
    const returned = report({ token, envid: false }).replace('message/rfc822\r\n', (type) => type + encoded)
    const began = process.cpuUsage().user
    expect(read(status.replace('Final-Recipient', `X-Blank:${blanks}x\r\nFinal-Recipient`))).to.equal(null)
    expect(read(status.replace('Status: 5.1.1', 'Status: 5.1.=\r\n1 \t'))?.status).to.equal('5.1.1')
    expect(read(returned.replace('Subject: notice', `Subject: notice${blanks}x`))?.token).to.equal(token)
    // Looked at once more for each blank, this many would take minutes.
    expect((process.cpuUsage().user - began) / 1e6, 'seconds of work').to.be.below(30)
  })

  it('has its status in the first 64 KB of that part', () => {
    const after = (length: number) =>
      report({ token }).replace('Status: 5', `X-Long: ${'x'.repeat(length)}\r\nStatus: 5`)
    expect(read(after(60_000))?.status).to.equal('5.1.1')
    expect(read(after(70_000))?.status).to.equal('5.0.0')
  })

  it('never breaks the reader', () => {
    const good = report({ token })
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(40),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (at, cut, text) => {
          read(good.slice(0, at) + text + good.slice(at + cut))
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readBounce(bytes)).to.equal(null)
      }),
    )
  })
})

describe('mails as files', () => {
  it('are the bytes, and the HTML part for a browser', async () => {
    const files = new Map<string, Uint8Array>()
    const transport = fileTransport((name, bytes) => {
      files.set(name, bytes)
      return Promise.resolve()
    })
    const message = await composeMail(sample)
    expect(await transport.send({ address: sample.to, message, token })).to.deep.equal({
      result: 'accepted',
      code: null,
    })
    expect(Buffer.from(files.get(`${token}.eml`)!).equals(message)).to.equal(true)
    expect(
      Buffer.from(files.get(`${token}.html`)!)
        .toString('utf8')
        .trimEnd(),
    ).to.equal(sample.html)
  })

  it('are deferred when they cannot be written', async () => {
    const transport = fileTransport(() => Promise.reject(new Error('/home/camille is full')))
    const message = await composeMail(sample)
    expect(await transport.send({ address: sample.to, message, token })).to.deep.equal({
      result: 'deferred',
      code: 'EFILE',
    })
  })
})
