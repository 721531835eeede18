/**
 * What real servers send back, written after their documented formats: each is heard for what it says, and what only
 * looks like it is left for a person. `returned/` holds one file each.
 */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { readBounce } from '../../mail/bounce-report.ts'
import { eachDatabase } from '../databases.ts'
import { bouncesSite, tokenTo, warnPeople, type BouncesSite } from './bounces-site.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'

const folder = join(packageRoot(), 'test/mail/returned')
const token = '3f0c9a7e51d24b868a2e6b1d9c40f7ab'
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
      const expected = { token, action: what === 'late' ? 'delayed' : 'failed', status }
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
    expect(readBounce(Buffer.from(twice))).to.deep.equal({ token, action: 'failed', status: '5.1.1' })
  })
})

eachDatabase('what real servers send back about people', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  beforeEach(async () => {
    relay = await scriptedServer()
    const bounces = { none_because: 'A test proves nothing by a test mail.' }
    site = await bouncesSite(await open(), relay, { bounces })
  })
  afterEach(async () => {
    await site.one.close()
    await relay.close()
  })

  it('is a refusal, a mail that was given up, or nothing at all', async () => {
    // In an encoded part no other token can be put in its place.
    const names = [...Object.keys(heard), ...unheard].filter((name) => name !== 'microsoft-encoded')
    await warnPeople(site, names.length)
    for (const [i, name] of names.entries()) {
      const own = tokenTo(relay, `person${i + 1}@mail.example`)
      await site.lay(`${name}.eml`, textOf(name).replaceAll(token, own))
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
})
