/** What becomes a kind, with which columns; what a map that is there lacks; how both are written. */
import { expect } from 'chai'
import { draftOf, type DraftInput } from '../../../plan/draft/build.ts'
import { differenceOf, type Difference } from '../../../plan/draft/difference.ts'
import type { Draft, DraftKind, DraftLeft } from '../../../plan/draft/draft.ts'
import type { ColumnShape, TableSample } from '../../../plan/draft/shapes.ts'
import { differenceText, mapText } from '../../../plan/draft/write-map.ts'
import {
  clockText,
  commentLines,
  list,
  oneLine,
  oneOrList,
  strategyText,
  word,
} from '../../../plan/draft/yaml-line.ts'
import type { Kind } from '../../../policies/data-map.ts'
import { at, event, kind, mapOf, schemaOf, type TableSpec } from '../site-builder.ts'

type Tables = Readonly<Record<string, TableSpec>>

function draft(tables: Tables, more: Partial<DraftInput> = {}): Draft {
  const input = { schema: schemaOf(tables), samples: new Map(), linkSamples: () => null, known: null }
  return draftOf({ ...input, ...more })
}

function shape(more: Partial<ColumnShape>): ColumnShape {
  return { values: 10, nulls: 0, distinct: 10, shapes: {}, nevers: [], words: [], ...more }
}

/** Samples by `table.column`, a single one for each table. */
function sampled(shapes: Readonly<Record<string, Partial<ColumnShape>>>): ReadonlyMap<string, TableSample> {
  return new Map(
    Object.entries(shapes).map(([place, more]) => {
      const [table = '', column = ''] = place.split('.')
      return [table, { rows: 10, columns: new Map([[column, shape(more)]]), pairs: new Map() }]
    }),
  )
}

function kindOf({ kinds }: Draft, table: string): DraftKind {
  const found = kinds.find((one) => one.table === table)
  if (found === undefined) throw new Error(`no kind of ${table}`)
  return found
}

const named = (items: readonly { readonly name: string }[]): readonly string[] =>
  items.map(({ name }) => name)
const codes = ({ remarks }: Pick<DraftLeft, 'remarks'>): readonly string[] => remarks.map(({ code }) => code)

const mailbox = { id: 'int', email: 'varchar(190)' }
const signedUp = { ...mailbox, password: 'varchar(80)', created_at: 'datetime' }
const users: TableSpec = { columns: signedUp, unique: ['email'] }
const orders: TableSpec = {
  columns: { id: 'int', user_id: 'int', created_at: 'datetime' },
  keys: ['user_id -> users.id'],
}

