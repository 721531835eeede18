/** Who carries a mark of this run is not left behind, whatever their clock says by then; who lost it is. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { countTable, reachOfTable } from '../../db/site/reach.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import type { Event } from '../../policies/data-map.ts'

async function site(database: Database, seen: Event): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, doc TEXT NULL, last_ip VARCHAR(45) NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, what VARCHAR(30) NULL, begun_at DATETIME NULL)',
      'CREATE INDEX visits_user ON visits (user_id)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        identity: ['id', 'doc'],
        events: { seen },
        personal: { last_ip: { strategy: 'truncated_ip' } },
      }),
      kind('visit', 'visits', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
    ],
    policies: [policy('account', { then: 'truncate fields', fields: ['last_ip'] })],
  })
  const user = (id: number) => ({
    id,
    seen_at: due,
    doc: '{"login":"2020-01-01T08:00:00Z"}',
    last_ip: '192.0.2.77',
  })
  await insert(lab.database, 'users', [1, 2, 3].map(user))
  const visit = (id: number) => ({ id, user_id: id, what: '2020-01-02T08:00:00Z', begun_at: due })
  await insert(lab.database, 'visits', [1, 2, 3].map(visit))
  return lab
}

const clocks: Readonly<Record<string, Event>> = {
  'of its own': event([at('seen_at')]),
  'in two tables': event([at('seen_at'), at('visits.begun_at')]),
  'that no database sorts': event([at('seen_at'), at('visits.what', { format: 'iso text', ordered: false })]),
  'in a document': event([at('seen_at'), at('doc', { path: '$.login', format: 'iso text' })]),
}

for (const [name, seen] of Object.entries(clocks))
  eachDatabase(`asked again after people with a clock ${name} were marked, the database`, (open) => {
    const asked = async (...meanwhile: readonly string[]) => {
      const lab = await site(await open(), seen)
      let first = true
      lab.point = async (point) => {
        if (point !== 'committed' || !first) return
        first = false
        for (const text of meanwhile) await sql(lab.database, text)
      }
      const { done, again } = await lab.run()
      expect(done).to.equal(3)
      return { lab, again }
    }

    it('has nobody left', async () => {
      expect((await asked()).again).to.deep.equal({ asked: 3, left: { users: 0 } })
    })

    it('does not take somebody for left who signs in before the end of the run', async () => {
      const { again } = await asked(
        `UPDATE users SET seen_at = '${fresh}' WHERE id = 1`,
        `UPDATE visits SET begun_at = '${fresh}', what = '2026-05-30T08:00:00Z' WHERE id = 2`,
        'DELETE FROM visits WHERE id = 3',
      )
      expect(again).to.deep.equal({ asked: 3, left: { users: 0 } })
    })

    it('tells of marks that are gone, or are those of an earlier run', async () => {
      const { again } = await asked(
        `DELETE FROM oubli_done WHERE policy = 'p' AND key_text = '["1"]'`,
        `UPDATE oubli_done SET done_at = '2026-05-31T10:00:00.000Z' WHERE policy = 'p' AND key_text = '["2"]'`,
        `UPDATE users SET seen_at = '${fresh}' WHERE id < 3`,
      )
      expect(again).to.deep.equal({ asked: 3, left: { users: 2 } })
    })

    it('does not count who is done among those in scope', async () => {
      const { lab } = await asked()
      await insert(lab.database, 'users', [{ id: 4, seen_at: fresh, doc: '{}', last_ip: null }])
      const { database } = lab
      expect(await countTable(database, database.dialect, lab.policy())).to.equal(1)
      expect(await reachOfTable(database, database.dialect, lab.policy())).to.deep.equal({
        rows: 1,
        basis: 'exact',
      })
    })
  })
