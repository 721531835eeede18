/**
 * What real servers send back, written after their documented formats: each is heard for what it says, and what only
 * looks like it is left for a person. `returned/` holds one file each.
 */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { readBounce } from '../../mail/bounce-report.ts'
import { speaksOfAddress, statusOf } from '../../mail/bounce-status.ts'
import { eachDatabase } from '../databases.ts'
import { siteForEach, tokenTo, warnPeople, type BouncesSite } from './bounces-site.ts'
import type { ScriptedServer } from './scripted-smtp.ts'

const folder = join(packageRoot(), 'test/mail/returned')
const token = '3f0c9a7e51d24b868a2e6b1d9c40f7ab'
const recipient = 'reader@example.net'
const textOf = (name: string) => readFileSync(join(folder, `${name}.eml`), 'utf8')

/** `refused`: of the address. `given up`: not of the address, so that the person is warned anew. `late`: no word yet. */
const heard: Readonly<Record<string, readonly ['refused' | 'given up' | 'late', string]>> = {
  'postfix-unknown': ['refused', '5.1.1'],
  'postfix-full': ['given up', '5.2.2'],
  'postfix-policy': ['given up', '5.7.1'],
  'postfix-delayed': ['late', '4.4.1'],
  'postfix-expired': ['given up', '4.4.1'],
  'exim-unknown': ['refused', '5.1.1'],
  'exim-no-such-user': ['refused', '5.1.0'],
  'exim-policy': ['given up', '5.7.1'],
  'exim-retry-timeout': ['given up', '4.2.2'],
  'exim-unreached': ['given up', '5.0.0'],
  'exim-delayed': ['late', '4.0.0'],
  'microsoft-unknown': ['refused', '5.1.10'],
  'microsoft-encoded': ['refused', '5.1.10'],
  'microsoft-not-returned': ['given up', '5.2.2'],
  'microsoft-expired': ['given up', '5.4.300'],
  'exchange-expired': ['given up', '4.4.7'],
  'gmail-unknown': ['refused', '5.1.1'],
  'gmail-full': ['given up', '5.2.2'],
  'gmail-delayed': ['late', '4.4.2'],
  'sendmail-unknown': ['refused', '5.1.1'],
  'sendmail-own-ids': ['refused', '5.1.1'],
  'sendmail-refused-anyhow': ['refused', '5.1.0'],
  'sendmail-expired': ['given up', '4.4.7'],
  'qmail-unknown': ['refused', '5.1.1'],
  'qmail-no-mailbox': ['refused', '5.1.1'],
  'qmail-expired': ['given up', '4.4.1'],
  'qmail-unsaid': ['given up', '5.0.0'],
}

/** Of no server: two absences, an answer that quotes a report, and a receipt of somebody who read the mail. */
const unheard = ['away-fr', 'away-en', 'qmail-quoted', 'read-receipt']

describe('what real servers send back', () => {
  it('is all here', () => {
    const files = readdirSync(folder).map((name) => name.replace(/\.eml$/, ''))
    expect(files.sort()).to.deep.equal([...Object.keys(heard), ...unheard].sort())
  })

  for (const [name, [what, status]] of Object.entries(heard))
    it(`is read: ${name}`, () => {
      const expected = { token, action: what === 'late' ? 'delayed' : 'failed', status, recipient }
      for (const text of [textOf(name), textOf(name).replaceAll('\n', '\r\n')])
        expect(readBounce(Buffer.from(text))).to.deep.equal(expected)
    })

  it('is found by any one of the places in which the token stands', () => {
    const places = [
      ['postfix-unknown', /^Original-Envelope-Id:.*$/m],
      ['gmail-unknown', /^X-Original-Message-ID:.*$/m],
      ['sendmail-unknown', /^X-Oubli-Token:.*$/m],
      ['sendmail-unknown', /^Message-ID: <3f0c9a7e.*$/m],
      ['microsoft-not-returned', /^In-Reply-To:.*$/m],
      ['exim-unknown', /^References:.*$/m],
    ] as const
    for (const [name, line] of places) {
      const [kept = ''] = line.exec(textOf(name)) ?? []
      const others = textOf(name).replace(line, 'KEPT').replaceAll(token, '0').replace('KEPT', kept)
      expect(readBounce(Buffer.from(others))?.token, `${name} ${kept}`).to.equal(token)
      expect(readBounce(Buffer.from(others.replaceAll(token, '0')))).to.equal(null)
    }
  })

  it('is nothing when it is an absence, an answer or a receipt, whatever it quotes', () => {
    for (const name of unheard)
      for (const text of [textOf(name), textOf(name).replaceAll('\n', '\r\n')])
        expect(readBounce(Buffer.from(text)), name).to.equal(null)
  })

  it('is a failure when the mail reached one of two mailboxes', () => {
    const twice = textOf('postfix-unknown').replace(
      /^Final-Recipient/m,
      'Final-Recipient: rfc822; other@example.net\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient',
    )
    const expected = { token, action: 'failed', status: '5.1.1', recipient }
    expect(readBounce(Buffer.from(twice))).to.deep.equal(expected)
  })
})

