/** Accounts of a server, made as `oubli grants` prints them. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import type { Installation } from '../engine/installation.ts'
import { sql } from '../engine/lab.ts'

const password = 'a-password'

export async function makeAccounts(
  one: Installation,
  { database }: MysqlSettings,
  user: string,
): Promise<void> {
  const printed = await one.oubli(['grants', '--user', user, '--host', '%'])
  expect(printed.exit, printed.text).to.equal(0)
  const statements = printed.out
    .replaceAll('…', password)
    .split('\n')
    .filter((line) => /^(CREATE|GRANT)/.test(line))
  for (const text of statements) await sql(one.database, text.replace(/;$/, ''))
  // Only a database of a demo or a test has this table.
  for (const suffix of ['plan', 'run'])
    await sql(one.database, `GRANT SELECT ON ${database}.oubli_sandbox TO '${user}_${suffix}'@'%'`)
}

/** Over a connection of its own: the harness may have closed the other by now. */
export async function dropAccounts(settings: MysqlSettings, user: string): Promise<void> {
  const server = await openDatabase({ ...settings, database: 'mysql', poolSize: 1 })
  for (const suffix of ['plan', 'run', 'migrate'])
    await sql(server, `DROP USER IF EXISTS '${user}_${suffix}'@'%'`)
  await server.close()
}

/** From now on the commands of this installation sign in as this account. */
export async function actAs(one: Installation, user: string, suffix: string): Promise<void> {
  const file = join(one.folder, 'config/oubli.yml')
  const config = JSON.parse(await readFile(file, 'utf8')) as { database: { mysql: Record<string, unknown> } }
  await writeFile(join(one.folder, 'password'), password, { mode: 0o600 })
  Object.assign(config.database.mysql, { user: `${user}_${suffix}`, password_file: '../password' })
  await writeFile(file, JSON.stringify(config))
}

export function openAs(settings: MysqlSettings, user: string, suffix: string) {
  return openDatabase({ ...settings, user: `${user}_${suffix}`, password, poolSize: 1 })
}
