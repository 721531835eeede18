/** A hold that finds its row no more: it looks active and would spare nobody, so the policies stop until somebody looks. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { approveAll } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type Said } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { smallMap, smallNow, smallPolicy } from './small-site.ts'

const rest = 'then: erase\nper_run: { people: 500 }\nstop_above: { percent: 100 }'
const files = {
  tables: [
    'CREATE TABLE clients (login VARCHAR(80) NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL)',
    'CREATE INDEX clients_created ON clients (created_at)',
    'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, login VARCHAR(80) NOT NULL)',
    'CREATE INDEX orders_login ON orders (login)',
    'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
    'CREATE INDEX visits_seen ON visits (seen_at)',
    'CREATE TABLE hits (id INTEGER NOT NULL PRIMARY KEY, visit_id INTEGER NOT NULL)',
    'CREATE INDEX hits_visit ON hits (visit_id)',
    'CREATE TABLE tickets (id INTEGER NOT NULL PRIMARY KEY, login VARCHAR(80) NULL, FOREIGN KEY (login) REFERENCES clients (login))',
    'CREATE INDEX tickets_login ON tickets (login)',
  ],
  dataMap: smallMap(`  client:
    table: clients
    key: login
    identity: [login, created_at]
    subject: true
    events:
      created: { column: created_at }
    exempt: { login: The key of a client. }
  order:
    table: orders
    key: id
    of: client
    link: { login: login }
  visit:
    category: app_log
    table: visits
    key: id
    events:
      seen: { column: seen_at }
  hit:
    table: hits
    key: id
    of: visit
    link: { visit_id: id }
  ticket:
    category: app_log
    table: tickets
    key: id
    exempt: { login: The key of a client. }
`),
  policies: {
    clients: smallPolicy(
      'clients',
      `data: client\nkeep_at_most: 3 years\ncounted_from: created\n${rest}\nbut: { ticket.login: detach }`,
    ),
    visits: smallPolicy(
      'visits',
      `data: visit\nkeep_at_most: 3 years\ncounted_from: seen\n${rest.replace('people', 'rows')}`,
    ),
  },
}

eachDatabase('a hold that finds no row', (open) => {
  let one: Installation
  beforeEach(async () => {
    one = await install(await open(), files, smallNow)
    await insert(
      one.database,
      'clients',
      ['Bob', 'Eve'].map((login) => ({ login, created_at: '2015-01-01 10:00:00' })),
    )
    await insert(one.database, 'orders', [{ id: 1, login: 'Bob' }])
    await insert(one.database, 'visits', [{ id: 1, seen_at: '2015-01-01 10:00:00' }])
    await fine('run')
    await one.approve()
  })
  afterEach(() => one.close())

  const fine = async (...argv: string[]): Promise<Said> => {
    const said = await one.oubli(argv)
    expect(said.exit, said.text).to.equal(0)
    return said
  }
  const hold = async (kind: string, key: string): Promise<string> => {
    const words = ['--matter', 'm', '--because', 'b', '--by', 'DPO', '--review-by', '2027-05-01']
    const said = await fine('hold', 'add', kind, key, ...words, '--json')
    return (JSON.parse(said.out) as { readonly hold: string }).hold
  }
  const release = (id: string) => fine('hold', 'release', id, '--by', 'DPO')
  const left = async () => [
    (await dumpOf(one.database, 'clients')).map(({ login }) => login).sort(),
    (await dumpOf(one.database, 'visits')).length,
  ]
  const edit = async (name: string, change: (text: string) => string): Promise<void> => {
    const path = join(one.folder, `policies/${name}.yml`)
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
  const refusedToApprove = async (id: string, kind = 'client'): Promise<void> => {
    const said = await approveAll(one)
    expect([
      said.exit,
      said.text.includes('E_HOLD_UNREAD'),
      said.text.includes(`${id} (${kind})`),
    ]).to.deep.equal([...[4, true, true]])
  }
  const stopped = async (id: string, policies: string, kind = 'client'): Promise<void> => {
    const said = await one.oubli(['run'])
    expect([said.exit, said.text.includes(`refused by a safety stop: ${policies}`)], said.text).to.deep.equal(
      [4, true],
    )
    for (const argv of [['run'], ['plan'], ['plan', '--lang', 'fr'], ['doctor']])
      expect((await one.oubli(argv)).text, argv.join(' ')).to.include(`${id} (${kind})`)
  }

  it('stops the policies that could take it, where the site has changed the key', async () => {
    const id = await hold('client', 'Bob')
    await sql(one.database, "UPDATE clients SET login = LOWER(login) WHERE login > ''")
    await sql(one.database, "UPDATE orders SET login = LOWER(login) WHERE login > ''")
    await stopped(id, 'clients')
    expect(await left(), 'nobody goes, and the others go on').to.deep.equal([['bob', 'eve'], 0])
    const anew = await hold('client', 'bob')
    await release(id)
    await fine('run')
    expect(await left()).to.deep.equal([['bob'], 0])
    expect((await fine('doctor')).text).not.to.include(anew)
  })

  it('stops them also where it was set for something that would leave along', async () => {
    const id = await hold('order', '1')
    await sql(one.database, 'UPDATE orders SET id = 7 WHERE id = 1')
    await stopped(id, 'clients', 'order')
    expect(await left()).to.deep.equal([['Bob', 'Eve'], 0])
  })

  it('stops what hangs together with its kind, and nothing else, where that has no table any more', async () => {
    const id = await hold('order', '1')
    await fine('run')
    await insert(one.database, 'visits', [{ id: 2, seen_at: '2015-01-01 10:00:00' }])
    await edit('data-map', (text) => text.replace('table: orders', 'table: ordres'))
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(4)
    expect(await left()).to.deep.equal([['Bob'], 0])
    expect((await one.oubli(['doctor'])).text).to.include(`${id} (order)`)
  })

  it('does not stop what only takes the link from rows of other trees, however these are ruled', async () => {
    await insert(one.database, 'hits', [{ id: 1, visit_id: 1 }])
    const id = await hold('hit', '1')
    await fine('run')
    expect(await left()).to.deep.equal([[], 1])
    await insert(one.database, 'clients', [{ login: 'Zoe', created_at: '2015-01-01 10:00:00' }])
    await insert(one.database, 'tickets', [{ id: 1, login: 'Zoe' }])
    await edit('data-map', (text) => text.replace('table: hits', 'table: hitz'))
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(4)
    expect(await left()).to.deep.equal([[], 1])
    expect((await dumpOf(one.database, 'tickets')).map(({ login }) => login)).to.deep.equal([null])
    expect((await one.oubli(['doctor'])).text).to.include(`${id} (hit)`)
  })

  describe('because its table goes by another name under a kind that hangs on nothing', () => {
    let id: string
    const policy = smallPolicy(
      'bills',
      `data: bill\nkeep_at_most: 3 years\ncounted_from: billed\n${rest.replace('people', 'rows')}`,
    )
    beforeEach(async () => {
      id = await hold('order', '1')
      await fine('run')
      await insert(one.database, 'visits', [{ id: 2, seen_at: '2015-01-01 10:00:00' }])
      await insert(one.database, 'orders', [{ id: 2, login: 'Zoe' }])
      await sql(one.database, 'ALTER TABLE orders RENAME TO bills')
      await sql(
        one.database,
        "ALTER TABLE bills ADD billed_at DATETIME NOT NULL DEFAULT '2015-01-01 10:00:00'",
      )
      await sql(one.database, 'CREATE INDEX bills_billed ON bills (billed_at)')
      await edit(
        'data-map',
        (text) =>
          `${text}  bill:\n    category: app_log\n    table: bills\n    key: id\n    events:\n      billed: { column: billed_at }\n    exempt: { login: The key of a client. }\n`,
      )
      await writeFile(join(one.folder, 'policies/bills.yml'), policy)
      await one.oubli(['run'])
    })
    const bills = async () => (await dumpOf(one.database, 'bills')).map((row) => Number(row['id']))

    it('stops what takes from a table on which no policy has acted, also at the approval', async () => {
      await refusedToApprove(id, 'order')
      // What was approved before the hold was there, or by a version before this one.
      await sql(one.database, "UPDATE oubli_hold SET kind = 'bill' WHERE kind = 'order'")
      await one.approve()
      await sql(one.database, "UPDATE oubli_hold SET kind = 'order' WHERE kind = 'bill'")
      await stopped(id, 'bills', 'order')
      expect(await bills()).to.deep.equal([1, 2])
      expect(await left(), 'others go on').to.deep.equal([['Bob'], 0])
    })

    it('lets it act once the hold is set on the new kind and the old one is released', async () => {
      await hold('bill', '1')
      await refusedToApprove(id, 'order')
      await release(id)
      await one.approve()
      await one.oubli(['run'])
      expect(await bills()).to.deep.equal([1])
    })
  })

  it('stops everything, where its kind is not in the data map any more', async () => {
    const id = await hold('client', 'Bob')
    for (const name of ['data-map', 'clients'])
      await edit(name, (text) =>
        text.replace(/^ {2}client:/m, '  customer:').replace(/(of|data): client\b/g, '$1: customer'),
      )
    await one.oubli(['run'])
    await refusedToApprove(id)
    await stopped(id, 'clients, visits')
    expect(await left()).to.deep.equal([['Bob', 'Eve'], 1])
    await hold('customer', 'Bob')
    await release(id)
    await fine('run')
    await one.approve()
    await fine('run')
    expect(await left()).to.deep.equal([['Bob'], 0])
  })

  it('stops everything, where its kind has lost its table, which another kind may have by now', async () => {
    const id = await hold('client', 'Bob')
    await sql(one.database, 'ALTER TABLE clients RENAME TO customers')
    await edit('data-map', (text) =>
      text
        .replace(
          /^ {2}client:\n((?: {4}.*\n)+)/m,
          (old, body: string) => `${old}  customer:\n${body.replace('table: clients', 'table: customers')}`,
        )
        .replace('of: client', 'of: customer'),
    )
    await edit('clients', (text) => text.replace('data: client', 'data: customer'))
    await one.oubli(['run'])
    await refusedToApprove(id)
    // What was approved before the hold was there, or by a version before this one.
    await sql(one.database, "UPDATE oubli_hold SET kind = 'customer' WHERE kind = 'client'")
    await one.approve()
    await sql(one.database, "UPDATE oubli_hold SET kind = 'client' WHERE kind = 'customer'")
    await stopped(id, 'clients, visits')
    const people = await dumpOf(one.database, 'customers')
    expect(people.map(({ login }) => login).sort()).to.deep.equal(['Bob', 'Eve'])
    expect(await dumpOf(one.database, 'visits')).to.have.length(1)
  })

  it('does not stop them for ever: where the site deleted the person, a release ends it', async () => {
    const id = await hold('client', 'Bob')
    await sql(one.database, 'DELETE FROM orders WHERE id = 1')
    await sql(one.database, "DELETE FROM clients WHERE login = 'Bob'")
    await stopped(id, 'clients')
    await release(id)
    await fine('run')
    expect(await left()).to.deep.equal([[], 0])
  })
})
