/** Signs of life inside rows of key and value and inside JSON: what is sampled, and what a sample makes of it. */
import { expect } from 'chai'
import type { ColumnShape, TableSample, ValueShape } from '../../plan/draft/shapes.ts'
import {
  packedReads,
  packedTrails,
  packingsIn,
  packingsOf,
  sampledColumns,
  type Sampled,
} from '../../plan/packed-signs.ts'
import { settleMap } from '../../plan/settled-map.ts'
import type { Event, Kind } from '../../policies/data-map.ts'
import {
  account,
  at,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  schemaOf,
  users as shoppers,
  type TableSpec,
} from './site-builder.ts'

const users: TableSpec = { ...shoppers, columns: { ...shoppers.columns, prefs: 'text', more: 'text' } }
const user_meta: TableSpec = {
  columns: {
    id: 'int',
    user_id: 'int',
    meta_key: 'varchar(40)',
    meta_value: 'varchar(30)',
    lang: 'varchar(2)',
  },
  indexes: ['user_id'],
}
const devices: TableSpec = { columns: { id: 'int', user_id: 'int', body: 'text' }, indexes: ['user_id'] }
const link = { columns: { user_id: 'id' }, where: {} }
const meta = kind('meta', 'user_meta', { of: 'account', link })
const device = kind('device', 'devices', { of: 'account', link })

type Looks = Partial<Record<ValueShape, number>>

function shape(shapes: Looks): ColumnShape {
  return { values: 4, nulls: 0, distinct: 4, shapes, nevers: [], words: [] }
}

/**
 * Column → place → what stands there, for JSON (null: no objects were seen); word → what stands there, for rows of key
 * and value.
 */
interface Seen {
  readonly json?: Readonly<Record<string, Readonly<Record<string, Looks>> | null>>
  readonly pairs?: Readonly<Record<string, Looks>>
}

function sampleOf({ json = {}, pairs = {} }: Seen): TableSample {
  const shaped = (found: Readonly<Record<string, Looks>>) =>
    new Map(Object.entries(found).map(([name, looks]) => [name, shape(looks)]))
  const columns = Object.entries(json).map(([name, places]): [string, ColumnShape] => [
    name,
    places === null
      ? shape({ prose: 4 })
      : { ...shape({ json: 4 }), members: { unread: 0, others: false, places: shaped(places) } },
  ])
  return { rows: 4, columns: new Map(columns), pairs: shaped(pairs) }
}

function site(
  latestOf: Event['latestOf'],
  {
    kinds = [meta, device],
    tables = {},
  }: { kinds?: readonly Kind[]; tables?: Record<string, TableSpec> } = {},
) {
  const schema = schemaOf({ users, user_meta, devices, ...tables })
  const map = mapOf([{ ...account, events: { seen: event([at('seen_at'), ...latestOf]) } }, ...kinds])
  const policy = onlyPolicy(compile(schema, map))
  const settled = settleMap(map, schema).map
  const trails = (seen: Readonly<Record<string, Seen>>) => {
    const sampled = new Map<string, Sampled>()
    for (const { packing } of packingsOf(settled, policy)) {
      const sample = sampleOf(seen[packing.table.name] ?? {})
      sampled.set(JSON.stringify([packing.table.name, packing.column, packing.pair]), { packing, sample })
    }
    return packedTrails(settled, policy, [...sampled.values()])
  }
  const places = (seen: Readonly<Record<string, Seen>>) =>
    trails(seen).map(({ table, signs, place }) => `${table.name}.${signs[0]?.column ?? ''}${place ?? ''}`)
  return { settled, policy, trails, places }
}

const seconds = { 'epoch seconds': 1 }
const lastLogin = { ...at('user_meta.meta_value'), format: 'epoch seconds' } as const

