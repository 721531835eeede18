/** Foreign keys from another schema of the server: what hangs on a person there goes with them as well, or nobody does. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { inspectSchema } from '../../db/inspect.ts'
import type { Database } from '../../db/session.ts'
import { lookAt } from '../../jobs/init.ts'
import { databaseUrlSettings, eachServer, openOn } from '../databases.ts'
import { openApart } from '../own-schema.ts'
import { codes, compile, kind, mapOf } from '../plan/site-builder.ts'
import { createLab, due, fresh, insert, sql } from './lab.ts'
import { account, left } from './shape.ts'

const users = 'CREATE TABLE users (id INT NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))'

async function nameOf(database: Database): Promise<string> {
  const [row] = await database.rows({ text: 'SELECT DATABASE() AS name', values: [] })
  return String(row?.['name'])
}

eachServer('foreign keys from other schemas', (open) => {
  let site: Database
  let names: { readonly site: string; readonly crm: string; readonly blog: string }
  before(async () => {
    site = await open()
    const [crm, blog] = [await open(), await open()]
    names = { site: await nameOf(site), crm: await nameOf(crm), blog: await nameOf(blog) }
    await sql(site, users)
    // Of the same name, and nobody's there.
    await sql(crm, users)
    for (const [database, table, columns, key, parent] of [
      [crm, 'notes', 'user_id INT NOT NULL, words VARCHAR(80) NOT NULL', 'user_id', `${names.site}.users`],
      [crm, 'parts', 'note_id INT NOT NULL', 'note_id', 'notes'],
      [blog, 'posts', 'note_id INT NOT NULL', 'note_id', `${names.crm}.notes`],
    ] as const)
      await sql(
        database,
        `CREATE TABLE ${table} (id INT NOT NULL PRIMARY KEY, ${columns}, CONSTRAINT ${table}_key FOREIGN KEY (${key}) REFERENCES ${parent} (id) ON DELETE CASCADE)`,
      )
    await sql(blog, 'CREATE TABLE ads (id INT NOT NULL PRIMARY KEY)')
  })

  it('are seen with their tables, and no other table of those schemas is', async () => {
    const { crm, blog } = names
    const schema = await inspectSchema(site)
    expect([...schema.keys()]).to.have.members(['users', `${crm}.notes`, `${crm}.parts`, `${blog}.posts`])
    const note = schema.get(`${crm}.notes`)
    expect(note?.foreignKeys).to.deep.equal([
      {
        ...{ name: 'notes_key', table: `${crm}.notes`, onDelete: 'cascade' },
        ...{ columns: ['user_id'], toTable: 'users', toColumns: ['id'] },
      },
    ])
    expect(note?.columns.map(({ name }) => name)).to.deep.equal(['id', 'user_id', 'words'])
    expect(schema.get(`${blog}.posts`)?.foreignKeys[0]?.toTable).to.equal(`${crm}.notes`)
  })

  it('are no part of what is proposed', async () => {
    expect([...(await lookAt(site)).schema.keys()]).to.deep.equal(['users'])
  })

  it('refuse the policy until somebody says what becomes of their rows', async () => {
    const { crm } = names
    const schema = await inspectSchema(site)
    const compiled = compile(schema, mapOf([account('users')]))
    expect(compiled.plan.policies).to.deep.equal([])
    const [problem] = compiled.problems.filter(({ refuses }) => refuses)
    expect(problem).to.deep.include({ code: 'E_UNCLASSIFIED_KEY', table: `${crm}.notes`, column: 'user_id' })
    expect(problem?.params.stub).to.contain(`  ${crm}_notes:\n    table: ${crm}.notes\n    key: [id]`)
    const [gap] = compiled.gaps.filter(({ table }) => table === `${crm}.notes`)
    expect(gap?.stub).to.contain(`  ${crm}_notes:\n    table: ${crm}.notes\n`)
    const note = kind('note', `${crm}.notes`, { of: 'account' })
    const half = compile(schema, mapOf([account('users'), note]))
    expect(codes(half)).to.deep.equal(['E_UNCLASSIFIED_KEY', 'E_UNCLASSIFIED_KEY'])
  })

  it('lead to kinds as those of the site do', async () => {
    const { crm, blog } = names
    const lab = await createLab(site, {
      tables: [],
      kinds: [
        account('users'),
        kind('note', `${crm}.notes`, { of: 'account' }),
        kind('part', `${crm}.parts`, { of: 'note' }),
        kind('post', `${blog}.posts`, { of: 'note' }),
      ],
    })
    for (const id of [1, 2]) {
      await insert(site, 'users', [{ id, seen_at: id === 1 ? due : fresh }])
      await insert(site, `${crm}.notes`, [{ id, user_id: id, words: 'called' }])
      for (const table of [`${crm}.parts`, `${blog}.posts`]) await insert(site, table, [{ id, note_id: id }])
    }
    const tables = ['users', `${crm}.notes`, `${crm}.parts`, `${blog}.posts`]
    const outcome = await lab.run()
    expect(outcome).to.include({ done: 1, setAside: 0, busy: 0 })
    expect(outcome.tables).to.deep.equal(Object.fromEntries(tables.map((table) => [table, { erased: '1' }])))
    for (const table of tables) expect(await left(lab, table, 'id'), table).to.deep.equal(['2'])
  })

  it('are seen by an account that has some right there, and by no other', async () => {
    const { settings } = databaseUrlSettings(site)
    const user = `sees_${randomBytes(4).toString('hex')}`
    await sql(site, `CREATE USER ${user}@'%' IDENTIFIED BY 'sees keys'`)
    await sql(site, `GRANT REFERENCES ON ${names.site}.* TO ${user}@'%'`)
    const seen = async (): Promise<readonly string[]> => {
      const limited = await openOn({ ...settings, user, password: 'sees keys' } as typeof settings)
      const schema = await inspectSchema(limited)
      await limited.close()
      return [...schema.keys()]
    }
    expect(await seen()).to.deep.equal(['users'])
    await sql(site, `GRANT REFERENCES ON ${names.crm}.* TO ${user}@'%'`)
    expect(await seen()).to.have.members(['users', `${names.crm}.notes`, `${names.crm}.parts`])
    await sql(site, `DROP USER ${user}@'%'`)
  })
})

eachServer('a schema of our own', (open) => {
  it('is none from which keys lead to the site', async () => {
    const apart = await openApart(open)
    await sql(apart.site, users)
    const lab = await createLab(apart.database, { tables: [], kinds: [account('users')] })
    expect([...(await inspectSchema(apart.database)).keys()]).to.deep.equal(['users'])
    expect(codes(lab.compiled)).to.deep.equal([])
    await apart.close()
  })
})
