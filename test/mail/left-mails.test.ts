/** Who came back and was deleted by the site later leaves nothing in our tables about mails. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { day, siteForEach, start, warnPeople, type BouncesSite } from './bounces-site.ts'
import type { ScriptedServer } from './scripted-smtp.ts'

eachDatabase('mails to people who came back', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  siteForEach(open, async (...begun) => {
    ;[relay, site] = begun
    relay.later.add('person2@mail.example')
    await warnPeople(site, 3)
  })

  it('go when the site deletes them, whether they were accepted or not, and those of others stay', async () => {
    const keys = async (table: string) =>
      (await site.rows(`SELECT DISTINCT key_text FROM ${table} ORDER BY key_text`)).map((row) =>
        String(row['key_text']).replace(/\D/g, ''),
      )
    expect(await keys('oubli_outbox')).to.deep.equal(['1', '2', '3'])
    await site.at(1)
    const back = new Date(start + day).toISOString().slice(0, 19).replace('T', ' ')
    await site.one.database.run({
      text: 'UPDATE users SET last_login_at = ? WHERE id > ?',
      values: [back, 0],
    })
    await site.run('run')
    expect(await keys('oubli_warning')).to.deep.equal([])
    expect(await keys('oubli_outbox'), 'a report may still come').to.deep.equal(['1', '2', '3'])
    await site.one.database.run({ text: 'DELETE FROM users WHERE id < ?', values: [3] })
    await site.at(2)
    const said = await site.run('run')
    expect(said.exit, said.text).to.equal(0)
    expect(await keys('oubli_outbox')).to.deep.equal(['3'])
    for (const table of ['oubli_answer', 'oubli_refusal'])
      expect(
        (await keys(table)).filter((key) => key !== '3'),
        table,
      ).to.deep.equal([])
    const bytes = await site.rows(
      'SELECT id FROM oubli_outbox WHERE message IS NOT NULL OR address IS NOT NULL',
    )
    expect(bytes).to.deep.equal([])
  })
})
