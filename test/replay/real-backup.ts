/** A backup as an operator makes one: `mariadb-dump` on a server, a copy of the file of an embedded database. */
import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { databaseUrlSettings, useDatabase } from '../databases.ts'
import type { Installation } from '../engine/installation.ts'

const fileOf = (one: Installation): string => join(one.folder, 'backup')

export async function dumpSite(one: Installation): Promise<void> {
  const { settings } = databaseUrlSettings(one.database)
  if (settings.client === 'sqlite') {
    await one.database.rows({ text: 'PRAGMA wal_checkpoint(TRUNCATE)', values: [] })
    await cp(settings.file, fileOf(one))
  } else await writeFile(fileOf(one), client('mariadb-dump', settings))
}

/** The site as it stands in the backup, the numbers that it gives out next included. */
export async function restoreSiteFrom(one: Installation): Promise<Installation> {
  const { settings } = databaseUrlSettings(one.database)
  if (settings.client !== 'sqlite') {
    client('mariadb', settings, await readFile(fileOf(one), 'utf8'))
    return one
  }
  await one.database.close()
  await cp(fileOf(one), settings.file)
  for (const beside of ['-wal', '-shm']) await rm(`${settings.file}${beside}`, { force: true })
  const database = await openDatabase(settings)
  useDatabase(database, settings)
  return { ...one, database }
}

function client(program: string, settings: MysqlSettings, input?: string): string {
  const { host = '127.0.0.1', port = 3306, user, password = '', database } = settings
  const login = [`--host=${host}`, `--port=${port}`, `--user=${user}`, `--password=${password}`]
  const ended = spawnSync(program, [...login, '--protocol=tcp', database], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    ...(input === undefined ? {} : { input }),
  })
  expect(ended.status, `${program}: ${ended.stderr}`).to.equal(0)
  return ended.stdout
}
