/** From which clocks a proposed kind counts, and which policies follow from it. */
import { expect } from 'chai'
import { clocksOf } from '../../../plan/draft/clocks.ts'
import type { DraftClock, DraftEvent, DraftKind, DraftPolicy } from '../../../plan/draft/draft.ts'
import { eventsOf } from '../../../plan/draft/events.ts'
import type { FoundLink } from '../../../plan/draft/found-link.ts'
import { tableWords } from '../../../plan/draft/names.ts'
import { pairIn } from '../../../plan/draft/pairs.ts'
import { policiesOf, whyNoPolicy } from '../../../plan/draft/policies.ts'
import type { Remark } from '../../../plan/draft/remarks.ts'
import type { ColumnShape, TableSample } from '../../../plan/draft/shapes.ts'
import { schemaOf, type TableSpec } from '../site-builder.ts'

type Columns = TableSpec['columns']
type Counts = ColumnShape['shapes']

interface Counted {
  readonly columns?: Readonly<Record<string, Counts>>
  readonly pairs?: Readonly<Record<string, Counts>>
  /** Column → place in its JSON → what stands there. */
  readonly json?: Readonly<Record<string, Readonly<Record<string, Counts>>>>
}

interface Hung {
  readonly table: string
  readonly name: string
  readonly of: string | null
  readonly by: FoundLink | null
}

const shape = (shapes: Counts): ColumnShape => {
  const values = Object.values(shapes).reduce((sum, one) => sum + one, 0)
  return { values, nulls: 0, distinct: values, shapes, nevers: [], words: [] }
}

function sample({ columns = {}, pairs = {}, json = {} }: Counted): TableSample {
  const shapes = (all: Readonly<Record<string, Counts>>) =>
    Object.entries(all).map(([name, counts]) => [name, shape(counts)] as const)
  const documents = Object.entries(json).map(([name, places]) => {
    const members = { unread: 0, others: false, places: new Map(shapes(places)) }
    return [name, { ...shape({ json: 10 }), members }] as const
  })
  return { rows: 10, columns: new Map([...shapes(columns), ...documents]), pairs: new Map(shapes(pairs)) }
}

/** `sessions` hangs on the person's `user`, unless said. */
function hung(table: string, name = table, of = 'user', where: FoundLink['where'] = {}): Hung {
  const by: FoundLink = {
    table,
    to: 'users',
    columns: { user_id: 'id' },
    where,
    declared: true,
    clerk: false,
    sure: true,
  }
  return { table, name, of, by }
}

interface Site {
  readonly users: Columns
  /** Beside `users`; each hangs on it unless `kinds` says otherwise. */
  readonly others?: Readonly<Record<string, Columns>>
  readonly samples?: Readonly<Record<string, Counted>>
  readonly kinds?: readonly Hung[]
}

interface Found {
  readonly events: readonly DraftEvent[]
  readonly life: readonly string[]
  readonly said: readonly string[]
}

const told = (remarks: readonly Remark[]): readonly string[] =>
  remarks.map(({ code, params }) => [code, ...Object.values(params)].join(' '))

const written = ({ column, path, where }: DraftClock): string =>
  [column, path, where === undefined ? undefined : Object.entries(where).join()]
    .filter((one) => one !== undefined)
    .join(' ')

