/** A small site whose relay refuses: too few mails for any share, and silence would mean that nobody is ever warned. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { silent, siteForEach, type BouncesSite } from './bounces-site.ts'
import type { Fault, ScriptedServer } from './scripted-smtp.ts'

const said = {
  en: /^WARNING {2}No warning was taken for (\d+) days, and (\d+) wait or were given up(?: \(last answer: (\w+)\))?\./m,
  fr: /^WARNING {2}Aucun avertissement n’a été accepté depuis (\d+) jours, (\d+) en attente ou abandonnés \(dernière réponse\s: (\w+)\)\./m,
}

eachDatabase('mails of which none is taken for days', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  siteForEach(open, (...begun) => {
    ;[relay, site] = begun
  })

  async function begin(people: number, fault: Fault): Promise<void> {
    const all = Array.from({ length: people }, (_, i) => silent(i + 1))
    await insert(site.one.database, 'users', all)
    await site.run('run')
    await site.one.approve()
    relay.fault = fault
    await site.run('run')
  }
  const matters = async () => {
    const { out } = await site.run('report', '--json')
    return (JSON.parse(out) as { matters: { code: string }[] }).matters.map(({ code }) => code)
  }

  for (const [people, fault, reply] of [
    [3, 'RCPT 550', '550'],
    [1, 'RCPT 550', '550'],
    [3, 'RCPT 450', '450'],
  ] as const)
    it(`are told by run, status and report: ${people} of them, ${fault}`, async () => {
      await begin(people, fault)
      for (const days of [0.5, 1.9]) {
        await site.at(days)
        const { text } = await site.run('run')
        expect(text, `after ${days} days`).not.to.match(said.en)
      }
      expect((await site.run('status')).out).not.to.match(said.en)
      expect(await matters()).not.to.include('untaken')
      // Beyond the five days after which a mail is given up and the next round begins, all the while.
      for (const days of [2.1, 4, 6, 7, 8]) {
        await site.at(days)
        const { text } = await site.run('run')
        const told = said.en.exec(text)?.slice(1)
        // On the sixth day they were given up just now, without another answer.
        expect(told, text).to.deep.equal([`${Math.floor(days)}`, `${people}`, days === 6 ? undefined : reply])
        expect((await site.run('status')).out).to.match(said.en)
        expect(await matters(), `after ${days} days`).to.include('untaken')
      }
      expect((await site.run('run', '--lang', 'fr')).text).to.match(said.fr)
      expect((await site.run('status', '--lang', 'fr')).out).to.match(said.fr)
      const json = JSON.parse((await site.run('status', '--json')).out) as { untaken: object }
      expect(json.untaken).to.include({ mails: people, days: 8, reply })
      expect(await readFile(join(site.one.folder, 'oubli.log'), 'utf8')).to.match(
        /warn +mail\.untaken {2}No warning was taken for 8 days/,
      )
      relay.fault = 'none'
      await site.at(10)
      expect((await site.run('run')).text)
        .to.match(new RegExp(`mail: ${people} accepted`))
        .and.not.to.match(said.en)
      expect((await site.run('status')).out).not.to.match(said.en)
      expect(await matters()).not.to.include('untaken')
    })

  it('are none where the relay takes others, and one address is dead or put off', async () => {
    relay.later.add('person1@mail.example')
    await begin(3, 'none')
    for (const days of [1, 3, 4.9]) {
      await site.at(days)
      expect((await site.run('run')).text, `after ${days} days`).not.to.match(said.en)
    }
    expect(await matters()).not.to.include('untaken')
  })

  it('are not all of them where those that were taken are gone with their people', async () => {
    relay.later.add('person1@mail.example')
    await begin(3, 'none')
    await site.one.database.run({ text: "DELETE FROM oubli_outbox WHERE state = 'accepted'", values: [] })
    await site.at(3)
    expect((await site.run('run')).text).not.to.match(said.en)
  })

  it('are warnings: what somebody is told after the erasure is none', async () => {
    await begin(1, 'RCPT 450')
    await site.one.database.run({ text: "UPDATE oubli_outbox SET kind = '' WHERE id > ''", values: [] })
    await site.at(3)
    expect((await site.run('status')).out).not.to.match(said.en)
  })
})
