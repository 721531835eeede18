/** Which table's rows a row belongs to, by declared keys, by names and by words; and what names are made of. */
import { expect } from 'chai'
import { typePairs } from '../../../plan/draft/by-word.ts'
import { isPassing, type FoundLink } from '../../../plan/draft/found-link.ts'
import { linksOf } from '../../../plan/draft/links.ts'
import {
  isWritable,
  kindName,
  prefixOf,
  soundsLikeAccounts,
  soundsLikePeople,
  tableWords,
  typeWords,
} from '../../../plan/draft/names.ts'
import { pairIn } from '../../../plan/draft/pairs.ts'
import type { TableSample } from '../../../plan/draft/shapes.ts'
import type { SiteSchema, Table } from '../../../plan/site-schema.ts'
import { schemaOf, type TableSpec } from '../site-builder.ts'

type Tables = Readonly<Record<string, TableSpec>>

function linksIn(
  tables: Tables,
  from: string,
  samples: ReadonlyMap<string, TableSample> = new Map(),
): readonly FoundLink[] {
  return linksOf(schemaOf(tables), '', samples).filter(({ table }) => table === from)
}

/** `own -> table.column`, as keys are written. */
function short({ columns, to, where }: FoundLink): string {
  const own = Object.keys(columns).join('+')
  const words = Object.entries(where).map(([column, word]) => ` where ${column} = ${word}`)
  return `${own} -> ${to}.${Object.values(columns).join('+')}${words.join('')}`
}

function found(
  tables: Tables,
  from = 'things',
  samples?: ReadonlyMap<string, TableSample>,
): readonly string[] {
  return linksIn(tables, from, samples).map(short)
}

/** Columns of whole numbers beside `id`. */
function numbers(...names: readonly string[]): TableSpec {
  return { columns: Object.fromEntries(['id', ...names].map((name) => [name, 'int'])) }
}

/** A table without an `id`: whole numbers, of which the first ones are the key. */
function keyed(key: readonly string[], ...more: readonly string[]): TableSpec {
  return { columns: Object.fromEntries([...key, ...more].map((name) => [name, 'int'])), primaryKey: key }
}

const users = numbers('age')

describe('a declared link', () => {
  it('is sure, and none where its table is not in the schema', () => {
    const things = { ...numbers('a', 'b'), keys: ['a -> users.id', 'b -> elsewhere.id'] }
    expect(linksIn({ users, things }, 'things')).to.deep.equal([
      {
        table: 'things',
        to: 'users',
        columns: { a: 'id' },
        where: {},
        declared: true,
        clerk: false,
        sure: true,
      },
    ])
  })

  it('of several columns is of somebody who worked on the row when one of them says so', () => {
    const things = { ...numbers('shop', 'approved_by'), keys: ['shop+approved_by -> staff.shop+nr'] }
    const [link] = linksIn({ staff: keyed(['shop', 'nr']), things }, 'things')
    expect(link?.clerk).to.equal(true)
  })
})

describe('a link by names', () => {
  it('is none where the data map cannot carry a name of either side', () => {
    expect(found({ users, things: numbers('user id') })).to.deep.equal([])
    expect(found({ 'us ers': numbers(), things: numbers('us_er_id') })).to.deep.equal([])
    expect(found({ users, 'th ings': numbers('user_id') }, 'th ings')).to.deep.equal([])
    expect(found({ users: keyed(['the id']), things: numbers('user_id') })).to.deep.equal([])
  })

  it('prefers the table of that name to one whose key is called so', () => {
    const tables = { users, profiles: keyed(['user_id'], 'age'), things: numbers('user_id') }
    expect(found(tables)).to.deep.equal(['user_id -> users.id'])
    const more = {
      billing_addresses: numbers(),
      parcels: keyed(['billing_address_id'], 'weight'),
      things: numbers('billing_address_id'),
    }
    expect(found(more)).to.deep.equal(['billing_address_id -> billing_addresses.id'])
  })

  it('takes the longest name that ends the column', () => {
    const things = numbers('old_billing_address_id')
    const two = { addresses: numbers(), billing_addresses: numbers() }
    for (const tables of [
      { ...two, things },
      { things, billing_addresses: two.billing_addresses, addresses: two.addresses },
    ])
      expect(found(tables)).to.deep.equal(['old_billing_address_id -> billing_addresses.id'])
  })

  it('takes whole words of the column alone', () => {
    expect(found({ users, things: numbers('superuser_id') })).to.deep.equal([])
  })

  it('goes to a unique column of its own name where the key does not compare', () => {
    const to = (type: string, more: Partial<TableSpec> = { unique: ['customer_no'] }): Tables => ({
      customers: { columns: { id: 'int', customer_no: type }, ...more },
      things: { columns: { id: 'int', customer_no: 'varchar(20)', old_customer_no: 'varchar(20)' } },
    })
    expect(found(to('varchar(20)'))).to.deep.equal(['customer_no -> customers.customer_no'])
    expect(found(to('decimal'))).to.deep.equal([])
    expect(found(to('varchar(20) null'))).to.deep.equal([])
    expect(found(to('varchar(20)', {}))).to.deep.equal([])
  })

  it('goes to the only table whose key of one column is called so', () => {
    const charges = keyed(['batch_no'], 'sum')
    const others = {
      lots: keyed(['batch_no', 'line'], 'sum', 'tax', 'size'),
      pages: keyed(['page_no'], 'sum'),
    }
    const to = ['batch_no -> charges.batch_no']
    expect(found({ ...others, charges, things: numbers('batch_no') })).to.deep.equal(to)
    const second = { ...others, charges, fees: charges, things: numbers('batch_no') }
    expect(found(second)).to.deep.equal([])
    const text = { columns: { id: 'int', batch_no: 'varchar(20)' } }
    expect(found({ ...others, charges, things: text })).to.deep.equal([])
    expect(found({ charges: keyed(['batch'], 'sum'), things: numbers('batch') })).to.deep.equal([])
  })
})

