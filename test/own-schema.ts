/** A site whose tables of ours stand in a schema of their own, with an account that may make nothing beside the site's. */
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { openDatabase, type MysqlSettings } from '../db/connect.ts'
import { ownNames } from '../db/own-names.ts'
import type { Database } from '../db/session.ts'
import { databaseUrlSettings, useDatabase, type Open } from './databases.ts'

export interface Apart {
  /** Of an administrator; knows the own schema. */
  readonly database: Database
  /** The same without knowing it. */
  readonly site: Database
  readonly settings: MysqlSettings
  /** Without the own schema. */
  readonly siteSettings: MysqlSettings
  /** Section `database` of the settings file. */
  readonly section: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

export async function openApart(open: Open): Promise<Apart> {
  const site = await open()
  const { settings } = databaseUrlSettings(site)
  if (settings.client === 'sqlite') throw new Error('only a server has several schemas')
  const ownSchema = `${settings.database}_own`
  const user = `w_${randomBytes(6).toString('hex')}`
  const run = (text: string): Promise<number> => site.run({ text, values: [] })
  await run(`CREATE DATABASE ${ownSchema} CHARACTER SET latin1`)
  await run(`CREATE USER '${user}'@'%' IDENTIFIED BY ''`)
  await run(`GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES ON ${settings.database}.* TO '${user}'@'%'`)
  await run(`GRANT ALL ON ${ownSchema}.* TO '${user}'@'%'`)
  const own = { ...settings, ownSchema }
  const database = await openDatabase(own)
  useDatabase(database, own)
  const { host, port } = settings
  return {
    database,
    site,
    settings: own,
    siteSettings: settings,
    section: { own_schema: ownSchema, mysql: { host, port, user, database: settings.database } },
    close: async () => {
      await database.close()
      // The harness has closed its own connection by now.
      const server = await openDatabase({ ...settings, database: 'mysql', poolSize: 1 })
      await server.run({ text: `DROP DATABASE IF EXISTS ${ownSchema}`, values: [] })
      await server.run({ text: `DROP USER IF EXISTS '${user}'@'%'`, values: [] })
      await server.close()
    },
  }
}

/** Names that begin like ours, by schema. */
export async function oursIn(database: Database, schema: string): Promise<readonly string[]> {
  const rows = await database.rows({
    text: "SELECT table_name AS tab FROM information_schema.tables WHERE table_schema = ? AND table_name LIKE 'oubli~_%' ESCAPE '~' ORDER BY table_name",
    values: [schema],
  })
  return rows.map((row) => String(row['tab']))
}

export async function expectApart({ database, settings }: Apart): Promise<void> {
  expect(await oursIn(database, settings.database), 'beside the tables of the site').to.deep.equal([])
  expect(await oursIn(database, settings.ownSchema ?? '')).to.deep.equal([...ownNames].sort())
}