function found({ users, others = {}, samples = {}, kinds }: Site, subject = true): Found {
  const columns = { users, ...others }
  const schema = schemaOf(
    Object.fromEntries(
      Object.entries(columns).map(([name, own]) => [name, { columns: { id: 'int', ...own } }]),
    ),
  )
  const tables = [...schema.values()]
  const counted = new Map(Object.entries(samples).map(([name, one]) => [name, sample(one)]))
  const pairs = tables.flatMap((table) => {
    const pair = pairIn(table)
    return pair === null ? [] : [[table.name, pair] as const]
  })
  const known = {
    looked: new Map(
      tables.map((table) => [
        table.name,
        { table, words: tableWords(table.name, ''), findings: [], links: [] },
      ]),
    ),
    samples: counted,
    clocks: new Map(
      tables.map((table) => [table.name, clocksOf(table, counted.get(table.name)?.columns ?? new Map())]),
    ),
    pairs: new Map(pairs),
  }
  const all = [
    { table: 'users', name: 'user', of: null, by: null },
    ...(kinds ?? Object.keys(others).map((name) => hung(name))),
  ]
  const { events, remarks } = eventsOf(known, schema.get('users')!, subject, all)
  const life = events.filter(({ name }) => name === 'last_activity').flatMap(({ sources }) => sources)
  return { events, life: life.map(written), said: told(remarks) }
}

const offsets: Counts = { 'iso in UTC': 5, 'iso with offset': 5 }
const byHand: Counts = { 'written date': 10 }
const epochs: Counts = { 'epoch seconds': 10 }
const created = { created_at: 'datetime' }
const seen = { last_seen: 'datetime null' }

describe('the clocks of a proposed kind', () => {
  it('are the last activity, or else the creation, and the creation itself', () => {
    const clock = (column: string): DraftClock => ({ column, format: 'auto', nevers: [], ordered: true })
    const start = clock('created_at')
    expect(found({ users: { ...created, ...seen } }).events).to.deep.equal([
      { name: 'last_activity', sources: [clock('last_seen')], else: start, slides: true, fiscal: false },
      { name: 'created', sources: [start], else: null, slides: false, fiscal: false },
    ])
  })

  it('are the last activity alone where nothing says when somebody came', () => {
    const { events, said } = found({ users: seen })
    expect(events.map((one) => [one.name, one.else])).to.deep.equal([['last_activity', null]])
    expect(said).to.deep.equal([])
  })

  it('are the creation alone of what is no person', () => {
    const { events, said } = found({ users: { ...created, ...seen } }, false)
    expect(events.map(({ name }) => name)).to.deep.equal(['created'])
    expect(said).to.deep.equal([])
  })

  it('say that the only start cannot be read, and count from nothing', () => {
    const users = { created_at: 'varchar(20)' }
    const { events, said } = found({ users, samples: { users: { columns: { created_at: byHand } } } })
    expect(events).to.deep.equal([])
    expect(said).to.deep.equal(['clockUnreadable created_at a written date', 'noLife'])
  })

  it('say nothing of a start that cannot be read beside one that can', () => {
    const users = { created_at: 'varchar(20)', registered: 'datetime', ...seen }
    const { events, said } = found({ users, samples: { users: { columns: { created_at: byHand } } } })
    expect(events.map((one) => one.sources.map(written))).to.deep.equal([['last_seen'], ['registered']])
    expect(said).to.deep.equal([])
  })

  it('say of each sign of life that it cannot be read, even beside one that can', () => {
    const users = { ...created, ...seen, last_login: 'varchar(20)', last_visit: 'varchar(20)' }
    const columns = { last_login: byHand, last_visit: { '8 digits': 10 } }
    const { life, said } = found({ users, samples: { users: { columns } } })
    expect(life).to.deep.equal(['last_seen'])
    expect(said).to.deep.equal([
      'clockUnreadable last_login a written date',
      'clockUnreadable last_visit a day as a number',
    ])
  })

  it('say of each clock once that it cannot be read', () => {
    const users = { created_at: 'varchar(20)', last_login: 'varchar(20)' }
    const columns = { created_at: byHand, last_login: byHand }
    expect(found({ users, samples: { users: { columns } } }).said).to.deep.equal([
      'clockUnreadable created_at a written date',
      'clockUnreadable last_login a written date',
      'noLife',
    ])
  })

  it('never begin with texts in several offsets', () => {
    const text = { created_at: 'varchar(40)', last_seen: 'varchar(40)' }
    const samples = { users: { columns: { created_at: offsets, last_seen: offsets } } }
    const alone = found({ users: text, samples })
    expect(alone.events).to.deep.equal([])
    expect(alone.said).to.deep.equal(['clockUnordered created_at', 'clockUnordered last_seen', 'noLife'])
    const other = found({ users: { ...text, last_login: 'datetime null' }, samples })
    expect(other.life).to.deep.equal(['last_login', 'last_seen'])
    expect(other.said).to.deep.equal(['clockUnordered created_at'])
  })

  it('begin with the creation where the only sign of life is in several offsets', () => {
    const users = { ...created, last_seen: 'varchar(40)' }
    const { life, said } = found({ users, samples: { users: { columns: { last_seen: offsets } } } })
    expect(life).to.deep.equal(['created_at', 'last_seen'])
    expect(said).to.deep.equal(['clockUnordered last_seen'])
  })
})