describe('a link by a role', () => {
  it('goes to the table of accounts whose key compares', () => {
    const tables = {
      users: { columns: { id: 'varchar(36)' } },
      members: numbers(),
      pages: numbers(),
      things: numbers('author'),
    }
    const links = linksIn(tables, 'things')
    expect(links.map(short)).to.deep.equal(['author -> members.id'])
    expect(links[0]?.sure).to.equal(true)
  })

  it('is not sure between two tables of accounts, unless one of them has its name', () => {
    const tables = {
      users,
      customers: numbers(),
      things: numbers('author', 'customer', 'main_paying_customer'),
    }
    const links = linksIn(tables, 'things')
    expect(links.map((link) => [short(link), link.sure])).to.deep.equal([
      ['author -> users.id', false],
      ['customer -> customers.id', true],
      ['main_paying_customer -> customers.id', true],
    ])
  })

  it('is none of a number of its own table, which is called so', () => {
    const own = keyed(['id_employee'], 'employee_no', 'id_customer')
    const employees = { ...own, unique: ['employee_no'] }
    const tables = { customers: keyed(['id_customer'], 'age'), employees }
    expect(found(tables, 'employees')).to.deep.equal(['id_customer -> customers.id_customer'])
    expect(found({ ...tables, shifts: numbers('id_chief_employee') }, 'shifts')).to.deep.equal([
      'id_chief_employee -> employees.id_employee',
    ])
    expect(found({ users, author: numbers('author') }, 'author')).to.deep.equal(['author -> users.id'])
  })

  it('is none of an own number that is called as the table in its site, and one under another name', () => {
    const one = {
      blog2_customers: keyed(['id_customer'], 'age'),
      blog2_employees: keyed(['id_employee'], 'age'),
    }
    expect(found(one, 'blog2_employees')).to.deep.equal([])
    expect(found({ users, profiles: keyed(['author_id'], 'age') }, 'profiles')).to.deep.equal([
      'author_id -> users.id',
    ])
  })

  it('is none from a table of accounts to itself', () => {
    const members = { columns: { id: 'int', email: 'varchar(120)', author: 'int' } }
    expect(found({ members }, 'members')).to.deep.equal([])
  })

  it('is said by the last word', () => {
    expect(found({ users, things: numbers('old_shop_customer_id') })).to.deep.equal([
      'old_shop_customer_id -> users.id',
    ])
    expect(found({ users, things: numbers('old_user_group_id') })).to.deep.equal([])
  })

  it('of who brought somebody in leads from a table of accounts to itself, and from no other', () => {
    const tables = { users: numbers('referred_by'), clients: numbers(), things: numbers('referred_by') }
    const links = linksIn(tables, 'users')
    expect(links.map((link) => [short(link), link.clerk])).to.deep.equal([['referred_by -> users.id', true]])
    expect(found(tables)).to.deep.equal([])
  })
})

/** Of a shop as Magento lays it out; `keys`: whether anybody declared some. */
const magento = (keys: readonly string[]): Tables => ({
  salesrule_customer: { ...keyed(['rule_customer_id'], 'rule_id', 'customer_id'), keys },
  admin_user: {
    columns: { user_id: 'int', email: 'varchar(128)', username: 'varchar(40)', password: 'varchar(255)' },
    primaryKey: ['user_id'],
  },
  customer_entity: {
    columns: { entity_id: 'int', email: 'varchar(255)', password_hash: 'varchar(128)' },
    primaryKey: ['entity_id'],
  },
  customer_log: keyed(['log_id'], 'customer_id'),
})

