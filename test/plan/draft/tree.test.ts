/** Which tables are people, on which table another one hangs, what a kind is called, what JSON holds. */
import { expect } from 'chai'
import { draftOf } from '../../../plan/draft/build.ts'
import {
  categoryOf,
  isAccounting,
  isExchange,
  soundsLikeStaff,
  termOf,
} from '../../../plan/draft/categories.ts'
import { jsonClocks, personalWords, withoutPersonal } from '../../../plan/draft/json-places.ts'
import type { FoundLink } from '../../../plan/draft/found-link.ts'
import type { Finding, Meaning } from '../../../plan/draft/meanings.ts'
import type { ColumnShape, TableSample } from '../../../plan/draft/shapes.ts'
import { placesOf, type Looked, type Place } from '../../../plan/draft/tree.ts'
import { schemaOf, type TableSpec } from '../site-builder.ts'

interface Spec {
  /** Of the table's name, between underscores, unless said. */
  readonly words?: string
  /** Meanings with commas between; `email?` is unsure, `email!` stands in a unique column. */
  readonly found?: string
  /** `user_id+shop -> users sure declared clerk word`: a column or several, and what is said of the link. */
  readonly links?: readonly string[]
  readonly key?: readonly string[]
}

function link(table: string, spec: string): FoundLink {
  const [columns = '', , to = '', ...said] = spec.split(' ')
  return {
    table,
    to,
    columns: Object.fromEntries(columns.split('+').map((name) => [name, 'id'])),
    where: said.includes('word') ? { type: to } : {},
    declared: said.includes('declared'),
    clerk: said.includes('clerk'),
    sure: said.includes('sure'),
  }
}

function looked(tables: Readonly<Record<string, Spec>>): ReadonlyMap<string, Looked> {
  return new Map(
    Object.entries(tables).map(([name, { words = name, found = '', links = [], key = ['id'] }]) => {
      const said = (found === '' ? [] : found.split(',')).map((one) => ({
        meaning: one.replace(/[?!]/g, '') as Meaning,
        sure: !one.includes('?'),
        unique: one.includes('!'),
      }))
      const columns = Object.fromEntries(said.map(({ meaning }) => [meaning, 'varchar(80)']))
      const unique = said.filter((one) => one.unique).map(({ meaning }) => meaning)
      const schema = schemaOf({ [name]: { columns: { id: 'int', ...columns }, unique, primaryKey: key } })
      const table = schema.get(name)!
      const findings = said.map(({ meaning, sure }): Finding => {
        const column = table.columns.find((one) => one.name === meaning)!
        return { column, meaning, sure, by: 'name' }
      })
      const all = links.map((spec) => link(name, spec))
      return [name, { table, words: words === '' ? [] : words.split('_'), findings, links: all }] as const
    }),
  )
}

/** `person`, or `child of users by user_id`. */
const text = ({ as, by }: Place): string =>
  by.length === 0
    ? as
    : `${as} of ${by.map(({ to, columns }) => `${to} by ${Object.keys(columns).join('+')}`).join(', ')}`

const placed = (tables: Readonly<Record<string, Spec>>): Readonly<Record<string, string>> =>
  Object.fromEntries([...placesOf(looked(tables))].map(([name, place]) => [name, text(place)]))

/** Something that hangs on the table `x`, and says nothing of anybody itself. */
const hanging: Spec = { links: ['x_id -> x sure'] }

