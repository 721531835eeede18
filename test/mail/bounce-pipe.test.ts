/** Mails that came back, given one by one from a pipe: its exit code says whether the message may be let go. */
import { expect } from 'chai'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { bouncesSite, warnPeople, type BouncesSite } from './bounces-site.ts'
import { reportOn } from './report.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'

eachDatabase('a mail that came back, from a pipe', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  before(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
    await warnPeople(site, 1)
    await site.lay('report', reportOn(relay, 'person1@mail.example'))
    await site.lay('answer', 'Subject: Re: your account\r\n\r\nPlease keep it.')
  })
  after(async () => {
    await site.one.close()
    await relay.close()
  })
  const give = async (name: string): Promise<number> =>
    (await site.run('mail', 'bounce', join(site.one.folder, 'bounces', name))).exit
  const put = (text: string) => site.one.database.run({ text, values: [] })
  const state = async () => (await site.rows('SELECT state FROM oubli_warning'))[0]?.['state']

  it('is kept while nothing can be taken in, whatever the reason, and no answer of a person looks like it', async () => {
    const policy = join(site.one.folder, 'policies/inactive-accounts.yml')
    const text = await readFile(policy, 'utf8')
    const exits = new Set<number>()
    await writeFile(policy, text.replace('keep_at_most: 3 years', 'keep_at_most: 3 yers'))
    exits.add(await give('report'))
    await writeFile(policy, text)
    await rename(join(site.one.folder, 'policies'), join(site.one.folder, 'away'))
    exits.add(await give('report'))
    await rename(join(site.one.folder, 'away'), join(site.one.folder, 'policies'))
    await put("DELETE FROM oubli_migration WHERE name = '0020-turns'")
    exits.add(await give('report'))
    await put(
      "INSERT INTO oubli_migration (name, applied_at) VALUES ('0020-turns', '2026-06-01T10:00:00.000Z')",
    )
    expect(await state()).to.equal('accepted')
    expect([...exits], 'kept').to.deep.equal([2])
    expect([await give('answer'), await give('report'), await give('report')]).to.deep.equal([3, 0, 0])
    expect(await state()).to.equal('bounced')
  })
})
