/** Whatever ends a run, the last line that it says is the reason. */
import { expect } from 'chai'
import { fieldPatterns } from '../../config/event-fields.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { openDatabase } from '../../db/connect.ts'
import { release, takeLease } from '../../db/own/lease.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { databaseUrlSettings, eachDatabase } from '../databases.ts'
import { install, type Installation, type Instead } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { addDue, day, start } from '../engine/twins.ts'

/** Three people a run, and more than twenty who are newly due want a look. No foreign key ties clicks. */
const files = {
  ...siteFiles,
  tables: siteFiles.tables.map((text) => text.replace(/, CONSTRAINT c_prospect [^)]*\) [^)]*\)/, '')),
  dataMap: siteFiles.dataMap.replace(
    '    table: clicks\n    key: id\n    of: prospect\n',
    '    table: clicks\n    key: id\n    of: prospect\n    link: { prospect_id: id }\n',
  ),
  policies: {
    ...siteFiles.policies,
    prospects: (siteFiles.policies['prospects'] ?? '')
      .replace('people: 2000', 'people: 3')
      .replace('percent: 100', 'percent: 100, people: 20'),
  },
}

interface End {
  readonly argv?: readonly string[]
  /** Due people beside the two that are always there. */
  readonly more?: number
  readonly arrange?: (one: Installation) => Promise<Instead> | Instead
  readonly undo?: (one: Installation) => Promise<unknown>
  readonly exit: number
  readonly why: RegExp
  readonly serverOnly?: boolean
}

/** Once, at this place of the run. */
function at(where: Point, happen: () => Promise<unknown>): Instead {
  let happened = false
  return {
    point: async (point) => {
      if (point !== where || happened) return
      happened = true
      await happen()
    },
  }
}

const broken = (kind: DatabaseError['kind']) => () =>
  Promise.reject(new DatabaseError(kind, 'statement', 'ER_SAMPLE'))
const other = (name: string) => ({ name, owner: 'somebody' })
const take = (database: Database, name: string) =>
  takeLease(database, { ...other(name), now: Date.now(), ttlMs: 60_000 })

let letGo: () => void = () => undefined

