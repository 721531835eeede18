/**
 * A relay says yes, and its server gives the mail up after days: nothing arrived, and nothing is known against the
 * address. Whoever was told by that mail alone is told anew.
 */
import { expect } from 'chai'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ledgerLine, readLedgerFile } from '../../audit/ledger.ts'
import { answersToTell, keepAnswers } from '../../db/own/answers.ts'
import { failedSince } from '../../db/own/mail-volume.ts'
import { setWarningsTold, warningsToTell } from '../../db/own/sent-warnings.ts'
import { forgetTold } from '../../db/own/told.ts'
import type { Database } from '../../db/session.ts'
import { recordBounce } from '../../mail/bounce.ts'
import { deliverDue } from '../../mail/deliver.ts'
import { mostFailed } from '../../plan/failed-mails.ts'
import { eachDatabase } from '../databases.ts'
import { bouncesSite, warnPeople, type BouncesSite } from './bounces-site.ts'
import { reportOn } from './report.ts'
import { day, start, warning } from './sample.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'
import { makeWorld, type World } from './world.ts'

eachDatabase('a mail that another server gave up', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  before(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
    await warnPeople(site, 2)
  })
  after(async () => {
    await site.one.close()
    await relay.close()
  })

  const gone = 'person1@mail.example'
  const left = async () => (await site.rows('SELECT id FROM users ORDER BY id')).map(({ id }) => Number(id))
  const warned = () =>
    site.rows('SELECT round, state FROM oubli_warning WHERE key_text = \'["1"]\' ORDER BY round')
  const explained = async () => (await site.run('explain', 'account', '1')).text

  async function runOn(...days: readonly number[]): Promise<void> {
    for (const one of days) {
      await site.at(one)
      const said = await site.run('run')
      expect(said.exit, said.text).to.equal(0)
    }
  }

  async function outside(): Promise<readonly string[]> {
    const folder = join(site.one.folder, 'evidence/ledger')
    const names = (await readdir(folder)).filter((name) => /^\d{4}-/.test(name))
    const files = await Promise.all(
      names.map(async (name) => readLedgerFile(name, await readFile(join(folder, name), 'utf8')) ?? []),
    )
    return files.flat().map((line) => ledgerLine(line)?.what ?? '')
  }

  it('stands while that server still tries', async () => {
    await site.at(1)
    const late = reportOn(relay, gone, { action: 'delayed', status: '4.4.1' })
    await site.lay('late', late)
    expect((await site.run('mail', 'bounces', 'bounces')).text).to.include(
      '1 changed nothing: no final failure',
    )
    expect(await warned()).to.deep.equal([{ round: '0', state: 'accepted' }])
  })

  it('is no warning any more, no refusal, and told outside as come back', async () => {
    await site.at(5)
    await site.lay('failed', reportOn(relay, gone, { status: '4.4.1' }))
    const said = await site.run('mail', 'bounces', 'bounces', '--json')
    expect(JSON.parse(said.out)).to.include({ recorded: 1, ignored: 0 })
    expect(said.text).to.match(/warn {3}mail\.bounced {2}A mail came back: 4\.4\.1\.$/m)
    expect(await warned()).to.deep.equal([{ round: '0', state: 'undelivered' }])
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    expect([...(await outside())].sort()).to.deep.equal(['mail accepted', 'mail accepted', 'mail returned'])
    await site.lay('again', reportOn(relay, gone, { status: '4.4.1' }))
    const again = await site.run('mail', 'bounces', 'bounces', '--json')
    expect(JSON.parse(again.out)).to.include({ recorded: 0, ignored: 1 })
    expect(await outside()).to.have.length(3)
  })

  it('is followed by another on the next day, and the announced day of the first passes', async () => {
    await runOn(6)
    expect(await warned()).to.deep.equal([
      { round: '0', state: 'undelivered' },
      { round: '1', state: 'accepted' },
    ])
    await runOn(12, 18, 24, 30, 36, 40)
    expect(await left()).to.deep.equal([1])
    expect(await explained()).to.include('warned, not yet due')
    await runOn(44)
    expect(await left()).to.deep.equal([])
  })

  it('leaves evidence that verifies', async () => {
    const key = join(site.one.folder, 'keys/signing-key.verifier')
    const verified = await site.run('audit', 'verify', '--key', key)
    expect(verified.exit, verified.text).to.equal(0)
  })
})

