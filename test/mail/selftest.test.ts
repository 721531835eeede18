/** Who warns must hear of mails that come back: shown by one that did, or its absence declared with a reason. */
import { expect } from 'chai'
import { approveAll } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { bouncesSite, silent, tokenTo, type BouncesSite } from './bounces-site.ts'
import { report, reportOn } from './report.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'

const nobody = 'nobody@site.example'

eachDatabase('a mail that must come back', (open) => {
  let relay: ScriptedServer
  before(async () => {
    relay = await scriptedServer()
  })
  after(() => relay.close())

  async function observed(mail: Readonly<Record<string, unknown>>): Promise<BouncesSite> {
    const site = await bouncesSite(await open(), relay, mail)
    await insert(site.one.database, 'users', [silent(1)])
    await site.run('run')
    return site
  }

  async function approve(site: BouncesSite, env: Readonly<Record<string, string>> = { LANG: 'en' }) {
    return await approveAll({ oubli: (argv) => site.one.oubli(argv, { env }) })
  }

  async function bounces(site: BouncesSite): Promise<unknown> {
    return (JSON.parse((await site.run('report', '--json')).out) as { readonly bounces: unknown }).bounces
  }

  it('is asked for before a policy that warns is approved, and holds for ninety days', async () => {
    const site = await observed({ bounces: {} })
    expect(await bounces(site)).to.deep.equal({ state: 'never' })
    const refused = await approve(site)
    expect([refused.exit, refused.text.split('  ')[0]]).to.deep.equal([4, 'E_BOUNCES_UNPROVEN'])
    expect(await site.rows('SELECT id FROM oubli_approval')).to.deep.equal([])

    const sent = await site.run('mail', 'selftest', '--to', nobody)
    expect([sent.exit, relay.taken.length]).to.deep.equal([0, 1])
    expect(sent.text).not.to.include(nobody)
    expect(await bounces(site)).to.deep.equal({ state: 'waiting', since: '2026-06-01T10:00:00.000Z' })
    expect((await approve(site)).exit).to.equal(4)

    // Half past one of the next day in Paris.
    await site.at(1.5625)
    await site.lay('1', reportOn(relay, nobody))
    const taken = await site.run('mail', 'bounces', 'bounces', '--json')
    expect(JSON.parse(taken.out)).to.include({ proven: 1, recorded: 0 })
    expect(await bounces(site)).to.deep.equal({ state: 'proven', at: '2026-06-02T23:30:00.000Z' })
    expect((await approve(site)).exit).to.equal(0)
    expect((await site.run('report')).text).to.include('a test mail came back on 3 June 2026')
    expect((await site.run('doctor')).text).to.include('a test mail came back on 2026-06-03')

    await site.at(92)
    await site.run('run', '--accept-clock-gap')
    expect(await bounces(site)).to.deep.equal({ state: 'old', at: '2026-06-02T23:30:00.000Z' })
    const late = await approve(site)
    expect([late.exit, late.text.includes('none since 2026-06-03')], late.text).to.deep.equal([4, true])
    await site.one.close()
  })

  it('is not asked for where the reason is declared, which every report shows', async () => {
    const because = 'The relay of our host drops what cannot be delivered.'
    const site = await observed({ bounces: { none_because: because } })
    expect((await approve(site)).exit).to.equal(0)
    expect(await bounces(site)).to.deep.equal({ state: 'declared', because })
    for (const argv of [['report'], ['report', '--lang', 'fr'], ['doctor']])
      expect((await site.run(...argv)).text, argv.join(' ')).to.include(because)
    await site.one.close()
  })

  it('is heard of as well when a server gave up after its tries, and not while it still tries', async () => {
    const site = await observed({ bounces: {} })
    await site.run('mail', 'selftest', '--to', nobody)
    const token = tokenTo(relay, nobody)
    await site.lay('1', report({ token, action: 'delayed', status: '4.4.3' }))
    await site.run('mail', 'bounces', 'bounces')
    expect((await approve(site)).exit).to.equal(4)
    await site.lay('2', report({ token, status: '4.4.3' }))
    await site.run('mail', 'bounces', 'bounces')
    expect((await approve(site)).exit).to.equal(0)
    await site.one.close()
  })

  it('proves nothing when the relay itself refuses it, or when it was sent by another relay', async () => {
    const site = await observed({ bounces: {} })
    relay.dead.add(nobody)
    const refused = await site.run('mail', 'selftest', '--to', nobody)
    expect([refused.exit, refused.text.includes('(550)')]).to.deep.equal([1, true])
    relay.dead.clear()
    const wrong = await site.run('mail', 'selftest', '--to', 'nobody')
    expect([wrong.exit, wrong.text.split('  ')[0]]).to.deep.equal([2, 'E_TEST_ADDRESS'])
    await site.run('mail', 'selftest', '--to', nobody)
    await site.lay('1', reportOn(relay, nobody))
    await site.run('mail', 'bounces', 'bounces')
    const other = { OUBLI_MAIL_FROM_ADDRESS: 'other@site.example', LANG: 'en' }
    expect((await approve(site, other)).text).to.include('E_BOUNCES_UNPROVEN')
    expect((await approve(site)).exit).to.equal(0)
    await site.one.close()
  })
})
