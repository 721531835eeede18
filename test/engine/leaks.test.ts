/** Failures that tempt a program to quote a row: nothing that it wrote afterwards holds a personal value. */
import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { leakFinder } from '../scenarios/leaks.ts'
import { install, type Installation } from './installation.ts'
import { dumpOf, insert, sql } from './lab.ts'
import { filesWithReceipts, ownTables } from './site-files.ts'

const start = Date.parse('2026-06-01T10:00:00Z')

/** Values that stand nowhere by chance; `=` and `+` and an accent look different in every disguise. */
function tokensOf(id: number): Readonly<Record<'email' | 'name' | 'ip' | 'holder' | 'number', string>> {
  return {
    email: `zoé+qx${id}=wv@mail-${id}.example`,
    name: `Zoé=Quaxil${id}`,
    ip: `2001:db8:${id}:77aa::99`,
    holder: `Hôlder+Vyx=${id}`,
    number: `RX-${id}-ÿq=7`,
  }
}

async function addPerson(database: Database, id: number): Promise<void> {
  const { email, name, ip, holder, number } = tokensOf(id)
  await insert(database, 'prospects', [{ id, email, first_name: name, collected_at: '2020-01-01 10:00:00' }])
  await insert(database, 'clicks', [{ id, prospect_id: id, ip }])
  await insert(database, 'receipts', [{ id, prospect_id: id, number, issued_on: '2019-05-01', holder }])
}

/** People 1 to 9, whom every test starts with; the archive has the receipt of number 3 already. */
async function prepared(database: Database): Promise<Installation> {
  const one = await install(database, filesWithReceipts, start)
  for (let id = 1; id <= 9; id += 1) await addPerson(database, id)
  const { number, holder } = tokensOf(3)
  await insert(database, 'old_receipts', [{ number, issued_on: '2019-05-01', holder }])
  await one.oubli(['run'])
  await one.approve()
  return one
}

async function leaksOf(one: Installation): Promise<readonly string[]> {
  const written = new Map<string, string>([['streams', one.said.join('\n')], ...(await one.files())])
  for (const table of ownTables) {
    const rows = await dumpOf(one.database, table)
    const shown = rows.map((row) =>
      Object.entries(row)
        .filter(([column]) => table !== 'oubli_outbox' || !['address', 'message'].includes(column))
        .map(([, value]) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)),
    )
    written.set(table, shown.flat().join('\n'))
  }
  expect([...written.keys()]).to.include.members(['oubli.log', 'evidence/checkpoint'])
  const found: string[] = []
  for (const [place, text] of written) {
    const find = leakFinder(text)
    for (let id = 1; id <= 9; id += 1)
      for (const [what, token] of Object.entries(tokensOf(id)))
        for (const how of find(token)) found.push(`${what} of ${id} in ${place} (${how})`)
  }
  return found
}

