/** Walks docs/wrongly-erased.md, command by command, on a server: the page is the test. */
import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { inProcess } from '../cli/lab.ts'
import { databaseUrlSettings, eachServer, type Open } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { expectApart, openApart, type Apart } from '../own-schema.ts'
import { done, restoreSite } from '../replay/restored-site.ts'
import { pageText } from './pages.ts'

const page = 'docs/wrongly-erased.md'
const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const days = ['2026-06-04', '2026-06-11', '2026-06-18', '2026-06-25', '2026-07-02', '2026-07-07']

/** Shell and SQL of the page, in its order. */
function steps(): readonly { readonly language: string; readonly text: string }[] {
  return [...pageText(page).matchAll(/```(sh|mysql)\n([\s\S]*?)```/g)].map(
    ([, language = '', text = '']) => ({
      language,
      text: text.trim(),
    }),
  )
}

for (const isApart of [false, true])
  eachServer(`${page}, our tables ${isApart ? 'in a schema of their own' : 'beside the site'}`, (open) => {
    walk(open, isApart)
  })

function walk(open: Open, isApart: boolean): void {
  let apart: Apart | null = null
  let one: Installation
  let settings: MysqlSettings
  let whole: readonly unknown[]
  let dump: string
  const said = new Map<string, string>()

  const rows = async () => [await dumpOf(one.database, 'users'), await dumpOf(one.database, 'devices')]
  const renamed = (text: string): string =>
    text
      .replaceAll(/\bshop(?=_before\b|\.|\b)/g, settings.database)
      .replaceAll(/\boubli_before\b/g, `${settings.database}_own_before`)

  function client(program: string, input: string | null, ...argv: readonly string[]): string {
    const { host = '127.0.0.1', port = 3306, user, password = '' } = settings
    const login = [`--host=${host}`, `--port=${port}`, `--user=${user}`, `--password=${password}`]
    const ended = spawnSync(program, [...login, '--protocol=tcp', ...argv], {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      ...(input === null ? {} : { input }),
    })
    expect(ended.status, `${program} ${argv.join(' ')}: ${ended.stderr}`).to.equal(0)
    return ended.stdout
  }

  /** One line of a shell block, as a person would type it. */
  async function type(line: string, backup: string): Promise<void> {
    const [, env = '', command = ''] =
      /^(?:OUBLI_DATABASE_MYSQL_DATABASE=(\S+) )?(.*)$/.exec(renamed(line)) ?? []
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
    if (words[0] === 'npx') {
      const more = env === '' ? {} : { OUBLI_DATABASE_MYSQL_DATABASE: env, ...ownOfBefore() }
      const found = await inProcess(one.folder, words.slice(2), { env: { LANG: 'en', ...more } })
      said.set(line, `${found.exit}\n${found.out}\n${found.err}`)
      return
    }
    expect(words[0]).to.equal('mysql')
    if (words[1] === '--execute') client('mariadb', null, '--execute', words[2] ?? '')
    else client('mariadb', backup, words[1] ?? '')
  }

  /** What the page says of a schema of its own. */
  const ownOfBefore = (): Readonly<Record<string, string>> => {
    const [, name = ''] = /name it in `(OUBLI_DATABASE_OWN_SCHEMA)`/.exec(pageText(page)) ?? []
    return isApart ? { [name]: renamed('oubli_before') } : {}
  }
  function restoreOwnAside(ownDump: string): void {
    const [, claim = ''] = /\(`(UPDATE oubli_before\.oubli_control SET [^`]+)`\)/.exec(pageText(page)) ?? []
    expect(claim).not.to.equal('')
    client('mariadb', renamed('CREATE DATABASE oubli_before'))
    client('mariadb', ownDump, renamed('oubli_before'))
    client('mariadb', renamed(claim))
  }

  before(async () => {
    if (isApart) apart = await openApart(open)
    one = await install(apart?.database ?? (await open()), restoreSite, at('2026-06-01'))
    settings = databaseUrlSettings(one.database).settings as MysqlSettings
    await insert(
      one.database,
      'users',
      [41, 42, 43].map((id) => ({
        ...{ id, email: `user${id}@mail.example`, first_name: `Nom${id}` },
        ...{ last_login_at: `${id === 42 ? '2023-06-20' : '2026-01-01'} 10:00:00` },
        created_at: '2015-01-01 10:00:00',
      })),
    )
    await insert(one.database, 'devices', [
      { id: 1, user_id: 42, name: 'Tablette' },
      { id: 2, user_id: 43, name: 'Telephone' },
    ])
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    whole = await rows()
    const backup = client('mariadb-dump', null, settings.database)
    dump = backup
    const ownDump = isApart ? client('mariadb-dump', null, settings.ownSchema ?? '') : ''
    writeFileSync(join(one.folder, 'backup.sql'), backup)
    for (const day of days) {
      await setSandboxNow(one.database, at(day))
      await done(one, 'run')
    }
    expect((await dumpOf(one.database, 'users')).map(({ id }) => String(id))).to.deep.equal(['41', '43'])
    if (isApart) restoreOwnAside(ownDump)
    for (const { language, text } of steps()) {
      if (language === 'mysql') said.set(text, client('mariadb', renamed(text)))
      else for (const line of text.split('\n')) await type(line, backup)
    }
  })
  after(async () => {
    const server = await openDatabase({ ...settings, database: 'mysql', poolSize: 1 })
    await sql(server, `DROP DATABASE IF EXISTS ${settings.database}_before`)
    await sql(server, `DROP DATABASE IF EXISTS ${settings.database}_own_before`)
    await server.close()
    await apart?.close()
    await one.close()
  })

  const answer = (start: RegExp): string => {
    const found = [...said].filter(([line]) => start.test(line)).map(([, text]) => text)
    expect(found, String(start)).not.to.deep.equal([])
    return found.join('\n')
  }

  it('brings the whole person back, and nobody else is touched', async () => {
    expect(await rows()).to.deep.equal(whole)
    expect(
      answer(/^SELECT b\.id/)
        .trim()
        .split('\n'),
    ).to.deep.equal(['id', '42'])
  })

  it('says of the person who is gone when, by which policy and by which entry', () => {
    expect(answer(/^npx oubli explain account 42$/)).to.match(
      /^2\n[\s\S]*E_NO_ROW {2}there is no account with this key; one left \(erased or archived\) on 2026-07-07 under the policy inactive-accounts, entry [0-9a-f]{32}/,
    )
    expect(answer(/^OUBLI_DATABASE/)).to.match(/^0\n[\s\S]*devices: erase/)
  })

  it('says of the entry the terms, the tables and the rows of each', async () => {
    const [, print = '', check = ''] =
      /`(npx oubli audit receipt ENTRY) > entry\.tlog-proof`, then `(npx oubli audit check [^`]+)`/.exec(
        pageText(page),
      ) ?? []
    const [, entry = ''] = /entry ([0-9a-f]{32})/.exec(answer(/^npx oubli explain account 42$/)) ?? []
    const file = join(one.folder, 'entry.tlog-proof')
    await type(print.replace('ENTRY', entry), '')
    writeFileSync(file, answer(/^npx oubli audit receipt/).replace(/^0\n/, ''))
    const verifier = join(one.folder, 'keys/signing-key.verifier')
    await type(check.replace('entry.tlog-proof', file).replace('boutique.verifier', verifier), '')
    expect(answer(/^npx oubli audit check/)).to.match(
      /^0\nA person was erased .* the policy inactive-accounts, terms [0-9a-f]{16}….*devices 1 erased.*\nVERIFIED/,
    )
  })

  it('brings a copy of before an upgrade up first, as the page says', async () => {
    const [, line = ''] =
      /up first.*: `(OUBLI_DATABASE_MYSQL_DATABASE=\S+ npx oubli migrate)`/.exec(pageText(page)) ?? []
    const explain = 'OUBLI_DATABASE_MYSQL_DATABASE=shop_before npx oubli explain account 42'
    client('mariadb', renamed('CREATE DATABASE shop_before'))
    client('mariadb', dump, renamed('shop_before'))
    const ours = isApart ? 'oubli_before' : 'shop_before'
    client('mariadb', renamed(`DELETE FROM ${ours}.oubli_migration WHERE name = '0019-status-words'`))
    await type(explain, '')
    expect(said.get(explain)).to.match(/^2\n[\s\S]*E_NOT_MIGRATED/)
    await type(line, '')
    expect(said.get(line)).to.match(/^0\n/)
    await type(explain, '')
    expect(said.get(explain)).to.match(/^0\n[\s\S]*devices: erase/)
  })

  it('brings a person over from a backup on another server, a table at a time', async () => {
    const [, line = ''] =
      /another server:\*\* `(mysqldump [^`]+ --where="id = 42" shop_before users)`/.exec(pageText(page)) ?? []
    const [, flags = ''] = /^mysqldump (.*) --where/.exec(line) ?? []
    const rowsOf = (where: string, table: string): string =>
      client('mariadb-dump', null, ...flags.split(' '), `--where=${where}`, renamed('shop_before'), table)
    const kept = [rowsOf('id = 42', 'users'), rowsOf('user_id = 42', 'devices')]
    await sql(one.database, 'DELETE FROM devices WHERE user_id = 42')
    await sql(one.database, 'DELETE FROM users WHERE id = 42')
    for (const statements of kept) client('mariadb', statements, settings.database)
    expect(await rows()).to.deep.equal(whole)
  })

  it('holds them, tells the log, and no replay or run takes them', async () => {
    expect(answer(/^npx oubli hold add/)).to.match(/no replay takes them again/)
    expect(answer(/^npx oubli replay$/)).to.match(/there is nothing to replay/)
    expect(answer(/^npx oubli resume/)).to.match(/Resumed/)
    await setSandboxNow(one.database, at('2026-07-13'))
    await done(one, 'run')
    await done(one, 'replay', '--confirm')
    expect(await rows()).to.deep.equal(whole)
    if (apart !== null) await expectApart(apart)
  })
}
