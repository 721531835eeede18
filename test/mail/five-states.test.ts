/**
 * No address, an invalid one, refused, put off for days, and a fault of ours: five states, told apart over real
 * SMTP. Only refusals on different days make somebody unreachable, and only the declared wait ends that.
 */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { bouncesSite, silent, type BouncesSite } from './bounces-site.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'

/** Who they are, by key. */
const [none, invalid, dead, putOff, fine] = [1, 2, 3, 4, 5]

eachDatabase('a mail that does not arrive', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  before(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
    await insert(site.one.database, 'users', [
      silent(none, null),
      silent(invalid, 'camille at mail.example'),
      silent(dead),
      silent(putOff),
      silent(fine),
    ])
    relay.dead.add(`person${dead}@mail.example`)
    relay.later.add(`person${putOff}@mail.example`)
    await site.run('run')
    await site.one.approve()
  })
  after(async () => {
    await site.one.close()
    await relay.close()
  })

  async function reasons(): Promise<Readonly<Record<number, string>>> {
    const found: Record<number, string> = {}
    for (const id of [none, invalid, dead, putOff, fine]) {
      const said = await site.run('explain', 'account', String(id), '--json')
      const [policy] = (
        JSON.parse(said.out) as { policies: { decision: { act: string; reason?: string } }[] }
      ).policies
      found[id] = policy?.decision.reason ?? policy?.decision.act ?? ''
    }
    return found
  }

  it('has its own name on the first day', async () => {
    expect((await site.run('run')).exit).to.equal(0)
    expect(await reasons()).to.deep.equal({
      [none]: 'no address',
      [invalid]: 'invalid address',
      [dead]: 'warning on its way',
      [putOff]: 'warning on its way',
      [fine]: 'accepted, waiting for bounces',
    })
  })

  it('is called unreachable after refusals on two days, and never because it was put off', async () => {
    for (const days of [1, 2, 3]) {
      await site.at(days)
      expect((await site.run('run')).exit, `day ${days}`).to.equal(0)
    }
    expect(await reasons()).to.deep.equal({
      [none]: 'no address',
      [invalid]: 'invalid address',
      [dead]: 'unreachable',
      [putOff]: 'deferred for days',
      [fine]: 'accepted, waiting for bounces',
    })
    const status = JSON.parse((await site.run('status', '--json')).out) as { readonly mail: unknown }
    expect(status.mail).to.deep.equal({ waiting: 1, putOff: 1, ourFault: 0 })
  })

  it('stays put off over the end of its retries, and is warned when the server takes it', async () => {
    for (const days of [6, 7, 9]) {
      await site.at(days)
      await site.run('run')
    }
    expect((await reasons())[putOff]).to.equal('deferred for days')
    relay.later.clear()
    await site.at(10)
    await site.run('run')
    expect((await reasons())[putOff]).to.equal('accepted, waiting for bounces')
    expect((await reasons())[fine]).to.equal('warned, not yet due')
  })

  it('is our own fault when the relay refuses everybody, or is not there', async () => {
    const late = [11, 12, 13].map((id) => silent(id))
    await insert(site.one.database, 'users', late)
    relay.fault = 'RCPT 550'
    await site.at(11)
    const refused = await site.run('run')
    expect([refused.exit, refused.text.includes('relay refuses everything')]).to.deep.equal([4, true])
    expect(refused.text).to.match(/error {2}mail\.slice-refused {2}(\d+) of \1 mails were refused/)
    expect(refused.text).not.to.include('mail.relay-failed')
    const explained = async () => (await site.run('explain', 'account', '11')).text.includes('our own fault')
    expect(await explained()).to.equal(true)
    relay.fault = 'greeting closed'
    await site.at(12)
    await site.run('run')
    expect(await explained()).to.equal(true)
    expect((await site.run('status')).text).to.include('3 kept by our own fault')
    expect(await site.rows('SELECT day FROM oubli_refusal WHERE key_text = \'["11"]\'')).to.deep.equal([])
    relay.fault = 'none'
    await site.at(13)
    expect((await site.run('run')).exit).to.equal(0)
    expect(await explained()).to.equal(false)
  })

  it('ends only as the policy declares: ninety days after the last refusal, and not for the others', async () => {
    const left = async () => (await site.rows('SELECT id FROM users ORDER BY id')).map(({ id }) => Number(id))
    for (const days of [20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90]) {
      await site.at(days)
      await site.run('run')
    }
    expect(await left()).to.include.members([none, invalid, dead])
    expect(await left()).not.to.include(fine)
    await site.at(92)
    await site.run('run')
    expect(await left()).to.deep.equal([none, invalid])
  })
})

eachDatabase('an invalid address whose ending is declared', (open) => {
  it('goes when the wait after the term is over, and not where we have written before', async () => {
    const relay = await scriptedServer()
    const site = await bouncesSite(await open(), relay)
    try {
      const file = join(site.one.folder, 'policies/inactive-accounts.yml')
      const line = '  no_address: a person decides\n'
      const text = await readFile(file, 'utf8')
      await writeFile(
        file,
        text.replace(line, `${line}  invalid_address: { wait: 60 days, finally: erase }\n`),
      )
      // The term ends with the 20th of April, and the wait with the 19th of June: day 18 of the story.
      const last_login_at = '2023-04-20 10:00:00'
      await insert(site.one.database, 'users', [
        { ...silent(none, null), last_login_at },
        { ...silent(invalid, 'camille at mail.example'), last_login_at },
        { ...silent(fine), last_login_at },
      ])
      await site.run('run')
      await site.one.approve()
      await site.run('run')
      await site.one.database.run({ text: "UPDATE users SET email = 'broken' WHERE id = ?", values: [fine] })
      const left = async () =>
        (await site.rows('SELECT id FROM users ORDER BY id')).map(({ id }) => Number(id))
      for (const days of [6, 12, 17]) {
        await site.at(days)
        const run = await site.run('run')
        expect(run.exit, run.text).to.equal(0)
        expect(await left(), `day ${days}`).to.deep.equal([none, invalid, fine])
      }
      const said = await site.run('explain', 'account', String(invalid), '--json')
      expect(said.out).to.include('"reason":"invalid address"')
      for (const days of [19, 26, 33, 40, 47, 54, 61]) {
        await site.at(days)
        await site.run('run')
        expect(await left(), `day ${days}`).to.deep.equal([none, fine])
      }
    } finally {
      await site.one.close()
      await relay.close()
    }
  })
})
