/** A run that would read a whole table is refused with the statement that mends it; the statement works as it stands. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const bare = {
  ...siteFiles,
  tables: siteFiles.tables.filter((text) => !text.includes('page_views_visited')),
}

/** Large enough to be refused, where the server knows how large; SQLite never does. */
async function views(database: Database): Promise<void> {
  await insert(
    database,
    'page_views',
    Array.from({ length: 40 }, (_, id) => ({
      ...{ id, ip: '192.0.2.7' },
      visited_at: id < 30 ? '2024-01-01 10:00:00' : '2026-05-01 10:00:00',
    })),
  )
  if (!database.dialect.locksRows) return
  await sql(
    database,
    "INSERT INTO page_views (id, ip, visited_at) SELECT 1000 + seq, NULL, '2026-05-01 10:00:00' FROM seq_1_to_15000",
  )
  await database.rows({ text: 'ANALYZE TABLE page_views', values: [] })
}

async function dueLeft(database: Database): Promise<number> {
  const [row] = await database.rows({
    text: "SELECT COUNT(*) AS n FROM page_views WHERE visited_at < '2025-01-01'",
    values: [],
  })
  return Number(row?.['n'])
}

function statementsIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /CREATE INDEX [^;]*/.exec(line)?.[0].trimEnd() ?? [])
}

eachDatabase('a run that lacks an index', (open) => {
  let one: Installation
  beforeEach(async () => {
    one = await install(await open(), bare, start)
    await views(one.database)
  })
  afterEach(() => one.close())

  const locks = (): string => (one.database.dialect.locksRows ? ' ALGORITHM=INPLACE LOCK=NONE' : '')
  const statement = (): string =>
    `CREATE INDEX \`oubli_page_views_visited_at\` ON \`page_views\` (\`visited_at\`)${locks()}`

  it('is refused with exit code 4 and the exact statement, and goes once that was executed', async () => {
    const refused = await one.oubli(['run'])
    expect(refused.exit, refused.text).to.equal(4)
    expect(refused.text).to.include('E_INDEX_MISSING')
    const found = statementsIn(refused.text)
    expect([...new Set(found)]).to.deep.equal([statement()])
    expect(await dueLeft(one.database)).to.equal(30)
    for (const text of new Set(found)) await sql(one.database, text)
    const observed = await one.oubli(['run'])
    expect([observed.exit, statementsIn(observed.text)], observed.text).to.deep.equal([0, []])
    await one.approve()
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await dueLeft(one.database)).to.equal(0)
  })

  it('has it in the script of `doctor --indexes` too, which runs as it was printed', async () => {
    const script = (await one.oubli(['doctor', '--indexes'])).out
    expect(statementsIn(script)).to.deep.equal([statement()])
    expect(script).to.include(`${statement()};`)
    for (const text of script
      .split(/;\s*$/m)
      .map(withoutComments)
      .filter((part) => part !== ''))
      await sql(one.database, text)
    expect((await one.oubli(['doctor', '--indexes'])).out).to.equal('-- No index is missing.')
    const json = await one.oubli(['doctor', '--json'])
    expect(json.text).not.to.include('CREATE INDEX')
  })

  it('is told by `doctor` and by `plan` with the same statement', async () => {
    for (const command of ['doctor', 'plan']) {
      const said = await one.oubli([command])
      expect(said.exit, said.text).to.equal(4)
      expect([...new Set(statementsIn(said.text))], command).to.deep.equal([statement()])
    }
  })
})

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim()
}
