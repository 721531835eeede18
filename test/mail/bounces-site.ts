/** A site that warns, with people whose turn it is, and the folder in which a mail program leaves what came back. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database, Row } from '../../db/session.ts'
import { install, type Installation, type Said } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'
import { warnedSite } from './warned-site.ts'

export const start = Date.parse('2026-06-01T10:00:00Z')
export const day = 86_400_000

/** Silent for so long that the term is over. */
export function silent(id: number, email: string | null = `person${id}@mail.example`) {
  return {
    ...{ id, email: email ?? '', first_name: null },
    ...{ last_login_at: '2022-05-01 10:00:00', created_at: '2018-01-01 10:00:00' },
  }
}

export interface BouncesSite {
  readonly one: Installation
  at(days: number): Promise<void>
  run(...argv: readonly string[]): Promise<Said>
  rows(text: string): Promise<readonly Row[]>
  /** `minutes`: since it was written. */
  lay(name: string, text: string, minutes?: number): Promise<void>
  /** Names below the folder of bounces. */
  files(): Promise<readonly string[]>
}

/** A relay and a site for each test, which says that no test mail need come back. */
export function siteForEach(
  open: () => Promise<Database>,
  begin: (relay: ScriptedServer, site: BouncesSite) => void | Promise<void>,
  bounces: Readonly<Record<string, unknown>> = {},
): void {
  let end: () => Promise<void>
  beforeEach(async () => {
    const relay = await scriptedServer()
    const none_because = 'A test proves nothing by a test mail.'
    const site = await bouncesSite(await open(), relay, { bounces: { none_because, ...bounces } })
    end = async () => {
      await site.one.close()
      await relay.close()
    }
    await begin(relay, site)
  })
  afterEach(() => end())
}

/** `mail`: laid over the section of the settings. */
export async function bouncesSite(
  database: Database,
  relay: ScriptedServer,
  mail: Readonly<Record<string, unknown>> = {},
): Promise<BouncesSite> {
  const site = warnedSite(relay.port)
  const one = await install(database, { ...site, mail: { ...site.mail, ...mail } }, start)
  const folder = join(one.folder, 'bounces')
  await mkdir(folder)
  return {
    one,
    at: (days) => setSandboxNow(database, start + days * day),
    run: (...argv) => one.oubli(argv),
    rows: (text) => database.rows({ text, values: [] }),
    lay: async (name, text, minutes = 2) => {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
      const written = Date.now() / 1000 - minutes * 60
      await utimes(join(folder, name), written, written)
    },
    files: async () => {
      const found = await readdir(folder, { withFileTypes: true, recursive: true })
      return found
        .filter((entry) => entry.isFile() && entry.name !== '.oubli')
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    },
  }
}

/** Warned and accepted: people 1 to `people`. */
export async function warnPeople(site: BouncesSite, people: number): Promise<void> {
  const all = Array.from({ length: people }, (_, i) => silent(i + 1))
  await insert(site.one.database, 'users', all)
  await site.run('run')
  await site.one.approve()
  await site.run('run')
}

/** The last mail to an address. */
export function tokenTo(relay: ScriptedServer, address: string): string {
  const mail = relay.taken.findLast((text) => new RegExp(`^To: ${address}\r?$`, 'm').test(text))
  const token = /^Message-ID:\s*<([0-9a-f]{32})@/im.exec(mail ?? '')?.[1]
  if (token === undefined) throw new Error('no mail was sent to this address')
  return token
}