describe('signs of life in what hangs on a person', () => {
  it('stand behind the own ones', () => {
    const others = { devices: { last_used: 'datetime', ...created }, orders: created }
    const { life, said } = found({ users: { ...created, ...seen }, others })
    expect(life).to.deep.equal(['last_seen', 'devices.last_used'])
    expect(said).to.deep.equal([])
  })

  it('are beginnings of rows whose table is called after visits, by a whole word', () => {
    const others = { user_sessions: created, visited_places: created, login: created }
    expect(found({ users: { ...created, ...seen }, others }).life).to.deep.equal([
      'last_seen',
      'user_sessions.created_at',
      'login.created_at',
    ])
  })

  it('stand beside the creation where the person has none, and that is told', () => {
    const others = { devices: { last_used: 'datetime', ...created }, orders: created }
    const { life, said } = found({ users: created, others })
    expect(life).to.deep.equal(['created_at', 'devices.last_used'])
    expect(said).to.deep.equal(['lifeBelow users'])
  })

  it('are any beginnings of rows where nothing else is found', () => {
    const { life, said } = found({ users: created, others: { orders: created, notes: {} } })
    expect(life).to.deep.equal(['created_at', 'orders.created_at'])
    expect(said).to.deep.equal(['lifeBelow users'])
  })

  it('stand beside the creation and an own one in several offsets', () => {
    const users = { ...created, last_seen: 'varchar(40)' }
    const samples = { users: { columns: { last_seen: offsets } } }
    const { life, said } = found({ users, others: { orders: created }, samples })
    expect(life).to.deep.equal(['created_at', 'last_seen', 'orders.created_at'])
    expect(said).to.deep.equal(['clockUnordered last_seen', 'lifeBelow users'])
  })

  it('are told and not used where nothing of the person can be scanned', () => {
    const others = { devices: { last_used: 'datetime', last_seen: 'varchar(40)', ...created } }
    const samples = { devices: { columns: { last_seen: byHand } } }
    const { events, said } = found({ users: {}, others, samples })
    expect(events).to.deep.equal([])
    expect(said).to.deep.equal(['noLife', 'clockUnused devices.last_used'])
  })

  it('are four at most, and each that is left out is told', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const others = Object.fromEntries(names.map((name) => [`${name}_posts`, created]))
    const { life, said } = found({ users: created, others })
    expect(life).to.deep.equal(['created_at', ...['a', 'b', 'c'].map((name) => `${name}_posts.created_at`)])
    expect(said).to.deep.equal([
      'lifeBelow users',
      'clockUnused d_posts.created_at',
      'clockUnused e_posts.created_at',
    ])
  })

  it('are told where a table has more than one', () => {
    const others = { devices: { last_used: 'datetime', last_seen: 'datetime', ...created } }
    for (const users of [created, { ...created, last_login: 'datetime' }]) {
      const { said } = found({ users, others })
      expect(said.at(-1)).to.equal('clockUnused devices.last_seen')
    }
  })

  it('need a table that hangs on the person in one way, whatever a row says', () => {
    const others = { devices: { last_used: 'datetime' } }
    const kinds: readonly (readonly [readonly Hung[], readonly string[]])[] = [
      [[hung('devices')], ['last_seen', 'devices.last_used']],
      [[hung('devices', 'device', 'order')], ['last_seen']],
      [[{ ...hung('devices'), of: null }], ['last_seen']],
      [[hung('devices', 'device', 'user', { owner_type: 'User' })], ['last_seen']],
      [[hung('devices'), hung('devices', 'shop_device', 'shop')], ['last_seen']],
    ]
    for (const [hangs, expected] of kinds)
      expect(found({ users: { ...created, ...seen }, others, kinds: hangs }).life).to.deep.equal(expected)
  })
})