describe('a proposed kind', () => {
  it('takes no name that the data map has', () => {
    const invoices = { columns: { id: 'int', iban: 'varchar(40)' } }
    const known = mapOf([kind('invoice', 'bills')])
    expect(named(draft({ invoices }, { known }).kinds)).to.deep.equal(['invoice_2'])
    expect(named(draft({ invoices }).kinds)).to.deep.equal(['invoice'])
  })

  it('is new in a table that is known by its words, where the sample has another word', () => {
    const candidates: TableSpec = { columns: signedUp, unique: ['email'] }
    const attachments = {
      columns: { id: 'int', owner_type: 'varchar(40)', owner_id: 'int', file_name: 'varchar(80)' },
    }
    const tables = { users, candidates, attachments }
    const samples = sampled({ 'attachments.owner_type': { words: ['user', 'Candidate', 'Candidates'] } })
    const file = (word: string, more: Partial<Kind> = {}) =>
      kind('file', 'attachments', {
        of: 'member',
        link: { columns: { owner_id: 'id' }, where: { owner_type: word } },
        ...more,
      })
    const people = ['member', 'applicant'].map((name, i) =>
      kind(name, ['users', 'candidates'][i] ?? '', { subject: true }),
    )
    const found = (...kinds: readonly Kind[]) => {
      const known = mapOf([...people, ...kinds])
      const all = draft(tables, { samples, known })
      const seen = { schema: schemaOf(tables), samples, links: [], fresh: none }
      return differenceOf(all, known, '', seen).kinds.map(({ name, of, link }) => [name, of, link?.where])
    }
    const candidate = ['applicant', { owner_type: 'Candidate' }] as const
    expect(found(file('User'))).to.deep.equal([
      ['applicant_attachment', 'applicant', { owner_type: 'Candidates' }],
      ['applicant_attachment_2', ...candidate],
    ])
    const second = file('Candidates', { name: 'cv', of: 'applicant' })
    expect(found(file('User'), second)).to.deep.equal([['applicant_attachment', ...candidate]])
    expect(found(file('Candidate'), second).map(([, of]) => of)).to.deep.equal(['member'])
    const twice = { ...tables, files: attachments }
    const words = ['User', 'Candidate', 'Candidates']
    const uploads = words.map((word, i) => file(word, { name: `upload_${String(i)}`, table: 'files' }))
    const known = mapOf([...people, file('User'), ...uploads])
    const both = sampled({ 'attachments.owner_type': { words }, 'files.owner_type': { words } })
    expect(named(draft(twice, { samples: both, known }).kinds), 'of this table').to.deep.equal([
      ...['applicant_attachment', 'applicant_attachment_2'],
    ])
    const plain = { columns: { ...attachments.columns, user_id: 'int' }, keys: ['user_id -> users.id'] }
    const one = mapOf([...people, file('User')])
    expect(named(draft({ ...tables, attachments: plain }, { known: one }).kinds), 'no word').to.deep.equal([])
    // Somebody has said why the others may stay, or a kind takes all of them.
    expect(found(file('User', { exempt: { owner_type: 'pictures of products' } }))).to.deep.equal([])
    expect(found(kind('file', 'attachments'))).to.deep.equal([])
  })

  it('tells people apart by a creation that can be read, or says that nothing does', () => {
    const cases: readonly [Readonly<Record<string, string>>, readonly string[], readonly string[]][] = [
      [{ created_at: 'datetime' }, ['id'], ['id', 'created_at']],
      [{ created_at: 'datetime' }, ['id', 'created_at'], ['id', 'created_at']],
      [{ created_at: 'varchar(20)' }, ['id'], []],
      [{}, ['id'], []],
    ]
    for (const [more, primaryKey, identity] of cases) {
      const columns = { ...mailbox, password: 'varchar(80)', ...more }
      const found = kindOf(draft({ users: { columns, primaryKey, unique: ['email'] } }), 'users')
      expect(found.identity).to.deep.equal(identity)
      expect(codes(found).includes('noIdentity')).to.equal(identity.length === 0)
    }
  })

  it('says why no policy goes with it', () => {
    const found = draft({ users: { columns: mailbox, unique: ['email'] } })
    expect(found.policies).to.deep.equal([])
    expect(codes(kindOf(found, 'users'))).to.include('noStart')
    expect(codes(kindOf(draft({ users }), 'users'))).not.to.include('noStart')
  })

  it('asks whether rows with an address are people, unless they have a password or are called accounts', () => {
    const unsure = (table: string, more: Readonly<Record<string, string>>): boolean => {
      const found = draft({ [table]: { columns: { ...mailbox, ...more }, unique: ['email'] } })
      return codes(kindOf(found, table)).includes('personUnsure')
    }
    expect(unsure('drivers', { password: 'varchar(80)' })).to.equal(false)
    expect(unsure('drivers', { token: 'varchar(80)' })).to.equal(true)
    expect(unsure('drivers', {})).to.equal(true)
    expect(unsure('customers', {})).to.equal(false)
  })

  describe('is written to', () => {
    const contact = (columns: Readonly<Record<string, string>>): DraftKind['contact'] =>
      kindOf(draft({ users: { columns: { id: 'int', ...columns }, unique: ['email'] } }), 'users').contact

    it('at an address that is a text, or not at all', () => {
      const password = 'varchar(80)'
      expect(contact({ email: 'blob', mail: 'varchar(190)', password })?.email).to.equal('mail')
      expect(contact({ email: 'blob', password })).to.equal(null)
    })

    it('by the first name, or the only one', () => {
      const email = 'varchar(190)'
      const first = { last_name: 'varchar(80)', first_name: 'varchar(80)' }
      expect(contact({ email, ...first })?.name).to.equal('first_name')
      expect(contact({ email, last_name: 'varchar(80)' })?.name).to.equal('last_name')
      expect(contact({ email })?.name).to.equal(null)
    })

    it('in the language of a text that is called so', () => {
      const email = 'varchar(190)'
      for (const name of ['locale', 'language', 'lang', 'langue', 'Lang'])
        expect(contact({ email, [name]: 'varchar(5)' })?.locale).to.equal(name)
      for (const name of ['user_locale', 'language_code'])
        expect(contact({ email, [name]: 'varchar(5)' })?.locale).to.equal(null)
      expect(contact({ email, lang: 'int' })?.locale).to.equal(null)
    })
  })
})