describe('a link by a role, of several tables called so', () => {
  const said = (tables: Tables, from = 'things') =>
    linksIn(tables, from).map((one) => [short(one), one.sure, one.or])
  const member: TableSpec = { columns: { id: 'int', email: 'varchar(120)' } }

  it('goes to people, and not to a table of pairs whose last word is the role', () => {
    for (const keys of [['customer_id -> customer_entity.entity_id'], []])
      expect(said(magento(keys), 'customer_log'), keys.join()).to.deep.equal([
        ['customer_id -> customer_entity.entity_id', true, undefined],
      ])
    const tables = { ...magento([]), things: numbers('author_id') }
    expect(said(tables)).to.deep.equal([['author_id -> admin_user.user_id', true, undefined]])
  })

  it('goes to people before a table that only sounds like them, which stays a doubt', () => {
    const tables = { group_user: numbers('badge'), members: member, things: numbers('author_id') }
    expect(said(tables)).to.deep.equal([['author_id -> members.id', false, ['group_user']]])
  })

  it('goes to people of whom there is only a password, a login or a name', () => {
    for (const column of ['password', 'login', 'last_name']) {
      const members = { columns: { id: 'int', [column]: 'varchar(80)' } }
      const tables = { group_user: numbers('badge'), members, things: numbers('author_id') }
      expect(said(tables), column).to.deep.equal([['author_id -> members.id', false, ['group_user']]])
    }
  })

  it('goes to a table that begins so when it has a password beside a mail or a login', () => {
    const to = (...columns: readonly string[]) => {
      const own = Object.fromEntries(columns.map((name) => [name, 'varchar(80)']))
      const customer_sheet = { columns: { id: 'int', ...own } }
      return said({ members: member, customer_sheet, things: numbers('customer_id') })[0]?.[0]
    }
    expect(to('login', 'password')).to.equal('customer_id -> customer_sheet.id')
    expect(to('email', 'password')).to.equal('customer_id -> customer_sheet.id')
    expect(to('email')).to.equal('customer_id -> members.id')
    expect(to('password')).to.equal('customer_id -> members.id')
  })

  it('stays a doubt beside a table with mail and password that is not called so', () => {
    const columns = { customer_id: 'int', email: 'varchar(120)', password: 'varchar(80)' }
    const shop_access = { columns, primaryKey: ['customer_id'] }
    expect(said({ members: member, shop_access, things: numbers('customer_id') })).to.deep.equal([
      ['customer_id -> shop_access.customer_id', false, ['members']],
    ])
  })

  it('goes to the table called so although it speaks of nobody, and names the people beside it', () => {
    const tables = { members: member, shop_client: numbers('points') }
    expect(said({ ...tables, things: numbers('main_client') })).to.deep.equal([
      ['main_client -> shop_client.id', false, ['members']],
    ])
  })

  it('keeps a table whose number of that name tells its own rows apart', () => {
    const shop_client = { ...numbers('client_no'), unique: ['client_no'] }
    expect(said({ shop_client, things: numbers('old_client') })).to.deep.equal([
      ['old_client -> shop_client.id', true, undefined],
    ])
    const pairs = numbers('client_no')
    for (const name of ['shop_client', 'my_shop_client'])
      expect(said({ [name]: pairs, things: numbers('old_client') }), name).to.deep.equal([])
  })
})

