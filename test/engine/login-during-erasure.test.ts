/** Somebody comes back, orders, or is put under a hold while the erasing transaction is under way. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobContext } from '../../jobs/context.ts'
import { disk } from '../../config/disk.ts'
import { setHold } from '../../jobs/hold.ts'
import { keepOnRequest } from '../../jobs/keep.ts'
import type { Prepared } from '../../jobs/prepare.ts'
import { OubliError } from '../../base/errors.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { openDatabase } from '../../db/connect.ts'
import { inspectSchema } from '../../db/inspect.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import type { Warn } from '../../policies/policy.ts'
import { policy } from '../plan/site-builder.ts'
import { answeredOrWaiting, createLab, fresh, sql, type Lab } from './lab.ts'
import { bornWith, fill, rowsOf, shopOf } from './shop.ts'

const person = 7
const people = [5, 6, 7, 8, 9]
const barriers: readonly Point[] = ['before lock', 'locked', 'children locked', 're-checked', 'before commit']

/** What the site does when somebody comes back. Resolves with the rows that it matched. */
const signsOfLife: Readonly<Record<string, (site: Database) => Promise<number>>> = {
  'a column of the root': (site) => sql(site, 'UPDATE users SET seen_at = ? WHERE id = ?', fresh, person),
  'a new child with a foreign key': (site) =>
    sql(site, 'INSERT INTO sessions (id, user_id, used_at) VALUES (?, ?, ?)', 79, person, fresh),
  'a child that exists': (site) => sql(site, 'UPDATE sessions SET used_at = ? WHERE id = ?', fresh, 71),
  'a new row without a foreign key': (site) =>
    sql(site, 'INSERT INTO logins (id, user_id, happened_at) VALUES (?, ?, ?)', 79, person, fresh),
  'a row without a foreign key that exists': (site) =>
    sql(site, 'UPDATE logins SET happened_at = ? WHERE id = ?', fresh, 70),
  'an order that is paid meanwhile': (site) =>
    sql(site, "UPDATE orders SET status = 'paid' WHERE id = ?", 70),
}

/** Rows that people add without coming back; a person who goes takes them along or never had them. */
const otherRows: Readonly<Record<string, (site: Database) => Promise<number>>> = {
  'a line of an order': (site) => sql(site, 'INSERT INTO order_lines (id, order_id) VALUES (?, ?)', 79, 70),
  'a note without a foreign key': (site) =>
    sql(site, 'INSERT INTO notes (id, order_id) VALUES (?, ?)', 79, 70),
}

/** Nobody in the shop has an address: they go at the term, without a mail. */
const warn: Warn = {
  when: 'at the term',
  daysBefore: [30],
  minimumNoticeDays: 30,
  template: 'inactivity-warning',
  ifUnreachable: 'a person decides',
  noAddress: 'erase',
}

interface Told<T> {
  /** Answered before the erasing transaction went on. */
  readonly before: boolean
  readonly result: T | Error
}

