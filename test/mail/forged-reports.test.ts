/** Letters that call themselves reports: without the token of the mail they change nothing, whoever they name. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { siteForEach, tokenTo, warnPeople, type BouncesSite } from './bounces-site.ts'
import { report, reportOn } from './report.ts'
import type { ScriptedServer } from './scripted-smtp.ts'

eachDatabase('a letter that calls itself a report', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  siteForEach(open, async (...begun) => {
    ;[relay, site] = begun
    await warnPeople(site, 2)
  })

  const address = (person: number) => `person${person}@mail.example`
  const states = async () =>
    (await site.rows('SELECT state FROM oubli_warning ORDER BY key_text')).map(({ state }) => state)
  const refusals = () => site.rows('SELECT day FROM oubli_refusal')
  const take = async (text: string) => {
    await site.lay('letter', text)
    const said = await site.run('mail', 'bounces', 'bounces', '--json')
    return JSON.parse(said.out) as Readonly<Record<string, number>>
  }
  /** `unread`: it keeps everybody until a person has looked. */
  async function changesNothing(letter: string, how: 'ignored' | 'other' | 'unread'): Promise<void> {
    const counts = await take(letter)
    expect(counts[how], letter.slice(0, 400)).to.equal(1)
    expect(counts['recorded']).to.equal(0)
    expect(await states()).to.deep.equal(['accepted', 'accepted'])
    expect(await refusals()).to.deep.equal([])
  }
  /** As the same letter with the right token does, so that nothing but the token keeps the others out. */
  async function isHeard(): Promise<void> {
    expect((await take(reportOn(relay, address(1))))['recorded']).to.equal(1)
    expect(await states()).to.deep.equal(['bounced', 'accepted'])
    expect(await refusals()).to.have.length(1)
  }

  it('has to have a token that some mail of this installation went out with', async () => {
    const mine = tokenTo(relay, address(1))
    const others = [
      ...['f'.repeat(32), '0'.repeat(32)],
      mine.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')),
      mine.slice(16) + mine.slice(0, 16),
    ]
    for (const token of others) await changesNothing(report({ token, to: address(1) }), 'ignored')
    for (const token of [`${mine}0`, mine.slice(1), `%${mine.slice(1)}`, ''])
      await changesNothing(report({ token, to: address(1) }), 'other')
    await changesNothing(report({ token: mine.toUpperCase(), to: address(1) }), 'unread')
    await isHeard()
  })

  it('with the token of one mail says nothing of another, nor of an address that it did not go to', async () => {
    const counts = await take(report({ token: tokenTo(relay, address(2)), to: address(1) }))
    expect(counts['recorded']).to.equal(1)
    expect(await states(), 'told anew, and nothing against either address').to.deep.equal([
      'accepted',
      'undelivered',
    ])
    expect(await refusals()).to.deep.equal([])
  })

  it('is none by a token in what it quotes, where no part says that a mail failed', async () => {
    const token = tokenTo(relay, address(1))
    const whole = reportOn(relay, address(1))
    const status = /Content-Type: message\/delivery-status[^]*?(?=\r\n--)/.exec(whole)?.[0] ?? ''
    expect(status).to.include('Action: failed')
    const quoted = status.replaceAll('\r\n', '\r\n> ')
    const head = 'From: a@mail.example\r\nTo: bounces@boutique.example\r\n'
    await changesNothing(`${head}\r\n> ${quoted}\r\n`, 'other')
    await changesNothing(`${head}\r\n${status}\r\n`, 'other')
    await changesNothing(`${head}Content-Type: message/delivery-status\r\n\r\n${status}\r\n`, 'other')
    // The part is there, of another mail or of none, and the token stands in the words for a person alone.
    const words = /^I could not deliver.*$/m
    for (const [foreign, how] of [
      [report({ token: 'f'.repeat(32), to: address(1) }), 'ignored'],
      [report({ token: '', to: address(1) }), 'unread'],
    ] as const)
      await changesNothing(
        foreign.replace(words, `$&\r\nOriginal-Envelope-Id: ${token}\r\nMessage-ID: <${token}@x>`),
        how,
      )
    await isHeard()
  })

  it('that a mail is late or has arrived takes nothing back, whatever status and reply stand beside it', async () => {
    for (const action of ['delayed', 'delivered', 'relayed', 'expanded'])
      for (const status of ['5.1.1', '4.4.1', '2.0.0'])
        await changesNothing(reportOn(relay, address(1), { action, status }), 'ignored')
    await changesNothing(reportOn(relay, address(1), { action: 'exploded' }), 'unread')
    await isHeard()
  })

  it('makes nobody unreachable, however often it comes on however many days', async () => {
    for (const days of [1, 2, 3]) {
      await site.at(days)
      await changesNothing(report({ token: 'f'.repeat(32), to: address(1) }), 'ignored')
      await changesNothing(reportOn(relay, address(1), { action: 'delayed' }), 'ignored')
    }
    const said = await site.run('explain', 'account', '1')
    expect(said.text).to.include('accepted, waiting for bounces')
  })
})