describe('a link that other tables declare', () => {
  const said = (tables: Tables, from = 'things') =>
    linksIn(tables, from).map((one) => [short(one), one.sure, one.or])
  const to = (target: string, ...names: readonly string[]): TableSpec => ({
    ...numbers(...names),
    keys: names.map((name) => `${name} -> ${target}.id`),
  })

  it('is taken before every name, which stays a doubt where it is that of a table', () => {
    const tables = { staff: numbers(), users, shifts: to('staff', 'author_id'), things: numbers('author_id') }
    expect(said(tables)).to.deep.equal([['author_id -> staff.id', true, undefined]])
    const called = { ...tables, authors: numbers() }
    expect(said(called)).to.deep.equal([['author_id -> staff.id', false, ['authors']]])
  })

  it('is none where they lead to several tables, or the key does not compare', () => {
    const two = { staff: numbers(), users, shifts: to('staff', 'boss_id'), parts: to('users', 'boss_id') }
    expect(said({ ...two, things: numbers('boss_id') })).to.deep.equal([])
    const one = { staff: numbers(), shifts: to('staff', 'boss_id') }
    expect(said({ ...one, things: numbers('boss_id') })).to.deep.equal([
      ['boss_id -> staff.id', true, undefined],
    ])
    const text = { columns: { id: 'int', boss_id: 'varchar(9)' } }
    expect(said({ ...one, things: text })).to.deep.equal([])
  })

  it('is none of a name that means something else in each table, or of a number of its own', () => {
    for (const name of ['parent_id', 'entity_id', 'id', 'shape'])
      expect(
        said({ staff: numbers(), shifts: to('staff', name), things: numbers(name) }),
        name,
      ).to.deep.equal([])
    const tree = { ...numbers('boss_id'), keys: ['boss_id -> staff.id'] }
    expect(said({ staff: tree, things: numbers('boss_id') }), 'a row above another').to.deep.equal([])
    const own = { staff: numbers(), shifts: to('staff', 'boss_id'), things: keyed(['boss_id'], 'age') }
    expect(said(own), 'its own key').to.deep.equal([])
    const pairs = { ...own, things: keyed(['boss_id', 'day'], 'age') }
    expect(said(pairs), 'a part of its own key').to.deep.equal([['boss_id -> staff.id', true, undefined]])
    const itself = { staff: numbers('boss_id'), shifts: to('staff', 'boss_id') }
    expect(said(itself, 'staff'), 'to its own table').to.deep.equal([])
  })

  it('is none of a key of several columns, or of one that leads to two columns', () => {
    const several = { ...numbers('boss_id', 'shop'), keys: ['boss_id+shop -> staff.id+shop'] }
    const staff = numbers('shop', 'nr')
    expect(said({ staff, shifts: several, things: numbers('boss_id') })).to.deep.equal([])
    const other = { ...numbers('boss_id'), keys: ['boss_id -> staff.nr'] }
    const two = { staff, shifts: to('staff', 'boss_id'), parts: other, things: numbers('boss_id') }
    expect(said(two)).to.deep.equal([])
  })

  it('stays in its own site', () => {
    const site = (n: number): Tables => ({
      [`b${String(n)}_staff`]: numbers(),
      [`b${String(n)}_shifts`]: to(`b${String(n)}_staff`, 'boss_id'),
      [`b${String(n)}_marks`]: numbers('boss_id'),
    })
    const tables = { ...site(1), ...site(2), plain: numbers('boss_id') }
    expect(said(tables, 'b2_marks')).to.deep.equal([['boss_id -> b2_staff.id', true, undefined]])
    expect(said(tables, 'plain')).to.deep.equal([])
  })

  it('leads from every site to a table that is of none, a number inside a name or not', () => {
    for (const name of ['staff', 'shop4you2_staff']) {
      const tables = { [name]: numbers(), shifts: to(name, 'boss_id'), b2_marks: numbers('boss_id') }
      expect(said(tables, 'b2_marks'), name).to.deep.equal([[`boss_id -> ${name}.id`, true, undefined]])
    }
  })
})

describe('a link in one word', () => {
  const clients: TableSpec = { columns: { idclient: 'int', email: 'varchar(120)' }, primaryKey: ['idclient'] }

  it('goes to the table or the role that follows the front', () => {
    for (const name of ['idclient', 'fkclient', 'numclient', 'code_client', 'num_client', 'IdClients'])
      expect(found({ clients, things: keyed(['nr'], name) }), name).to.deep.equal([
        `${name} -> clients.idclient`,
      ])
    expect(found({ clients, things: keyed(['nr'], 'iduser') })).to.deep.equal(['iduser -> clients.idclient'])
    for (const name of ['identity', 'refuser', 'idea', 'codec', 'clientele'])
      expect(found({ clients, things: keyed(['nr'], name) }), name).to.deep.equal([])
  })

  it('goes to the only table whose key is called so, when it is the name of a key', () => {
    for (const name of ['idvisit', 'nid', 'visitid']) {
      const tables = { log_of_hits: keyed([name], 'ip'), things: keyed(['nr'], name) }
      expect(found(tables), name).to.deep.equal([`${name} -> log_of_hits.${name}`])
      expect(found({ ...tables, more: keyed([name]) }), name).to.deep.equal([])
    }
    for (const name of ['pid', 'uuid', 'email', 'batch', 'postcode'])
      expect(found({ log_of_hits: keyed([name], 'ip'), things: keyed(['nr'], name) }), name).to.deep.equal([])
  })
})