eachDatabase('mails that other servers give up again and again', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  beforeEach(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
  })
  afterEach(async () => {
    await site.one.close()
    await relay.close()
  })

  const address = 'person1@mail.example'
  const sent = () => relay.taken.filter((text) => text.includes(address)).length
  const states = async () =>
    (
      await site.rows(
        'SELECT round, step, state FROM oubli_warning WHERE key_text = \'["1"]\' ORDER BY round, step',
      )
    ).map(({ round, step, state }) => `${String(round)}.${String(step)} ${String(state)}`)
  const there = async () => (await site.rows('SELECT id FROM users WHERE id = 1')).length

  async function comesBack(days: number, status = '4.2.2'): Promise<void> {
    await site.at(days)
    await site.lay(`back-${days}`, reportOn(relay, address, { status }))
    const said = await site.run('mail', 'bounces', 'bounces', '--json')
    expect(JSON.parse(said.out), said.text).to.include({ recorded: 1 })
  }

  async function runOn(...days: readonly number[]): Promise<void> {
    for (const one of days) {
      await site.at(one)
      const said = await site.run('run')
      expect(said.exit, said.text).to.equal(0)
    }
  }

  async function reason(): Promise<string | undefined> {
    const said = await site.run('explain', 'account', '1', '--json')
    const { policies } = JSON.parse(said.out) as { policies: { decision: { reason?: string } }[] }
    return policies[0]?.decision.reason
  }

  async function thrice(): Promise<void> {
    await warnPeople(site, 2)
    for (const days of [5, 11, 17]) {
      await comesBack(days)
      await runOn(days + 1)
    }
  }

  it('end after three days of it: nobody goes, nothing more is sent, and the report asks for a person', async () => {
    await thrice()
    expect(await reason()).to.equal('given up by other servers')
    expect((await site.run('plan')).text).to.include('given up by other servers')
    const french = await site.one.oubli(['plan'], { env: { LANG: 'fr_FR.UTF-8' } })
    expect(french.text).to.include('rendu par d’autres serveurs')
    await runOn(24, 30, 36, 42, 48, 54, 60, 66, 72)
    expect([sent(), await there()]).to.deep.equal([3, 1])
    expect(await states()).to.deep.equal(['0.0 undelivered', '1.0 undelivered', '2.0 undelivered'])
    expect(await site.rows('SELECT state FROM oubli_person_status WHERE key_text = \'["1"]\'')).to.deep.equal(
      [{ state: 'not reached' }],
    )
    const said = JSON.parse((await site.run('report', '--json')).out) as {
      readonly promises: readonly { readonly state: string }[]
      readonly matters: readonly { readonly code: string; readonly rows: number | null }[]
    }
    expect(said.promises.map(({ state }) => state)).to.deep.equal(['attention'])
    expect(said.matters.filter(({ code }) => code === 'address').map(({ rows }) => rows)).to.deep.equal([1])
    expect((await site.run('report')).text).to.match(/past the term cannot be warned/)
  })

  it('begin anew with a newer sign of life', async () => {
    await thrice()
    const text = "UPDATE users SET last_login_at = '2022-05-03 10:00:00' WHERE id = 1"
    await site.one.database.run({ text, values: [] })
    await runOn(19)
    expect(await states()).to.deep.equal(['0.0 accepted'])
  })

  it('begin anew for somebody who asks to stay', async () => {
    await thrice()
    const words = ['--because', 'phoned', '--by', 'Anna']
    const kept = await site.run('request', 'keep', 'account', '1', ...words)
    expect(kept.exit, kept.text).to.equal(0)
    expect([await states(), await reason()]).to.deep.equal([[], 'kept on request'])
  })

  it('warn anew where a reminder comes back, although the first mail stands', async () => {
    const file = join(site.one.folder, 'policies/inactive-accounts.yml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('[30]', '[60, 30, 7]'))
    await warnPeople(site, 1)
    await runOn(6)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 accepted'])
    await comesBack(11, '4.4.1')
    await runOn(12)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 undelivered', '1.0 accepted'])
    await runOn(18, 24, 30, 36, 40)
    expect(await there()).to.equal(1)
  })
})