const ends: Readonly<Record<string, End>> = {
  'all is done': { exit: 0, why: /^all that was due is done$/ },
  'the slice is done': { more: 2, exit: 0, why: /^the slice is done, 1 left/ },
  'the time is over': {
    arrange: () => {
      let now = Date.now()
      return { clock: () => now, ...at('flat rows committed', () => Promise.resolve((now += 2 * 3_600_000))) }
    },
    exit: 0,
    why: /^the time of this run is used up, 2 left/,
  },
  'a signal': {
    arrange: () => ({ stop: () => 'interrupted by SIGTERM' }),
    exit: 3,
    why: /^interrupted by SIGTERM$/,
  },
  '`oubli stop`': {
    arrange: (one) =>
      at('flat rows committed', async () => {
        await one.oubli(['stop'])
        await new Promise((resolve) => setTimeout(resolve, 1500))
      }),
    exit: 3,
    why: /^stopped by oubli stop$/,
  },
  'rows that were set aside': {
    arrange: async ({ database }) => {
      const fails = database.dialect.locksRows
        ? "SIGNAL SQLSTATE '45000'"
        : "BEGIN SELECT RAISE(ABORT, 'no'); END"
      await sql(database, `CREATE TRIGGER keeps BEFORE DELETE ON clicks FOR EACH ROW ${fails}`)
      return {}
    },
    undo: ({ database }) => sql(database, 'DROP TRIGGER keeps'),
    exit: 3,
    why: /^2 row\(s\) set aside$/,
  },
  'rows that the site holds locked': {
    serverOnly: true,
    arrange: async (one) => {
      const site = await openDatabase(databaseUrlSettings(one.database).settings)
      await new Promise<void>((locked) => {
        void site
          .transaction(async (tx) => {
            const held = 'SELECT id FROM prospects WHERE id > 0 FOR UPDATE'
            await tx.rows({ text: held, values: [] })
            locked()
            await new Promise<void>((resolve) => (letGo = resolve))
          })
          .then(() => site.close())
      })
      await one.oubli(['run'])
      await one.oubli(['run'])
      return {}
    },
    undo: () => {
      letGo()
      return Promise.resolve()
    },
    exit: 3,
    why: /^2 row\(s\) busy in three runs or more$/,
  },
  'rows that are still there': {
    arrange: ({ database }) => {
      return at('committed', async () => {
        const [gone] = await database.rows({ text: 'SELECT MAX(id) AS id FROM prospects', values: [] })
        await insert(database, 'clicks', [{ id: 9_000_000, prospect_id: Number(gone?.['id']) - 1, ip: null }])
      })
    },
    exit: 3,
    why: /^1 row\(s\) of what was done are still there$/,
  },
  'an alarm': { more: 30, exit: 4, why: /^refused by a safety stop: prospects$/ },
  'a data map that does not fit': {
    arrange: async ({ database }) => {
      await sql(database, 'ALTER TABLE page_views RENAME COLUMN ip TO address')
      return {}
    },
    undo: ({ database }) => sql(database, 'ALTER TABLE page_views RENAME COLUMN address TO ip'),
    exit: 4,
    why: /^refused, the data map does not fit the database: \d problem\(s\)$/,
  },
  'evidence that cannot be sealed on the way': {
    arrange: (one) => waiting(one, 1000),
    undo: sealed,
    exit: 4,
    why: /^refused by a safety stop: too many entries wait to be sealed$/,
  },
  'evidence that could not be sealed before': {
    arrange: (one) => waiting(one, 1001),
    undo: sealed,
    exit: 4,
    why: /^E_EVIDENCE_WAITS, \S/,
  },
  'a server that takes no writes': {
    arrange: () => at('locked', broken('not writable')),
    exit: 1,
    why: /^(page-views|prospects): not writable$/,
  },
  'a server that is gone': {
    arrange: () => at('flat rows committed', broken('connection lost')),
    exit: 1,
    why: /^E_DATABASE_LOST, \S/,
  },
  'a statement that somebody ended': {
    arrange: () => at('flat rows committed', broken('killed')),
    exit: 1,
    why: /^E_QUERY_KILLED, \S/,
  },
  'a defect around the batches': {
    arrange: () => at('flat rows committed', () => Promise.reject(new TypeError('Ada'))),
    exit: 1,
    why: /^E_UNEXPECTED, TypeError: this is a defect/,
  },
  'a defect in a batch': {
    arrange: () => at('re-checked', () => Promise.reject(new TypeError('Ada'))),
    exit: 1,
    why: /^E_UNEXPECTED, TypeError: this is a defect/,
  },
  'another run': {
    arrange: async ({ database }) => {
      await take(database, 'run')
      return {}
    },
    undo: ({ database }) => release(database, other('run')),
    exit: 5,
    why: /^E_BUSY, another run holds the lease of this database$/,
  },
  'another run that took over': {
    arrange: ({ database }) =>
      at('flat rows committed', () =>
        sql(database, "UPDATE oubli_lease SET token = token + 1 WHERE name = 'run'"),
      ),
    exit: 5,
    why: /^E_FENCED, the lease "run" was taken over/,
  },
  'a clock that went back': {
    arrange: async ({ database }) => {
      await setSandboxNow(database, start - 10 * day)
      return {}
    },
    undo: ({ database }) => setSandboxNow(database, start),
    exit: 4,
    why: /^E_CLOCK\S*, \S/,
  },
  'a signal that must be read and cannot': {
    arrange: () => ({ env: { LANG: 'en', OUBLI_PACE_REQUIRE: 'replica_lag_ms' } }),
    exit: 4,
    why: /^E_SIGNAL_MISSING, \S/,
  },
  'a policy that is not there': {
    argv: ['run', '--policy', 'dragons'],
    exit: 2,
    why: /^E_POLICY_NAME, \S/,
  },
  'settings that are not there': {
    argv: ['run', '--config', 'nowhere.yml'],
    exit: 2,
    why: /^E_SETTINGS_MISSING, \S/,
  },
  'a run of warnings where nobody is warned': {
    argv: ['run', '--only', 'warn'],
    exit: 0,
    why: /^no policy of this run warns$/,
  },
  'a pilot': {
    argv: ['run', '--policy', 'prospects', '--pilot', '10'],
    exit: 0,
    why: /^a pilot of 10, 2 done and nothing of them left, 0 still due$/,
  },
  'mails that all left': { argv: ['mail', 'deliver'], exit: 0, why: /^all that waited was tried$/ },
  'mails without settings': {
    argv: ['mail', 'deliver', '--config', 'nowhere.yml'],
    exit: 2,
    why: /^E_SETTINGS_MISSING, \S/,
  },
  'a replay of nothing': { argv: ['replay'], exit: 0, why: /^there is nothing to replay$/ },
  'a replay without settings': {
    argv: ['replay', '--config', 'nowhere.yml'],
    exit: 2,
    why: /^E_SETTINGS_MISSING, \S/,
  },
  'a schedule that was told to end': {
    argv: ['schedule'],
    arrange: () => ({ stop: () => 'interrupted by SIGTERM' }),
    exit: 0,
    why: /^interrupted by SIGTERM$/,
  },
  'a schedule without settings': {
    argv: ['schedule', '--config', 'nowhere.yml'],
    exit: 2,
    why: /^E_SETTINGS_MISSING, \S/,
  },
}

