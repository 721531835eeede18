/** People who are known by a unique key beside their primary key: nobody else waits while they are worked on. */
import { expect } from 'chai'
import type { Database, Session, SqlValue, Statement } from '../../db/session.ts'
import { byKey, lockRows, readColumns } from '../../db/site/rows.ts'
import { readDueKeys } from '../../db/site/flat-rows.ts'
import { flatBounds } from '../../plan/flat.ts'
import { databaseUrlSettings, eachServer, openOn } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { install } from './installation.ts'
import { createLab, due, fresh, insert, type Lab } from './lab.ts'
import { siteFiles } from './site-files.ts'

const total = 2000

/** Their visits have no foreign key, so that their erasure holds gaps as well. */
async function site(database: Database, { index = 'users_uuid', key = 'uuid' } = {}): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, uuid VARCHAR(36) NOT NULL, nr INTEGER NOT NULL, seen_at DATETIME NULL, UNIQUE KEY \`${index.replace('`', '``')}\` (uuid), UNIQUE KEY users_nr (nr), KEY users_seen (seen_at))`,
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_uuid VARCHAR(36) NOT NULL, KEY visits_user (user_uuid))',
      'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, nr INTEGER NOT NULL, seen_at DATETIME NULL, UNIQUE KEY logs_nr (nr), KEY logs_seen (seen_at))',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        key: [key],
        events: { seen: event([at('seen_at')]) },
      }),
      kind('visit', 'visits', { of: 'account', link: { columns: { user_uuid: 'uuid' }, where: {} } }),
      kind('log', 'logs', { key: ['nr'], events: { seen: event([at('seen_at')]) } }),
    ],
    policies: [policy('account'), policy('log', { id: 'logs' })],
  })
  const ids = Array.from({ length: total }, (_, id) => id)
  await insert(
    database,
    'users',
    ids.map((id) => ({ id, uuid: uuidOf(id), nr: total - id, seen_at: isDue(id) ? due : fresh })),
  )
  await insert(
    database,
    'visits',
    ids.filter(isDue).map((id) => ({ id, user_uuid: uuidOf(id) })),
  )
  await insert(
    database,
    'logs',
    ids.map((id) => ({ id, nr: total - id, seen_at: isDue(id) ? due : fresh })),
  )
  return lab
}

const isDue = (id: number): boolean => id % 100 === 50
const dueIds = Array.from({ length: total / 100 }, (_, i) => i * 100 + 50)
const uuidOf = (id: number): string => `u-${((id * 7919) % 10_007).toString(36).padStart(4, '0')}-${id}`

/** What the server says of a statement: by which index it goes, and how many rows it looks at. */
async function explained(
  database: Database,
  send: (session: Session) => Promise<unknown>,
): Promise<readonly (readonly [index: string, rows: number])[]> {
  const sent: Statement[] = []
  const listening: Session = {
    rows: (statement) => {
      sent.push(statement)
      return Promise.resolve([])
    },
    run: () => Promise.resolve(0),
  }
  await send(listening)
  const found: (readonly [string, number])[] = []
  for (const { text, values } of sent)
    for (const row of await database.rows({ text: `EXPLAIN ${text}`, values }))
      found.push([String(row['key']), Number(row['rows'])])
  return found
}

