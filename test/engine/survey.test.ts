/** What counting what is due costs. */
import { expect } from 'chai'
import { canGoFlat } from '../../engine/flat-policy.ts'
import { survey } from '../../engine/survey.ts'
import type { Database, Statement } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, type Lab } from './lab.ts'

/** Addresses are cut short here, not by the server: such a row is written one by one, and counted by one condition. */
async function visits(database: Database, rows: number): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, ip VARCHAR(45) NULL, cut_at DATETIME NULL, seen_at DATETIME NULL)',
      'CREATE INDEX visits_seen ON visits (cut_at, seen_at)',
    ],
    kinds: [
      kind('visit', 'visits', {
        events: { seen: event([at('seen_at')]) },
        personal: { ip: { strategy: 'truncated_ip' } },
        done: { 'truncate fields': 'cut_at' },
      }),
    ],
    policies: [policy('visit', { then: 'truncate fields', fields: ['ip'] })],
  })
  const ids = Array.from({ length: rows }, (_, i) => i + 1)
  await insert(
    database,
    'visits',
    ids.map((id) => ({ id, ip: '192.0.2.77', seen_at: id % 3 === 0 ? fresh : due })),
  )
  return lab
}

eachDatabase('a survey', (open) => {
  it('counts by one condition what is written row by row, and reads no row for it', async () => {
    const lab = await visits(await open(), 1500)
    expect(canGoFlat(lab.ports, lab.policy())).to.equal(false)
    const asked: string[] = []
    const rows = lab.database.rows.bind(lab.database)
    Object.assign(lab.database, {
      rows: (statement: Statement) => {
        if (statement.text.includes('visits')) asked.push(statement.text)
        return rows(statement)
      },
    })
    const found = await survey(lab.ports, lab.policy(), asOf, false)
    expect(found).to.include({ due: 1000, entering: 1000 })
    expect(asked).to.have.lengthOf(2)
    const judged = { ...lab.policy(), except: [{ column: 'ip', values: ['nobody'] }] }
    expect(await survey(lab.ports, judged, asOf, false)).to.deep.equal(found)
    expect(await lab.run()).to.include({ done: 1000 })
    expect(await survey(lab.ports, lab.policy(), asOf, false)).to.include({ due: 0 })
  })
})