describe('what may hold signs of life inside', () => {
  const found = (columns: Readonly<Record<string, string>>) =>
    packingsIn(schemaOf({ notes: { columns } }).get('notes')!).map(({ column, pair, told }) => [
      ...[column, pair !== null, told],
    ])

  it('are values beside a name, JSON, and texts that are long enough; the type or a name tells', () => {
    expect(
      found({
        ...{ id: 'int', meta_key: 'varchar(40)', meta_value: 'varchar(255)', note: 'varchar(255)' },
        ...{ extra_data: 'varchar(80)', mood: 'varchar(32)', at: 'datetime' },
      }),
    ).to.deep.equal([
      ['meta_value', true, true],
      ['meta_value', false, false],
      ['note', false, false],
      ['extra_data', false, true],
    ])
    expect(found({ id: 'int', meta_key: 'varchar(20)', meta_value: 'blob' })).to.deep.equal([])
  })

  it('are texts of 33 characters or of any length, and nothing that the database computes', () => {
    const columns = { id: 'int', a: 'varchar(33)', b: 'text', c: 'json', d: 'text generated', e: 'int' }
    expect(found(columns)).to.deep.equal([
      ['a', false, false],
      ['b', false, false],
      ['c', false, true],
    ])
  })

  it('is sampled with the key of its table, and with the name beside it', () => {
    const packings = packingsIn(schemaOf({ user_meta }).get('user_meta')!)
    expect(packings.map(sampledColumns)).to.deep.equal([['id', 'meta_key', 'meta_value']])
    const [json] = packingsIn(schemaOf({ devices: { ...devices, primaryKey: ['body'] } }).get('devices')!)
    expect(sampledColumns(json!)).to.deep.equal(['body'])
  })

  it('is read by an account where type or name tells', () => {
    const { settled, policy } = site([])
    const reads = packedReads(settled, policy)
    expect(reads.map(({ table, signs }) => [table.name, signs.map(({ column }) => column)])).to.deep.equal([
      ['users', ['id', 'prefs']],
      ['user_meta', ['id', 'meta_key', 'meta_value']],
    ])
    expect(reads.map(({ joins }) => joins.length)).to.deep.equal([0, 1])
  })
})

describe('a sign of life in rows of key and value', () => {
  it('stands under a word that speaks of an act, with at least one time', () => {
    const { places, trails } = site([])
    const pairs = {
      last_login: seconds,
      last_seen: { prose: 4 },
      created: seconds,
      last_visit: { date: 1 },
      last_access: { 'iso with offset': 1 },
    }
    expect(places({ user_meta: { pairs } })).to.deep.equal([
      'user_meta.meta_value (meta_key = last_login)',
      'user_meta.meta_value (meta_key = last_visit)',
      'user_meta.meta_value (meta_key = last_access)',
    ])
    const [first] = trails({ user_meta: { pairs } })
    expect(first!.joins.map(({ where }) => where)).to.deep.equal([
      [{ column: 'meta_key', value: 'last_login' }],
    ])
    const formats = ['iso text', 'datetime', 'date', '14 digits', 'epoch seconds', 'epoch milliseconds']
    expect(first!.signs.map(({ format, path }) => [format, path])).to.deep.equal(
      formats.map((format) => [format, undefined]),
    )
  })

  it('is not asked after where the clock reads it, under this word and as a whole', () => {
    const pairs = { last_login: seconds, last_seen: seconds }
    const word = (value: string) => ({ ...lastLogin, where: { meta_key: value } })
    const asked = (...sources: Event['latestOf']) => site(sources).places({ user_meta: { pairs } })
    const [login, seen] = ['last_login', 'last_seen'].map(
      (name) => `user_meta.meta_value (meta_key = ${name})`,
    )
    expect(asked(word('last_login'))).to.deep.equal([seen])
    expect(asked(word('last_seen'))).to.deep.equal([login])
    expect(asked({ ...word('last_seen'), path: '$.at' })).to.deep.equal([login, seen])
    const other = { ...at('user_meta.lang'), where: { meta_key: 'last_login' }, format: '14 digits' } as const
    expect(asked(other)).to.deep.equal([login, seen])
  })

  it('is asked after once, whatever word the kinds of its table are told apart by', () => {
    const where = (name: string, of: Readonly<Record<string, string>>) =>
      kind(name, 'user_meta', { of: 'account', link: { ...link, where: of } })
    const kinds = [where('a', { meta_key: 'x', lang: 'fr' }), where('b', { meta_key: 'y', lang: 'fr' })]
    const found = site([], { kinds }).trails({ user_meta: { pairs: { last_seen: seconds } } })
    expect(found.map(({ joins }) => joins[0]?.where)).to.deep.equal([
      [
        { column: 'lang', value: 'fr' },
        { column: 'meta_key', value: 'last_seen' },
      ],
    ])
  })

  it('may stand in the row of the person', () => {
    const own = {
      columns: { id: 'int', seen_at: 'datetime', email: 'text', field: 'text', value: 'text' },
      indexes: ['seen_at'],
    }
    const one = site([], { tables: { users: own } })
    const found = one.trails({ users: { pairs: { last_seen: seconds } } })
    expect(found.map(({ joins, link: by, place }) => [joins, by, place])).to.deep.equal([
      [[], 'own row', ' (field = last_seen)'],
    ])
  })

  it('lies behind all links of the way; only where an index finds each is every row read', () => {
    const columns = { id: 'int', name: 'varchar(20)', value: 'varchar(20)' }
    const options = { columns: { ...columns, vote_id: 'int' }, keys: ['vote_id -> votes.id'] }
    const of = (indexes: readonly string[]) =>
      site([], { tables: { options, votes: { columns: { id: 'int', user_id: 'int' }, indexes } } })
        .trails({ options: { pairs: { last_seen: seconds } } })
        .map(({ joins, served }) => [joins.map(({ table, where }) => [table, where.length]), served])
    const ways = [
      ['votes', 0],
      ['options', 1],
    ]
    expect(of(['user_id'])).to.deep.equal([[ways, true]])
    expect(of([])).to.deep.equal([[ways, false]])
  })
})