describe('a table is people', () => {
  /** Words, what was found, `+` when another table hangs on it, what it is then. */
  const cases: readonly (readonly [string, string, '' | '+', string | undefined])[] = [
    ['thing', 'email!', '', 'person'],
    ['thing', 'email?!', '', undefined],
    ['thing', 'phone!', '', 'apart'],
    ['thing', 'email', '', 'apart'],
    ['thing', 'email', '+', 'person'],
    ['thing', 'email,name', '', 'apart'],
    ['contact', 'email', '', 'apart'],
    ['contact', 'email,name', '', 'person'],
    ['contact', 'email,login', '', 'person'],
    ['thing', 'secret', '', 'apart'],
    ['thing', 'secret?,email', '', 'apart'],
    ['thing', 'secret,email', '', 'person'],
    ['thing', 'secret,login', '', 'person'],
    ['thing', 'secret,name', '', 'person'],
    ['member', 'name', '', 'person'],
    ['member', 'phone', '', 'apart'],
    ['member', 'phone', '+', 'person'],
    ['member', '', '+', undefined],
    ['patient', 'name', '', 'apart'],
    ['patient', 'phone', '', 'apart'],
    ['patient', 'name,birth', '', 'person'],
    ['patient', 'name,birth year', '', 'person'],
    ['patient', 'name,phone', '', 'person'],
    ['patient', 'name,trait', '', 'person'],
    ['thing', 'name,birth', '', 'apart'],
    ['thing', 'name,birth', '+', 'person'],
  ]
  for (const [words, found, sign, as] of cases)
    it(`${as ?? 'is not told'}: a ${words} with ${found || 'nothing'}${sign && ' on which another hangs'}`, () => {
      const places = placed({ x: { words, found }, ...(sign === '+' ? { other: hanging } : {}) })
      expect(places['x']).to.equal(as)
    })

  it('by what hangs on it, not by clerks and not by itself', () => {
    const x = { words: 'thing', found: 'email' }
    expect(placed({ x, other: { links: ['x_id -> x sure clerk'] } })).to.deep.equal({ x: 'apart' })
    expect(placed({ x: { ...x, links: ['x_id -> x sure'] } })).to.deep.equal({ x: 'apart' })
  })

  it('or speaks of people by its last word, or by its words and anything that was found', () => {
    for (const word of ['cookie', 'consent', 'consentement'])
      expect(placed({ x: { words: `site_${word}` } }), word).to.deep.equal({ x: 'apart' })
    for (const word of ['cookie_banner_text', 'site_cookie_banner', 'precookie', 'cookiebar', ''])
      expect(placed({ x: { words: word } }), word).to.deep.equal({})
    expect(placed({ x: { words: 'driver', found: 'prose' } })).to.deep.equal({ x: 'apart' })
    expect(placed({ x: { words: 'driver' } })).to.deep.equal({})
    expect(placed({ x: { words: 'page', found: 'prose' } })).to.deep.equal({})
  })
})

describe('of two tables of people that belong to each other', () => {
  const two = (lower: Spec, higher: Spec, more: Readonly<Record<string, Spec>> = {}) => {
    const found = placed({
      lower: { ...lower, links: ['a -> higher sure'] },
      higher: { ...higher, links: ['b -> lower sure'] },
      ...more,
    })
    expect(found['higher']).to.equal('person')
    expect(found['lower']).to.equal('child of higher by a')
  }
  const bare: Spec = { words: 'patient', found: 'name,phone' }
  const mail: Spec = { words: 'thing', found: 'email' }
  const password: Spec = { words: 'thing', found: 'name,secret' }

  it('the one with an address is the owner', () => {
    two(bare, mail)
  })
  it('the one with an address gives way to the one that is called an account', () => {
    two(mail, { words: 'member', found: 'name' })
  })
  it('the one with an address gives way to the one with a password', () => {
    two(mail, password)
  })
  it('the one with an address gives way to the one on which two more hang', () => {
    two(mail, bare, { one: { links: ['c -> higher sure'] }, other: { links: ['d -> higher sure'] } })
  })

  it('a clerk does not make a child', () => {
    const found = placed({
      x: { found: 'email!' },
      y: { found: 'email!', links: ['approved_by -> x sure clerk'] },
    })
    expect(found).to.deep.equal({ x: 'person', y: 'person' })
  })

  it('and where neither is people, the one on which more hang owns the other', () => {
    const found = placed({
      visit: { found: 'phone', links: ['call_id -> call sure'] },
      call: { found: 'phone', links: ['visit_id -> visit sure'] },
      third: { links: ['call_id -> call sure'] },
    })
    expect(found).to.deep.equal({
      call: 'apart',
      visit: 'child of call by call_id',
      third: 'child of call by call_id',
    })
  })
})