/** So many entries wait, and somebody else seals. */
async function waiting({ database }: Installation, count: number): Promise<Instead> {
  await take(database, 'seal')
  await insert(
    database,
    'oubli_waiting',
    Array.from({ length: count }, (_, n) => ({
      entry_id: `none${n}`.padEnd(32, 'x'),
      created_at: '2026-06-01T10:00:00.000Z',
    })),
  )
  return { env: { LANG: 'en', OUBLI_EVIDENCE_WAITING_AT_MOST: '1000' } }
}

async function sealed({ database }: Installation): Promise<void> {
  await sql(database, "DELETE FROM oubli_waiting WHERE entry_id > 'none' AND entry_id LIKE 'none%'")
  await release(database, other('seal'))
}

eachDatabase('the last line of a command', (open) => {
  let one: Installation
  let from = 0
  before(async () => {
    one = await install(await open(), files, start)
    await addDue(one.database, (from += 1))
  })
  after(() => one.close())
  beforeEach(async () => {
    for (const table of ['clicks', 'receipts', 'prospects', 'page_views'])
      await sql(one.database, `DELETE FROM ${table} WHERE id > 0`)
    await addDue(one.database, (from += 100))
  })

  it('says that new terms only observe', async () => {
    const said = await one.oubli(['run'])
    expect([said.exit, lastOf(said.text)]).to.deep.equal([
      0,
      'why stopped: observed only, nothing was changed',
    ])
    await one.approve()
  })

  for (const [name, end] of Object.entries(ends))
    it(`says why: ${name}`, async function () {
      if (end.serverOnly === true && !one.database.dialect.locksRows) this.skip()
      for (let added = 0; added < (end.more ?? 0); added += 2) await addDue(one.database, (from += 100))
      const instead = (await end.arrange?.(one)) ?? {}
      const said = await one.oubli(end.argv ?? ['run'], instead)
      await end.undo?.(one)
      expect(said.exit, said.text).to.equal(end.exit)
      for (const text of [said.text, said.out]) {
        const [before, why = text] = lastOf(text).split('why stopped: ')
        expect(before, text).to.equal('')
        expect(why, text).to.match(end.why)
        // What is thrown is logged by its code.
        if (!why.startsWith('E_')) expect(why).to.match(fieldPatterns.words)
      }
      expect(said.text.split('why stopped: '), 'once').to.have.length(2)
      expect(said.text).not.to.include('Ada')
    })
})

function lastOf(text: string): string {
  return text.split('\n').at(-1) ?? ''
}
