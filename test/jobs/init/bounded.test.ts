/** What `init` reads of large tables, as the server counts it, and that nothing of what it read is written anywhere. */
import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Database } from '../../../db/session.ts'
import { mainFile } from '../../cli/lab.ts'
import { eachDatabase, eachServer } from '../../databases.ts'
import { sql } from '../../engine/lab.ts'
import { openSite, type Site } from './site.ts'

const tables = [
  'CREATE TABLE clients (id BIGINT NOT NULL PRIMARY KEY, email VARCHAR(120) NOT NULL, full_name VARCHAR(80) NOT NULL, ' +
    'phone VARCHAR(30) NOT NULL, mobile BIGINT NOT NULL, birth_date DATE NOT NULL, last_ip BIGINT NOT NULL, token BLOB NOT NULL, ' +
    'profile TEXT NOT NULL, last_login INT NOT NULL, created_at DATETIME NOT NULL)',
  'CREATE TABLE orders (shop CHAR(4) NOT NULL, no BIGINT NOT NULL, client_id BIGINT NOT NULL, remark TEXT NOT NULL, ' +
    'placed_at DATETIME NOT NULL, PRIMARY KEY (shop, no))',
  'CREATE TABLE visits (client_id BIGINT NOT NULL, user_agent VARCHAR(200) NOT NULL, ip VARCHAR(45) NOT NULL, at DATETIME NOT NULL)',
  'CREATE INDEX c_login ON clients (last_login)',
  'CREATE INDEX o_client ON orders (client_id)',
] as const

/** Of every row, or of every row of a table. Each looks like what it is, so that init has reason to say something of it. */
const planted = {
  word: 'zqxvmark',
  phone: '+33 6 55 44 33 22',
  mobile: '33655443322',
  birth: '1973-04-19',
  'address as a number': '3405803777',
  address: '203.0.113.77',
  seconds: '1456789123',
  moment: '2016-02-29 23:38:43',
  'key of JSON': 'zqxvkey',
} as const

/** Row `i` of each, for as many as wanted; without a word of the dialect. */
function fill(rows: number): readonly string[] {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`
  const mark = planted.word
  return [
    `INSERT INTO clients ${numbers} SELECT i, REPLACE('${mark}.#@client.example', '#', i), REPLACE('${mark} Petit #', '#', i), ` +
      `'${planted.phone}', ${planted.mobile}, '${planted.birth}', ${planted['address as a number']}, '${mark}', ` +
      `'{"phone":"${planted.phone}","${planted['key of JSON']}":"${mark}"}', ${planted.seconds}, '${planted.moment}' FROM n`,
    `INSERT INTO orders ${numbers} SELECT '${mark.slice(0, 4)}', i, i, '${mark} please leave it with the neighbour', '${planted.moment}' FROM n`,
    `INSERT INTO visits ${numbers} SELECT i, 'Mozilla/5.0 (${mark}) Firefox/140.0', '${planted.address}', '${planted.moment}' FROM n`,
  ]
}

async function bigSite(database: Database, rows: number): Promise<Site> {
  for (const text of tables) await sql(database, text)
  if (database.dialect.name === 'mariadb')
    await sql(database, 'SET GLOBAL max_recursive_iterations = 1000000')
  for (const text of fill(rows)) await sql(database, text)
  return await openSite(database)
}

eachServer('what init reads of a large table', (open) => {
  it('is the same few rows from each end, however many there are, as the server counts them', async function () {
    this.timeout(240_000)
    const found: unknown[] = []
    for (const rows of [1000, 60_000]) {
      const database = await open()
      // MySQL counts no rows by table without its performance schema.
      if (database.dialect.name !== 'mariadb') this.skip()
      const site = await bigSite(database, rows)
      await sql(database, 'SET GLOBAL userstat = 1')
      await sql(database, 'FLUSH TABLE_STATISTICS')
      try {
        const said = await site.oubli('init', '--from-db', '--json')
        expect(said.exit, said.err).to.equal(0)
        expect((JSON.parse(said.out) as { tables: number }).tables).to.equal(3)
        const read = await database.rows({
          text: 'SELECT table_name AS tab, rows_read AS n FROM information_schema.table_statistics WHERE table_schema = DATABASE() ORDER BY table_name',
          values: [],
        })
        found.push(Object.fromEntries(read.map((row) => [row['tab'], Number(row['n'])])))
      } finally {
        await sql(database, 'SET GLOBAL userstat = 0')
        await site.close()
      }
    }
    // A sample is 150 rows from each end of the key, 150 where there is none; a link is asked of 300 rows, and of
    // 60 among them at most whether they are there.
    const most = { clients: 300 + 2 * 60, orders: 300 + 300, visits: 150 + 300 }
    expect(found).to.deep.equal([most, most])
  })
})

eachDatabase('what init writes', (open) => {
  const run = promisify(execFile)
  let site: Site
  const told: string[] = []

  /** Another process, so that whatever it prints, logs or puts aside is seen. */
  async function oubli(...argv: readonly string[]): Promise<void> {
    const said = await run(
      process.execPath,
      ['--enable-source-maps', mainFile, ...argv, '--config', join(site.folder, 'oubli.yml')],
      {
        cwd: site.folder,
        env: { PATH: process.env['PATH'] ?? '', TMPDIR: join(site.folder, 'tmp'), HOME: site.folder },
      },
    )
    told.push(said.stdout, said.stderr)
  }

  before(async function () {
    this.timeout(600_000)
    site = await bigSite(await open(), 400)
    await mkdir(join(site.folder, 'tmp'))
    await oubli('init', '--from-db')
    await oubli('init', '--from-db', '--lang', 'fr', '--to', 'en-francais')
    await oubli('init', '--from-db', '--json', '--to', 'as-json')
    await sql(site.database, 'ALTER TABLE clients ADD second_phone VARCHAR(30) NULL')
    await sql(site.database, `UPDATE clients SET second_phone = '${planted.phone}' WHERE id > 0`)
    await oubli('init', '--from-db')
  })
  after(() => site.close())

  it('holds no value of a row: not on the screen, not in the files, not in the log', async () => {
    const texts = new Map([['the screen', Buffer.from(told.join('\n'))]])
    for (const entry of await readdir(site.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile()) texts.set(path.slice(site.folder.length + 1), await readFile(path))
    }
    // What is searched through is there, and speaks of the columns whose values are not in it.
    expect([...texts.keys()]).to.include.members([
      'policies/data-map.yml',
      'policies/data-map.additions.txt',
      'en-francais/data-map.yml',
      'as-json/data-map.yml',
    ])
    for (const name of ['mobile', 'birth_date', 'last_ip', 'phone', 'profile'])
      expect(texts.get('policies/data-map.yml')?.toString()).to.include(name)
    expect(texts.get('policies/data-map.additions.txt')?.toString()).to.include('second_phone')
    for (const [path, bytes] of texts)
      for (const [name, value] of Object.entries(planted))
        for (const form of [value, Buffer.from(value).toString('hex'), base64Of(value)])
          expect(bytes.includes(form), `${name} in ${path}`).to.equal(false)
  })

  it('is files alone: nothing of the site changed, and nothing was made beside its tables', async () => {
    const list =
      site.database.dialect.name === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name'
    const names = await site.database.rows({ text: list, values: [] })
    expect(names.map(({ name }) => name)).to.deep.equal(['clients', 'orders', 'visits'])
    expect(await readdir(join(site.folder, 'tmp'))).to.deep.equal([])
  })
})

/** Without the end, which depends on what stands behind. */
function base64Of(value: string): string {
  return Buffer.from(value).toString('base64').slice(0, -4)
}
