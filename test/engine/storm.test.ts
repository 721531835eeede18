/**
 * The site goes on working while people are erased: whoever was active before the erasing COMMIT stays, nobody is
 * half gone, and the site never loses a deadlock to us. `OUBLI_TEST_STORM_SECONDS` lets it blow for longer.
 */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database } from '../../db/session.ts'
import type { BatchResult } from '../../engine/apply-batch.ts'
import { steadyPace } from '../../engine/pace.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { createLab, due, fresh, sql, type Lab } from './lab.ts'
import { bornWith, fill, rowsOf, shopOf } from './shop.ts'
import { spyOn, type Spy } from './spy.ts'

const seconds = Number(process.env['OUBLI_TEST_STORM_SECONDS'] ?? 2)
const clients = 4
const peopleInRound = 60

/** What a client did, once its COMMIT was answered. */
interface Deed {
  readonly person: number
  readonly at: number
  /** A row without a foreign key: it can arrive after its person has gone. */
  readonly loose: boolean
}

type Act = (site: Database, person: number, id: number) => Promise<number>

/** Each matches a row only while the person is there, but for the last two. */
const acts: Readonly<Record<string, { readonly loose: boolean; readonly act: Act }>> = {
  root: {
    loose: false,
    act: (site, person) => sql(site, 'UPDATE users SET seen_at = ? WHERE id = ?', fresh, person),
  },
  'new session': {
    loose: false,
    act: (site, person, id) =>
      sql(site, 'INSERT INTO sessions (id, user_id, used_at) VALUES (?, ?, ?)', id, person, fresh),
  },
  session: {
    loose: false,
    act: (site, person) => sql(site, 'UPDATE sessions SET used_at = ? WHERE id = ?', fresh, person * 10),
  },
  'new login': {
    loose: true,
    act: (site, person, id) =>
      sql(site, 'INSERT INTO logins (id, user_id, happened_at) VALUES (?, ?, ?)', id, person, fresh),
  },
  login: {
    loose: false,
    act: (site, person) => sql(site, 'UPDATE logins SET happened_at = ? WHERE id = ?', fresh, person * 10),
  },
}

const orphans: Readonly<Record<string, string>> = {
  sessions: 'LEFT JOIN users p ON p.id = c.user_id',
  orders: 'LEFT JOIN users p ON p.id = c.user_id',
  order_lines: 'LEFT JOIN orders p ON p.id = c.order_id',
  notes: 'LEFT JOIN orders p ON p.id = c.order_id',
  logins: 'LEFT JOIN users p ON p.id = c.user_id',
}

const crews = [
  ['loose', 1],
  ['loose', 2],
  ['tied', 1],
  ['tied', 2],
] as const