for (const ties of ['loose', 'tied', 'coded'] as const)
  eachServer(`during the erasing transaction, ${ties} tables`, (open) => {
    let lab: Lab
    let site: Database
    let whole: Record<string, string[]>
    before(async () => {
      const shop = shopOf(ties)
      const policies = [...(shop.policies ?? []), policy('account', { id: 'warns', warn })]
      lab = await createLab(await open(), { ...shop, policies })
      site = await openDatabase(databaseUrlSettings(lab.database).settings)
    })
    after(() => site.close())
    beforeEach(async () => {
      for (const table of ['notes', 'order_lines', 'orders', 'logins', 'sessions', 'users'])
        await sql(lab.database, `DELETE FROM ${table} WHERE id >= 0`)
      await fill(lab.database, people)
      whole = await rowsOf(lab.database, person)
    })

    for (const barrier of barriers) {
      for (const [what, happen] of Object.entries(signsOfLife))
        it(`at "${barrier}", ${what}: whole kept or whole gone`, async () => {
          const { before: first, result } = await runWith(barrier, () => happen(site))
          if (await isKept()) expect(await left(), 'kept').to.deep.equal(whole)
          else {
            expect(first, 'a sign of life before the COMMIT').to.equal(false)
            expect(await left(), 'gone').to.deep.equal(nothing)
            expectLate(result)
          }
          for (const other of people.filter((one) => one !== person))
            expect(await rowsOf(lab.database, other)).to.deep.equal(nothing)
        })

      for (const [what, happen] of Object.entries(otherRows))
        it(`at "${barrier}", ${what}: nothing of the person stays behind`, async () => {
          const { before: first } = await runWith(barrier, () => happen(site))
          if (await isKept()) expect(await left()).to.deep.equal(whole)
          else if (first) expect(await rowsOf(lab.database, person)).to.deep.equal(nothing)
          else expect(await left()).to.deep.equal(nothing)
        })

      it(`at "${barrier}", a request to stay: it wins, or says that the person is gone`, async () => {
        const ctx = {
          database: site,
          ports: lab.ports,
          signingKey: null,
          now: () => Promise.resolve(Date.parse(`${fresh.replace(' ', 'T')}Z`)),
          settings: { evidence: { folder: '/nowhere', origin: 'x', verifierKey: null } },
          disk,
          log: { event: () => undefined },
        } as unknown as JobContext
        const schema = await inspectSchema(site)
        const plan = { policies: [lab.policy('warns')] }
        const prepared = { dataMap: lab.dataMap, schema, plan } as unknown as Prepared
        const request = { kind: 'account', key: [String(person)], because: 'x', by: 'Support' }
        const { result } = await runWith(barrier, () => keepOnRequest(ctx, prepared, request), 'warns')
        if (result instanceof Error) {
          expect(result instanceof OubliError ? result.code : result).to.equal('E_KEEP_GONE')
          expect(await rowsOf(lab.database, person)).to.deep.equal(nothing)
        } else expect(await rowsOf(lab.database, person)).to.deep.equal(whole)
        await sql(lab.database, "DELETE FROM oubli_kept WHERE kind = 'account'")
      })

      it(`at "${barrier}", a hold: it wins, or says that the person is gone`, async () => {
        const ctx = {
          database: site,
          ports: lab.ports,
          signingKey: null,
          now: () => Promise.resolve(0),
        } as unknown as JobContext
        const schema = await inspectSchema(site)
        const prepared = { dataMap: lab.dataMap, schema } as unknown as Prepared
        const request = { kind: 'account', key: [String(person)], matter: 'case', because: 'x', by: 'DPO' }
        const { result } = await runWith(barrier, () =>
          setHold(ctx, prepared, { ...request, reviewBy: '2027-01-01' }),
        )
        if (result instanceof Error) {
          expect(result instanceof OubliError ? result.code : result).to.equal('E_HOLD_GONE')
          expect(await rowsOf(lab.database, person)).to.deep.equal(nothing)
        } else expect(await rowsOf(lab.database, person)).to.deep.equal(whole)
        await sql(lab.database, "DELETE FROM oubli_hold WHERE kind = 'account'")
      })
    }

    it('a storm of orders meets no deadlock of ours, and leaves nobody by half', async () => {
      const storm = { number: 100_000, crowd: people, over: false, orders: 0 }
      const errors: string[] = []
      // Each writer has people of its own: two of them on one person could deadlock without us.
      const writers = [0, 1, 2, 3].map(async (writer) => {
        while (!storm.over) {
          const own = storm.crowd.filter((_, i) => i % 4 === writer)
          const id = (storm.number += 1)
          const owner = own[id % own.length] ?? 0
          const done = await site.transaction(async (tx) => {
            await tx.run({
              text: "INSERT INTO orders (id, user_id, status) VALUES (?, ?, 'closed')",
              values: [id, owner],
            })
            await tx.run({ text: 'INSERT INTO order_lines (id, order_id) VALUES (?, ?)', values: [id, id] })
            await tx.run({ text: 'UPDATE users SET email = ? WHERE id = ?', values: [`n${id}`, owner] })
          })
          if (done.state === 'committed') storm.orders += 1
          else errors.push((done.error as DatabaseError).kind)
          await sleep(2)
        }
      })
      const everybody = [...people]
      for (let round = 0; round < 5; round += 1) {
        await lab.run()
        await sleep(20)
        // Whoever is erased has no more orders to write: each round has people of its own.
        const crowd = Array.from({ length: 12 }, (_, i) => 100 + round * 12 + i)
        await fill(lab.database, crowd)
        everybody.push(...crowd)
        storm.crowd = crowd
      }
      await lab.run()
      storm.over = true
      await Promise.all(writers)
      expect(errors.filter((kind) => kind !== 'foreign key')).to.deep.equal([])
      expect(storm.orders, 'orders beside the run').to.be.greaterThan(0)
      let erased = 0
      for (const owner of everybody) {
        const rows = await rowsOf(lab.database, owner)
        const gone = rows['users']?.length === 0
        erased += gone ? 1 : 0
        const born = Object.entries(rows).map(([table, ids]) => [table, ids.filter((id) => id.length < 6)])
        expect(Object.fromEntries(born), `rows of ${owner}`).to.deep.equal(gone ? nothing : bornWith(owner))
      }
      expect(erased).to.be.greaterThan(people.length)
      // Lines of orders that the site has written meanwhile went with their orders.
      const alone = await lab.database.rows({
        text: 'SELECT l.id FROM order_lines l LEFT JOIN orders o ON o.id = l.order_id WHERE o.id IS NULL',
        values: [],
      })
      expect(alone).to.deep.equal([])
    })

    async function runWith<T>(barrier: Point, happen: () => Promise<T>, id = 'p'): Promise<Told<T>> {
      const told: Promise<Told<T>>[] = []
      let goesOn = false
      lab.point = async (point) => {
        if (point !== barrier || told.length > 0) return
        const answer = happen().then(
          (result) => ({ before: !goesOn, result }),
          (error: unknown) => ({ before: !goesOn, result: error as Error }),
        )
        told.push(answer)
        await answeredOrWaiting(lab.database, answer)
        goesOn = true
      }
      const outcome = await lab.run(id)
      lab.point = () => Promise.resolve()
      expect(outcome.stopped).to.equal('done')
      expect(outcome.setAside).to.equal(0)
      const [answer] = told
      if (answer === undefined) throw new Error('the barrier was not reached')
      return await answer
    }

    async function isKept(): Promise<boolean> {
      return (await rowsOf(lab.database, person))['users']?.length === 1
    }

    /** Without the rows that the site added itself. */
    async function left(): Promise<Record<string, string[]>> {
      const rows = await rowsOf(lab.database, person)
      return Object.fromEntries(
        Object.entries(rows).map(([table, ids]) => [table, ids.filter((id) => id !== '79')]),
      )
    }
  })

const nothing = { users: [], sessions: [], logins: [], orders: [], order_lines: [], notes: [] }

/** The site sees that nobody is there: no row matched, or its foreign key is refused. */
function expectLate(result: number | Error): void {
  if (result instanceof Error)
    expect(result instanceof DatabaseError ? result.kind : result).to.equal('foreign key')
}