describe('signs of life in key-value rows', () => {
  const meta = { user_id: 'int', meta_key: 'varchar(60)', meta_value: 'text' }
  const rows = (pairs: Readonly<Record<string, Counts>>, value = 'text'): Site => ({
    users: { ...created, ...seen },
    others: { usermeta: { ...meta, meta_value: value } },
    samples: { usermeta: { pairs } },
  })
  const sources = (site: Site): readonly DraftClock[] =>
    found(site).events.find(({ name }) => name === 'last_activity')?.sources ?? []

  it('are chosen by their word', () => {
    const { life, said } = found(rows({ last_login: epochs }))
    expect(life).to.deep.equal(['last_seen', 'usermeta.meta_value meta_key,last_login'])
    expect(said).to.deep.equal([])
  })

  it('are only told where the word says no act, or the values are no texts', () => {
    const line = (word: string): string => `clockInPairs usermeta meta_key meta_value ${word} epoch seconds`
    const other = found(rows({ registered: epochs }))
    expect([other.life, other.said]).to.deep.equal([['last_seen'], [line('registered')]])
    const bytes = found(rows({ last_login: epochs }, 'blob'))
    expect([bytes.life, bytes.said]).to.deep.equal([['last_seen'], [line('last_login')]])
  })

  it('are times in nine of ten values, and in three at least', () => {
    const cases: readonly (readonly [Counts, number])[] = [
      [{ 'epoch seconds': 9, prose: 1 }, 2],
      [{ 'epoch seconds': 8, prose: 2 }, 1],
      [{ 'epoch seconds': 3 }, 2],
      [{ 'epoch seconds': 2 }, 1],
      [{ prose: 10 }, 1],
    ]
    for (const [counts, expected] of cases)
      expect(sources(rows({ last_login: counts })), JSON.stringify(counts)).to.have.length(expected)
  })

  it('are said to be in no order where they stand in several offsets', () => {
    expect(sources(rows({ last_login: offsets }))[1]?.ordered).to.equal(false)
    expect(sources(rows({ last_login: { 'iso in UTC': 10 } }))[1]?.ordered).to.equal(true)
  })

  it('are looked for in a sample alone', () => {
    const { samples, ...site } = rows({})
    expect(samples).to.not.equal(undefined)
    expect(found(site).life).to.deep.equal(['last_seen'])
  })

  it('are told with their word, or their place in JSON, where they are not used', () => {
    const { said } = found({
      users: {},
      others: { usermeta: meta, devices: { data: 'text' } },
      samples: {
        usermeta: { pairs: { last_login: epochs } },
        devices: { json: { data: { '$.last_seen': epochs } } },
      },
    })
    expect(said).to.deep.equal([
      'noLife',
      'clockUnused usermeta.meta_value (meta_key = last_login)',
      'clockUnused devices.data ($.last_seen)',
    ])
  })
})

function kind(name: string, table: string, more: Partial<DraftKind> = {}): DraftKind {
  return {
    name,
    table,
    category: null,
    key: ['id'],
    identity: [],
    subject: false,
    of: null,
    link: null,
    contact: null,
    events: [{ name: 'created', sources: [], else: null, slides: false, fiscal: false }],
    columns: [],
    clerks: {},
    beside: false,
    stay: null,
    others: [],
    remarks: [],
    ...more,
  }
}