describe('a link to one row of several', () => {
  const clerk = (tables: Tables, from = 'things') =>
    linksIn(tables, from).map((one) => [short(one), one.clerk])

  it('says who was there last or first, and not whose the row is', () => {
    for (const name of ['last', 'latest', 'first', 'previous', 'current', 'default', 'dernier', 'derniere'])
      for (const column of [`id_${name}_user`, `${name}_user_id`, `${name}User`])
        expect(clerk({ users, things: numbers(column) }), column).to.deep.equal([
          [`${column} -> users.id`, true],
        ])
    expect(isPassing({ to: 'users', columns: { première_user_id: 'id' } })).to.equal(true)
    expect(clerk({ users, things: numbers('forum_last_poster_id') })).to.deep.equal([
      ['forum_last_poster_id -> users.id', true],
    ])
  })

  it('is that where one of several columns says so', () => {
    const columns = { shop: 'shop', last_customer_id: 'id' }
    expect(isPassing({ to: 'customers', columns })).to.equal(true)
  })

  it('is that where a foreign key declares it, too', () => {
    const things = { ...numbers('last_modified_by'), keys: ['last_modified_by -> users.id'] }
    expect(clerk({ users, things })).to.deep.equal([['last_modified_by -> users.id', true]])
  })

  it('is none where the word is the name of the table, stands alone, or is no word of its own', () => {
    const last = numbers()
    expect(clerk({ last_visits: last, things: numbers('last_visit_id') })).to.deep.equal([
      ['last_visit_id -> last_visits.id', false],
    ])
    for (const column of ['last_id', 'user_last_id', 'blast_user_id', 'user_default_id'])
      expect(isPassing({ to: 'users', columns: { [column]: 'id' } }), column).to.equal(false)
  })

  it('is not that of who worked on the row, however the column begins', () => {
    expect(isPassing({ to: 'users', columns: { last_editor_id: 'id' } })).to.equal(false)
    expect(clerk({ users, things: numbers('last_editor_id') })).to.deep.equal([
      ['last_editor_id -> users.id', true],
    ])
  })
})

describe('a link where several sites share a database', () => {
  const sites: Tables = {
    wp_users: numbers('age'),
    wp_posts: numbers('post_author'),
    wp_postmeta: numbers('post_id'),
    wp_2_posts: numbers('post_author'),
    wp_2_postmeta: numbers('post_id'),
    wp_2_comments: numbers('comment_post_id', 'user_id'),
    wp_3_posts: numbers('post_author'),
  }
  const inSites = (from: string): readonly string[] =>
    linksOf(schemaOf(sites), 'wp_', new Map())
      .filter(({ table }) => table === from)
      .map(short)

  it('stays in its own site, by a whole name and by the end of one', () => {
    expect(inSites('wp_postmeta')).to.deep.equal(['post_id -> wp_posts.id'])
    expect(inSites('wp_2_postmeta')).to.deep.equal(['post_id -> wp_2_posts.id'])
    expect(inSites('wp_2_comments')).to.deep.equal([
      'comment_post_id -> wp_2_posts.id',
      'user_id -> wp_users.id',
    ])
    expect(inSites('wp_3_posts')).to.deep.equal(['post_author -> wp_users.id'])
  })

  it('does so whichever site comes first, and where each has a number in its name', () => {
    const turned = Object.fromEntries(Object.entries(sites).reverse())
    expect(linksOf(schemaOf(turned), 'wp_', new Map()).map(short).sort()).to.deep.equal(
      linksOf(schemaOf(sites), 'wp_', new Map()).map(short).sort(),
    )
    const blogs = { blog1_posts: numbers(), blog2_posts: numbers(), blog2_meta: numbers('post_id') }
    expect(found(blogs, 'blog2_meta')).to.deep.equal(['post_id -> blog2_posts.id'])
    expect(found({ ...blogs, plain_meta: numbers('post_id') }, 'plain_meta')).to.deep.equal([])
    const many = { blog11_posts: numbers(), blog12_posts: numbers(), blog12_meta: numbers('post_id') }
    expect(found(many, 'blog12_meta')).to.deep.equal(['post_id -> blog12_posts.id'])
  })

  it('goes to the accounts of its own site, and is not sure where no site says which', () => {
    const author = (...names: readonly [string, string, string]) => {
      const [one, two, from] = names
      const links = linksIn({ [one]: users, [two]: users, [from]: numbers('author') }, from)
      return links.map((link) => [short(link), link.sure, link.or])
    }
    expect(author('blog1_users', 'blog2_users', 'blog2_posts')).to.deep.equal([
      ['author -> blog2_users.id', true, undefined],
    ])
    expect(author('shop_users', 'blog_users', 'blog_posts')).to.deep.equal([
      ['author -> shop_users.id', false, ['blog_users']],
    ])
    expect(author('blog1_users', 'members', 'pages')).to.deep.equal([
      ['author -> blog1_users.id', false, ['members']],
    ])
  })
})

