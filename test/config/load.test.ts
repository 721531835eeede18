import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { OubliError } from '../../base/errors.ts'
import { packageRoot } from '../../config/files.ts'
import { loadSettings, type LoadInput } from '../../config/load.ts'
import type { Settings } from '../../config/settings.ts'
import { rejection, temporaryFolder } from './temporary-folder.ts'

describe('settings', () => {
  const folder = temporaryFolder()

  /** Settings from a file with this text, seen from the folder above it. */
  async function settings(text: string, change: Partial<LoadInput> = {}): Promise<Settings> {
    mkdirSync(folder.in('config'), { recursive: true })
    writeFileSync(folder.in('config', 'oubli.yml'), text)
    return await loadSettings({ env: {}, cwd: folder.in(), ...change })
  }

  async function complaint(text: string, change: Partial<LoadInput> = {}): Promise<string> {
    const error = await rejection(settings(text, change))
    expect(error).to.be.instanceOf(OubliError).with.property('code', 'E_SETTINGS')
    return error.message
  }

  it('are all default without a file, with paths under the working directory', async () => {
    const set = await loadSettings({ env: {}, cwd: folder.in('nowhere') })
    expect(set.file).to.equal(null)
    expect(set.policies).to.equal(folder.in('nowhere', 'policies'))
    expect(set.dataMap).to.equal(folder.in('nowhere', 'policies', 'data-map.yml'))
    expect(set.templates).to.equal(join(packageRoot(), 'templates'))
    expect(set.schedule.purge).to.equal('30 4 * * *')
    expect(set.mail.transport).to.equal('files')
    expect(() => set.database)
      .to.throw(OubliError)
      .with.property('code', 'E_NO_DATABASE')
  })

  it('resolve the paths of the file against the file and those of variables against the working directory', async () => {
    const set = await settings('database: { sqlite: ../shop.db }\npolicies: ./rules\nlog: { file: x.log }', {
      env: { OUBLI_LOG_FILE: 'y.log' },
    })
    expect(set.database).to.deep.equal({ client: 'sqlite', file: folder.in('shop.db') })
    expect(set.policies).to.equal(folder.in('config', 'rules'))
    expect(set.dataMap).to.equal(folder.in('config', 'rules', 'data-map.yml'))
    expect(set.log.file).to.equal(folder.in('y.log'))
    expect(set.evidence.folder).to.equal(folder.in('config', 'evidence'))
  })

  it('let flags win over the environment and the environment over the file', async () => {
    const text = 'mail: { per_minute: 1, port: 1 }\nlog: { level: warn }'
    const env = { OUBLI_MAIL_PER_MINUTE: '2', OUBLI_MAIL_PORT: '2', OUBLI_LOG_LEVEL: '' }
    const set = await settings(text, { env, flags: { 'mail.port': '3' } })
    expect([set.mail.perMinute, set.mail.port, set.log.level]).to.deep.equal([2, 3, 'warn'])
  })

  it('find the file by flag, then by variable, and say when it is not there', async () => {
    await settings('log: { level: debug }')
    const found = await loadSettings({ env: { OUBLI_CONFIG: 'config/oubli.yml' }, cwd: folder.in() })
    expect(found.log.level).to.equal('debug')
    for (const input of [{ file: 'no.yml', env: {} }, { env: { OUBLI_CONFIG: 'no.yml' } }]) {
      const error = await rejection(loadSettings({ ...input, cwd: folder.in() }))
      expect(error).to.include({ code: 'E_SETTINGS_MISSING' })
    }
  })

  it('describe a server, with TLS unless it is on this host', async () => {
    const server = (host: string) =>
      settings(`database: { mysql: { host: ${host}, user: u, database: shop } }`)
    expect((await server('db.example')).database).to.deep.equal({
      client: 'mysql',
      host: 'db.example',
      port: 3306,
      user: 'u',
      database: 'shop',
      tls: { verifyIdentity: true },
    })
    expect((await server('localhost')).database).to.have.property('tls', null)
    const socket = await settings(
      'database: { mysql: { socket: /run/db.sock, host: far, user: u, database: s } }',
    )
    expect(socket.database).to.include({ socketPath: '/run/db.sock', tls: null })
  })

  it('tell every problem at once, with its place, what was expected and found, and what to do', async () => {
    const text = [
      'polices: ./x',
      'database:',
      '  mysql:',
      '    port: "abc"',
      '    user: u',
      'mail:',
      '  tls: ssl',
      '  per_minute: 0',
    ].join('\n')
    const lines = (await complaint(text, { env: { OUBLI_LOG_LEVEL: 'loud' } })).split('\n')
    const where = `config/oubli.yml`
    expect(lines[0]).to.equal('the settings have 6 problems:')
    expect(lines).to.deep.include.members([
      `  ${where}:4:5  database.mysql.port: expected a whole number from 1 to 65535, found "abc". docs/settings.md describes every key.`,
      `  ${where}:3:3  database.mysql.database: expected a schema name, found nothing. docs/settings.md describes every key.`,
      `  ${where}:7:3  mail.tls: expected one of implicit, starttls, none-on-loopback, found "ssl". docs/settings.md describes every key.`,
      `  ${where}:8:3  mail.per_minute: expected a whole number from 1 to 600000, found 0. docs/settings.md describes every key.`,
      '  environment OUBLI_LOG_LEVEL  log.level: expected one of error, warn, info, debug, found "loud". docs/settings.md describes every key.',
    ])
    expect(lines.find((line) => line.startsWith(`  ${where}:1:1`))).to.contain('Did you mean policies?')
  })

  it('refuse what fits each key and not the whole', async () => {
    const both = await complaint('database: { sqlite: a, mysql: { user: u, database: d } }')
    expect(both).to.contain('found both')
    const embedded = await complaint('database: { sqlite: a, own_schema: oubli }')
    expect(embedded).to.contain('database.own_schema: expected none beside database.sqlite')
    const same = await complaint('database: { own_schema: Shop, mysql: { user: u, database: shop } }')
    expect(same).to.contain('expected another schema than that of the site')
    for (const name of ['mysql', 'a.b', 'a`b', ''])
      expect(await complaint(`database: { own_schema: "${name}" }`)).to.contain('database.own_schema')
    const smtp = await complaint('mail: { transport: smtp, tls: none-on-loopback, host: relay.example }')
    expect(smtp).to.contain('mail.from.address').and.to.contain('not on this host')
    expect(await complaint('schedule: { zone: Europe/Pari }')).to.contain('found "Europe/Pari"')
    expect(await complaint('schedule: { purge: "30 2 * * *" }')).to.contain('outside 01:00-03:59')
    expect(await complaint('schedule: { purge: "30 24 * * *" }')).to.contain('wrong hours')
    expect(await complaint('', { env: { OUBLI_SCHEDULE_PURGE: '30 4' } })).to.contain('OUBLI_SCHEDULE_PURGE')
  })

  it('refuse YAML with traps', async () => {
    expect(await complaint('log: {}\nlog: {}')).to.contain('DUPLICATE_KEY')
    expect(await complaint('policies: &a x\ntemplates: *a')).to.contain('an alias')
    expect(await complaint('policies: !!js/function x')).to.contain('config/oubli.yml:1')
    expect(await complaint('[1, 2]')).to.contain('expected a section, found a list')
    expect(await complaint('['.repeat(3000))).to.contain('nested too deeply')
    expect(await complaint('- '.repeat(3000))).to.contain('nested too deeply')
    expect(await complaint(`# ${'x'.repeat(70_000)}`)).to.contain('64 KiB')
    expect(await complaint('__proto__: { log: 1 }')).to.contain('__proto__')
  })

  it('refuse a misspelt variable or flag, and leave other variables alone', async () => {
    const text = await complaint('', { env: { OUBLI_MAIL_HOTS: 'x' }, flags: { 'log.levle': 'info' } })
    expect(text).to.contain('Did you mean OUBLI_MAIL_HOST?').and.to.contain('Did you mean log.level?')
    const env = { OUBLI_TEST_MYSQL: 'x', OUBLI_CONFIG: '', OUBLIETTE: 'x', PATH: '/bin' }
    expect((await settings('', { env })).log.level).to.equal('info')
  })

  it('read passwords on use, from file, variable or credential, and show none when printed', async () => {
    writeFileSync(folder.in('config', 'db'), 'from-file\n', { mode: 0o600 })
    const text = 'database: { mysql: { user: u, database: d, password_file: ./db } }'
    const set = await settings(text, { env: { OUBLI_MAIL_PASSWORD: 'from-variable' } })
    const database = set.database
    expect(database).to.have.property('password', 'from-file')
    expect(set.mail.password).to.equal('from-variable')
    for (const shown of [
      JSON.stringify(set),
      inspect(set, { depth: 9 }),
      JSON.stringify(database),
      inspect(database),
    ]) {
      expect(shown).not.to.match(/from-/)
    }
    mkdirSync(folder.in('handed'), { recursive: true })
    writeFileSync(folder.in('handed', 'smtp_password'), 'from-systemd', { mode: 0o400 })
    writeFileSync(folder.in('handed', 'signing_key'), 'k', { mode: 0o400 })
    const handed = await settings('', { env: { CREDENTIALS_DIRECTORY: folder.in('handed') } })
    expect(handed.mail.password).to.equal('from-systemd')
    expect(handed.evidence.signingKeyFile).to.equal(folder.in('handed', 'signing_key'))
    const none = await settings('database: { mysql: { user: u, database: d } }')
    expect('password' in none.database).to.equal(false)
  })

  it('take a password of the environment before that of a file or of systemd, and refuse two variables', async () => {
    writeFileSync(folder.in('config', 'db'), 'from-file\n', { mode: 0o600 })
    mkdirSync(folder.in('handed-too'), { recursive: true })
    writeFileSync(folder.in('handed-too', 'smtp_password'), 'from-systemd', { mode: 0o400 })
    const text = 'database: { mysql: { user: u, database: d, password_file: ./db } }'
    const env = {
      OUBLI_DATABASE_MYSQL_PASSWORD: 'from-variable',
      OUBLI_MAIL_PASSWORD: 'from-variable-too',
      CREDENTIALS_DIRECTORY: folder.in('handed-too'),
    }
    const set = await settings(text, { env })
    expect(set.database).to.have.property('password', 'from-variable')
    expect(set.mail.password).to.equal('from-variable-too')
    const empty = await settings(text, { env: { OUBLI_DATABASE_MYSQL_PASSWORD: '' } })
    expect(empty.database).to.have.property('password', 'from-file')
    const both = await complaint(text, { env: { ...env, OUBLI_DATABASE_MYSQL_PASSWORD_FILE: 'elsewhere' } })
    expect(both).to.match(
      /environment OUBLI_DATABASE_MYSQL_PASSWORD {2}expected one password, found OUBLI_DATABASE_MYSQL_PASSWORD_FILE too/,
    )
    expect(both).not.to.match(/from-/)
  })

  it('do not repeat a secret that was written in the wrong place', async () => {
    const text = 'evidence: { verifier_key: hunter2 }\nmail: { password: hunter2, password_file: [hunter2] }'
    expect(await complaint(text)).not.to.contain('hunter2')
  })

  it('load although a secret is missing, which is told when it is needed', async () => {
    const set = await settings('database: { mysql: { user: u, database: d, password_file: ./none } }')
    const { database } = set
    expect(() => (database.client === 'mysql' ? database.password : null)).to.throw(OubliError)
  })
})

describe('the example of the settings', () => {
  const temporary = temporaryFolder()

  it('is valid, and names every section', async () => {
    const file = join(packageRoot(), 'config/oubli.example.yml')
    const set = await loadSettings({ file, env: {}, cwd: packageRoot() })
    expect(set.policies).to.equal(join(packageRoot(), 'policies/sample-shop'))
    expect(set.database).to.include({ client: 'mysql', user: 'oubli', database: 'shop' })
    expect(set.schedule.zone).to.equal('Europe/Paris')
  })

  it('is as gentle as without it: pace, limits and log are the defaults', async () => {
    const file = join(packageRoot(), 'config/oubli.example.yml')
    const set = await loadSettings({ file, env: {}, cwd: packageRoot() })
    const none = await loadSettings({ env: {}, cwd: temporary.in('nowhere') })
    for (const part of ['pace', 'limits', 'log'] as const) expect(set[part]).to.deep.equal(none[part])
    expect(set.pace.dutyPercent).to.equal(2)
  })
})
