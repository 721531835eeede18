/**
 * A mark of ours holds what another table of the site says. Reading it must not wait for that table's rows: the site
 * may hold one of them and wait for the person whom we hold.
 */
import { expect } from 'chai'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { createLab, due, fresh, insert, waiting, type Lab } from '../engine/lab.ts'
import { spyOn, type Spy } from '../engine/spy.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

eachServer('a mark beside a site that signs somebody in', (open) => {
  let lab: Lab
  let site: Database
  let spy: Spy
  beforeEach(async () => {
    lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, last_ip VARCHAR(45) NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, begun_at DATETIME NULL)',
        'CREATE INDEX visits_user ON visits (user_id)',
      ],
      kinds: [
        kind('account', 'users', {
          subject: true,
          events: { seen: event([at('seen_at'), at('visits.begun_at')]) },
          personal: { last_ip: { strategy: 'truncated_ip' } },
        }),
        kind('visit', 'visits', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
      ],
      policies: [policy('account', { then: 'truncate fields', fields: ['last_ip'] })],
    })
    const ids = Array.from({ length: 20 }, (_, i) => i + 1)
    const user = (id: number) => ({ id, seen_at: due, last_ip: '192.0.2.77' })
    await insert(lab.database, 'users', ids.map(user))
    const visit = (id: number) => ({ id, user_id: id, begun_at: due })
    await insert(lab.database, 'visits', ids.map(visit))
    site = await openDatabase(databaseUrlSettings(lab.database).settings)
    spy = spyOn(lab)
  })
  afterEach(() => site.close())

  it('does not wait: the sign-in goes through, and its person is left as they are', async () => {
    let signIn: Promise<{ readonly state: string }> | null = null
    lab.point = async (point) => {
      if (point !== 're-checked' || signIn !== null) return
      await new Promise<void>((begun) => {
        signIn = site.transaction(async (tx) => {
          await tx.run({ text: 'UPDATE visits SET begun_at = ? WHERE id = 7', values: [fresh] })
          const waits = tx.run({ text: 'UPDATE users SET seen_at = ? WHERE id = 7', values: [fresh] })
          await waiting(lab.database)
          begun()
          await waits
        })
      })
    }
    const { done, busy, setAside } = await lab.run()
    expect((await signIn!).state, 'the site was not the victim').to.equal('committed')
    expect([done, busy, setAside], spy.failures.join()).to.deep.equal([19, 0, 0])
    // Whoever works on a row of the clock is met by the last reading, which does not wait.
    expect(spy.failures).to.have.length(1)
    expect(spy.failures[0], 'MariaDB and MySQL have two numbers for it').to.be.oneOf([1205, 3572])
    const ips = (await lab.rows('users')).map((row) => [String(row['id']), row['last_ip']])
    expect(ips.filter(([, ip]) => ip === '192.0.2.77').map(([id]) => id)).to.deep.equal(['7'])
  })
})