describe('a link that may mean two tables', () => {
  const lookup = keyed(['customer_id'], 'spent')
  const said = (tables: Tables) => linksIn(tables, 'orders').map((one) => [short(one), one.sure, one.or])

  it('is not sure, and names the table of accounts beside the one whose key is called so', () => {
    const tables = { users, lookup, orders: numbers('customer_id') }
    expect(said(tables)).to.deep.equal([['customer_id -> lookup.customer_id', false, ['users']]])
    const more = { ...tables, members: numbers() }
    expect(said(more)).to.deep.equal([['customer_id -> lookup.customer_id', false, ['users', 'members']]])
  })

  it('is sure where name and role say the same, or one of them says nothing', () => {
    const customers = keyed(['customer_no'], 'spent')
    const sure = (to: string) => [[to, true, undefined]]
    expect(said({ customers, orders: numbers('old_customer_no') })).to.deep.equal(
      sure('old_customer_no -> customers.customer_no'),
    )
    expect(said({ lookup, orders: numbers('customer_id') })).to.deep.equal(
      sure('customer_id -> lookup.customer_id'),
    )
    const batches = { users, charges: keyed(['batch_no'], 'sum'), orders: numbers('batch_no') }
    expect(said(batches)).to.deep.equal(sure('batch_no -> charges.batch_no'))
    const ticks = { users, charges: keyed(['approved_by'], 'sum'), orders: numbers('approved_by') }
    expect(said(ticks)).to.deep.equal(sure('approved_by -> charges.approved_by'))
  })
})

describe('a link of several columns', () => {
  const prices = keyed(['shop', 'product'], 'sum', 'tax', 'since')
  const to = ['shop+product -> prices.shop+product']

  it('goes to the table whose whole key stands in the row', () => {
    expect(found({ prices, things: numbers('shop', 'product') })).to.deep.equal(to)
    expect(found({ prices, things: numbers('shop') })).to.deep.equal([])
    const text = { columns: { id: 'int', shop: 'int', product: 'varchar(20)' } }
    expect(found({ prices, things: text })).to.deep.equal([])
  })

  it('goes from the narrow to the wide table where both have that key, and not between equals', () => {
    const narrow = keyed(['shop', 'product'], 'sum')
    expect(found({ prices, things: narrow })).to.deep.equal(to)
    expect(found({ prices, things: narrow }, 'prices')).to.deep.equal([])
    expect(found({ prices, things: prices })).to.deep.equal([])
  })

  it('goes from a wide table too when its own key is another', () => {
    const more = ['sum', 'tax', 'since', 'until', 'size']
    const keys = [['id'], ['shop', 'number'], ['shop', 'product', 'line']]
    for (const key of keys) {
      const columns = ['shop', 'product', ...more].filter((name) => !key.includes(name))
      expect(found({ prices, things: keyed(key, ...columns) }), key.join()).to.deep.equal(to)
    }
  })

  it('is none beside a declared link to the same table', () => {
    const things = numbers('shop', 'product', 'other')
    const declared = (key: string): TableSpec => ({ ...things, keys: [key] })
    const tables = { prices, pages: numbers() }
    expect(found({ ...tables, things: declared('other+id -> prices.shop+product') })).to.deep.equal([
      'other+id -> prices.shop+product',
    ])
    expect(found({ ...tables, things: declared('other -> pages.id') })).to.deep.equal([
      'other -> pages.id',
      ...to,
    ])
  })

  it('is none to a narrow table whose key is made of links alone', () => {
    const links = (key: readonly string[], ...more: readonly string[]): readonly string[] =>
      found({ things: numbers(...key), owners: keyed(key, ...more) })
    const pair = ['person_id', 'id_group']
    expect(links(pair)).to.deep.equal([])
    expect(links(pair, 'a', 'b')).to.deep.equal([])
    expect(links(pair, 'a', 'b', 'c')).to.deep.equal(['person_id+id_group -> owners.person_id+id_group'])
    expect(links(['line_no', 'group_id'])).to.deep.equal([])
    for (const name of ['code', 'x_idle', 'x_note', 'paid_on'])
      expect(links(['group_id', name]), name).to.deep.equal([`group_id+${name} -> owners.group_id+${name}`])
  })
})