describe('columns of a proposed kind', () => {
  it('leave out what the file cannot carry', () => {
    const columns = { ...signedUp, 'home-phone': 'varchar(20)', phone: 'varchar(20)' }
    const found = kindOf(draft({ users: { columns, unique: ['email'] } }), 'users')
    expect(named(found.columns)).to.include('phone')
    expect(named(found.columns)).not.to.include('home-phone')
    expect(codes(found)).to.include('oddColumns')
  })

  it('name the values of key-value rows once, whatever their column is called', () => {
    const columns = { id: 'int', user_id: 'int', meta_key: 'varchar(80)', email_value: 'text' }
    const found = kindOf(draft({ users, settings: { columns, keys: ['user_id -> users.id'] } }), 'settings')
    expect(found.columns.map(({ name, meaning }) => [name, meaning])).to.deep.equal([
      ['email_value', 'key-value'],
    ])
  })

  it('have no strategy where nothing fits', () => {
    const columns = { ...signedUp, phone: 'varchar(12)' }
    const found = kindOf(draft({ users: { columns, unique: ['email', 'phone'] } }), 'users')
    expect(found.columns.find(({ name }) => name === 'phone')).to.deep.equal({
      name: 'phone',
      meaning: 'phone',
      sure: true,
      strategy: null,
    })
  })

  it('are sure of JSON that goes whole, and unsure where a part of it stays', () => {
    const columns = { ...signedUp, payload: 'text null' }
    const places = new Map([['$.email', shape({ shapes: { email: 10 } })]])
    const json = { shapes: { json: 10 }, words: ['email'] }
    const parts = { ...json, members: { unread: 0, others: true, places } }
    for (const [seen, sure] of [
      [json, true],
      [parts, false],
    ] as const) {
      const samples = sampled({ 'users.payload': seen })
      const found = kindOf(draft({ users: { columns, unique: ['email'] } }, { samples }), 'users')
      const payload = found.columns.find(({ name }) => name === 'payload')
      expect([payload?.meaning, payload?.sure]).to.deep.equal(['json', sure])
      expect(payload?.strategy?.strategy === 'without').to.equal(!sure)
    }
  })

  it('are clocks only where they can be read as such', () => {
    const columns = { ...signedUp, date_login: 'varchar(20)' }
    const tables = { users: { columns, unique: ['email'] } }
    const samples = sampled({ 'users.date_login': { shapes: { datetime: 10 } } })
    expect(named(kindOf(draft(tables), 'users').columns)).to.include('date_login')
    expect(named(kindOf(draft(tables, { samples }), 'users').columns)).not.to.include('date_login')
  })

  describe('that name another person', () => {
    it('are emptied where they may be', () => {
      for (const [type, strategy] of [
        ['int null', { strategy: 'null' }],
        ['int', null],
      ] as const) {
        const columns = { ...orders.columns, seller_id: type, product_id: 'int' }
        const keys = ['user_id -> users.id', 'seller_id -> users.id', 'product_id -> products.id']
        const products = { columns: { id: 'int' } }
        const found = kindOf(draft({ users, products, orders: { columns, keys } }), 'orders')
        expect(found.columns).to.deep.equal([{ name: 'seller_id', meaning: 'link', sure: false, strategy }])
      }
    })

    it('stay when they are in the key', () => {
      const friends = {
        columns: { user_id: 'int', friend_id: 'int' },
        primaryKey: ['user_id', 'friend_id'],
        keys: ['user_id -> users.id', 'friend_id -> users.id'],
      }
      const found = kindOf(draft({ users, friends }), 'friends')
      expect(found.of).to.equal('user')
      expect(found.columns).to.deep.equal([])
    })

    it('stay when a word beside them says whom they name', () => {
      const columns = { id: 'int', user_id: 'int', notable_type: 'varchar(40)', notable_id: 'int null' }
      const samples = sampled({ 'notes.notable_type': { words: ['member'] } })
      const notes = { columns, keys: ['user_id -> users.id'] }
      const found = kindOf(draft({ users, members: users, notes }, { samples }), 'notes')
      expect([found.of, found.columns]).to.deep.equal(['user', []])
    })
  })

  it('that name a clerk say of which kind, unless they are in the key or cannot be written', () => {
    const names = ['approved_by', 'updated_by', 'created_by', 'edited-by']
    const bills: TableSpec = {
      columns: { ...orders.columns, ...Object.fromEntries(names.map((name) => [name, 'int'])) },
      primaryKey: ['id', 'created_by'],
      keys: [
        'user_id -> users.id',
        'approved_by -> members.id',
        ...names.slice(1).map((name) => `${name} -> users.id`),
      ],
    }
    const found = kindOf(draft({ users, members: users, bills }), 'bills')
    expect(found.clerks).to.deep.equal({ approved_by: 'member', updated_by: 'user' })
  })
})