eachDatabase('after a forced failure, no personal value was written', (open) => {
  let one: Installation
  beforeEach(async () => {
    one = await prepared(await open())
  })
  afterEach(() => one.close())

  it('a duplicate key in the archive: one person is set aside, by codes only', async () => {
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(3)
    expect((await dumpOf(one.database, 'prospects')).map((row) => row['id'])).to.deep.equal(['3'])
    const [apart] = await dumpOf(one.database, 'oubli_set_aside')
    expect(apart?.['key_text']).to.equal('["3"]')
    expect(apart?.['last_code']).to.match(/^(ER_DUP_ENTRY|SQLITE_CONSTRAINT_PRIMARYKEY)$/)
    for (const command of [['status'], ['explain', 'prospect', '3'], ['plan'], ['audit', 'verify']])
      await one.oubli(command)
    expect(await leaksOf(one)).to.deep.equal([])
  })

  it('a kill in the middle of the batch', async () => {
    const driver = join(dirname(fileURLToPath(import.meta.url)), 'kill-driver.js')
    const child = spawn(process.execPath, [driver, JSON.stringify({ point: 'evidence written' }), 'run'], {
      cwd: one.folder,
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => void one.said.push(chunk.toString()))
    const signal = await new Promise((resolve) =>
      child.once('close', (_code, word) => {
        resolve(word)
      }),
    )
    expect(signal).to.equal('SIGKILL')
    expect(await leaksOf(one)).to.deep.equal([])
  })
})

eachServer('after a failure that only a server has, no personal value was written', (open) => {
  let one: Installation
  let site: Database
  beforeEach(async () => {
    one = await prepared(await open())
    site = await openDatabase(databaseUrlSettings(one.database).settings)
    await sql(one.database, 'DELETE FROM old_receipts WHERE number = ?', tokensOf(3).number)
  })
  afterEach(async () => {
    await site.close()
    await one.close()
  })

  it('a column that the site renames while the run is at work', async () => {
    const said = await one.oubli(['run'], {
      point: onceAt('before lock', async () => {
        await sql(site, 'ALTER TABLE clicks RENAME COLUMN prospect_id TO owner_id')
      }),
    })
    expect([said.exit, said.text.includes('why stopped')], said.text).to.deep.equal([3, true])
    expect(await dumpOf(one.database, 'prospects')).to.have.length(9)
    expect(await leaksOf(one)).to.deep.equal([])
  })

  it('a deadlock of which the run is the victim: the whole batch is done again', async () => {
    const deadlocks: string[] = []
    let tries = 0
    const meet = onceAt('root written', async () => {
      const { other, ready } = gapAndThenRow(site)
      void other.then((outcome) => deadlocks.push(outcome))
      await ready
    })
    const said = await one.oubli(['run'], {
      point: async (point) => {
        if (point === 'root written') tries += 1
        await meet(point)
      },
    })
    expect(tries, 'the first try was undone').to.be.at.least(2)
    expect(said.exit, said.text).to.equal(0)
    expect(deadlocks, 'the site went on').to.deep.equal(['committed'])
    expect(await dumpOf(one.database, 'prospects')).to.deep.equal([])
    expect(await dumpOf(one.database, 'oubli_tombstone')).to.have.length(9)
    expect(await leaksOf(one)).to.deep.equal([])
  })

  it('a child that somebody keeps locked, and a foreign key that the archive does not meet', async () => {
    await sql(one.database, 'CREATE TABLE series (number VARCHAR(40) NOT NULL PRIMARY KEY)')
    for (const id of [1, 2, 4, 5, 6, 7, 8, 9])
      await sql(one.database, 'INSERT INTO series (number) VALUES (?)', tokensOf(id).number)
    await sql(
      one.database,
      'ALTER TABLE old_receipts ADD CONSTRAINT known_series FOREIGN KEY (number) REFERENCES series (number)',
    )
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const locked = site.transaction(async (tx) => {
      await tx.run({ text: 'UPDATE clicks SET ip = ip WHERE id = ?', values: [5] })
      await held
    })
    // The new constraint changed the tables, so that the plan is approved anew.
    await one.oubli(['run'])
    await one.approve()
    setTimeout(() => {
      release()
    }, 300)
    const said = await one.oubli(['run'])
    await locked
    expect(said.text).to.include('why stopped:')
    expect(
      (await dumpOf(one.database, 'oubli_set_aside')).map((row) => [row['key_text'], row['last_code']]),
    ).to.deep.equal([['["3"]', 'ER_NO_REFERENCED_ROW_2']])
    expect(await leaksOf(one)).to.deep.equal([])
  })
})

function onceAt(wanted: Point, happen: () => Promise<void>): (point: Point) => Promise<void> {
  let happened = false
  return async (point) => {
    if (happened || point !== wanted) return
    happened = true
    await happen()
  }
}

/**
 * Holds the gap into which the run will write its tombstones, then wants a row that the run has deleted. It has
 * written so much that the server prefers the run as victim.
 */
function gapAndThenRow(site: Database): { readonly other: Promise<string>; readonly ready: Promise<void> } {
  let tell: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (tell = resolve))
  const other = site.transaction(
    async (tx) => {
      for (let id = 1; id <= 400; id += 1)
        await tx.run({
          text: 'INSERT INTO page_views (id, ip, visited_at) VALUES (?, NULL, ?)',
          values: [id, '2026-05-30 10:00:00'],
        })
      await tx.rows({ text: "SELECT hash FROM oubli_tombstone WHERE hash >= '' FOR UPDATE", values: [] })
      tell()
      await new Promise((resolve) => setTimeout(resolve, 300))
      await tx.run({ text: 'UPDATE prospects SET first_name = NULL WHERE id = ?', values: [1] })
    },
    { isolation: 'repeatable read' },
  )
  return { other: other.then(({ state }) => state), ready }
}