for (const [ties, writers] of crews)
  eachServer(`beside a site at work, ${ties} tables, writers: ${writers}`, (open) => {
    let lab: Lab
    let site: Database
    let spy: Spy
    before(async () => {
      lab = await createLab(await open(), shopOf(ties))
      spy = spyOn(lab)
      lab.pace = { ...steadyPace(writers === 1 ? 25 : 10, () => null), writers: () => writers }
      const settings = databaseUrlSettings(lab.database).settings as MysqlSettings
      site = await openDatabase({ ...settings, poolSize: clients })
    })
    after(() => site.close())

    it('a storm of logins: whole kept or whole gone, and no deadlock', async () => {
      const deeds: Deed[] = []
      const names = Object.keys(acts)
      const { errors, gone } = await storm(async (person, id) => {
        const one = acts[names[id % names.length] ?? '']
        if (one === undefined) return
        const matched = await one.act(site, person, id)
        if (matched > 0) deeds.push({ person, at: performance.now(), loose: one.loose && ties === 'loose' })
      })
      expect(errors).to.deep.equal([])
      expect(gone.size, 'some were erased').to.be.greaterThan(0)
      expect(deeds.length, 'some were active').to.be.greaterThan(0)
      const kept = new Set((await lab.rows('users')).map((row) => Number(row['id'])))
      for (const { person, at, loose } of deeds) {
        if (kept.has(person)) continue
        expect(
          loose && at > (gone.get(person) ?? Infinity),
          `${person} was active before the COMMIT`,
        ).to.equal(true)
      }
      expect(kept.size, 'some were kept').to.be.greaterThan(0)
      await expectWhole(kept)
      for (const [table, join] of Object.entries(orphans)) {
        const rows = await lab.database.rows({
          text: `SELECT c.id FROM ${table} c ${join} WHERE p.id IS NULL AND c.id < 1000000`,
          values: [],
        })
        expect(rows, `${table} without their person`).to.deep.equal([])
      }
    })

    it('a storm of new children, of which none is a sign of life: no deadlock, no orphan', async () => {
      const { errors, gone } = await storm(async (person, id) => {
        await sql(site, 'INSERT INTO sessions (id, user_id, used_at) VALUES (?, ?, ?)', id, person, due)
      })
      expect(errors).to.deep.equal([])
      expect(gone.size).to.be.greaterThan(0)
      const rows = await lab.database.rows({
        text: `SELECT c.id FROM sessions c ${orphans['sessions'] ?? ''} WHERE p.id IS NULL`,
        values: [],
      })
      expect(rows).to.deep.equal([])
      await expectWhole((await lab.rows('users')).map((row) => Number(row['id'])))
    })

    /** Nobody of those who are there has lost a row that came with them. */
    async function expectWhole(people: Iterable<number>): Promise<void> {
      for (const person of people) {
        const found = await rowsOf(lab.database, person)
        const own = Object.entries(found).map(([table, ids]) => [table, ids.filter((id) => id.length < 7)])
        expect(Object.fromEntries(own), `rows of ${person}`).to.deep.equal(bornWith(person))
      }
    }

    /** Clients act on random people while these are erased, round after round. */
    async function storm(
      act: (person: number, id: number) => Promise<void>,
    ): Promise<{ readonly errors: readonly string[]; readonly gone: ReadonlyMap<number, number> }> {
      let people = await nextPeople()
      let number = 1_000_000 + people[0]! * 1000
      let over = false
      const errors: string[] = []
      const storming = Array.from({ length: clients }, async () => {
        while (!over) {
          const id = (number += 1)
          const person = people[Math.floor(Math.random() * people.length)] ?? 0
          try {
            await act(person, id)
          } catch (error) {
            // The site's own foreign key says that nobody is there any more.
            const kind = error instanceof DatabaseError ? error.kind : 'bug'
            if (kind !== 'foreign key') errors.push(`${kind} ${String(error)}`)
          }
          await sleep(Math.random() * 10)
        }
      })
      const gone = new Map<number, number>()
      spy.committed = (value, sent) => {
        for (const { key } of (value as BatchResult).rows) gone.set(Number(key[0]), sent)
      }
      lab.point = async (point) => {
        // Long enough for the storm to find a gap between judging and writing, if there is one.
        if (point === 're-checked') await sleep(15)
      }
      const end = performance.now() + (seconds * 1000) / 2
      try {
        do {
          const outcome = await lab.run()
          expect([outcome.stopped, outcome.setAside]).to.deep.equal(['done', 0])
          await sleep(20)
          people = await nextPeople()
        } while (performance.now() < end)
      } finally {
        over = true
        await Promise.all(storming)
        lab.point = () => Promise.resolve()
      }
      expect(spy.most(), 'at the same time').to.equal(writers)
      return { errors, gone }
    }

    let last = 0
    async function nextPeople(): Promise<readonly number[]> {
      const people = Array.from({ length: peopleInRound }, (_, i) => last + i + 1)
      last += peopleInRound
      await fill(lab.database, people)
      return people
    }
  })