const start: DraftClock = { column: 'created_at', format: 'auto', nevers: [], ordered: true }
const activity: DraftEvent = { name: 'last_activity', sources: [], else: start, slides: true, fiscal: false }
const contact = { email: 'email', name: null, locale: null }
const user = kind('user', 'users', { subject: true, events: [activity], contact })
const phone = { name: 'phone', meaning: 'phone', strategy: null, sure: true } as const

describe('a policy', () => {
  it('is proposed for what hangs on nothing and can be counted, or it is said why not', () => {
    const cases: readonly (readonly [DraftKind, string | null, readonly string[]])[] = [
      [user, null, ['inactive-user']],
      [kind('log', 'logs'), null, ['log']],
      [kind('log', 'logs', { events: [] }), 'noStart', []],
      [kind('log', 'logs', { events: [], of: 'user' }), null, []],
      [kind('log', 'logs', { of: 'user' }), null, []],
      [{ ...user, events: [{ ...activity, else: null }] }, 'noStart', []],
      [{ ...user, contact: null }, 'noContact', []],
      [{ ...user, contact: null, events: kind('user', 'users').events }, null, ['user']],
      [kind('page', 'pages', { clerks: { edited_by: 'user' } }), null, []],
      [kind('page', 'pages', { clerks: { edited_by: 'user' }, events: [] }), null, []],
      [kind('page', 'pages', { beside: true }), null, []],
      [kind('page', 'pages', { beside: true, columns: [phone] }), null, ['page']],
      [kind('page', 'pages', { clerks: { edited_by: 'user' }, columns: [phone] }), null, ['page']],
      [{ ...user, clerks: { invited_by: 'user' } }, null, ['inactive-user']],
    ]
    for (const [one, why, names] of cases) {
      expect(whyNoPolicy(one)?.code ?? null).to.equal(why)
      expect(policiesOf([one], new Map(), '').map(({ name }) => name)).to.deep.equal(names)
    }
  })

  it('says from what it counts, whether it warns, and what is to be decided', () => {
    const outline = (one: DraftKind, ...others: readonly DraftKind[]) =>
      policiesOf([one, ...others], new Map(), 'my_').map(({ countedFrom, term, warns, remarks }) => ({
        countedFrom,
        term,
        warns,
        said: told(remarks),
      }))
    const day = kind('user', 'users').events
    expect([
      ...outline(user),
      ...outline({ ...user, category: 'account', contact: null, events: day }),
      ...outline(kind('prospect', 'leads')),
      ...outline(
        user,
        kind('order', 'my_orders', { of: 'user' }),
        kind('line', 'my_lines', { of: 'order' }),
        kind('bill', 'my_invoices', { of: 'line' }),
      ),
    ]).to.deep.equal([
      { countedFrom: 'last_activity', term: '3 years', warns: true, said: ['term'] },
      { countedFrom: 'created', term: '2 years', warns: false, said: ['term', 'noLife'] },
      { countedFrom: 'created', term: '3 years', warns: false, said: ['term'] },
      {
        countedFrom: 'last_activity',
        term: '3 years',
        warns: true,
        said: ['term', 'accounting order, bill'],
      },
    ])
    const stays = (['keep', 'detach', 'fixed', 'fixed'] as const).map((stay, i) =>
      kind(`post_${String(i)}`, 'posts', { of: 'user', stay }),
    )
    const threads = ['thread', 'album'].map((name) => kind(name, name, { of: 'user', others: ['posts'] }))
    expect(outline(user, ...stays, ...threads).map(({ said }) => said)).to.deep.equal([
      ['term', 'writtenStays post_0, post_1', 'writtenGoes post_2, post_3', 'othersGo thread, album'],
    ])
  })

  it('warns nobody without an address, though the date moves', () => {
    const events: readonly DraftEvent[] = [{ ...activity, name: 'created' }]
    const warns = (one: DraftKind) => policiesOf([one], new Map(), '').map((policy) => policy.warns)
    expect(warns({ ...user, events })).to.deep.equal([true])
    expect(warns({ ...user, events, contact: null })).to.deep.equal([false])
  })

  it('has a name of its own', () => {
    const kinds = [kind('access_log', 'a'), kind('access-log', 'b'), kind('access_log', 'c')]
    expect(policiesOf(kinds, new Map(), '').map(({ name }) => name)).to.deep.equal([
      'access-log',
      'access-log-2',
      'access-log-3',
    ])
  })
})