describe('a table hangs', () => {
  const person: Spec = { found: 'email!' }
  /** On which of two tables of people: the first link is the one that is not taken. */
  const chosen = (
    name: string,
    more: Omit<Spec, 'links'>,
    others: readonly string[],
    links: readonly string[],
  ) => placed({ ...Object.fromEntries(others.map((one) => [one, person])), [name]: { ...more, links } })[name]

  it('on the table whose name begins its own, whatever a foreign key says of others', () => {
    const links = ['product_ref -> product declared sure', 'order_ref -> order']
    expect(chosen('order_line', {}, ['product', 'order'], links)).to.equal('child of order by order_ref')
    const long = ['product_ref -> product declared sure', 'line_ref -> order_line']
    expect(chosen('order_line_note', {}, ['product', 'order_line'], long)).to.equal(
      'child of order_line by line_ref',
    )
    const end = ['line_ref -> line', 'product_ref -> product sure']
    expect(chosen('order_line', {}, ['line', 'product'], end)).to.equal('child of product by product_ref')
  })

  it('by a foreign key rather than by a name, by a plain name rather than by a guess', () => {
    const key = ['a_ref -> a sure', 'b_ref -> b declared']
    expect(chosen('note', {}, ['a', 'b'], key)).to.equal('child of b by b_ref')
    expect(chosen('note', {}, ['a', 'b'], ['a_ref -> a', 'b_ref -> b sure'])).to.equal('child of b by b_ref')
  })

  it('on an owner rather than on somebody who receives', () => {
    for (const name of ['recipient', 'receiver', 'to_whom', 'seller', 'parent', 'target'])
      expect(chosen('note', {}, ['a', 'b'], [`${name} -> a`, 'b_ref -> b']), name).to.equal(
        'child of b by b_ref',
      )
    const several = ['parent -> a', 'parent+shop -> b']
    expect(chosen('note', {}, ['a', 'b'], several)).to.equal('child of b by parent+shop')
  })

  it('by columns of its own key, when all of them are', () => {
    const links = ['a_ref -> a', 'b_ref+shop -> b']
    const key = ['b_ref', 'shop']
    expect(chosen('note', { key }, ['a', 'b'], links)).to.equal('child of b by b_ref+shop')
    expect(chosen('note', { key: ['b_ref'] }, ['a', 'b'], links)).to.equal('child of a by a_ref')
  })

  it('by a column that is named as the table is', () => {
    const named: readonly (readonly [string, string])[] = [
      ['user', 'user_id'],
      ['user', 'userId'],
      ['user', 'userid'],
      ['user', 'id_user'],
      ['user', 'iduser'],
      ['user', 'shop+user_id'],
      ['video', 'video_id'],
      ['order_line', 'order_line_id'],
    ]
    for (const [to, columns] of named)
      expect(chosen('note', {}, ['a', to], ['other_id -> a', `${columns} -> ${to}`]), columns).to.equal(
        `child of ${to} by ${columns}`,
      )
  })

  it('on the nearest table that has a place, by a link of a clerk on none', () => {
    const found = placed({
      far: { links: ['mid_id -> mid sure'] },
      user: person,
      mid: { links: ['user_id -> user sure'] },
      both: { links: ['mid_id -> mid sure', 'user_id -> user'] },
      edited: { links: ['editor_id -> user sure clerk'] },
      page: { links: ['site_id -> site sure'] },
      site: {},
    })
    expect(found).to.deep.equal({
      user: 'person',
      mid: 'child of user by user_id',
      both: 'child of user by user_id',
      far: 'child of mid by mid_id',
    })
    expect(Object.keys(found).at(0)).to.equal('user')
    expect(Object.keys(found).at(-1)).to.equal('far')
  })

  it('further down where a foreign key leads there, and nearer people only a guess', () => {
    const mid: Spec = { links: ['user_id -> user sure'] }
    const both = (...links: readonly string[]) => placed({ user: person, mid, both: { links } })['both']
    const declared = 'mid_id -> mid sure declared'
    expect(both(declared, 'user_id -> user')).to.equal('child of mid by mid_id')
    expect(both(declared, 'user_id -> user sure')).to.equal('child of mid by mid_id')
    expect(both(declared, 'user_id -> user sure declared')).to.equal('child of user by user_id')
    expect(both(declared, 'author_id -> user sure declared')).to.equal('child of user by author_id')
    expect(both('mid_id -> mid sure', 'user_id -> user')).to.equal('child of user by user_id')
    expect(both(`${declared} clerk`, 'user_id -> user')).to.equal('child of user by user_id')
    expect(both(declared, 'user -> user sure word')).to.equal('child of mid by mid_id')
    expect(both(`${declared} word`, 'user_id -> user')).to.equal('child of user by user_id')
  })

  it('further down rather than on people whom only a word names, and not for as little as is at hand', () => {
    const mid: Spec = { links: ['user_id -> user sure'] }
    const both = (...links: readonly string[]) => placed({ user: person, mid, both: { links } })['both']
    const weak = 'parent -> mid declared'
    expect(both(weak, 'user_id -> user sure word')).to.equal('child of mid by parent')
    expect(both(weak, 'user_ref -> user sure')).to.equal('child of user by user_ref')
  })

  it('without waiting for those whose rows a clerk or a word names', () => {
    for (const said of ['clerk', 'word']) {
      const links = [`mid_id -> mid sure declared ${said}`, 'user_id -> user']
      const found = placed({ user: person, both: { links }, mid: { links: ['user_id -> user sure'] } })
      expect(Object.keys(found), said).to.deep.equal(['user', 'both', 'mid'])
    }
  })

  it('where more speaks for the person than a foreign key for another, on the person', () => {
    const links = ['thread_id -> thread sure declared', 'user_id -> user sure']
    const thread = { links: ['user_id -> user sure'] }
    const found = placed({ user: person, user_message: { links }, thread })
    expect(found['user_message']).to.equal('child of user by user_id')
    expect(Object.keys(found), 'nothing is waited for').to.deep.equal(['user', 'user_message', 'thread'])
  })

  it('further down, as a part of what one person has with the house, and on who wrote it otherwise', () => {
    const parts = (of: string, part: string, declared = '') => {
      const links = [`${of}_id -> ${of} sure${declared}`, `user_id -> user sure${declared}`]
      return placed({ user: person, [of]: { links: ['user_id -> user sure'] }, [part]: { links } })[part]
    }
    for (const [of, part] of [
      ['ticket', 'ticket_message'],
      ['support_ticket', 'support_ticket_reply'],
      ['order', 'order_line'],
      ['invoice', 'invoiceline'],
      ['facture', 'facturedet'],
      ['panier', 'panier_ligne'],
    ] as const)
      for (const declared of ['', ' declared'])
        expect(parts(of, part, declared), part).to.equal(`child of ${of} by ${of}_id`)
    for (const [of, part] of [
      ['post', 'post_comment'],
      ['order_status', 'order_status_note'],
      ['ticket', 'message'],
    ] as const)
      expect(parts(of, part), part).to.equal('child of user by user_id')
  })

  it('on the dossier of another person, where names alone say that and staff answered', () => {
    const message = (hand: string, of: string, part: string, more: readonly string[] = []) =>
      placed({
        customer: person,
        [hand]: { found: 'email!,secret' },
        [part]: { links: [`${hand}_id -> ${hand} sure`, `${of}_id -> ${of} sure`] },
        [of]: { links: ['customer_id -> customer sure', ...more] },
      })[part]
    for (const [hand, of, part] of [
      ['employee', 'customer_thread', 'customer_message'],
      ['employee', 'return', 'history'],
      ['employee', 'product_plan', 'product_step'],
      ['user', 'conversation', 'message'],
      ['user', 'ticket', 'answer'],
    ] as const)
      expect(message(hand, of, part), part).to.equal(`child of ${of} by ${of}_id`)
    // A comment of a user on what a seller wrote stays with the user.
    for (const [hand, of, part] of [
      ['user', 'product', 'product_review'],
      ['user', 'post', 'comment'],
      ['employee', 'page', 'note'],
    ] as const)
      expect(message(hand, of, part), part).to.equal(`child of ${hand} by ${hand}_id`)
    for (const more of ['employee_id -> employee sure clerk', 'employee -> employee sure word'])
      expect(message('employee', 'customer_thread', 'customer_message', [more]), more).to.equal(
        'child of customer_thread by customer_thread_id',
      )
    const own = message('user', 'conversation', 'message', ['user_id -> user sure'])
    expect(own, 'a conversation of both').to.equal('child of user by user_id')
    const declared = placed({
      customer: person,
      employee: person,
      message: { links: ['employee_id -> employee sure declared', 'thread_id -> thread sure'] },
      thread: { links: ['customer_id -> customer sure'] },
    })
    expect(declared['message'], 'a foreign key says more').to.equal('child of employee by employee_id')
  })

  it('where it is, when that is nobody or the dossier is of nobody', () => {
    const page: Spec = { links: ['customer_id -> customer sure'] }
    const note = (links: readonly string[], ticket: string) =>
      placed({ customer: person, user: person, page, note: { links }, ticket: { links: [ticket] } })['note']
    const ticket = 'ticket_ref -> ticket sure'
    expect(note(['page_id -> page sure', ticket], 'customer_id -> customer sure')).to.equal(
      'child of page by page_id',
    )
    expect(note(['user_id -> user sure', ticket], 'page_id -> page sure')).to.equal(
      'child of user by user_id',
    )
  })

  it('at once where the other table would only get a place by it, or none', () => {
    const guess = 'user_id -> user'
    expect(
      placed({
        user: person,
        line: { links: ['head_id -> head sure declared', guess] },
        head: { links: ['line_id -> line sure declared'] },
        note: { links: ['page_id -> page sure declared', guess] },
        page: { links: ['site_id -> site sure declared'] },
      }),
    ).to.deep.equal({
      user: 'person',
      line: 'child of user by user_id',
      note: 'child of user by user_id',
      head: 'child of line by line_id',
    })
  })

  it('at once where that would be a ring, so that what waits for it is not left without', () => {
    const guess = 'user_id -> user'
    const found = placed({
      user: person,
      a: { links: ['b_id -> b sure declared', guess] },
      b: { links: ['up -> c sure'] },
      c: { links: ['d_id -> d sure declared', guess] },
      d: { links: ['up -> c sure'] },
    })
    expect(found).to.deep.equal({
      user: 'person',
      c: 'child of user by user_id',
      b: 'child of c by up',
      d: 'child of c by up',
      a: 'child of b by b_id',
    })
  })

  it('in one of two ways where two tables wait for each other, and what waits for them after that', () => {
    const guess = 'user_id -> user'
    const found = placed({
      user: person,
      after: { links: ['left_id -> left sure declared', guess] },
      left: { links: ['right_id -> right sure declared', guess] },
      right: { links: ['left_id -> left sure declared', guess] },
    })
    expect(found).to.deep.equal({
      user: 'person',
      left: 'child of user by user_id',
      right: 'child of left by left_id',
      after: 'child of left by left_id',
    })
  })

  it('so that of two for which a table waits, the one that says more has its place first', () => {
    const guess = 'user_id -> user'
    const waiting: Spec = { links: ['note_id -> note sure declared', guess] }
    const note: Spec = { links: ['parent -> page declared', 'quire_id -> quire sure declared', guess] }
    expect(placed({ user: person, page: waiting, quire: waiting, note })).to.deep.equal({
      user: 'person',
      quire: 'child of user by user_id',
      note: 'child of quire by quire_id',
      page: 'child of note by note_id',
    })
  })

  it('also where none of those that wait is awaited itself', () => {
    const guess = 'user_id -> user'
    const found = placed({
      user: person,
      a: { links: ['b_id -> under_b sure declared', guess] },
      under_b: { links: ['up -> b sure'] },
      b: { links: ['a_id -> under_a sure declared', guess] },
      under_a: { links: ['up -> a sure'] },
    })
    expect(found).to.deep.equal({
      user: 'person',
      a: 'child of user by user_id',
      under_a: 'child of a by up',
      b: 'child of under_a by a_id',
      under_b: 'child of b by up',
    })
  })

  it('on a table that speaks of people without a link, when a foreign key leads there', () => {
    const call = placed({
      user: person,
      call: { found: 'phone' },
      answer: { links: ['call_id -> call sure declared', 'user_id -> user sure'] },
      attachment: { found: 'phone', links: ['answer_id -> answer sure'] },
    })
    expect(call).to.deep.equal({
      user: 'person',
      call: 'apart',
      answer: 'child of call by call_id',
      attachment: 'child of answer by answer_id',
    })
  })

  it('on what speaks of people without a link, however far from it, and whatever it says itself', () => {
    const found = placed({
      call: { found: 'phone' },
      part: { links: ['call_id -> call sure'] },
      note: { found: 'phone', links: ['part_id -> part sure'] },
    })
    expect(found).to.deep.equal({
      call: 'apart',
      part: 'child of call by call_id',
      note: 'child of part by part_id',
    })
  })

  it('by the name of a table rather than by an own number that is called like a link', () => {
    const links = ['customer_id -> user sure', 'user_id -> user sure']
    const found = placed({ user: person, lookup: { key: ['customer_id'], links } })
    expect(found['lookup']).to.equal('child of user by user_id')
  })

  it('beside people when a foreign key names who worked on its rows', () => {
    const found = placed({
      user: person,
      page: { links: ['editor_id -> user sure clerk declared'] },
      menu: { links: ['page_id -> page sure declared'] },
    })
    expect(found).to.deep.equal({ user: 'person', page: 'beside' })
  })
})

