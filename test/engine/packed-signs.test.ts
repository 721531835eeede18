/** Signs of life inside rows of key and value and inside JSON: which are looked for, how they are read, who may not. */
import { expect } from 'chai'
import { DatabaseError } from '../../db/database-error.ts'
import { inspectSchema } from '../../db/inspect.ts'
import type { Database, Statement } from '../../db/session.ts'
import { contradictions } from '../../engine/contradictions.ts'
import { packedSigns } from '../../jobs/packed-signs.ts'
import { packedReads } from '../../plan/packed-signs.ts'
import { settleMap, type SettledMap } from '../../plan/settled-map.ts'
import { columnsOf } from '../../plan/signs-of-life.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind } from '../plan/site-builder.ts'
import { asOf, due, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

const tables = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, seen_at DATETIME NULL, prefs TEXT NULL)',
  'CREATE INDEX users_seen ON users (seen_at)',
  'CREATE TABLE user_meta (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, meta_key VARCHAR(190) NOT NULL, meta_value TEXT NULL)',
  'CREATE INDEX meta_user ON user_meta (user_id)',
  'CREATE TABLE devices (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, body TEXT NULL)',
  'CREATE INDEX devices_user ON devices (user_id)',
]
const link = { columns: { user_id: 'id' }, where: {} }
const kinds = [
  account('users', {
    events: {
      seen: event([
        at('seen_at'),
        { ...at('user_meta.meta_value'), where: { meta_key: 'last_login' }, format: 'epoch seconds' },
        { ...at('prefs'), path: '$.seen', format: 'epoch seconds' },
      ]),
    },
  }),
  kind('meta', 'user_meta', { of: 'account', link }),
  kind('device', 'devices', { of: 'account', link }),
]
const old = String(Date.parse('2016-05-01T08:00:00Z') / 1000)
const recent = Date.parse('2026-01-05T08:00:00Z')

async function site(database: Database): Promise<{ readonly lab: Lab; readonly map: SettledMap }> {
  const seen = (id: number): string => JSON.stringify({ id, activity: { last_seen: recent } })
  const lab = await tell(database, tables, kinds, {
    users: [1, 2, 3].map((id) => ({ id, seen_at: due, prefs: `{"seen":${old}}` })),
    user_meta: [
      { id: 1, user_id: 1, meta_key: 'last_login', meta_value: old },
      { id: 2, user_id: 1, meta_key: 'last_activity', meta_value: '2026-01-05 08:00:00' },
      { id: 3, user_id: 2, meta_key: 'last_visit', meta_value: 'long ago' },
      { id: 4, user_id: 2, meta_key: 'created', meta_value: '2026-01-05 08:00:00' },
    ],
    devices: [
      { id: 1, user_id: 2, body: seen(1) },
      { id: 2, user_id: 2, body: '{"activity":' },
      { id: 3, user_id: 3, body: `{"activity":{"last_seen":${old}000}}` },
      { id: 4, user_id: 3, body: null },
    ],
  })
  return { lab, map: settleMap(lab.dataMap, await inspectSchema(lab.database)).map }
}

eachDatabase('signs of life inside rows of key and value and inside JSON', (open) => {
  it('are read where the sample shows a time that the clock does not read, with an index and without', async () => {
    const { lab, map } = await site(await open())
    const { trails, denied } = await packedSigns(lab, map, lab.policy())
    expect(denied).to.deep.equal([])
    expect(trails.map(({ table, place }) => `${table.name}${place ?? ''}`)).to.deep.equal([
      'user_meta (meta_key = last_activity)',
      'devices $.activity.last_seen',
    ])
    for (const served of [true, false]) {
      const found = await contradictions(lab.ports, lab.policy(), {
        trails: trails.map((one) => ({ ...one, served })),
        waived: () => false,
        now: asOf,
      })
      const shared = { by: 'user_id', link: 'data map', basis: served ? 'all' : 'newest rows' }
      const counted = { people: 1, years: { '2026': 1 } }
      expect([found.silent, found.people]).to.deep.equal([3, 2])
      expect(found.signs).to.deep.equal([
        {
          ...{ table: 'user_meta', column: 'meta_value', place: ' (meta_key = last_activity)' },
          ...{ ...shared, ...counted },
        },
        { table: 'devices', column: 'body', place: ' $.activity.last_seen', ...shared, ...counted },
      ])
    }
  })

  it('are waived by their place, or with the whole column', async () => {
    const { lab, map } = await site(await open())
    const { trails } = await packedSigns(lab, map, lab.policy())
    const against = async (...waived: readonly string[]) => {
      const found = await contradictions(lab.ports, lab.policy(), {
        ...{ trails, now: asOf },
        waived: (name) => waived.includes(name),
      })
      return [found.people, found.signs.length]
    }
    const [pair, json] = [
      'user_meta.meta_value (meta_key = last_activity)',
      'devices.body $.activity.last_seen',
    ]
    expect(await against()).to.deep.equal([2, 2])
    expect(await against(pair)).to.deep.equal([1, 2])
    expect(await against(json)).to.deep.equal([1, 2])
    expect(await against(pair, json)).to.deep.equal([0, 2])
    expect(await against('user_meta.meta_value', 'devices.body')).to.deep.equal([0, 2])
    expect(
      await against('user_meta.meta_value (meta_key = last_login)', 'devices.body $.activity'),
    ).to.deep.equal([2, 2])
  })

  it('are told as unread where type or name promises them and the account has no right', async () => {
    const { lab, map } = await site(await open())
    const { database } = lab
    const rows = (statement: Statement) =>
      /SUBSTR/.test(statement.text)
        ? Promise.reject(
            new DatabaseError('not permitted', 'statement', 'ER_COLUMNACCESS_DENIED_ERROR', 1143),
          )
        : database.rows(statement)
    const refusing = { database: { ...database, dialect: database.dialect, rows } as unknown as Database }
    const { trails, denied } = await packedSigns(refusing, map, lab.policy())
    expect(trails).to.deep.equal([])
    expect(denied.map(({ table, column, by, basis }) => [table, column, by, basis])).to.deep.equal([
      ['users', 'prefs', '', 'no right'],
      ['user_meta', 'meta_value', 'user_id', 'no right'],
    ])
    // What the printed rights let an account read is what it would otherwise be told to lack.
    const reads = packedReads(map, lab.policy()).flatMap((one) => columnsOf(one, 'users'))
    const columns = (name: string) => new Set(reads.flatMap((one) => (one.table === name ? one.columns : [])))
    expect([...columns('user_meta')]).to.have.members(['id', 'user_id', 'meta_key', 'meta_value'])
    expect([...columns('users')]).to.have.members(['id', 'prefs'])
    expect([...columns('devices')]).to.deep.equal([])
  })
})
