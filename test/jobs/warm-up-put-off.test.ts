/** A relay that puts mails off: no first mail follows until they have left. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { day, silent, start } from '../mail/bounces-site.ts'
import { scriptedServer } from '../mail/scripted-smtp.ts'
import { warnedSite } from '../mail/warned-site.ts'

const env = { LANG: 'en', OUBLI_SCHEDULE_WARN: '0 9 * * *' }

eachDatabase('a relay that puts mails off', (open) => {
  for (const [putOff, pauses] of [
    [6, false],
    [7, true],
  ] as const)
    it(`${pauses ? 'pauses' : 'does not pause'} the first mails when ${putOff} of 60 wait`, async () => {
      const relay = await scriptedServer()
      const database = await open()
      const site = warnedSite(relay.port)
      const warmUp = { first_day: 60, growth: 1.5, daily_cap: 100 }
      const one = await install(database, { ...site, mail: { ...site.mail, warm_up: warmUp } }, start)
      const withEnv = { oubli: (argv: readonly string[]) => one.oubli(argv, { env }) }
      await insert(
        database,
        'users',
        Array.from({ length: 200 }, (_, i) => silent(i + 1)),
      )
      await one.oubli(['run'], { env })
      await approved(withEnv)
      const queued = async (): Promise<number> => {
        const rows = await database.rows({ text: 'SELECT COUNT(*) AS n FROM oubli_warning', values: [] })
        return Number(rows[0]?.['n'])
      }
      for (let id = 1; id <= putOff; id += 1) relay.later.add(`person${id}@mail.example`)
      await one.oubli(['run'], { env })
      expect([await queued(), relay.taken.length]).to.deep.equal([60, 60 - putOff])
      await setSandboxNow(database, start + day)
      const next = await one.oubli(['run'], { env })
      const told = 'why stopped: first mails pause: more than 10 % of the mails of seven days are put off'
      expect([next.exit, next.text.includes(told), (await queued()) > 60], next.text).to.deep.equal(
        pauses ? [4, true, false] : [0, false, true],
      )
      relay.later.clear()
      await setSandboxNow(database, start + 2 * day)
      await one.oubli(['mail', 'deliver'], { env })
      const [{ n } = { n: null }] = await database.rows({
        text: "SELECT COUNT(*) AS n FROM oubli_outbox WHERE state IN ('queued', 'deferred')",
        values: [],
      })
      const before = await queued()
      const later = await one.oubli(['run'], { env })
      expect([String(n), later.exit, (await queued()) > before], later.text).to.deep.equal(['0', 0, true])
      await relay.close()
      await one.close()
    })
})