describe('people who only looked at somebody', () => {
  it('are people of their own, and not theirs', () => {
    const people = { email: 'varchar(190)', passwd: 'varchar(80)', date_add: 'datetime' }
    const { kinds, policies } = draftOf({
      schema: schemaOf({
        ps_customer: {
          columns: { id_customer: 'int', ...people },
          primaryKey: ['id_customer'],
          unique: ['email'],
        },
        ps_employee: {
          columns: { id_employee: 'int', ...people, id_last_customer: 'int', id_last_order: 'int' },
          primaryKey: ['id_employee'],
          unique: ['email'],
        },
        ps_orders: { columns: { id_order: 'int', id_customer: 'int' }, primaryKey: ['id_order'] },
        ps_forum: {
          columns: { id_forum: 'int', forum_last_poster_id: 'int', title: 'varchar(80)' },
          primaryKey: ['id_forum'],
        },
      }),
      samples: new Map(),
      linkSamples: () => null,
      known: null,
    })
    expect(kinds.map(({ name, subject, of }) => [name, subject, of])).to.deep.equal([
      ['customer', true, null],
      ['employee', true, null],
      ['order', false, 'customer'],
    ])
    expect(kinds.find(({ name }) => name === 'employee')?.clerks).to.deep.equal({
      id_last_customer: 'customer',
    })
    expect(policies.map(({ kind }) => kind)).to.deep.equal(['customer', 'employee'])
  })
})