describe('links beside the one that was taken', () => {
  const said = (tables: Tables, table: string, more: Partial<DraftInput> = {}) =>
    kindOf(draft({ users, ...tables }, more), table).remarks.map(({ code, params }) =>
      [code, ...Object.values(params)].join(' '),
    )
  const others = (tables: Tables, table: string) =>
    said(tables, table).filter((one) => one.startsWith('linkOther'))
  const posts: TableSpec = { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] }

  it('are told where a foreign key or a name leads to a row that may leave', () => {
    const columns = { id: 'int', user_id: 'int', post_id: 'int' }
    const declared = ['user_id -> users.id', 'post_id -> posts.id']
    expect(others({ posts, notes: { columns, keys: declared } }, 'notes')).to.deep.equal([
      'linkOther post_id posts',
    ])
    expect(others({ posts, post_notes: { columns } }, 'post_notes')).to.deep.equal([
      'linkOther post_id posts',
    ])
    expect(others({ posts, notes: { columns } }, 'notes')).to.deep.equal([])
  })

  it('are told where they lead to what belongs to other people', () => {
    const agents: TableSpec = { columns: signedUp, unique: ['email'] }
    const boxes: TableSpec = { columns: { id: 'int', user_id: 'int' } }
    const answers: TableSpec = { columns: { id: 'int', box_id: 'int', agent_id: 'int' } }
    expect(others({ agents, boxes, answers }, 'answers')).to.deep.equal(['linkOther box_id boxes'])
  })

  it('by the number alone of people whose key has a language say what the plan needs', () => {
    const members: TableSpec = {
      columns: { ...signedUp, uid: 'int', langcode: 'varchar(12)', name: 'varchar(60)' },
      primaryKey: ['uid', 'langcode'],
    }
    const texts: TableSpec = { columns: { id: 'int', uid: 'int', langcode: 'varchar(12)', body: 'text' } }
    expect(said({ members, texts }, 'texts')).to.include('linkPart members uid langcode')
    expect(said({ members: { ...members, unique: ['email', 'uid'] }, texts }, 'texts').join()).not.to.include(
      'linkPart',
    )
  })

  it('to one row of several are told where a foreign key says so, and make no policy of their own', () => {
    const product = (column: string): TableSpec => ({
      columns: { id: 'int', created_at: 'datetime', [column]: 'int null' },
      keys: [`${column} -> posts.id`],
    })
    const found = draft({ users, posts, products: product('last_post_id') })
    const kind = kindOf(found, 'products')
    expect([kind.beside, kind.clerks, codes(kind)]).to.deep.equal([true, {}, ['linkOther']])
    expect(found.policies.map((one) => one.kind)).to.deep.equal(['user'])
    const guessed = { ...posts, columns: { ...posts.columns, last_note_id: 'int' } }
    expect(others({ posts: guessed, notes: posts }, 'posts')).to.deep.equal([])
  })

  it('that may mean the taken one are named', () => {
    const lookup: TableSpec = {
      columns: { customer_id: 'int', user_id: 'int' },
      primaryKey: ['customer_id'],
    }
    const tables = { lookup, purchases: { columns: { id: 'int', customer_id: 'int' } } }
    expect(said(tables, 'purchases')).to.deep.equal([
      'linkGuessed customer_id',
      'linkEither customer_id lookup users',
    ])
    expect(kindOf(draft({ users, ...tables }), 'lookup').link?.columns).to.deep.equal({ user_id: 'id' })
  })
})

describe('rows that lead to nobody', () => {
  const told = (
    columns: Readonly<Record<string, string>>,
    keys: readonly string[],
    link: Partial<ColumnShape>,
    more: Tables = {},
  ) => {
    const found = draft(
      { users, notes: { columns, keys }, ...more },
      { samples: sampled({ 'notes.user_id': link }) },
    )
    return kindOf(found, 'notes').remarks.filter(({ code }) => code === 'linkNobody')
  }
  const columns = { id: 'int', user_id: 'int null', phone: 'varchar(20)' }
  const nobody = (count: string) => [
    { code: 'linkNobody', params: { nobody: count, rows: '10', parent: 'user' } },
  ]

  it('are counted in the sample of a kind that holds something personal', () => {
    expect(told(columns, [], { values: 6, nulls: 4 })).to.deep.equal(nobody('4'))
    expect(told(columns, [], { values: 8, nulls: 2, shapes: { never: 3 } })).to.deep.equal(nobody('5'))
    expect(told(columns, [], { values: 10 })).to.deep.equal([])
    const plain = { id: 'int', user_id: 'int null' }
    expect(told(plain, [], { values: 6, nulls: 4 })).to.deep.equal([])
    const below = { calls: { columns: { id: 'int', note_id: 'int', phone: 'varchar(20)' } } }
    expect(told(plain, [], { values: 6, nulls: 4 }, below)).to.deep.equal(nobody('4'))
  })

  it('are those with NULL alone where a foreign key says that every other value leads to somebody', () => {
    const keys = ['user_id -> users.id']
    expect(told(columns, keys, { values: 8, nulls: 2, shapes: { never: 3 } })).to.deep.equal(nobody('2'))
    expect(told(columns, keys, { values: 10, shapes: { never: 3 } })).to.deep.equal([])
  })
})