describe('a refusal without a status of its own', () => {
  const bare = (name: string, reply: string, status = '5.0.0') => {
    const text = textOf(name)
      .replaceAll('550 No such user here', reply)
      .replace('Status: 5.0.0', `Status: ${status}`)
    return readBounce(Buffer.from(text))?.status
  }
  const atData = (name: string, reply: string, status = '5.0.0') => {
    const text = textOf(name)
      .replaceAll('550 No such user here', reply)
      .replace('after RCPT TO:<reader@example.net>', 'after end of data')
      .replace('Status: 5.0.0', `Status: ${status}`)
    return readBounce(Buffer.from(text))?.status
  }
  const exim = 'exim-no-such-user'

  it('is none of the address where it is of us, wherever it was said', () => {
    const ofUs = [
      '550 This message was classified as SPAM',
      '550 192.0.2.10 is blocked by zen.spamhaus.example',
      '550 5.9.12.100 is on a list we use',
      '550 10.5.1.1 is on a list we use',
      '550 Sender verify failed',
      '550 Verification failed for <notices@shop.example.org>: no such user, sender rejected',
      '550 relay not permitted',
      '550 Access denied - no such user',
      '550 mailbox full, no such quota',
      '551 Message refused by policy',
    ]
    for (const reply of ofUs)
      expect([bare(exim, reply), atData(exim, reply)], reply).to.deep.equal(['5.0.0', '5.0.0'])
  })

  it('has the status that stands anywhere in it, and no part of an IP address', () => {
    const said = {
      '553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)': '5.7.1',
      '550 [5.7.1] denied': '5.7.1',
      '550 SPF check failed: 5.7.23': '5.7.23',
      '550 user unknown (#5.1.1)': '5.1.1',
      '550 5.1.1 user unknown, see 5.7.1': '5.7.1',
      '550 no such user [5.1.1.7]': '5.0.0',
      '554 5.2.1 closed': '5.2.1',
    }
    for (const [reply, status] of Object.entries(said)) expect(bare(exim, reply), reply).to.equal(status)
  })

  it('is none of the address, said to the recipient as well, where it does not speak of the mailbox', () => {
    for (const words of [
      'Administrative prohibition',
      'Rejected',
      'Rejected by local rule',
      'Mail rejected',
      'Greylisted, try again in 5 minutes',
      'You are listed',
      'Your server has a bad history',
      'Service unavailable',
      'System error',
      'rejected for security reasons',
      'Missing reverse lookup',
      'Too much mail',
      'We do not want you here',
    ])
      expect(bare(exim, `550 ${words}`), words).to.equal('5.0.0')
  })

  it('is of the address where it speaks of the mailbox and answers the recipient, or says so in words', () => {
    for (const words of ['Recipient rejected', 'user disabled', 'Invalid recipient', 'Unrouteable address'])
      expect([bare(exim, `550 ${words}`), atData(exim, `550 ${words}`)], words).to.deep.equal([
        '5.1.0',
        '5.0.0',
      ])
    expect(bare(exim, '550 mailbox unavailable')).to.equal('5.1.0')
    expect(atData(exim, '550 mailbox unavailable')).to.equal('5.0.0')
    for (const words of [
      'User unknown',
      'No such user here',
      'mailbox does not exist',
      'Recipient not found',
    ])
      expect(atData(exim, `550 ${words}`), words).to.equal('5.1.0')
    const postfix = textOf('postfix-unknown')
      .replaceAll(
        '550 5.1.1 <reader@example.net>: Recipient address\n    rejected: User unknown in virtual mailbox table',
        '550 mailbox unavailable',
      )
      .replace('Status: 5.1.1', 'Status: 5.0.0')
    const human = (said: string) =>
      postfix.replace(
        /^<reader@example\.net>: host[^]*?\n\n/m,
        `<reader@example.net>: host mx.example.net[192.0.2.25] said: 550 mailbox\n    unavailable ${said}\n\n`,
      )
    const status = (text: string) => readBounce(Buffer.from(text))?.status
    expect(status(human('(in reply to\n    RCPT TO command)'))).to.equal('5.1.0')
    expect(status(human('(in reply to end of DATA command)'))).to.equal('5.0.0')
    const qmail = (first: string) =>
      status(
        textOf('qmail-unknown')
          .replace('does not like recipient', first)
          .replace(
            '550 5.1.1 <reader@example.net>: Recipient address rejected: User unknown',
            '550 mailbox unavailable',
          ),
      )
    expect(qmail('does not like recipient')).to.equal('5.1.0')
    expect(qmail('failed after I sent the message')).to.equal('5.0.0')
    expect(qmail('sender was rejected')).to.equal('5.0.0')
  })

  it('and those that name no mailbox that is gone say nothing against it', () => {
    expect(atData(exim, '550 5.2.0 could not be delivered', '5.2.0')).to.equal('5.0.0')
    expect(atData(exim, '550 5.1.0 rejected', '5.1.0')).to.equal('5.0.0')
    const rate = '550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents more'
    expect([bare(exim, rate), bare(exim, rate, '5.2.1')]).to.deep.equal(['4.2.1', '4.2.1'])
    for (const one of ['5.0.0', '5.1.7', '5.1.8', '5.1.20', '5.1.90', '5.2.0', '5.2.2', '4.2.1', '5.7.1'])
      expect(speaksOfAddress(one), one).to.equal(false)
    for (const one of [
      '5.1.0',
      '5.1.1',
      '5.1.2',
      '5.1.3',
      '5.1.6',
      '5.1.10',
      '5.2.1',
      '5.4.1',
      '5.4.310',
      '5.4.4',
    ])
      expect(speaksOfAddress(one)).to.equal(true)
  })

  it('with a status of the address counts for it, unless its words are of us', () => {
    const said = (status: string, reply: string) =>
      statusOf({ status, reply: `smtp; 550 ${status} ${reply}`, recipient })
    const ofAddress = {
      '<reader@example.net>: Recipient address rejected: User unknown in relay recipient table': '5.1.1',
      '<reader@example.net>: Recipient address rejected: User unknown in virtual mailbox table': '5.1.1',
      '<relay.limit@example.net>... User unknown': '5.1.1',
      '<reader@example.net>... Host unknown (Name server: example.net.: host not found)': '5.1.2',
      'Recipient no longer on server': '5.1.6',
      'RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup': '5.1.10',
      'The email account that you tried to reach is disabled': '5.2.1',
      'Recipient address rejected: Access denied. AS(201806281) [AM0EUR02FT012.eop-EUR02.prod.example]':
        '5.4.1',
      'DNS domain example.net does not exist [Message=InfoDomainNonexistent]': '5.4.310',
      'Host or domain name not found. Name service error for name=example.net type=A: Host not found':
        '5.4.4',
    }
    for (const [reply, status] of Object.entries(ofAddress))
      expect(said(status, reply), reply).to.equal(status)
    const ofUs = {
      'mail from 192.0.2.10 blocked using zen.spamhaus.org': '5.1.1',
      'Recipient address rejected: Access denied': '5.1.1',
      'Relay Access Denied': '5.4.1',
      'Recipient address rejected: sender denied': '5.4.1',
      'DNS domain example.net does not exist, from 192.0.2.10': '5.4.310',
      'Host or domain name not found. Name service error for name=example.net type=A: Try again': '5.4.4',
      'this mailbox takes no mail from your client': '5.2.1',
    }
    for (const [reply, status] of Object.entries(ofUs)) expect(said(status, reply), reply).to.equal('5.0.0')
    expect(statusOf({ status: '5.4.1' })).to.equal('5.0.0')
    expect(statusOf({ status: '5.1.1' })).to.equal('5.1.1')
    expect(statusOf({ status: '5.1.1', reply: '550 5.7.1 not you' })).to.equal('5.7.1')
    for (const [status, reply] of [
      ['5.1.90', "Your message can't be sent because you've reached your daily limit for message recipients"],
      ['5.1.20', 'Multiple From addresses are not allowed without Sender address'],
      ['5.4.4', 'ROUTING.NoConnectorForAddressType; unable to route for address type'],
    ] as const)
      expect(speaksOfAddress(said(status, reply) ?? ''), status).to.equal(false)
    const qmail = textOf('qmail-unknown').replace('550 5.1.1', '550-5.1.1 no\n550 5.1.1 blocked by a list;')
    expect(readBounce(Buffer.from(qmail))?.status).to.equal('5.0.0')
  })

  it('with a host that was not found counts only where that is the domain of the address', () => {
    const words = {
      '5.4.4': (name: string) =>
        `X-Postfix; Host or domain name not found. Name service error for name=${name} type=AAAA: Host not found`,
      '5.4.310': (name: string) =>
        `smtp;550 5.4.310 DNS domain ${name} does not exist [LastAttempted=${name}]`,
      '5.1.2': (name: string) =>
        `SMTP; 550 5.1.2 <reader@example.net>... Host unknown (Name server: ${name}: host not found)`,
    }
    const said = (status: string, reply: string | undefined, to?: string, remote?: string) =>
      statusOf({ status, reply, recipient: to, remote })
    for (const [status, reply] of Object.entries(words)) {
      for (const name of ['example.net', 'Example.NET', 'example.net.'])
        expect(said(status, reply(name), recipient), name).to.equal(status)
      for (const [name, to] of [
        ['xn--bcher-kva.example', 'reader@bücher.example'],
        ['BÜCHER.example.', 'reader@xn--bcher-kva.example'],
      ] as const)
        expect(said(status, reply(name), to), name).to.equal(status)
      for (const name of ['smtp.provider.example', 'smarthost', 'mx.example.net', 'example.net.example'])
        expect(said(status, reply(name), recipient), name).to.equal('5.0.0')
      expect(said(status, reply('example.net')), 'nobody knows whose').to.equal('5.0.0')
      expect(said('5.0.0', `550 ${status} ${reply('smarthost')}`, recipient), 'in the words alone').to.equal(
        '5.0.0',
      )
    }
    // Sendmail leaves the words to people, and names the host beside them.
    for (const reply of [undefined, 'SMTP; 550 Host unknown']) {
      expect(said('5.1.2', reply, recipient, 'dns; example.net')).to.equal('5.1.2')
      expect(said('5.1.2', reply, recipient, 'dns; smtp.provider.example')).to.equal('5.0.0')
    }
    const theirs = 'smtp; 553 5.1.2 no such domain'
    expect(said('5.1.2', theirs, recipient, 'dns; smtp.provider.example'), 'said by a relay').to.equal(
      '5.1.2',
    )
    expect(said('5.1.2', undefined, recipient)).to.equal('5.1.2')
  })

  it('of a report names the host that was not found in its own place', () => {
    const read = (text: string) => readBounce(Buffer.from(text))?.status
    const postfix = (name: string) =>
      textOf('postfix-unknown')
        .replace('Status: 5.1.1', 'Status: 5.4.4')
        .replace(
          /^Diagnostic-Code:.*\n(?:[ \t].*\n)*/m,
          `Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error for\n    name=${name} type=AAAA: Host not found\n`,
        )
    const sendmail = (name: string) =>
      textOf('sendmail-unknown')
        .replace('Status: 5.1.1', 'Status: 5.1.2')
        .replace(/^(?:Diagnostic-Code|Remote-MTA):.*\n(?:[ \t].*\n)*/gm, '')
        .replace('Status: 5.1.2', `$&\nRemote-MTA: DNS; ${name}`)
    const qmail = (name: string) =>
      textOf('qmail-no-mailbox').replace(
        /^(<reader@example\.net>:\n)[^]*?\n\n/m,
        `$1Sorry, I couldn't find any host named ${name}. (#5.1.2)\n\n`,
      )
    expect([postfix, sendmail, qmail].map((one) => read(one('example.net')))).to.deep.equal([
      ...['5.4.4', '5.1.2', '5.1.2'],
    ])
    expect([postfix, sendmail, qmail].map((one) => read(one('smtp.provider.example')))).to.deep.equal([
      ...['5.0.0', '5.0.0', '5.0.0'],
    ])
  })

  it('is read however long it is', () => {
    for (const long of ['x'.repeat(60_000), ' '.repeat(60_000), '<'.repeat(60_000)])
      expect(bare(exim, `550 ${long}y`)).to.equal('5.0.0')
  })
})