describe('a row that says by a word whose it is', () => {
  const person: Spec = { found: 'email!' }

  it('hangs on every table of which it says so and which has a place, also one of a later level', () => {
    const note = {
      links: ['on -> user sure word', 'on -> post sure word', 'on -> page sure word', 'post_id -> post sure'],
    }
    const found = placed({
      note,
      user: person,
      blog: { links: ['user_id -> user sure'] },
      post: { links: ['blog_id -> blog sure'] },
      page: {},
    })
    expect(found['note']).to.equal('child of user by on, post by on')
  })

  it('hangs by a column without a word, when it has one', () => {
    const links = ['on -> a sure declared word', 'b_ref -> b']
    expect(placed({ a: person, b: person, note: { links } })['note']).to.equal('child of b by b_ref')
  })

  it('does not hang on what hangs on it, however far', () => {
    const found = placed({
      user: person,
      note: { links: ['on -> user sure word', 'on -> reply sure word', 'on -> like sure word'] },
      reply: { links: ['note_id -> note sure'] },
      like: { links: ['reply_id -> reply sure'] },
    })
    expect(found).to.deep.equal({
      user: 'person',
      note: 'child of user by on',
      reply: 'child of note by note_id',
      like: 'child of reply by reply_id',
    })
  })

  it('hangs on what is many levels below people', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `level_${String(i)}`)
    const chain = Object.fromEntries(
      levels.map((name, i): [string, Spec] => [
        name,
        i === 0 ? person : { words: 'part', links: [`up -> ${String(levels[i - 1])} sure`] },
      ]),
    )
    const note = { links: ['on -> level_0 sure word', 'on -> level_29 sure word'] }
    expect(placed({ ...chain, note })['note']).to.equal('child of level_0 by on, level_29 by on')
  })

  it('does not leave with the person to whom it is assigned', () => {
    const users: TableSpec = { columns: { id: 'int', email: 'varchar(190)' }, unique: ['email'] }
    const columns = {
      id: 'int',
      subject_type: 'varchar(20)',
      subject_id: 'int',
      assignee_type: 'varchar(20)',
      assignee_id: 'int',
    }
    const words = (...seen: readonly string[]): ColumnShape => shape({ values: 9, words: seen })
    const seen = new Map([
      ['subject_type', words('user')],
      ['assignee_type', words('user')],
    ])
    const { kinds } = draftOf({
      schema: schemaOf({ users, tickets: { columns } }),
      samples: new Map([['tickets', { rows: 9, columns: seen, pairs: new Map() }]]),
      linkSamples: () => null,
      known: null,
    })
    const tickets = kinds.filter(({ table }) => table === 'tickets')
    expect(tickets.map((one) => Object.keys(one.link?.columns ?? {}))).to.deep.equal([['subject_id']])
  })
})