describe('a draft', () => {
  it('does not depend on the order of the tables', () => {
    const plain = { columns: { id: 'int' } }
    const tables: Tables = { users, orders, zones: plain, areas: plain, members: users, maps: plain }
    const turned = Object.fromEntries(Object.entries(tables).reverse())
    expect(draft(tables)).to.deep.equal(draft(turned))
    expect(draft(tables).nothing).to.deep.equal(['areas', 'maps', 'zones'])
  })

  it('doubts a link when of four values and more fewer than half are there', () => {
    const tables = { users, orders: { columns: { id: 'int', user_id: 'int' } } }
    for (const [asked, found, believed] of [
      [3, 0, true],
      [4, 1, false],
      [4, 2, true],
      [5, 2, false],
      [100, 50, true],
    ] as const) {
      const { kinds, things } = draft(tables, { linkSamples: () => ({ asked, found }) })
      const left = things.map((one) => [one.table, codes(one)])
      expect(kinds.some(({ of }) => of === 'user')).to.equal(believed)
      expect(left).to.deep.equal(believed ? [] : [['orders', ['linkDoubted']]])
    }
  })

  it('tells of a doubted link all its columns, and what was found', () => {
    const columns = { club: 'int', number: 'int' }
    const members = { columns: { ...signedUp, ...columns }, primaryKey: ['club', 'number'] }
    const tables = {
      members: { ...members, unique: ['email'] },
      visits: { columns: { id: 'int', ...columns } },
    }
    const { things } = draft(tables, { linkSamples: () => ({ asked: 10, found: 1 }) })
    expect(things.flatMap(({ remarks }) => remarks)).to.deep.equal([
      {
        code: 'linkDoubted',
        params: { columns: 'club, number', to: 'members', asked: '10', found: '1' },
      },
    ])
  })

  it('tells of a pair that leads nowhere, beside a column and alone', () => {
    const columns = { id: 'int', owner_type: 'varchar(40)', owner_id: 'varchar(40)' }
    const samples = sampled({ 'histories.owner_id': { shapes: { token: 10 } } })
    const remarks = [{ code: 'pairUnknown', params: { type: 'owner_type', id: 'owner_id' } }]
    for (const [more, told] of [
      [{ note: 'text' }, ['note']],
      [{}, []],
    ] as const) {
      const { things, nothing } = draft({ histories: { columns: { ...columns, ...more } } }, { samples })
      expect(things).to.deep.equal([{ table: 'histories', columns: told, remarks, usable: true }])
      expect(nothing).to.deep.equal([])
    }
  })

  it('says nothing of links between tables that name nobody', () => {
    const products = { columns: { id: 'int', category_id: 'int' }, keys: ['category_id -> categories.id'] }
    const { things, nothing } = draft({ categories: { columns: { id: 'int' } }, products })
    expect([things, nothing]).to.deep.equal([[], ['categories', 'products']])
  })

  it('makes no kind of a table that cannot be rolled back, that never forgets, or that the file cannot name', () => {
    const { columns } = users
    const cases: readonly [string, Partial<TableSpec>, string | null][] = [
      ['users', { transactional: false }, 'noRollback'],
      ['users', { versioned: true }, 'versioned'],
      ['users', { primaryKey: [] }, 'noPrimaryKey'],
      ['users', {}, null],
      ['shop.users', {}, null],
      ['-users', {}, 'oddTable'],
      ['users-old', {}, 'oddTable'],
      ['a.b.users', {}, 'oddTable'],
      ['users', { primaryKey: ['id', 'a-b'], columns: { ...columns, 'a-b': 'int' } }, 'oddTable'],
    ]
    for (const [name, more, why] of cases) {
      const { kinds, unmapped } = draft({ [name]: { ...users, ...more } })
      expect(kinds, name).to.have.length(why === null ? 1 : 0)
      expect(unmapped.flatMap(codes), name).to.deep.equal(why === null ? [] : [why])
    }
  })
})

const left = (table: string): DraftLeft => ({ table, columns: ['x'], remarks: [] })
const none: Draft = { kinds: [], policies: [], unmapped: [], things: [], nothing: [] }
const blankKind: DraftKind = {
  name: 'page',
  table: 'pages',
  category: null,
  key: ['id'],
  identity: [],
  subject: false,
  of: null,
  link: null,
  contact: null,
  events: [],
  columns: [],
  clerks: {},
  beside: false,
  stay: null,
  others: [],
  remarks: [],
}

