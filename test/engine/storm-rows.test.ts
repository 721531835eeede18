/**
 * The site goes on using rows that are erased or anonymised without anything that hangs on them: one that was
 * used before is left alone, one that was not is done whole, and the site never loses a deadlock to us.
 */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { canGoFlat } from '../../engine/flat-policy.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, due, fresh, insert, sql, type Lab } from './lab.ts'

const seconds = Number(process.env['OUBLI_TEST_STORM_SECONDS'] ?? 2)
const clients = 4
const rowsInRound = 80

interface Case {
  readonly then: 'erase' | 'anonymise'
  readonly subject: boolean
  /** From one key to the next. */
  readonly step: number
}

const cases: Readonly<Record<string, Case>> = {
  'a flat table, erased by windows': { then: 'erase', subject: false, step: 1 },
  'a flat table, erased by lists of keys': { then: 'erase', subject: false, step: 9973 },
  'a flat table, anonymised': { then: 'anonymise', subject: false, step: 1 },
  'people, anonymised': { then: 'anonymise', subject: true, step: 1 },
}

eachServer('beside a site at work, rows of their own', (open) => {
  for (const [what, one] of Object.entries(cases))
    it(`a storm on ${what}: what is used again stays as it is, the rest is done whole`, async () => {
      const lab = await createLab(await open(), {
        tables: [
          'CREATE TABLE guests (id INTEGER NOT NULL PRIMARY KEY, mail VARCHAR(190) NOT NULL, name VARCHAR(40) NULL, hidden_at DATETIME NULL, seen_at DATETIME NULL)',
          'CREATE INDEX guests_seen ON guests (seen_at)',
        ],
        kinds: [
          kind('guest', 'guests', {
            subject: one.subject,
            events: { seen: event([at('seen_at')]) },
            personal: { mail: { strategy: 'unique_address' }, name: { strategy: 'null' } },
            done: one.then === 'erase' ? {} : { anonymise: 'hidden_at' },
          }),
        ],
        policies: [policy('guest', { then: one.then })],
      })
      expect(canGoFlat(lab.ports, lab.policy())).to.equal(!one.subject)
      const { errors, used, ids } = await storm(lab, one.step)
      expect(errors).to.deep.equal([])
      const rows = new Map((await lab.rows('guests')).map((row) => [Number(row['id']), row]))
      for (const id of ids) {
        const row = rows.get(id)
        if (used.has(id))
          expect(row, `${id} was used again`).to.deep.equal({
            ...{ id: String(id), mail: `g${id}@mail.example`, name: 'back', hidden_at: null, seen_at: fresh },
          })
        else if (one.then === 'erase') expect(row, `${id} was not used`).to.equal(undefined)
        else {
          expect(row, `${id} was not used`).to.include({ id: String(id), name: null, seen_at: due })
          expect(row?.['mail']).to.match(/^[0-9a-f]{24}@erased\.invalid$/)
          expect(row?.['hidden_at']).not.to.equal(null)
        }
      }
      expect(used.size, 'some were used again').to.be.greaterThan(0)
      expect(ids.length - used.size, 'some were not').to.be.greaterThan(0)
    })
})

interface Storm {
  readonly errors: readonly string[]
  /** Rows that the site matched and changed while they were whole, once its COMMIT was answered. */
  readonly used: ReadonlySet<number>
  readonly ids: readonly number[]
}

/** Clients use random rows while these are done, round after round; then a last run in peace. */
async function storm(lab: Lab, step: number): Promise<Storm> {
  const settings = databaseUrlSettings(lab.database).settings as MysqlSettings
  const site = await openDatabase({ ...settings, poolSize: clients })
  const ids: number[] = []
  const used = new Set<number>()
  const errors: string[] = []
  const weather = { over: false, round: await nextRows(lab, ids, step) }
  const storming = Array.from({ length: clients }, async () => {
    while (!weather.over) {
      const id = weather.round[Math.floor(Math.random() * weather.round.length)] ?? 0
      try {
        const text = "UPDATE guests SET seen_at = ?, name = 'back' WHERE id = ? AND hidden_at IS NULL"
        if ((await sql(site, text, fresh, id)) > 0) used.add(id)
      } catch (error) {
        errors.push(error instanceof DatabaseError ? error.kind : String(error))
      }
      await sleep(Math.random() * 8)
    }
  })
  lab.point = async (point) => {
    if (point === 're-checked' || point === 'before flat rows') await sleep(10)
  }
  const end = performance.now() + (seconds * 1000) / 4
  try {
    do {
      expect(await lab.run()).to.include({ stopped: 'done', setAside: 0 })
      weather.round = await nextRows(lab, ids, step)
    } while (performance.now() < end)
  } finally {
    weather.over = true
    await Promise.all(storming)
    await site.close()
  }
  expect(await lab.run()).to.include({ stopped: 'done', setAside: 0, busy: 0 })
  return { errors, used, ids }
}

async function nextRows(lab: Lab, ids: number[], step: number): Promise<readonly number[]> {
  const round = Array.from({ length: rowsInRound }, (_, i) => (ids.length + i + 1) * step)
  ids.push(...round)
  await insert(
    lab.database,
    'guests',
    round.map((id) => ({ id, mail: `g${id}@mail.example`, name: 'Ada', seen_at: due })),
  )
  return round
}