describe('a kind is called', () => {
  const called = (words: string, found: string, subject: boolean) =>
    categoryOf(looked({ x: { words, found } }).get('x')!, subject)

  it('by the words of its table, people only where a pack speaks of such people', () => {
    const cases: readonly (readonly [string, string, string | null, string | null])[] = [
      ['newsletter', '', 'prospect', 'prospect'],
      ['candidate', '', 'candidate', 'candidate'],
      ['cookie_consent', '', 'cookie_consent', null],
      ['cookie', '', 'cookie', null],
      ['invoice', '', 'invoice', null],
      ['order_line', '', 'order', null],
      ['page_view', '', 'app_log', null],
      ['customer', '', null, 'account'],
      ['thing', 'name,secret', null, 'account'],
      ['thing', 'name,secret?', null, null],
      ['thing', 'name', null, null],
      ['thing', '', null, null],
    ]
    for (const [words, found, other, subject] of cases) {
      expect(called(words, found, false), words).to.equal(other)
      expect(called(words, found, true), `${words} as people`).to.equal(subject)
    }
  })

  it('and has the term of what it is called, of its name, or of three years', () => {
    expect(termOf('invoice', 'x')).to.equal('10 years')
    expect(termOf(null, 'order')).to.equal('5 years')
    expect(termOf(null, 'x')).to.equal('3 years')
    expect(isAccounting(['order', 'line'])).to.equal(true)
    expect(isAccounting(['sale', 'refund'])).to.equal(true)
    expect(isAccounting(['reorder'])).to.equal(false)
    expect(isAccounting(['ordering'])).to.equal(false)
    for (const words of [['facturedet'], ['invoicelines'], ['old', 'invoices', 'line']])
      expect(isAccounting(words), words.join()).to.equal(true)
    expect(isAccounting(['reinvoice'])).to.equal(false)
  })

  it('and is of the house, or of several people, by a word of it', () => {
    expect(soundsLikeStaff(['shop', 'admins'])).to.equal(true)
    expect(soundsLikeStaff(['shop', 'visitors'])).to.equal(false)
    expect(isExchange(['mail', 'thread'])).to.equal(true)
    expect(isExchange(['thread', 'mail'])).to.equal(false)
  })
})