describe('the difference from a map that is there', () => {
  const lacking = (
    tables: Tables,
    kinds: readonly Kind[],
  ): readonly (readonly [string, readonly string[]])[] => {
    const seen = { schema: schemaOf(tables), samples: new Map(), links: [], fresh: none }
    const { columns } = differenceOf(none, mapOf(kinds), '', seen)
    return columns.map((one) => [one.kind, named(one.columns)])
  }

  it('leaves out tables that are kinds, and policies of kinds that were told before', () => {
    const policies = ['page', 'note', 'user'].map((name) => ({
      name,
      kind: name,
      term: '3 years',
      countedFrom: 'created' as const,
      warns: false,
      detach: [],
      stays: [],
      remarks: [],
    }))
    const kinds = ['page', 'note', 'user'].map((name) => ({ ...blankKind, name, table: `${name}s` }))
    const tables = ['orders', 'visits', 'logs'].map(left)
    const known = mapOf([kind('order', 'orders'), kind('visit', 'visits')])
    const seen = { schema: schemaOf({}), samples: new Map(), links: [], fresh: none }
    const proposed = { ...none, kinds, policies, unmapped: tables, things: tables }
    const found = differenceOf(proposed, known, '#   notes: told', seen)
    expect(named(found.kinds)).to.deep.equal(['page', 'user'])
    expect(named(found.policies)).to.deep.equal(['page', 'user'])
    expect(found.unmapped).to.deep.equal([left('logs')])
    expect(found.things).to.deep.equal([left('logs')])
  })

  it('says nothing of a kind whose table is gone', () => {
    expect(lacking({}, [kind('page', 'pages')])).to.deep.equal([])
  })

  it('tells columns that may be of things only where the rows are about people', () => {
    const pages = { columns: { id: 'int', email: 'varchar(190)', note: 'text' } }
    const cases: readonly [readonly Partial<Kind>[], readonly string[]][] = [
      [[{}], ['email']],
      [[{ personal: { title: { strategy: 'blank' } } }], ['email', 'note']],
      [[{ subject: true }], ['email', 'note']],
      [[{ of: 'x' }], ['email', 'note']],
      [
        [{}, { of: 'x' }],
        ['email', 'note'],
      ],
    ]
    for (const [kinds, told] of cases) {
      const known = kinds.map((more, i) => kind(`page_${String(i)}`, 'pages', more))
      expect(lacking({ pages }, known)).to.deep.equal([['page_0', told]])
    }
  })

  describe('on signs of life', () => {
    const tables = {
      users: {
        columns: {
          ...{ ...signedUp, last_login: 'datetime', last_app_login: 'datetime', prefs: 'json' },
          ...{ login_count: 'int' },
        },
        unique: ['email'],
      },
      user_sessions: {
        columns: { id: 'int', user_id: 'int', started_at: 'datetime' },
        keys: ['user_id -> users.id'],
      },
    }
    const members = (places: readonly string[]) => ({
      unread: 0,
      others: true,
      places: new Map(places.map((path) => [path, shape({ shapes: { 'epoch seconds': 10 } })])),
    })
    const samples = sampled({ 'users.prefs': { shapes: { json: 10 }, members: members(['$.last_seen']) } })
    const lacks = (more: Partial<Kind>, text = ''): readonly string[] => {
      const known = mapOf([kind('account', 'users', { subject: true, ...more })])
      const schema = schemaOf(tables)
      const fresh = draftOf({ schema, samples, linkSamples: () => null, known: null })
      const { clocks } = differenceOf(none, known, text, { schema, samples, links: [], fresh })
      return clocks.flatMap((one) =>
        one.remarks.map(({ params }) => `${one.kind}: ${params['column'] ?? ''}`),
      )
    }
    const sliding = (...columns: Parameters<typeof event>[0]) => ({
      events: { seen: event(columns, { slides: 'by the person', else: at('created_at') }) },
    })

    it('names those that the clock of the map does not read: columns, new tables, places in JSON', () => {
      expect(lacks(sliding(at('last_login')))).to.deep.equal([
        'account: last_app_login',
        'account: prefs ($.last_seen)',
        'account: user_sessions.started_at',
      ])
    })

    it('leaves out those that it reads, that were waived, or that a comment of the map tells', () => {
      const read = sliding(
        at('last_login'),
        at('users.last_app_login'),
        at('prefs', { path: '$.last_seen' }),
        at('user_sessions.started_at'),
      )
      expect(lacks(read)).to.deep.equal([])
      const { seen } = sliding(at('last_login')).events
      const waived = { 'users.last_app_login': 'x', prefs: 'x', 'user_sessions.started_at': 'x' }
      expect(lacks({ events: { seen: { ...seen, waived } } })).to.deep.equal([])
      const place = (path: string) =>
        lacks({ events: { seen: { ...seen, waived: { [path]: 'x' } } } }).some((one) => one.includes('prefs'))
      expect(['prefs', 'users.prefs $.last_seen', 'prefs $.last_login'].map(place)).to.deep.equal([
        false,
        false,
        true,
      ])
      const told =
        '    # todo: user_sessions.started_at can be a sign of life as well and is not among the\n' +
        '    # sources: add it, unless it is no act of the person.\n'
      expect(lacks(sliding(at('last_login')), told)).to.deep.equal([
        'account: last_app_login',
        'account: prefs ($.last_seen)',
      ])
    })

    it('says nothing of a kind whose dates nobody moves', () => {
      expect(lacks({ events: { made: event([at('created_at')]) } })).to.deep.equal([])
    })

    it('are written as remarks under the kind', () => {
      const known = mapOf([kind('account', 'users', { subject: true, ...sliding(at('last_login')) })])
      const schema = schemaOf(tables)
      const fresh = draftOf({ schema, samples, linkSamples: () => null, known: null })
      const found = differenceOf(none, known, '', { schema, samples, links: [], fresh })
      expect(differenceText({ ...found, columns: [], kinds: [], policies: [] }, [], 'en')).to.include(
        'kinds:\n  account:\n    # todo: last_app_login can be a sign of life as well and is not among the sources: add it,',
      )
    })
  })

  it('names a person’s places in JSON beside those that already leave the column', () => {
    const tables = { users: { columns: { ...mailbox, prefs: 'json' } } }
    const schema = schemaOf(tables)
    const places = new Map(['$.phone', '$.profile', '$.profile.email'].map((path) => [path, shape({})]))
    const members = { unread: 0, others: true, places }
    const words = ['phone', 'email']
    const samples = sampled({ 'users.prefs': { shapes: { json: 10 }, words, members } })
    const lacks = (...paths: readonly string[]): unknown => {
      const personal = { email: { strategy: 'blank' }, prefs: { strategy: 'without', paths } } as const
      const known = mapOf([kind('account', 'users', { subject: true, personal })])
      return differenceOf(none, known, '', { schema, samples, links: [], fresh: none }).columns.map((one) =>
        one.columns.map(({ name, strategy }) => [name, strategy]),
      )
    }
    const both = { strategy: 'without', paths: ['$.phone', '$.profile.email'] }
    expect(lacks('$.phone')).to.deep.equal([[['prefs', both]]])
    expect(lacks('$.phone', '$.profile')).to.deep.equal([])
    expect(lacks('$.phone', '$.profile.email')).to.deep.equal([])
    const told = (strategy: Kind['personal'][string], seen = samples): Difference['columns'] => {
      const personal = { email: { strategy: 'blank' }, prefs: strategy } as const
      const known = mapOf([kind('account', 'users', { subject: true, personal })])
      return differenceOf(none, known, '', { schema, samples: seen, links: [], fresh: none }).columns
    }
    expect(told({ strategy: 'null' }), 'it leaves whole').to.deep.equal([])
    const without = { strategy: 'without', paths: ['$.phone'] } as const
    expect(told(without, new Map()), 'nothing was seen').to.deep.equal([])
    const whole = { unread: 0, others: false, places: new Map([['$.phone', shape({})]]) }
    const alone = sampled({ 'users.prefs': { shapes: { json: 10 }, words, members: whole } })
    expect(told(without, alone), 'a person’s alone').to.deep.equal([])
    expect(told(without)[0]?.columns).to.deep.equal([
      { name: 'prefs', meaning: 'json', sure: false, strategy: both },
    ])
  })

  it('tells a column that may lead to people, and no foreign key', () => {
    const tables = { users: { columns: mailbox }, pages: { columns: { id: 'int', owner: 'int null' } } }
    const seen = { schema: schemaOf(tables), samples: new Map(), fresh: none }
    const known = mapOf([
      kind('account', 'users', { subject: true, personal: { email: { strategy: 'blank' } } }),
      kind('page', 'pages'),
    ])
    const link = { table: 'pages', columns: { owner: 'id' }, where: {}, clerk: false, sure: true } as const
    const told = (to: string, or: readonly string[], declared = false) =>
      differenceOf(none, known, '', { ...seen, links: [{ ...link, to, or, declared }] }).columns.map((one) =>
        one.columns.map(({ name, meaning }) => [name, meaning]),
      )
    expect(told('users', [])).to.deep.equal([[['owner', 'link']]])
    expect(told('firms', ['users'])).to.deep.equal([[['owner', 'link']]])
    expect(told('firms', ['shops'])).to.deep.equal([])
    expect(told('users', [], true)).to.deep.equal([])
  })

  it('leaves out what a clock or a state of any kind reads in that table', () => {
    const text = 'varchar(80)'
    const tables = {
      users: { columns: { id: 'int', login: text, pseudo: text, nom: text, prenom: text, phone: text } },
      sessions: { columns: { id: 'int', login: text } },
    }
    const kinds = [
      kind('account', 'users', {
        subject: true,
        events: { seen: event([at('login')], { else: at('pseudo') }) },
        states: { gone: { prenom: ['x'] } },
      }),
      kind('session', 'sessions', { of: 'account', events: { seen: event([at('users.nom')]) } }),
    ]
    expect(lacking(tables, kinds)).to.deep.equal([
      ['account', ['phone']],
      ['session', ['login']],
    ])
  })
})