eachServer('people known by a unique key beside the primary key', (open) => {
  let lab: Lab
  const keys = dueIds.map((id) => [uuidOf(id)])
  before(async () => {
    lab = await site(await open())
  })

  it('are locked by the index of that key alone', async () => {
    const { database } = lab
    const { dialect } = database
    for (const busy of ['skip', 'refuse'] as const)
      expect(
        await explained(database, (to) => lockRows(to, dialect, lab.policy(), keys, busy)),
      ).to.deep.equal([['users_uuid', keys.length]])
    expect(
      await explained(database, (to) => readColumns(to, dialect, lab.policy(), keys, ['id'], 'lock')),
    ).to.deep.equal([['users_uuid', keys.length]])
  })

  it('are asked for by lists that a server does not turn into a table of its own, however many they are', async () => {
    const { database } = lab
    const many = Array.from({ length: 1001 }, (_, id) => [uuidOf(id)])
    const found = await explained(database, (to) =>
      lockRows(to, database.dialect, lab.policy(), many, 'skip'),
    )
    expect(found).to.deep.equal([
      ['users_uuid', 900],
      ['users_uuid', 101],
    ])
  })

  it('so are the rows of a flat table', async () => {
    const { database } = lab
    const logs = lab.policy('logs')
    const scope = { bounds: flatBounds(logs, '2023-06-01 00:00:00'), kept: [] }
    for (const part of [
      { by: 'keys', keys: [['7'], ['12'], ['1900']] },
      { by: 'window', low: 12n, high: 14n },
    ] as const)
      expect(
        await explained(database, (to) =>
          readDueKeys(to, database.dialect, logs, scope, part, 100, database.dialect.skipLocked),
        ),
      ).to.deep.equal([['logs_nr', 3]])
  })

  it('and who is worked on by somebody is left out by the primary key of that one', async () => {
    const { database } = lab
    const other = await openOn(databaseUrlSettings(database).settings)
    await other.transaction(async (held) => {
      await held.rows({ text: 'SELECT id FROM users WHERE id = ? FOR UPDATE', values: [dueIds[3] ?? 0] })
      const outcome = await database.transaction((tx) =>
        lockRows(tx, database.dialect, lab.policy(), keys, 'skip'),
      )
      const locked = outcome.state === 'committed' ? outcome.value.map(([uuid]) => uuid) : outcome.state
      expect(locked).to.have.members(keys.map(([uuid]) => uuid).filter((_, i) => i !== 3))
    })
    await other.close()
  })

  async function signsIn(people: Lab): Promise<void> {
    const { database } = people
    const other = await openOn(databaseUrlSettings(database).settings)
    let signedIn = 0
    people.point = async (point) => {
      if (!['locked', 'children locked', 're-checked', 'before commit'].includes(point)) return
      for (const id of [0, 49, 51, 149, 1949, 1951, total - 1])
        signedIn += await other.run({
          // Without waiting: an error, where the row is locked.
          text: 'SET STATEMENT innodb_lock_wait_timeout = 0 FOR UPDATE users SET seen_at = ? WHERE id = ?',
          values: [fresh, id],
        })
    }
    if (database.dialect.name === 'mysql') people.point = () => Promise.resolve()
    expect(await people.run()).to.include({ done: dueIds.length, busy: 0, setAside: 0 })
    expect(signedIn).to.equal(database.dialect.name === 'mysql' ? 0 : 7 * 4)
    expect(await people.rows('visits')).to.deep.equal([])
    people.point = () => Promise.resolve()
    await other.close()
  }

  it('and everybody else signs in all the while', async () => {
    await signsIn(lab)
  })

  it('as they do where people are known by their primary key', async () => {
    await signsIn(await site(await open(), { key: 'id' }))
  })

  it('and the rows of the flat table go', async () => {
    expect(await lab.run('logs')).to.include({ done: dueIds.length, busy: 0, setAside: 0 })
  })

  it('also where the name of the index is a strange one', async () => {
    for (const index of ['users.uuid', 'every`one']) {
      const strange = await site(await open(), { index })
      expect(await strange.run(), index).to.include({ done: dueIds.length, busy: 0, setAside: 0 })
    }
  })
})

describe('the index of a key', () => {
  const lockedBy = (index?: string): Promise<string> =>
    new Promise((resolve) => {
      const dialect = {
        quote: (name: string) => name,
        forceIndex: (name: string) => ` BY ${name}`,
        skipLocked: '',
      } as unknown as Database['dialect']
      const session = {
        rows: ({ text }: Statement) => {
          resolve(/ BY (\S+)/.exec(text)?.[1] ?? '')
          return Promise.resolve([])
        },
      } as unknown as Session
      const key = [{ name: 'id', family: 'integer' }] as const
      const target = { table: 't', key, ...(index === undefined ? {} : { keyIndex: index }) }
      expect(byKey(dialect, target)).to.equal(` BY ${index ?? 'PRIMARY'}`)
      void lockRows(session, dialect, target, [['1']], 'skip')
    })

  it('is the primary key unless another is named', async () => {
    expect(await lockedBy()).to.equal('PRIMARY')
    expect(await lockedBy('other')).to.equal('other')
  })
})

eachServer('a hold on somebody who is known by a unique key', (open) => {
  it('does not wait for those who sign in meanwhile', async () => {
    const database = await open()
    const one = await install(
      database,
      {
        ...siteFiles,
        tables: siteFiles.tables.map((text) =>
          text.replace('email VARCHAR(190) NOT NULL', 'email VARCHAR(190) NOT NULL UNIQUE'),
        ),
        dataMap: siteFiles.dataMap.replace(
          'table: prospects\n    key: id',
          'table: prospects\n    key: email',
        ),
      },
      Date.parse('2026-06-01T10:00:00Z'),
    )
    const rows = Array.from({ length: 50 }, (_, i): Record<string, SqlValue> => ({
      ...{ id: i + 1, email: `p${i + 1}@mail.example` },
      collected_at: fresh,
    }))
    await insert(database, 'prospects', rows)
    const outcome = await database.transaction(async (tx) => {
      await tx.run({ text: 'UPDATE prospects SET first_name = ? WHERE id = ?', values: ['Ada', 3] })
      return await one.oubli([
        ...['hold', 'add', 'prospect', 'p7@mail.example', '--matter', 'letter 7', '--because', 'A claim.'],
        ...['--by', 'DPO', '--review-by', '2026-12-01'],
      ])
    })
    const said = outcome.state === 'committed' ? outcome.value : null
    expect(said?.exit, said?.text).to.equal(0)
    await one.close()
  })
})
