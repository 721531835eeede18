import { expect } from 'chai'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { composeMail } from '../../mail/compose.ts'
import { smtpTransport, type SmtpSettings } from '../../mail/smtp-transport.ts'
import type { Sent } from '../../mail/transport.ts'
import { sample, token } from './sample.ts'
import { scriptedServer, type Fault } from './scripted-smtp.ts'

/** Where nobody answers, a test waits for as long; where somebody does, no machine is so slow. */
const quick = { connection: 2000, greeting: 500, socket: 500 }
const patient = { connection: 60_000, greeting: 60_000, socket: 60_000 }

function settings(port: number, over: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    host: '127.0.0.1',
    port,
    tls: 'none',
    login: null,
    bounceAddress: 'bounces@boutique.example',
    name: null,
    ca: null,
    connections: 1,
    ...over,
  }
}

const mail = { address: sample.to, message: Buffer.from('Subject: x\r\n\r\nhello\r\n'), token }

const outcomes: readonly (readonly [Fault, Sent, taken: number])[] = [
  ['none', { result: 'accepted', code: '250' }, 1],
  ['greeting closed', { result: 'deferred', code: 'ECONNECTION' }, 0],
  ['greeting 421', { result: 'deferred', code: '421' }, 0],
  ['MAIL 550', { result: 'deferred', code: 'EENVELOPE' }, 0],
  ['RCPT 450', { result: 'deferred', code: '450' }, 0],
  ['RCPT 550', { result: 'rejected', code: '550', ofAddress: true }, 0],
  ['DATA drop', { result: 'deferred', code: 'ECONNECTION' }, 0],
  ['DATA 554', { result: 'rejected', code: '554', ofAddress: false }, 0],
  ['dot 451', { result: 'deferred', code: '451' }, 0],
  ['dot 554', { result: 'rejected', code: '554', ofAddress: false }, 0],
  ['dot 421', { result: 'deferred', code: '421' }, 0],
  ['dot drop', { result: 'unknown', code: 'ECONNECTION' }, 0],
  ['dot hang', { result: 'unknown', code: 'ETIMEDOUT' }, 1],
  ['accept then cut', { result: 'unknown', code: 'ECONNECTION' }, 1],
]