describe('foreign keys into rows that go', () => {
  /** What the policy of `users` empties, and what it says beside the period. */
  function ruled(
    tables: Readonly<Record<string, TableSpec>>,
    kinds: readonly DraftKind[],
  ): Readonly<Pick<DraftPolicy, 'detach'>> & { readonly said: readonly string[] } {
    const schema = schemaOf({ users: { columns: { id: 'int', shop: 'int' } }, ...tables })
    const [policy] = policiesOf([user, ...kinds], schema, '')
    return { detach: policy?.detach ?? [], said: told(policy?.remarks ?? []).filter((one) => one !== 'term') }
  }
  const page = kind('page', 'pages', { clerks: { editor: 'user' } })
  const note = kind('note', 'notes', { of: 'user' })
  const one = (spec: string, key: string): Readonly<Record<string, TableSpec>> => ({
    pages: { columns: { id: 'int', editor: spec }, keys: [key] },
  })

  it('are emptied where NULL is allowed', () => {
    expect(ruled(one('int null', 'editor -> users.id'), [page])).to.deep.equal({
      detach: ['page.editor'],
      said: [],
    })
  })

  it('are told where NULL is not allowed', () => {
    expect(ruled(one('int', 'editor -> users.id'), [page])).to.deep.equal({
      detach: [],
      said: ['notNull page.editor'],
    })
  })

  it('are told where rows of others would go along', () => {
    expect(ruled(one('int null', 'editor -> users.id cascade'), [page])).to.deep.equal({
      detach: [],
      said: ['notEmptied page.editor'],
    })
    expect(ruled(one('int', 'editor -> users.id cascade'), [page]).said).to.deep.equal([
      'notNull page.editor',
    ])
  })

  it('are told by the name of a table that is no kind', () => {
    expect(ruled(one('int null', 'editor -> users.id'), [])).to.deep.equal({
      detach: [],
      said: ['notEmptied pages.editor'],
    })
  })

  it('are of no interest where they lead elsewhere', () => {
    const shops = { shops: { columns: { id: 'int' } } }
    const found = ruled({ ...shops, ...one('int null', 'editor -> shops.id') }, [page])
    expect(found).to.deep.equal({ detach: [], said: [] })
  })

  it('of several columns are emptied where each can be, and told by the first', () => {
    const pages = (shop: string, editor: string): Readonly<Record<string, TableSpec>> => ({
      pages: { columns: { id: 'int', shop, editor }, keys: ['shop+editor -> users.shop+id'] },
    })
    expect(ruled(pages('int null', 'int null'), [page]).detach).to.deep.equal(['page.shop'])
    expect(ruled(pages('int', 'int null'), [page]).said).to.deep.equal(['notNull page.shop'])
    expect(ruled(pages('int null', 'int'), [page]).said).to.deep.equal(['notNull page.shop'])
  })

  it('are told where one name of several cannot stand in the file', () => {
    const pages = {
      columns: { id: 'int', shop: 'int null', 'the-editor': 'int null' },
      keys: ['shop+the-editor -> users.shop+id'],
    }
    expect(ruled({ pages }, [page])).to.deep.equal({ detach: [], said: ['oddColumns page.shop'] })
  })

  it('by which rows leave are left alone, and others of the same table are not', () => {
    const notes = {
      columns: { id: 'int', user_id: 'int', reader: 'int null' },
      keys: ['user_id -> users.id cascade', 'reader -> users.id cascade'],
    }
    const expected = { detach: ['note.reader'], said: [] }
    expect(ruled({ notes }, [note])).to.deep.equal(expected)
    const linked = { ...note, link: { columns: { user_id: 'id' }, where: {} } }
    expect(ruled({ notes }, [linked])).to.deep.equal(expected)
  })

  it('elsewhere are not taken for the link', () => {
    const shops = { columns: { id: 'int' } }
    const columns = { id: 'int', shop_id: 'int', user_id: 'int' }
    const notes = { columns, keys: ['shop_id -> shops.id', 'user_id -> users.id'] }
    expect(ruled({ shops, notes }, [note])).to.deep.equal({ detach: [], said: [] })
  })

  it('of several columns are told apart from the link by each of them', () => {
    const notes = (key: string): Readonly<Record<string, TableSpec>> => ({
      notes: {
        columns: { id: 'int', shop: 'int null', author: 'int null', reader: 'int null' },
        keys: [key],
      },
    })
    const linked = { ...note, link: { columns: { shop: 'shop', author: 'id' }, where: {} } }
    expect(ruled(notes('shop+author -> users.shop+id'), [linked]).detach).to.deep.equal([])
    expect(ruled(notes('shop+reader -> users.shop+id'), [linked]).detach).to.deep.equal(['note.shop'])
    expect(ruled(notes('author -> users.id'), [linked]).detach).to.deep.equal(['note.author'])
  })

  it('between rows that leave are left alone, but those to the person are not', () => {
    const tables = {
      notes: { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] },
      lines: {
        columns: { id: 'int', note_id: 'int', reader: 'int null', before: 'int null' },
        keys: ['note_id -> notes.id', 'reader -> users.id', 'before -> lines.id'],
      },
    }
    const line = kind('line', 'lines', { of: 'note' })
    expect(ruled(tables, [note, line])).to.deep.equal({ detach: ['line.reader'], said: [] })
  })

  it('between rows that leave are emptied where they delete along, or told', () => {
    const tables = (type: string, rule: string): Readonly<Record<string, TableSpec>> => ({
      notes: { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] },
      lines: {
        columns: { id: 'int', user_id: 'int', note_id: type, before: type },
        keys: ['user_id -> users.id', `note_id -> notes.id${rule}`, `before -> lines.id${rule}`],
      },
    })
    const line = kind('line', 'lines', { of: 'user' })
    expect(ruled(tables('int null', ' cascade'), [note, line])).to.deep.equal({
      detach: ['line.note_id'],
      said: [],
    })
    expect(ruled(tables('int', ' cascade'), [note, line])).to.deep.equal({
      detach: [],
      said: ['notNull line.note_id', 'notNull line.before'],
    })
    for (const rule of ['', ' set null'])
      expect(ruled(tables('int null', rule), [note, line])).to.deep.equal({ detach: [], said: [] })
  })

  it('into rows that stay are of no interest', () => {
    const tables = {
      ...{ notes: { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] } },
      ...{ pages: { columns: { id: 'int', note_id: 'int null' }, keys: ['note_id -> notes.id'] } },
    }
    const emptied = (['keep', 'detach', 'fixed', null] as const).map(
      (stay) => ruled(tables, [{ ...note, stay }, page]).detach,
    )
    expect(emptied).to.deep.equal([[], [], ['page.note_id'], ['page.note_id']])
  })

  it('of people to people are emptied', () => {
    const users = { columns: { id: 'int', sponsor: 'int null' }, keys: ['sponsor -> users.id'] }
    expect(ruled({ users }, [])).to.deep.equal({ detach: ['user.sponsor'], said: [] })
  })
})