describe('the text of a proposal', () => {
  const site = { name: 'Shop', contact: 'c@shop.example', zone: 'Europe/Paris' }
  const additions: Difference = { kinds: [], policies: [], columns: [], clocks: [], unmapped: [], things: [] }

  it('says todo where the site has no name', () => {
    const lines = mapText(none, { ...site, name: null }, 'en').split('\n')
    expect(lines).to.include(
      'controller: { name: "todo", contact: c@shop.example, dpo: todo@todo.example } # todo',
    )
    expect(lines).to.include('site: { name: "todo", url: "https://todo.example" } # todo')
  })

  it('keeps its remarks up to the very size that lint reads', () => {
    const columns: DraftKind['columns'] = [
      { name: 'nom', meaning: 'name', strategy: { strategy: 'blank' }, sure: true },
    ]
    const text = (length: number): string =>
      mapText({ ...none, kinds: [{ ...blankKind, columns }] }, { ...site, contact: 'c'.repeat(length) }, 'en')
    const rest = new TextEncoder().encode(text(0)).length
    expect(text(65_536 - rest))
      .to.have.length(65_536)
      .and.include('nom: blank # names')
    expect(text(65_537 - rest)).not.to.include('nom: blank # names')
  })

  it('lists a column that nothing fits in a comment', () => {
    const columns: DraftKind['columns'] = [{ name: 'phone', meaning: 'phone', strategy: null, sure: true }]
    const text = differenceText({ ...additions, columns: [{ kind: 'page', columns }] }, [], 'en')
    expect(text).to.match(/\nkinds:\n {2}page:\n {4}# {3}page\.phone: todo, phone numbers\n$/)
  })

  it('writes a clock that has no other to fall back on, and that nobody moves', () => {
    const clock = { column: 'seen_at', format: 'auto', nevers: [], ordered: true } as const
    const seen = {
      name: 'last_activity',
      sources: [clock],
      else: null,
      slides: false,
      fiscal: false,
    } as const
    const lines = mapText({ ...none, kinds: [{ ...blankKind, events: [seen] }] }, site, 'en').split('\n')
    expect(lines.slice(lines.indexOf('      last_activity:'))).to.deep.equal([
      '      last_activity:',
      '        label: { en: the last activity, fr: la dernière activité }',
      '        latest_of: [seen_at]',
      '',
    ])
  })

  it('puts each policy behind a line of its own, without kinds when there are none', () => {
    const text = differenceText(
      { ...additions, things: [left('logs')] },
      ['  policy: a\n\n\n\nb\n', 'c'],
      'en',
    )
    expect(text.replace(/^# .*\n/gm, '#\n').replace(/(?:#\n)+/g, '#\n')).to.equal(
      '#\n\n#\n\n---\n\n  policy: a\n\nb\n\n---\n\nc\n',
    )
    expect(text).to.include('\n#   logs: x\n\n---\n')
  })
})

describe('a piece of YAML', () => {
  it('quotes what is no plain name', () => {
    expect(['a_b', '$a.b-c', '1a', 'a b', 'a: b', 'no', ''].map(word)).to.deep.equal([
      ...['a_b', '$a.b-c', '"1a"', '"a b"', '"a: b"', '"no"', '""'],
    ])
  })

  it('is a list, unless there is one item', () => {
    expect([[], ['a'], ['a', 'b c']].map(oneOrList)).to.deep.equal(['[]', 'a', '[a, "b c"]'])
    expect(list(['a'])).to.equal('[a]')
  })

  it('is a strategy, with its value where it has one', () => {
    expect(strategyText({ strategy: 'fixed', value: '{}' })).to.equal('{ fixed: "{}" }')
    expect(strategyText({ strategy: 'keep', because: 'a: b' })).to.equal('{ keep: "a: b" }')
    for (const strategy of ['blank', 'null', 'unique_address', 'year', 'month'] as const)
      expect(strategyText({ strategy })).to.equal(strategy)
  })

  it('is a clock, with what is special about it', () => {
    const clock = { column: 'a', format: 'auto', nevers: [], ordered: true } as const
    expect(clockText(clock)).to.equal('a')
    expect(clockText({ ...clock, nevers: ['0', ''] })).to.equal('{ column: a, never: [null, "0", ""] }')
    expect(clockText({ ...clock, ordered: false })).to.equal('{ column: a, ordered: false }')
  })

  it('is one line of a text, or as many as its width asks for', () => {
    expect(oneLine('a\r\n\u200b\u2028b ')).to.equal('a b')
    const long = 'x'.repeat(120)
    expect(commentLines(long, '')).to.deep.equal([`# ${long}`])
    expect(commentLines(`a ${long} b c`, '  ')).to.deep.equal(['  # a', `  # ${long}`, '  # b c'])
  })
})