describe('a link to people whose key has a language', () => {
  const fields: TableSpec = {
    columns: {
      ...{
        uid: 'int',
        langcode: 'varchar(12)',
        name: 'varchar(60)',
        mail: 'varchar(190)',
        pass: 'varchar(255)',
      },
      ...{ created: 'int', access: 'int' },
    },
    primaryKey: ['uid', 'langcode'],
  }
  const base: TableSpec = {
    columns: { uid: 'int', uuid: 'varchar(128)', langcode: 'varchar(12)' },
    primaryKey: ['uid'],
  }
  const text: TableSpec = {
    columns: { cid: 'int', langcode: 'varchar(12)', uid: 'int', subject: 'varchar(64)' },
    primaryKey: ['cid', 'langcode'],
  }

  it('goes by their number alone, with and without a language of its own', () => {
    const tables = {
      users: base,
      users_field_data: fields,
      comment_field_data: text,
      history: keyed(['nr'], 'uid'),
    }
    for (const from of ['comment_field_data', 'history'])
      expect(found(tables, from), from).to.deep.equal(['uid -> users_field_data.uid'])
  })

  it('takes a shop for a part of the number, and a text for one text in each language', () => {
    const shops = { ...fields, primaryKey: ['uid', 'shop'], columns: { ...fields.columns, shop: 'int' } }
    const thing = { columns: { id: 'int', uid: 'int', shop: 'int' } }
    expect(found({ members: shops, things: thing })).to.deep.equal(['uid+shop -> members.uid+shop'])
    const pages: TableSpec = {
      columns: { page: 'int', lang: 'varchar(2)', title: 'text', body: 'text', since: 'date' },
      primaryKey: ['page', 'lang'],
    }
    const link = { columns: { id: 'int', page: 'int', lang: 'varchar(2)' } }
    expect(found({ pages, things: link })).to.deep.equal(['page+lang -> pages.page+lang'])
  })
})

describe('a link by a word', () => {
  const seen = (...words: readonly string[]): ReadonlyMap<string, TableSample> => {
    const shape = { values: 9, nulls: 0, distinct: 2, shapes: {}, nevers: [], words }
    return new Map([['things', { rows: 9, columns: new Map([['subject_type', shape]]), pairs: new Map() }]])
  }
  const things = { columns: { id: 'int', subject_type: 'varchar(40)', subject_id: 'int' } }

  it('goes to each table that a word names, and is none without words', () => {
    const tables = { users, pages: numbers(), parcels: numbers(), things }
    expect(found(tables, 'things', seen('User', 'page'))).to.deep.equal([
      'subject_id -> users.id where subject_type = User',
      'subject_id -> pages.id where subject_type = page',
    ])
    expect(found(tables)).to.deep.equal([])
    const [[, sample]] = [...seen('User')] as [[string, TableSample]]
    expect(found(tables, 'things', new Map([['things', { ...sample, columns: new Map() }]]))).to.deep.equal(
      [],
    )
  })

  it('is none to its own table, or to a key that does not compare', () => {
    const codes = { columns: { id: 'varchar(9)' } }
    expect(found({ codes, users, things }, 'things', seen('thing', 'code'))).to.deep.equal([])
  })

  it('takes the rest of a longer key from columns of the same names', () => {
    const lines = keyed(['shop', 'nr'], 'sum')
    const own = { columns: { ...things.columns, shop: 'int' } }
    expect(found({ lines, things: own }, 'things', seen('line'))).to.deep.equal([
      'shop+subject_id -> lines.shop+nr where subject_type = line',
    ])
    expect(found({ lines, things }, 'things', seen('line'))).to.deep.equal([])
    const whole = { columns: { ...own.columns, nr: 'int' } }
    expect(found({ lines, things: whole }, 'things', seen('line'))).to.deep.equal([
      'shop+nr -> lines.shop+nr',
    ])
  })

  const pairs: readonly (readonly [string, string, string, boolean])[] = [
    ['subject_type', 'varchar(40)', 'subject_id', true],
    ['subjectType', 'varchar(40)', 'subjectId', true],
    ['subject_model', 'varchar(40)', 'subject_key', true],
    ['subject_class', 'varchar(40)', 'subject_ref', true],
    ['subject_kind', 'int', 'subject_id', false],
    ['subject_type', 'varchar(40)', 'object_id', false],
    ['subject_type_old', 'varchar(40)', 'subject_id', false],
    ['type', 'varchar(40)', '_id', false],
  ]
  for (const [type, of, id, isPair] of pairs)
    it(`${isPair ? 'stands' : 'does not stand'} in ${type} (${of}) beside ${id}`, () => {
      const table = schemaOf({ things: { columns: { [type]: of, [id]: 'int' } } }).get('things')!
      expect(typePairs(table)).to.deep.equal(isPair ? [{ type, id }] : [])
    })
})

