/** A real site in SQLite with the real program beside it: files, keys, own tables; emptied between two stories. */
import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import type { Database } from '../../db/session.ts'
import { openContext, type OpenedContext } from '../../jobs/open.ts'
import { install, type Installation } from '../engine/installation.ts'
import { ownTables } from '../engine/site-files.ts'
import type { PolicyWords } from './policy-versions.ts'

const tables: readonly string[] = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, last_login_at DATETIME NULL, created_at DATETIME NOT NULL, role VARCHAR(20) NOT NULL, frozen INTEGER NOT NULL, ordering INTEGER NOT NULL DEFAULT 0)',
  'CREATE INDEX users_login ON users (last_login_at)',
  'CREATE INDEX users_created ON users (created_at)',
  'CREATE TABLE sessions (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, started_at DATETIME NULL, CONSTRAINT s_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE INDEX sessions_user ON sessions (user_id, started_at)',
]

const dataMap = `
controller: { name: Petit Site SARL, contact: privacy@site.example, dpo: dpo@site.example }
site: { name: Petit Site, url: https://site.example }
zone: Europe/Paris
stored_in: UTC
launched_on: 2010-01-04
fiscal_year_ends: 12-31
canaries: { account: { role: canary } }
kinds:
  account:
    category: prospect # who may go without a mail, in the versions that warn nobody
    table: users
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events:
      last_login:
        latest_of: [last_login_at, sessions.started_at]
        never: [null]
        else: created_at
        slides: by the person
        waived:
          last_login_at: Stories begin at any moment, and so does what their sites know of sign-ins.
          sessions.started_at: Stories begin at any moment, and so does what their sites know of sessions.
          created_at: Stories make people up, also some who signed in before they registered.
    except: { role: [admin] }
    restricted: { frozen: [1] }
    states: { order_open: { ordering: [1] } }
    personal: { email: unique_address }
  session:
    table: sessions
    key: id
    of: account
`

function policyText(words: PolicyWords): string {
  const warn = `warn:
  when: before the term
  days_before_erasure: [${words.daysBefore.join(', ')}]
  minimum_notice: ${words.noticeDays} days
  template: inactivity-warning
  if_unreachable: ${
    words.unreachable === 'erase'
      ? `{ refusals: ${words.refusals} on different days, wait: ${words.waitDays} days, finally: erase }`
      : 'a person decides'
  }
  no_address: ${words.noAddress}
`
  return `policy: inactive-accounts
promise: inactivity
status: enforce
data: account
keep_at_most: ${words.periodDays} days
counted_from: last_login
not_while: [order_open]
then: erase
${words.warns ? warn : ''}per_run: { people: ${words.mostPeople}, mails: ${words.mostMails} }
stop_above: { percent: 100${words.stopAbove === null ? '' : `, count: ${words.stopAbove}`} }
purpose: customer account
legal_basis: contract
because: The small site promises this.
approved_by: DPO
approved_on: 2025-12-01
review_by: 2027-12-01
`
}

export interface RealSite {
  readonly database: Database
  readonly installed: Installation
  readonly context: OpenedContext
  readonly verifierKey: string
  /** What the program said since the story began. */
  readonly logged: string[]
  /** Everything that a story has left is gone; the keys stay. */
  empty(words: PolicyWords): Promise<void>
  close(): Promise<void>
}

export async function openRealSite(database: Database, words: PolicyWords, now: number): Promise<RealSite> {
  const site = { tables, dataMap, policies: { 'inactive-accounts': policyText(words) } }
  const installed = await install(database, site, now)
  const settings = await loadSettings({ env: {}, cwd: installed.folder })
  const logged: string[] = []
  const context = await openContext(settings, {
    clock: () => now,
    random: (bytes) => randomBytes(bytes),
    stop: () => null,
    writeLog: (line) => void logged.push(line),
  })
  const { signingKey } = context
  if (signingKey === null) throw new Error('migrate makes a key')
  return {
    database,
    installed,
    context,
    logged,
    verifierKey: signingKey.verifier.text,
    empty: async (next) => {
      logged.length = 0
      for (const table of ['sessions', 'users', ...ownTables])
        await database.run({ text: `DELETE FROM ${table}`, values: [] })
      await rm(settings.evidence.folder, { recursive: true, force: true })
      await writeFile(join(installed.folder, 'policies/inactive-accounts.yml'), policyText(next))
    },
    close: async () => {
      await context.close()
      await installed.close()
    },
  }
}
