import { expect } from 'chai'
import { cast, castMembers } from '../../../db/sample-shop/cast.ts'
import { sampleShopTableNames, sampleShopTables } from '../../../db/sample-shop/schema.ts'
import { seedSampleShop } from '../../../db/sample-shop/seed.ts'
import { sampleShopRows } from '../../../db/sample-shop/shop-rows.ts'
import type { Database, Row } from '../../../db/session.ts'
import { eachDatabase } from '../../databases.ts'
import { buildSampleShop } from './build-shop.ts'

const now = Date.UTC(2026, 10, 22, 9, 30)
const day = 86_400_000

async function all(database: Database, text: string, ...values: readonly string[]): Promise<readonly Row[]> {
  return await database.rows({ text, values })
}

async function count(database: Database, text: string, ...values: readonly string[]): Promise<number> {
  const [row] = await all(database, `SELECT COUNT(*) AS n FROM ${text}`, ...values)
  return Number(row?.['n'])
}

function ago(days: number): string {
  return new Date(now - days * day).toISOString().slice(0, 19).replace('T', ' ')
}

/** A decimal column has its zeros on a server and not in SQLite; the value is the same. */
function comparable(value: Row[string] | number | bigint | undefined): string | null {
  if (value === null || value === undefined) return null
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
  return /^\d+\.\d+$/.test(text) ? String(Number(text)) : text
}

eachDatabase('the sample shop', (open) => {
  let shop: Database
  before(async function () {
    shop = await open()
    await buildSampleShop(shop, { now })
  })

  it('holds exactly the rows that were made, on every server', async () => {
    const made = sampleShopRows({ now })
    for (const table of sampleShopTableNames) {
      const columns = Object.keys(made[table][0] ?? {})
      const key = columns[0] ?? 'id'
      const rows = await all(shop, `SELECT ${columns.join(', ')} FROM ${table}`)
      const found = new Map(rows.map((row) => [row[key], columns.map((name) => comparable(row[name]))]))
      expect(found.size, table).to.equal(made[table].length)
      for (const row of made[table]) {
        const wanted = columns.map((name) => comparable(row[name] ?? null))
        expect(found.get(String(row[key])), `${table} ${String(row[key])}`).to.deep.equal(wanted)
      }
    }
  })

  it('has two thousand people and all that a shop keeps around them', async () => {
    expect(await count(shop, 'users')).to.equal(2000)
    let rows = 0
    for (const table of sampleShopTableNames) {
      const found = await count(shop, table)
      expect(found, table).to.be.above(0)
      rows += found
    }
    expect(rows).to.be.within(20_000, 35_000)
  })

  it('begins with the cast, by id, name, address and language', async () => {
    const rows = await all(shop, 'SELECT id, first_name, last_name, email, locale FROM users WHERE id <= 17')
    expect(rows).to.have.length(castMembers.length)
    for (const who of castMembers) {
      expect(rows.find((row) => row['id'] === String(who.id))).to.deep.equal({
        id: String(who.id),
        first_name: who.firstName,
        last_name: who.lastName,
        email: who.email,
        locale: who.locale,
      })
    }
  })

  it('keeps some people whom only a second table has seen, and some whom nobody has', async () => {
    const stale = `users u WHERE u.last_login_at < '${ago(1096)}'`
    const session = `EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.started_at > '${ago(1000)}')`
    const device = `EXISTS (SELECT 1 FROM device_logins d WHERE d.user_id = u.id AND d.seen_at > ${(now - 1000 * day) / 1000})`
    expect(await count(shop, `${stale} AND ${session}`)).to.be.above(3)
    expect(await count(shop, `${stale} AND ${device}`)).to.be.above(3)
    const silent = await count(shop, `${stale} AND NOT ${session} AND NOT ${device}`)
    expect(silent).to.be.within(90, 150)
    expect(await count(shop, 'users WHERE last_login_at IS NULL')).to.be.within(20, 70)
  })

  it('lets only Kira and Noa have a sign-in that cannot be true', async () => {
    const text = 'SELECT id FROM users WHERE last_login_at > ? OR last_login_at < ? ORDER BY id'
    const impossible = await all(shop, text, ago(0), '2010-01-04 00:00:00')
    expect(impossible).to.deep.equal([{ id: String(cast.kira.id) }, { id: String(cast.noa.id) }])
  })

  it('writes nothing at all when the last table cannot be written', async () => {
    const other = await open()
    for (const text of sampleShopTables(other.dialect)) await other.run({ text, values: [] })
    await other.run({ text: "INSERT INTO page_views (id, path) VALUES (1, '/')", values: [] })
    const failure = await seedSampleShop(other, { now, people: 30 }).then(
      () => 'no failure',
      (error: unknown) => error,
    )
    expect(failure).to.have.property('code', 'E_SHOP_NOT_SEEDED')
    expect(await count(other, 'users')).to.equal(0)
  })
})

describe('the rows of the sample shop', () => {
  it('are the same for the same moment, size and seed, and others for another seed', () => {
    const options = { now, people: 120, seed: 5 }
    expect(sampleShopRows(options)).to.deep.equal(sampleShopRows(options))
    expect(sampleShopRows({ ...options, seed: 6 }).users).not.to.deep.equal(sampleShopRows(options).users)
  })

  it('never lack the cast, however small the shop', () => {
    expect(sampleShopRows({ now, people: 1 }).users).to.have.length(castMembers.length)
  })

  it('use addresses that can reach nobody', () => {
    const { users, prospects } = sampleShopRows({ now })
    for (const { email } of [...users, ...prospects]) {
      expect(email).to.match(/^$|@(news\.)?example\.(org|com|net)$|^farid@refused\.example$/)
    }
  })

  it('give Chloé orders, invoices and reviews, and Lou an open order', () => {
    const rows = sampleShopRows({ now })
    const chloe = cast.chloe.id
    expect(rows.orders.filter((row) => row['user_id'] === chloe)).to.have.length(2)
    const archived = rows.invoice_archive.filter((row) => row['former_user_id'] === chloe)
    expect([...rows.invoices.filter((row) => row['user_id'] === chloe), ...archived]).to.have.length(2)
    expect(rows.reviews.filter((row) => row['user_id'] === chloe)).to.have.length(2)
    const open = rows.orders.filter((row) => row['user_id'] === cast.lou.id)
    expect(open.map((row) => row['status'])).to.satisfy((all: readonly string[]) =>
      all.every((status) => status === 'paid' || status === 'shipped'),
    )
    expect(open).to.have.length(1)
  })

  it('lie in the past, except what is wrong on purpose', () => {
    const rows = sampleShopRows({ now })
    for (const table of sampleShopTableNames) {
      for (const row of rows[table]) {
        for (const [column, value] of Object.entries(row)) {
          if (!/_at$|_on$/.test(column) || typeof value !== 'string') continue
          if (table === 'users' && row['id'] === cast.kira.id) continue
          expect(value <= ago(0), `${table}.${column} ${value}`).to.equal(true)
        }
      }
    }
  })

  it('number invoices once, in the order of their dates', () => {
    const { invoices, invoice_archive } = sampleShopRows({ now })
    const all = [...invoices, ...invoice_archive]
    const numbers = all.map((row) => String(row['number']))
    expect(new Set(numbers).size).to.equal(all.length)
    const byNumber = [...all].sort((a, b) => (String(a['number']) < String(b['number']) ? -1 : 1))
    const dates = byNumber.map((row) => String(row['issued_on']))
    expect(dates).to.deep.equal([...dates].sort())
  })
})