describe('the prefix of a site', () => {
  const prefix = (...names: readonly string[]): string =>
    prefixOf(new Map(names.map((name) => [name, {} as Table])) satisfies SiteSchema)

  it('is shared by three tables at least, and by three in five', () => {
    expect(prefix('ps_a', 'ps_b')).to.equal('')
    expect(prefix('ps_a', 'ps_b', 'ps_c')).to.equal('ps_')
    expect(prefix('ps_a', 'ps_b', 'ps_c', 'log', 'page')).to.equal('ps_')
    expect(prefix('ps_a', 'ps_b', 'ps_c', 'log', 'page', 'tag')).to.equal('')
  })

  it('is the one that most of them share, behind the name of a schema too', () => {
    expect(prefix('wp_a', 'ps_a', 'ps_b', 'ps_c')).to.equal('ps_')
    expect(prefix('shop.ps_a', 'shop.ps_b', 'ps_c')).to.equal('ps_')
  })

  it('has twelve signs at most', () => {
    expect(prefix('abcdefghijklm_a', 'abcdefghijklm_b', 'abcdefghijklm_c')).to.equal('')
  })
})

describe('the words of a table', () => {
  it('leave its schema and the prefix of the site out', () => {
    expect(tableWords('shop.ps_orders', 'ps_')).to.deep.equal(['order'])
    expect(tableWords('orders', 'ps_')).to.deep.equal(['order'])
  })

  it('are written as programs write them', () => {
    expect(typeWords('shop.ps_blog_posts', 'ps_')).to.deep.equal([
      'ps_blog_posts',
      'blog_posts',
      'blog_post',
      'blog-post',
      'BlogPosts',
      'BLOG_POST',
      'BlogPost',
      'App\\Models\\BlogPost',
      'App\\BlogPost',
      'App\\Entity\\BlogPost',
      'App\\Model\\BlogPost',
    ])
    expect(typeWords('news', 'ps_')).to.include('news').and.not.include('s')
  })

  it('tell people and accounts', () => {
    for (const words of [['user'], ['users'], ['old', 'customers'], ['address', 'book']])
      expect(soundsLikePeople(words), words.join()).to.equal(true)
    expect(soundsLikePeople(['page', 'tag'])).to.equal(false)
    expect(soundsLikeAccounts(['shop', 'users'])).to.equal(true)
    for (const words of [['user', 'group'], ['superuser'], ['accounting'], []])
      expect(soundsLikeAccounts(words), words.join()).to.equal(false)
  })
})

describe('the name of a kind', () => {
  it('begins with a letter and is never empty', () => {
    expect(kindName(['2024', 'orders'], new Set())).to.equal('orders')
    expect(kindName(['2024'], new Set())).to.equal('data')
  })

  it('is cut to leave room for a number', () => {
    const long = 'o'.repeat(50)
    expect(kindName([long], new Set())).to.equal('o'.repeat(36))
    expect(kindName([long], new Set(['o'.repeat(36)]))).to.equal(`${'o'.repeat(36)}_2`)
  })

  it('can be written when it holds letters and digits, and every object has none of that name', () => {
    for (const name of ['Order_2', '$a', '_id']) expect(isWritable(name), name).to.equal(true)
    for (const name of ['', 'a b', 'a.b', 'constructor', 'prototype', '__proto__'])
      expect(isWritable(name), name).to.equal(false)
  })
})

describe('a table of key-value rows', () => {
  const pair = (columns: Readonly<Record<string, string>>, primaryKey: readonly string[] = ['id']) =>
    pairIn(schemaOf({ meta: { columns: { id: 'int', ...columns }, primaryKey } }).get('meta')!)
  const some = { meta_key: 'varchar(40)', meta_value: 'text' }

  it('has eight columns at most', () => {
    const more = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${String(at)}`, 'int']))
    expect(pair({ ...some, ...more(5) })).to.deep.equal({ name: 'meta_key', value: 'meta_value' })
    expect(pair({ ...some, ...more(6) })).to.equal(null)
  })

  it('has a text that names, and a value that may hold a text', () => {
    for (const type of ['text', 'blob', 'json'])
      expect(pair({ ...some, meta_value: type }), type).to.deep.equal({
        name: 'meta_key',
        value: 'meta_value',
      })
    expect(pair({ ...some, meta_value: 'int' })).to.equal(null)
    expect(pair({ option: 'int', ...some })?.name).to.equal('meta_key')
    expect(pair(some, ['meta_value'])).to.equal(null)
  })
})