eachDatabase('mails whose answers are lost again and again', (open) => {
  it('are named a fault of ours, erase nobody, and warn as any other once one is answered', async () => {
    const relay = await scriptedServer()
    const site = await bouncesSite(await open(), relay)
    try {
      relay.fault = 'accept then cut'
      await warnPeople(site, 1)
      const reason = async () => {
        const said = await site.run('explain', 'account', '1', '--json')
        const { policies } = JSON.parse(said.out) as { policies: { decision: { reason?: string } }[] }
        return policies[0]?.decision.reason
      }
      const mails = () => site.rows('SELECT round, state FROM oubli_warning ORDER BY round')
      expect([await reason(), await mails()]).to.deep.equal([
        'warning on its way',
        [{ round: '0', state: 'unknown' }],
      ])
      for (const days of [2, 5, 6, 8, 11, 12, 14, 20, 26, 32, 38, 44]) {
        await site.at(days)
        await site.run('run')
        expect(await site.rows('SELECT id FROM users'), `day ${days}`).to.have.length(1)
      }
      await site.at(46)
      await site.run('run')
      const found = await mails()
      expect(found.length).to.be.above(mostFailed)
      expect(found.map(({ state }) => state)).to.deep.equal([
        ...Array<string>(found.length - 1).fill('undelivered'),
        'unknown',
      ])
      expect(await reason()).to.equal('our own fault')
      expect((await site.run('status')).text).to.include('1 kept by our own fault')
      const { matters } = JSON.parse((await site.run('report', '--json')).out) as {
        readonly matters: readonly { readonly code: string; readonly rows: number | null }[]
      }
      expect(matters.filter(({ code }) => code === 'ownFault').map(({ rows }) => rows)).to.deep.equal([1])
      relay.fault = 'none'
      await site.at(47)
      await site.run('run')
      expect(await reason()).to.equal('accepted, waiting for bounces')
      const [{ announced } = {}] = await site.rows(
        "SELECT announced FROM oubli_warning WHERE state = 'accepted'",
      )
      const last = (Date.parse(String(announced)) - Date.parse('2026-06-01T10:00:00Z')) / day
      expect(last, 'a whole notice').to.be.above(47 + 30)
      for (let days = 53; days < last; days += 6) {
        await site.at(days)
        await site.run('run')
      }
      expect(await site.rows('SELECT id FROM users')).to.have.length(1)
      await site.at(last + 0.1)
      await site.run('run')
      expect(await site.rows('SELECT id FROM users')).to.have.length(0)
    } finally {
      await site.one.close()
      await relay.close()
    }
  })
})

eachDatabase('what the ledger is told of a mail that was given up', (open) => {
  let database: Database
  let world: World
  before(async () => {
    database = await open()
  })
  beforeEach(async () => {
    world = await makeWorld(database)
  })

  const toTell = async () => (await warningsToTell(database, 10)).map(({ state }) => state)
  const tell = async () => {
    await setWarningsTold(database, await warningsToTell(database, 10))
  }
  const deliver = () => deliverDue(database, world.transport, world.options)
  const giveUp = (status = '4.4.7') =>
    recordBounce(
      database,
      { token: warning(1).token, action: 'failed', status, recipientHash: warning(1).addressHash },
      world.now,
      world.options.record,
    )

  it('is that it came back, also when nobody wrote down that it was told as accepted', async () => {
    for (const told of [true, false]) {
      world = await makeWorld(database)
      await world.queue(warning(1))
      await deliver()
      expect(await toTell()).to.deep.equal(['accepted'])
      if (told) await tell()
      expect(await giveUp()).to.equal('recorded')
      expect(await toTell()).to.deep.equal(['bounced'])
      await tell()
      expect(await toTell()).to.deep.equal([])
    }
    expect(world.evidence.map((one) => [one.kind, 'warning' in one && one.warning?.state])).to.deep.equal([
      ['warning.accepted', 'accepted'],
      ['warning.failed', 'undelivered'],
    ])
  })

  it('is told of somebody who came back before it was told', async () => {
    for (const status of ['4.4.7', '5.1.1']) {
      world = await makeWorld(database)
      await world.queue(warning(1))
      await deliver()
      await giveUp(status)
      const { policy, kind, keyText } = warning(1)
      await database.transaction((tx) => keepAnswers(tx, policy, kind, keyText, world.now))
      expect(
        (await answersToTell(database, 10)).map(({ state }) => state),
        status,
      ).to.deep.equal(['answered'])
    }
  })

  it('is the same again when the ledger was lost', async () => {
    await world.queue(warning(1), warning(2))
    await deliver()
    await tell()
    await giveUp()
    await tell()
    await forgetTold(database)
    expect((await toTell()).sort()).to.deep.equal(['accepted', 'bounced'])
  })

  it('is nothing where no server ever took it', async () => {
    world.usual = { result: 'deferred', code: '450' }
    await world.queue(warning(1))
    await deliver()
    world.now = start + 5 * day
    expect((await deliver()).abandoned).to.equal(1)
    expect(await toTell()).to.deep.equal([])
    await forgetTold(database)
    expect(await toTell()).to.deep.equal([])
  })

  it('is judged by the word "failed", and only a permanent status against the address counts as a refusal', async () => {
    const [refusals, failed]: [number[], number[]] = [[], []]
    for (const status of ['5.1.1', '4.2.2', '2.0.0', '5.7.1']) {
      world = await makeWorld(database)
      await world.queue(warning(1))
      await deliver()
      expect(await giveUp(status), status).to.equal('recorded')
      expect(await world.rows('SELECT accepted_at FROM oubli_warning')).to.deep.equal([{ accepted_at: null }])
      refusals.push((await world.rows('SELECT day FROM oubli_refusal')).length)
      failed.push(await failedSince(database, start - day))
    }
    expect(refusals, 'who wants no mail of ours says nothing of the address').to.deep.equal([1, 0, 0, 0])
    expect(failed, 'what another server gave up pauses no first mails').to.deep.equal([1, 0, 0, 1])
  })
})