function shape(more: Partial<ColumnShape>): ColumnShape {
  return { values: 10, nulls: 0, distinct: 10, shapes: {}, nevers: [], words: [], ...more }
}

const filled = shape({})

describe('a column of JSON', () => {
  const of = (paths: string, more: Partial<ColumnShape> = {}, others = false, unread = 0) => {
    const places = new Map(paths.split(' ').map((path) => [path, filled]))
    return withoutPersonal(shape({ ...more, members: { unread, others, places } }))
  }
  const left = (...paths: readonly string[]) => ({ strategy: 'without', paths })

  it('loses the places of a person where something else stands beside them', () => {
    expect(of('$.phone $.email $.stats.seen')).to.deep.equal(left('$.email', '$.phone'))
    expect(of('$.email', {}, true)).to.deep.equal(left('$.email'))
    expect(of('$.user.email $.stats.seen')).to.deep.equal(left('$.user.email'))
    expect(of('$.address $.address.city $.email $.seen')).to.deep.equal(left('$.address', '$.email'))
    expect(of('$.address $.address_at')).to.deep.equal(left('$.address'))
    expect(of('$.Email $.seen', { words: ['email'] })).to.deep.equal(left('$.Email'))
  })

  it('is taken away whole where nothing else is known to stand in it', () => {
    expect(of('$.email')).to.equal(null)
    expect(of('$.email $.phone')).to.equal(null)
    expect(of('$.user $.user.email')).to.equal(null)
    expect(of('$.address $.address.meta')).to.equal(null)
  })

  it('is taken away whole where not all of a person was found', () => {
    expect(withoutPersonal(undefined)).to.equal(null)
    expect(withoutPersonal(filled)).to.equal(null)
    expect(of('$.seen')).to.equal(null)
    expect(of('$.email $.seen', {}, true, 1)).to.equal(null)
    expect(of('$.email $.seen', { words: ['email', 'phone', 'seen'] })).to.equal(null)
    expect(personalWords(shape({ words: ['email', 'phone', 'seen'] }))).to.deep.equal(['email', 'phone'])
    expect(personalWords(undefined)).to.deep.equal([])
  })
})