describe('a sign of life in JSON', () => {
  it('stands at a place that speaks of one, with at least one time, in each column by itself', () => {
    const { places, trails } = site([])
    const json = {
      prefs: { '$.stats.seen': seconds, '$.email': seconds, '$.last_login': { prose: 4 } },
      more: { '$.stats.seen': { datetime: 1 } },
    }
    expect(places({ users: { json } })).to.deep.equal(['users.prefs $.stats.seen', 'users.more $.stats.seen'])
    expect(places({ users: { json: { prefs: null }, pairs: { last_seen: seconds } } })).to.deep.equal([])
    const [first] = trails({ users: { json } })
    expect([...new Set(first!.signs.map(({ path }) => path))]).to.deep.equal(['$.stats.seen'])
  })

  it('is told of the table whose sample shows it, and not of another with a column of that name', () => {
    const columns = { id: 'int', user_id: 'int', body: 'text' }
    const tables = { phones: { columns, keys: ['user_id -> users.id'] } }
    const body = { devices: { json: { body: { '$.seen': seconds } } } }
    const phone = kind('phone', 'phones', { of: 'account' })
    expect(site([], { kinds: [device, phone], tables }).places(body)).to.deep.equal(['devices.body $.seen'])
  })

  it('is not asked after where the clock reads this place of this column in all these rows', () => {
    const json = { prefs: { '$.seen': seconds }, more: { '$.seen': seconds } }
    const read = (column: string, path = '$.seen') =>
      ({ ...at(column), path, format: 'epoch seconds' }) as const
    const asked = (...sources: Event['latestOf']) => site(sources).places({ users: { json } })
    expect(asked(read('prefs'))).to.deep.equal(['users.more $.seen'])
    expect(asked(read('more'))).to.deep.equal(['users.prefs $.seen'])
    expect(asked(read('prefs', '$.last'))).to.deep.equal(['users.prefs $.seen', 'users.more $.seen'])
    const body = { devices: { json: { body: { '$.seen': seconds } } } }
    const tables = { devices: { ...devices, columns: { ...devices.columns, sort: 'varchar(8)' } } }
    const source = (where: Readonly<Record<string, string>>) => ({ ...read('devices.body'), where })
    expect(site([source({})], { tables }).places(body)).to.deep.equal([])
    expect(site([source({ sort: 'phone' })], { tables }).places(body)).to.deep.equal(['devices.body $.seen'])
  })
})
