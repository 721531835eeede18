/** What the printed accounts can do where our tables have a schema of their own; and `_migrate` in both places. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { migrate, migrationState } from '../../db/migrate.ts'
import { migrations } from '../../db/migrations/all.ts'
import type { Database } from '../../db/session.ts'
import { eachServer, showsToWriters } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { filesWithReceipts } from '../engine/site-files.ts'
import { expectApart, openApart, type Apart } from '../own-schema.ts'

const suffixes = ['plan', 'run', 'migrate'] as const

eachServer('printed accounts with an own schema', (open) => {
  const user = `apart_${randomBytes(3).toString('hex')}`
  let apart: Apart
  let one: Installation
  let printed: readonly string[]
  before(async () => {
    apart = await openApart(open)
    one = await install(apart.database, filesWithReceipts, Date.parse('2026-06-01T10:00:00Z'))
    printed = await grantsOf()
    // A client of the server's own, that knows nothing of us.
    for (const text of printed) await sql(apart.site, text)
    for (const suffix of suffixes)
      await sql(apart.site, `GRANT SELECT ON ${own()}.oubli_sandbox TO '${user}_${suffix}'@'%'`)
  })
  after(async () => {
    await one.close()
    await apart.close()
    const server = await openDatabase({ ...apart.settings, database: 'mysql', poolSize: 1 })
    for (const suffix of suffixes) await sql(server, `DROP USER IF EXISTS '${user}_${suffix}'@'%'`)
    await server.close()
  })

  const own = (): string => apart.settings.ownSchema ?? ''

  async function grantsOf(...more: readonly string[]): Promise<readonly string[]> {
    const said = await one.oubli(['grants', '--user', user, '--host', '%', ...more])
    expect(said.exit, said.text).to.equal(0)
    return said.out
      .replaceAll('…', 'a-password')
      .split('\n')
      .filter((line) => /^(CREATE|GRANT)/.test(line))
      .map((line) => line.replace(/;$/, ''))
  }

  async function checksOf(name: string): Promise<readonly string[]> {
    const checks = JSON.parse((await one.oubli(['doctor', '--json'])).out) as { name: string; text: string }[]
    return checks.filter((check) => check.name === name).map(({ text }) => text)
  }

  /** Null: the administrator. */
  async function as(suffix: string | null): Promise<void> {
    const file = join(one.folder, 'config/oubli.yml')
    const config = JSON.parse(await readFile(file, 'utf8')) as {
      database: { mysql: Record<string, unknown> }
    }
    await writeFile(join(one.folder, 'password'), 'a-password', { mode: 0o600 })
    const login =
      suffix === null
        ? { user: apart.settings.user, password_file: undefined }
        : { user: `${user}_${suffix}`, password_file: '../password' }
    Object.assign(config.database.mysql, login)
    await writeFile(file, JSON.stringify(config))
  }

  const login = (settings: MysqlSettings): Promise<Database> =>
    openDatabase({ ...settings, user: `${user}_migrate`, password: 'a-password', poolSize: 1 })

  it('give none of them a right to make anything beside the tables of the site', () => {
    const onSite = printed.filter((line) => line.includes(` ON \`${apart.settings.database}\`.`))
    expect(onSite.join('\n')).not.to.match(/\b(CREATE|ALTER|DROP|INDEX|ALL)\b/)
    const migrating = onSite.filter((line) => line.includes(`'${user}_migrate'`))
    expect(migrating).to.deep.equal([
      `GRANT REFERENCES ON \`${apart.settings.database}\`.* TO '${user}_migrate'@'%'`,
    ])
  })

  it('are enough for a plan, an approval and a run, and doctor finds them right', async () => {
    await insert(apart.database, 'prospects', [
      { id: 1, email: 'a@mail.example', first_name: 'Ada', collected_at: '2020-01-01 10:00:00' },
    ])
    for (const [suffix, argv] of [
      ['run', ['run']],
      ['plan', ['plan']],
    ] as const) {
      await as(suffix)
      const said = await one.oubli(argv)
      expect(said.exit, said.text).to.equal(0)
    }
    await as('run')
    await one.approve()
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await dumpOf(apart.database, 'prospects')).to.deep.equal([])
    for (const suffix of ['plan', 'run']) {
      await as(suffix)
      expect(await checksOf('rights')).to.deep.equal([`${user}_${suffix}@%: what the plan needs`])
    }
    await expectApart(apart)
  })

  it('never take a trigger that they may not see for none, and come to one plan all the same', async () => {
    const unseen = async (): Promise<readonly string[]> =>
      (await checksOf('data map')).flatMap(
        (text) => /W_TRIGGERS_UNSEEN .* triggers of (.*?), which/.exec(text)?.[1] ?? [],
      )
    const named = ['prospects: audits would run inside our transactions']
    await sql(apart.site, 'CREATE TABLE went (who INT)')
    await sql(
      apart.site,
      'CREATE TRIGGER audits AFTER DELETE ON prospects FOR EACH ROW INSERT INTO went VALUES (OLD.id)',
    )
    try {
      await as(null)
      expect([await unseen(), await checksOf('triggers')]).to.deep.equal([[], named])
      const plan = await checksOf('policies')
      const none = [['clicks, old_receipts, page_views, prospects, receipts'], []]
      for (const suffix of ['plan', 'run']) {
        await as(suffix)
        const sees = suffix === 'run' && (await showsToWriters(apart.site))
        expect([await unseen(), await checksOf('triggers')], suffix).to.deep.equal(sees ? [[], named] : none)
        expect(await checksOf('policies'), suffix).to.deep.equal(plan)
        const report = await one.oubli(['report', '--json'])
        expect(report.exit, report.text).to.equal(0)
        expect(report.out, 'says nothing of an account').not.to.include('W_TRIGGERS_UNSEEN')
      }
      const said = await one.oubli(['grants', '--user', user, '--host', '%'])
      const proposed = said.out.split('\n').filter((line) => line.startsWith('-- GRANT TRIGGER ON '))
      expect(proposed).to.have.length(5)
      for (const line of proposed) await sql(apart.site, line.replace(/^-- (.*);$/, '$1'))
      expect([await unseen(), await checksOf('triggers')]).to.deep.equal([[], named])
      expect(await checksOf('rights')).to.deep.equal([`${user}_run@%: what the plan needs`])
      expect(await checksOf('policies')).to.deep.equal(plan)
    } finally {
      await sql(apart.site, 'DROP TRIGGER audits')
      await sql(apart.site, 'DROP TABLE went')
    }
  })

  it('are told of tables of ours beside the site, before anything else', async () => {
    await as('run')
    await sql(apart.site, 'CREATE TABLE oubli_run (id INT)')
    try {
      for (const argv of [['status'], ['run'], ['migrate']]) {
        const said = await one.oubli(argv)
        expect([said.exit, said.text.split(' ')[0]]).to.deep.equal([4, 'E_OWN_TABLES_TWICE'])
      }
    } finally {
      await sql(apart.site, 'DROP TABLE oubli_run')
    }
  })

  it('are told where our tables were, once the setting is gone', async () => {
    const file = join(one.folder, 'config/oubli.yml')
    const config = await readFile(file, 'utf8')
    const changed = JSON.parse(config) as { database: { own_schema?: string } }
    delete changed.database.own_schema
    await writeFile(file, JSON.stringify(changed))
    try {
      const said = await one.oubli(['migrate'])
      expect(said.exit, said.text).to.equal(4)
      expect(said.text).to.match(/^E_OWN_TABLES_ELSEWHERE/m)
      expect(said.text).to.include(
        `\`${own()}\`.\`oubli_lease\` TO \`${apart.settings.database}\`.\`oubli_lease\``,
      )
      expect((await one.oubli(['run'])).text).to.match(/^E_NOT_MIGRATED/m)
    } finally {
      await writeFile(file, config)
    }
  })

  it('let _migrate make our tables, whole and from any older state', async () => {
    await sql(apart.site, `DROP DATABASE ${own()}`)
    await sql(apart.site, `CREATE DATABASE ${own()}`)
    const account = await login(apart.settings)
    try {
      expect((await migrate(account)).length).to.equal(migrations.length)
      await as('migrate')
      const said = await one.oubli(['migrate'])
      expect([said.exit, said.out.split('\n').at(-1)], said.text).to.deep.equal([0, 'Nothing to do.'])
    } finally {
      await account.close()
    }
  })

  it('let _migrate do the same beside the tables of a site', async () => {
    const schema = `${apart.settings.database}_m`
    const place = { ...apart.siteSettings, database: schema }
    try {
      for (const from of [0, 1, 3, 8, migrations.length - 1]) {
        await sql(apart.site, `DROP DATABASE IF EXISTS ${schema}`)
        await sql(apart.site, `CREATE DATABASE ${schema}`)
        await older(place, from)
        const lines = printed
          .filter((line) => line.includes(`'${user}_migrate'`) && line.startsWith('GRANT'))
          .map((line) => line.replaceAll(`\`${own()}\``, `\`${schema}\``))
        for (const line of lines) await sql(apart.site, line)
        const account = await login(place)
        try {
          const done = await migrate(account)
          expect(done).to.deep.equal(migrations.slice(from).map(({ name }) => name))
          await sql(account, 'DROP VIEW oubli_person_status')
          await migrate(account)
          await account.rows({ text: 'SELECT state FROM oubli_person_status', values: [] })
          expect((await migrationState(account)).pending).to.deep.equal([])
        } finally {
          await account.close()
        }
      }
    } finally {
      await sql(apart.site, `DROP DATABASE IF EXISTS ${schema}`)
    }
  })
})

/** As an administrator left it with an earlier version. */
async function older(settings: MysqlSettings, count: number): Promise<void> {
  const root = await openDatabase({ ...settings, poolSize: 1 })
  try {
    if (count === 0) return
    await sql(
      root,
      'CREATE TABLE oubli_migration (name VARCHAR(64) NOT NULL, applied_at CHAR(24) NOT NULL, PRIMARY KEY (name)) ENGINE=InnoDB COLLATE=utf8mb4_bin',
    )
    for (const { name, statements } of migrations.slice(0, count)) {
      for (const text of statements(root.dialect)) await sql(root, text)
      await sql(root, `INSERT INTO oubli_migration VALUES ('${name}', '2026-01-01')`)
    }
  } finally {
    await root.close()
  }
}