eachDatabase('what real servers send back about people', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  siteForEach(open, (...begun) => {
    ;[relay, site] = begun
  })

  it('is a refusal, a mail that was given up, or nothing at all', async () => {
    // In an encoded part no other token can be put in its place.
    const names = [...Object.keys(heard), ...unheard].filter((name) => name !== 'microsoft-encoded')
    await warnPeople(site, names.length)
    for (const [i, name] of names.entries()) {
      const address = `person${i + 1}@mail.example`
      const own = tokenTo(relay, address)
      await site.lay(`${name}.eml`, textOf(name).replaceAll(token, own).replaceAll(recipient, address))
    }
    const said = await site.run('mail', 'bounces', 'bounces')
    expect(said.exit, said.text).to.equal(0)
    const byPerson = async (text: string) =>
      new Map((await site.rows(text)).map((row) => [Number(/\d+/.exec(String(row['key_text']))?.[0]), row]))
    const warnings = await byPerson('SELECT key_text, state FROM oubli_warning')
    const refusals = await byPerson('SELECT key_text FROM oubli_refusal')
    const states = { refused: 'bounced', 'given up': 'undelivered', late: 'accepted' } as const
    expect(names.map((name, i) => [name, warnings.get(i + 1)?.['state'], refusals.has(i + 1)])).to.deep.equal(
      names.map((name) => [name, states[heard[name]?.[0] ?? 'late'], heard[name]?.[0] === 'refused']),
    )
    const at = (name: string) => (name in heard ? `done/${name}.eml.taken` : `other/${name}.eml`)
    expect(await site.files()).to.deep.equal(names.map(at).sort())
  })

  it('counts against no address but the one that the mail went to', async () => {
    const other = 'elsewhere@example.net'
    const rewritten = (name: string, address: string, change: (text: string) => string) =>
      change(textOf(name).replaceAll(token, tokenTo(relay, address)).replaceAll(recipient, address))
    const cases: readonly (readonly [string, (text: string, address: string) => string, string])[] = [
      [
        'sendmail-unknown',
        (text) => text.replace(/^Final-Recipient:.*$/m, `Final-Recipient: rfc822; ${other}`),
        'undelivered',
      ],
      [
        'microsoft-unknown',
        (text) => text.replace(/^Final-Recipient:.*$/m, `Final-Recipient: rfc822;${other}`),
        'undelivered',
      ],
      [
        'sendmail-unknown',
        (text) => text.replace(/^Final-Recipient:.*$/m, `$&\nX-Actual-Recipient: rfc822; ${other}`),
        'undelivered',
      ],
      ['sendmail-unknown', (text) => text.replace(/^Final-Recipient:.*\n/m, ''), 'undelivered'],
      ['microsoft-unknown', (text) => text.replace(/^Final-Recipient:.*\n/m, ''), 'bounced'],
      ['qmail-unknown', (text, address) => text.replace(`<${address}>:`, `<${other}>:`), 'undelivered'],
      [
        'sendmail-unknown',
        (text, address) =>
          text.replace(/^Final-Recipient:.*$/m, `Final-Recipient: rfc822; <${address.toUpperCase()}>`),
        'bounced',
      ],
    ]
    await warnPeople(site, cases.length)
    for (const [i, [name, change]] of cases.entries()) {
      const address = `person${i + 1}@mail.example`
      await site.lay(
        `${i + 1}.eml`,
        rewritten(name, address, (text) => change(text, address)),
      )
    }
    const said = await site.run('mail', 'bounces', 'bounces')
    expect(said.exit, said.text).to.equal(0)
    const found = await site.rows('SELECT state FROM oubli_warning ORDER BY key_text')
    expect(found.map(({ state }) => state)).to.deep.equal(cases.map(([, , state]) => state))
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.have.length(2)
  })
})