describe('SMTP', () => {
  it('begins no mail that has waited too long for its line, and lets the next one have it', async () => {
    const server = await scriptedServer()
    const transport = smtpTransport(settings(server.port), quick)
    try {
      const sent = await Promise.all([
        transport.send({ ...mail, late: () => false }),
        transport.send({ ...mail, late: () => server.taken.length > 0 }),
        transport.send(mail),
      ])
      expect(sent.map(({ result, code }) => `${result} ${code ?? ''}`)).to.deep.equal([
        'accepted 250',
        'deferred ELATE',
        'accepted 250',
      ])
      expect(server.taken).to.have.length(2)
    } finally {
      await transport.close()
      await server.close()
    }
  })

  for (const [fault, expected, taken] of outcomes) {
    it(`${fault}: ${expected.result} ${expected.code ?? ''}`, async () => {
      const server = await scriptedServer(fault)
      const transport = smtpTransport(settings(server.port), fault === 'dot hang' ? quick : patient)
      try {
        expect(await transport.send(mail)).to.deep.equal(expected)
        expect(server.taken).to.have.length(taken)
        expect(server.connections).to.equal(1)
      } finally {
        await transport.close()
        await server.close()
      }
    })
  }

  const refusals: readonly (readonly [fault: Fault, words: string, ofAddress: boolean])[] = [
    ['RCPT 550', '5.1.1 <camille@mail.example>: Recipient address rejected: User unknown', true],
    ['RCPT 550', '5.4.1 Recipient address rejected: Access denied. AS(201806281)', true],
    ['RCPT 550', '5.1.2 Host unknown (Name server: mail.example.: host not found)', true],
    ['RCPT 550', '5.1.2 Host unknown (Name server: smarthost.example: host not found)', false],
    ['RCPT 550', 'mailbox unavailable', true],
    ['RCPT 550', '5.7.1 Service unavailable, client host blocked', false],
    ['RCPT 550', '5.1.1 mail from 192.0.2.10 blocked using zen.spamhaus.org', false],
    ['RCPT 550', '5.2.2 mailbox full', false],
    ['RCPT 550', '5.1.90 you have reached your daily limit for message recipients', false],
    ['RCPT 550', '', false],
    ['DATA 554', '5.1.1 user unknown', true],
    ['dot 554', '5.7.1 this looks like spam', false],
    ['dot 552', '5.3.4 message too large', false],
    ['dot 550', 'mailbox unavailable', false],
  ]
  for (const [fault, words, ofAddress] of refusals)
    it(`${fault} ${words}: ${ofAddress ? 'of the address' : 'not of the address'}`, async () => {
      const server = await scriptedServer(fault)
      server.words = words
      const transport = smtpTransport(settings(server.port), quick)
      try {
        const code = fault.slice(-3)
        expect(await transport.send(mail)).to.deep.equal({ result: 'rejected', code, ofAddress })
      } finally {
        await transport.close()
        await server.close()
      }
    })

  it('a line cut in the middle of a long message is not sent, or unknown, never accepted', async () => {
    const server = await scriptedServer('drop before dot')
    const transport = smtpTransport(settings(server.port), quick)
    const long = Buffer.from(`Subject: x\r\n\r\n${'hello hello\r\n'.repeat(200_000)}`)
    try {
      expect((await transport.send({ ...mail, message: long })).result).to.be.oneOf(['deferred', 'unknown'])
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('defers when nobody listens', async () => {
    const server = await scriptedServer()
    await server.close()
    const transport = smtpTransport(settings(server.port), quick)
    const sent = await transport.send(mail)
    expect(sent.result).to.equal('deferred')
    expect(sent.code).to.match(/^E[A-Z]+$/)
    await transport.close()
  })

  it('goes on after a refused recipient, on the same connection', async () => {
    const server = await scriptedServer()
    server.dead.add('dead@mail.example')
    const transport = smtpTransport(settings(server.port), quick)
    try {
      expect((await transport.send({ ...mail, address: 'dead@mail.example' })).result).to.equal('rejected')
      expect((await transport.send({ ...mail, token: 'f'.repeat(32) })).result).to.equal('accepted')
      expect(server.connections).to.equal(1)
      const said = server.commands.join('\n')
      expect(said).to.contain(`MAIL FROM:<bounces@boutique.example> RET=HDRS ENVID=${token}`)
      expect(said).to.contain('RCPT TO:<camille@mail.example> NOTIFY=FAILURE')
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('takes another connection when the relay has ended the one before, in silence or with a word', async () => {
    const server = await scriptedServer()
    const transport = smtpTransport(settings(server.port), quick)
    try {
      const next = (n: number) => transport.send({ ...mail, token: n.toString(16).padStart(32, '0') })
      expect((await next(1)).result).to.equal('accepted')
      server.hangUp()
      expect((await next(2)).result).to.equal('accepted')
      expect([server.connections, server.taken.length]).to.deep.equal([2, 2])
      server.fault = 'MAIL 421'
      expect(await next(3)).to.deep.equal({ result: 'deferred', code: 'EENVELOPE' })
      expect([server.connections, server.taken.length]).to.deep.equal([3, 2])
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('sends over as many connections as it may, and over no more', async () => {
    const server = await scriptedServer()
    const transport = smtpTransport(settings(server.port, { connections: 3 }), quick)
    try {
      const sent = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          transport.send({ ...mail, token: n.toString(16).padStart(32, '0') }),
        ),
      )
      expect(sent.every(({ result }) => result === 'accepted')).to.equal(true)
      expect([server.connections, server.taken.length]).to.deep.equal([3, 20])
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('sends nothing, and no password, where STARTTLS is required and not offered', async () => {
    const server = await scriptedServer()
    const login = { user: 'shop', password: 'secret-word' }
    const transport = smtpTransport(settings(server.port, { tls: 'starttls', login }), quick)
    try {
      expect(await transport.send(mail)).to.deep.equal({ result: 'deferred', code: 'ETLS' })
      expect(server.commands.join()).not.to.match(/AUTH|MAIL/)
      expect(server.taken).to.deep.equal([])
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('refuses to speak in clear to another machine', () => {
    for (const host of ['mail.boutique.example', '10.0.0.5', '127.example.com', '127.0.0.1.example']) {
      expect(() => smtpTransport(settings(25, { host })), host).to.throw('expected TLS')
    }
  })

  it('never takes a malformed address to the server', async () => {
    const server = await scriptedServer()
    const transport = smtpTransport(settings(server.port), quick)
    try {
      for (const address of ['a@x.test,evil@y.test', 'a@b.fr\r\nRCPT TO:<evil@y.test>', '', 'A <a@b.fr>']) {
        expect(await transport.send({ ...mail, address })).to.deep.equal({
          result: 'rejected',
          code: 'EADDRESS',
          ofAddress: true,
        })
      }
      expect(server.connections).to.equal(0)
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('delivers the very bytes that were composed', async () => {
    const received: { raw: Buffer; to: string[] }[] = []
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData(stream, session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          received.push({ raw: Buffer.concat(chunks), to: session.envelope.rcptTo.map((one) => one.address) })
          done()
        })
      },
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const transport = smtpTransport(settings(port))
    try {
      const message = await composeMail(sample)
      const sent = [
        await transport.send({ address: sample.to, message, token }),
        await transport.send({ address: sample.to, message, token }),
      ]
      expect(sent.map((one) => one.result)).to.deep.equal(['accepted', 'accepted'])
      expect(received).to.have.length(2)
      for (const { raw, to } of received) {
        expect(to).to.deep.equal([sample.to])
        expect(raw.equals(message)).to.equal(true)
        const parsed = await simpleParser(raw)
        expect(parsed.subject).to.equal(sample.subject)
        expect(parsed.text?.trim()).to.equal(sample.text)
        expect(parsed.messageId).to.equal(sample.messageId)
      }
    } finally {
      await transport.close()
      await new Promise<void>((done) => {
        server.close(() => {
          done()
        })
      })
    }
  })
})
