/** A foreign site on one database, with settings and the command line; files as they were written. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database, SqlValue } from '../../../db/session.ts'
import { inProcess, type Said } from '../../cli/lab.ts'
import { databaseUrlSettings } from '../../databases.ts'
import type { ForeignSite } from './foreign-sites.ts'

export interface Site {
  readonly database: Database
  readonly folder: string
  oubli(...argv: readonly string[]): Promise<Said>
  /** Texts under the folder of the policies, by name. */
  files(): Promise<ReadonlyMap<string, string>>
  /** Replaces a text that stands once in a file; throws where it does not. */
  correct(file: string, from: string, to: string): Promise<void>
  /** Path under the folder of the site. */
  remove(path: string): Promise<void>
  close(): Promise<void>
}

export async function openSite(database: Database): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'oubli-init-'))
  const config = join(folder, 'oubli.yml')
  await writeFile(config, JSON.stringify(settings(database)))
  const policies = join(folder, 'policies')
  return {
    database,
    folder,
    oubli: (...argv) => inProcess(folder, [...argv, '--config', config]),
    files: async () => {
      const names = await readdir(policies)
      const texts = names.map(async (name) => [name, await readFile(join(policies, name), 'utf8')] as const)
      return new Map(await Promise.all(texts))
    },
    correct: async (file, from, to) => {
      const text = await readFile(join(policies, file), 'utf8')
      const parts = text.split(from)
      if (parts.length !== 2) throw new Error(`${file}: "${from}" stands ${String(parts.length - 1)} times`)
      await writeFile(join(policies, file), parts.join(to))
    },
    remove: (path) => rm(join(folder, path)),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function build(database: Database, site: ForeignSite, mark: string): Promise<void> {
  for (const text of site.tables(database.dialect)) await database.run({ text, values: [] })
  for (const [table, rows] of Object.entries(site.rows(mark)))
    for (const row of rows) await insert(database, table, row)
}

export async function insert(
  database: Database,
  table: string,
  row: Readonly<Record<string, SqlValue>>,
): Promise<void> {
  const names = Object.keys(row)
  const columns = names.map((name) => database.dialect.quote(name)).join(', ')
  const text = `INSERT INTO ${database.dialect.quote(table)} (${columns}) VALUES (${names.map(() => '?').join(', ')})`
  await database.run({ text, values: Object.values(row) })
}

function settings(database: Database): unknown {
  const { settings: found } = databaseUrlSettings(database)
  return {
    database:
      found.client === 'sqlite'
        ? { sqlite: found.file }
        : { mysql: { host: found.host, port: found.port, user: found.user, database: found.database } },
    policies: 'policies',
    evidence: { folder: 'evidence', origin: 'boutique.example/oubli', signing_key_file: 'keys/signing-key' },
    mail: {
      transport: 'files',
      from: { name: 'Boutique', address: 'privacy@boutique.example' },
      reply_to: 'privacy@boutique.example',
      bounces: { none_because: 'A test has no way back.' },
    },
    schedule: { zone: 'Europe/Paris' },
    log: { format: 'json', level: 'debug', file: 'oubli.log' },
  }
}