describe('a sign of life in JSON', () => {
  const clocks = (
    column: string,
    places: Readonly<Record<string, Partial<ColumnShape>>>,
    { type = 'json', below = false, words = [] as readonly string[] } = {},
  ) => {
    const table = schemaOf({ logs: { columns: { [column]: type } } }).get('logs')!
    const members = new Map(Object.entries(places).map(([path, one]) => [path, shape(one)]))
    const of = shape({ shapes: { json: 10 }, words, members: { unread: 0, others: false, places: members } })
    const sample: TableSample = { rows: 10, columns: new Map([[column, of]]), pairs: new Map() }
    return jsonClocks({ table, words: ['log'], findings: [], links: [] }, sample, below)
  }
  const time: Partial<ColumnShape> = { shapes: { datetime: 9, prose: 1 } }

  it('is read where nine of ten values are times under a name of that kind', () => {
    const found = { column: 'data', path: '$.last_seen', format: 'datetime', nevers: [], ordered: true }
    expect(clocks('data', { '$.last_seen': time })).to.deep.equal({ clocks: [found], remarks: [] })
    expect(clocks('data', { '$.last_seen': time }, { below: true }).clocks).to.deep.equal([
      { ...found, column: 'logs.data' },
    ])
    expect(clocks('data', { '$.last_seen': { shapes: { datetime: 8, prose: 2 } } }).clocks).to.deep.equal([])
    expect(clocks('data', { '$.printed': time }).clocks).to.deep.equal([])
    expect(clocks('data', { '$.last_seen': time }, { type: 'text' }).clocks).to.have.length(1)
  })

  it('is not read in a column that holds no JSON, or whose name the data map cannot carry', () => {
    expect(clocks('data', { '$.last_seen': time }, { type: 'blob' }).clocks).to.deep.equal([])
    expect(clocks('my data', { '$.last_seen': time }).clocks).to.deep.equal([])
    expect(clocks('data', { '$.last_seen': time }, { type: 'json generated' }).clocks).to.deep.equal([])
    expect(jsonClocks(undefined, undefined, false)).to.deep.equal({ clocks: [], remarks: [] })
  })

  it('is told of where a key promises it and no place shows it', () => {
    const words = ['last_seen', 'last_login', 'email', 'seen_at']
    const { remarks } = clocks('data', { '$.Seen_at': time }, { words })
    expect(remarks).to.deep.equal([
      { code: 'clockInJson', params: { column: 'data', keys: 'last_seen, last_login' } },
    ])
    const { table } = looked({ logs: { found: 'prose' } }).get('logs')!
    const told = (shapes: ColumnShape['shapes']) => {
      const columns = new Map([['prose', shape({ shapes, words })]])
      const sample: TableSample = { rows: 10, columns, pairs: new Map() }
      return jsonClocks({ table, words: ['log'], findings: [], links: [] }, sample, false).remarks
    }
    expect(told({ json: 1 })).to.have.length(1)
    expect(told({ prose: 10 })).to.deep.equal([])
  })
})
