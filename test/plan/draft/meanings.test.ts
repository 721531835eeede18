/** What a column means, what may be written into it, and when it is a clock: names against counts of a sample. */
import { expect } from 'chai'
import { clocksOf, readable, type FoundClock } from '../../../plan/draft/clocks.ts'
import { isStrong, meaningOf, type Meaning } from '../../../plan/draft/meanings.ts'
import { isTelling, share, type ColumnShape, type ValueShape } from '../../../plan/draft/shapes.ts'
import { strategyFor } from '../../../plan/draft/strategies.ts'
import type { Column, ColumnFamily, Table } from '../../../plan/site-schema.ts'
import { schemaOf, type TableSpec } from '../site-builder.ts'

type Counts = Readonly<Partial<Record<ValueShape, number>>>

function shape(values: number, shapes: Counts, more: Partial<ColumnShape> = {}): ColumnShape {
  return { values, nulls: 0, distinct: values, shapes, nevers: [], words: [], ...more }
}

/** A column whose family its type does not say. */
function column(name: string, family: ColumnFamily = 'text', more: Partial<Column> = {}): Column {
  return { name, family, type: family, nullable: true, length: null, generated: false, ...more }
}

function tableOf(columns: TableSpec['columns'], more: Partial<TableSpec> = {}): Table {
  return schemaOf({ t: { columns, ...more } }).get('t')!
}

/** Meaning, `sure` or `unsure`, and what speaks for it; nothing where it says nothing. */
function told(one: Column, seen?: ColumnShape): readonly string[] {
  const found = meaningOf(one, seen)
  return found === null ? [] : [found.meaning, found.sure ? 'sure' : 'unsure', found.by]
}

const byName = ['thing or person', 'unsure', 'name']

describe('a share of the values', () => {
  it('is 0 where nothing but never was seen', () => {
    expect(share(undefined, 'email')).to.equal(0)
    expect(share(shape(0, {}), 'email')).to.equal(0)
    expect(share(shape(4, { never: 4, email: 1 }), 'email')).to.equal(0)
    expect(share(shape(10, { never: 6, email: 1, ip: 1 }), 'email', 'ip')).to.equal(0.5)
  })

  it('is believed from three values on', () => {
    expect([2, 3, 4].map((values) => isTelling(shape(values, {})))).to.deep.equal([false, true, true])
    expect(isTelling(shape(4, { never: 2 }))).to.equal(false)
    expect(isTelling(shape(5, { never: 2 }))).to.equal(true)
    expect(isTelling(undefined)).to.equal(false)
  })
})

describe('a meaning by the name', () => {
  it('is not believed of a flag', () => {
    expect(told(column('email', 'text', { length: 2 }))).to.deep.equal(byName)
    expect(told(column('email', 'text', { length: 3 }))).to.deep.equal(['email', 'sure', 'name'])
    expect(told(column('email'))).to.deep.equal(['email', 'sure', 'name'])
    expect(told(column('ip', 'binary', { length: 2 }))).to.deep.equal(['ip', 'sure', 'name'])
    expect(told(column('has_phone'))).to.deep.equal(byName)
    expect(told(column('phone_verified'))).to.deep.equal(byName)
  })

  it('is believed where the word of a flag stands elsewhere', () => {
    for (const name of ['verified_email', 'state_email', 'who_is_email'])
      expect(told(column(name)), name).to.deep.equal(['email', 'sure', 'name'])
  })

  it('is believed of the keys that stand for a person, and of nothing that counts them', () => {
    expect(told(column('national_id'))).to.deep.equal(['trait', 'sure', 'name'])
    expect(told(column('device_id'))).to.deep.equal(['secret', 'unsure', 'name'])
    expect(told(column('session_id'))).to.deep.equal(['secret', 'unsure', 'name'])
    for (const name of ['national_id_type', 'device_id_count', 'session_id_status'])
      expect(told(column(name)), name).to.deep.equal([])
  })

  it('is not believed against the type', () => {
    expect(told(column('phone_checked', 'datetime'))).to.deep.equal([])
    expect(told(column('email', 'integer', { type: 'int' }))).to.deep.equal(byName)
    expect(told(column('phone', 'integer', { type: 'smallint' }))).to.deep.equal(byName)
    expect(told(column('phone', 'integer', { type: 'int' }))).to.deep.equal(['phone', 'sure', 'name'])
  })

  it('is a year where a birth is a small number, and an age stays one', () => {
    const asked: readonly (readonly [string, ColumnFamily, string, Meaning])[] = [
      ['birth', 'integer', 'smallint(5) unsigned', 'birth year'],
      ['birth', 'integer', 'bigint', 'birth'],
      ['age', 'integer', 'smallint', 'age'],
      ['phone', 'integer', 'year', 'phone'],
      // As SQLite says it, which knows no such type: no number is promised.
      ['birth', 'other', 'YEAR', 'birth'],
    ]
    for (const [name, family, type, meaning] of asked)
      expect(told(column(name, family, { type })), `${name} ${type}`).to.deep.equal([meaning, 'sure', 'name'])
  })

  it('is none where the name says JSON and the type does not take it', () => {
    expect(told(column('payload'))).to.deep.equal([])
    expect(told(column('payload'), shape(10, {}))).to.deep.equal([])
  })

  it('is a birth where a year of birth is written as a whole day or a second', () => {
    const year = column('birth_year', 'integer', { type: 'int' })
    for (const one of ['8 digits', '14 digits', 'epoch seconds', 'epoch milliseconds'] as const) {
      expect(told(year, shape(10, { [one]: 1 })), one).to.deep.equal(['birth', 'sure', 'name'])
      expect(told(year, shape(2, { [one]: 2 })), one).to.deep.equal(['birth year', 'sure', 'name'])
      const phone = column('phone', 'integer', { type: 'bigint' })
      expect(told(phone, shape(10, { [one]: 10 })), one).to.deep.equal(['phone', 'sure', 'name'])
    }
  })
})

describe('a meaning by the sample', () => {
  /** Shape, how many of ten are needed, what it means then. */
  const asked: readonly (readonly [ValueShape, number, Meaning, 'sure' | 'unsure'])[] = [
    ['email', 6, 'email', 'sure'],
    ['ip', 6, 'ip', 'sure'],
    ['user agent', 6, 'user agent', 'sure'],
    ['iban', 6, 'bank', 'sure'],
    ['json', 6, 'json', 'unsure'],
    ['serialised', 3, 'json', 'unsure'],
    ['phone', 8, 'phone', 'unsure'],
    ['long ago', 3, 'birth', 'unsure'],
    ['prose', 3, 'prose', 'unsure'],
    ['proper name', 6, 'thing or person', 'unsure'],
    ['token', 8, 'secret', 'unsure'],
  ]
  for (const [seen, least, meaning, sure] of asked)
    it(`is ${meaning} (${sure}) from ${least} of ten values on that look like ${seen}`, () => {
      const found = (count: number): readonly string[] => told(column('x'), shape(10, { [seen]: count }))
      expect(found(10)).to.deep.equal([meaning, sure, 'sample'])
      expect(found(least)).to.deep.equal([meaning, sure, 'sample'])
      expect(found(least - 1)).to.deep.equal(seen === 'email' ? ['email', 'unsure', 'sample'] : [])
    })

  it('takes three values', () => {
    expect(told(column('x'), shape(2, { email: 2 }))).to.deep.equal([])
    expect(told(column('x'), shape(3, { email: 3 }))).to.deep.equal(['email', 'sure', 'sample'])
  })

  it('is an address, unsure, where one in ten is one', () => {
    expect(told(column('x'), shape(10, { email: 1 }))).to.deep.equal(['email', 'unsure', 'sample'])
    expect(told(column('x'), shape(11, { email: 1 }))).to.deep.equal([])
    for (const one of ['ip', 'phone', 'json'] as const)
      expect(told(column('x'), shape(10, { [one]: 2 })), one).to.deep.equal([])
  })

  it('is an IP address where a binary column has four bytes and such a name', () => {
    const bytes = (count: number): ColumnShape => shape(10, { 'four bytes': count })
    for (const name of ['ipbin', 'old_hosts', 'CLIENTADDR'])
      expect(told(column(name, 'binary'), bytes(3)), name).to.deep.equal(['ip', 'sure', 'sample'])
    expect(told(column('ipbin', 'binary'), bytes(2))).to.deep.equal([])
    expect(told(column('ipbin', 'binary'), shape(10, { 'sixteen bytes': 10 }))).to.deep.equal([])
    expect(told(column('ipbin', 'text'), bytes(10))).to.deep.equal([])
    expect(told(column('digest', 'binary'), bytes(10))).to.deep.equal([])
  })

  it('is a proper name only where more than half of the values differ', () => {
    const names = (distinct: number): ColumnShape => shape(10, { 'proper name': 10 }, { distinct })
    expect(told(column('x'), names(6))).to.deep.equal(['thing or person', 'unsure', 'sample'])
    expect(told(column('x'), names(5))).to.deep.equal([])
    expect(told(column('x'), names(4))).to.deep.equal([])
  })
})

describe('a meaning by both', () => {
  it('is what was seen where that is sure, or JSON', () => {
    expect(told(column('login'), shape(10, { email: 10 }))).to.deep.equal(['email', 'sure', 'both'])
    expect(told(column('comment'), shape(10, { json: 10 }))).to.deep.equal(['json', 'sure', 'both'])
    expect(told(column('answer'), shape(10, { json: 10 }))).to.deep.equal(['json', 'unsure', 'both'])
    expect(told(column('payload'), shape(10, { json: 10 }))).to.deep.equal(['json', 'sure', 'both'])
  })

  it('is what the name says where the sample is not sure', () => {
    expect(told(column('login'), shape(10, { email: 2 }))).to.deep.equal(['login', 'sure', 'both'])
    expect(told(column('fax'), shape(10, { token: 10 }))).to.deep.equal(['phone', 'sure', 'both'])
    expect(told(column('subject'), shape(10, { phone: 10 }))).to.deep.equal(['prose', 'unsure', 'both'])
  })
})

describe('a strong meaning', () => {
  it('is a sure one that says something in any table', () => {
    const strong = (meaning: Meaning, sure: boolean): boolean =>
      isStrong({ column: column('x'), meaning, sure, by: 'name' })
    expect(strong('email', true)).to.equal(true)
    expect(strong('email', false)).to.equal(false)
    expect(strong('prose', true)).to.equal(false)
    expect(strong('prose', false)).to.equal(false)
  })
})

describe('what could be written', () => {
  const empty = { strategy: 'null' }
  const fixed = (value: string): object => ({ strategy: 'fixed', value })
  const written = (meaning: Meaning, spec: string, more: Partial<TableSpec> = {}): unknown => {
    const table = tableOf({ id: 'int', x: spec }, more)
    return strategyFor(meaning, table.columns[1]!, table)
  }

  it('is the proposal of the meaning where the type takes it', () => {
    expect(written('email', 'varchar(80)')).to.deep.equal({ strategy: 'unique_address' })
    expect(written('birth', 'date')).to.deep.equal({ strategy: 'year' })
    expect(written('birth year', 'int')).to.deep.equal({ strategy: 'bucketed', width: 10 })
    expect(written('age', 'decimal')).to.deep.equal({ strategy: 'bucketed', width: 5 })
    expect(written('postcode', 'varchar(5)')).to.deep.equal({ strategy: 'generalised', kept: 2 })
    expect(written('postcode', 'int')).to.deep.equal({ strategy: 'bucketed', width: 1000 })
    expect(written('json', 'text null')).to.deep.equal(empty)
    expect(written('json', 'text')).to.deep.equal(fixed('{}'))
    expect(written('json', 'json')).to.deep.equal(fixed('{}'))
  })

  it('is nothing, or a value that says nothing, in any other column', () => {
    const asked: readonly (readonly [string, object])[] = [
      ['varchar(80)', { strategy: 'blank' }],
      ['int', fixed('0')],
      ['decimal', fixed('0')],
      ['date', fixed('1970-01-01')],
      ['datetime', fixed('1970-01-01 00:00:01')],
      ['timestamp', fixed('1970-01-01 00:00:01')],
      ['blob', fixed('')],
      ['uuid', fixed('')],
    ]
    for (const [spec, to] of asked) {
      const text = spec === 'varchar(80)'
      expect(written('thing or person', spec), spec).to.deep.equal(to)
      expect(written('thing or person', `${spec} null`), spec).to.deep.equal(text ? to : empty)
    }
  })

  it('is no equal value where values are unique', () => {
    const unique = { unique: ['x'] }
    expect(written('phone', 'varchar(80) null', unique)).to.deep.equal(empty)
    expect(written('phone', 'varchar(80)', unique)).to.deep.equal({ strategy: 'unique_address' })
    expect(written('phone', 'varchar(20)', unique)).to.equal(null)
    expect(written('phone', 'int', unique)).to.equal(null)
  })

  it('leaves the rest of a column of JSON, and only there', () => {
    const places = new Map([
      ['$.phone', shape(5, {})],
      ['$.colour', shape(5, {})],
    ])
    const seen = shape(5, { json: 5 }, { members: { unread: 0, others: true, places } })
    const table = tableOf({ id: 'int', x: 'text' })
    const asked = (meaning: Meaning): unknown => strategyFor(meaning, table.columns[1]!, table, seen)
    expect(asked('json')).to.deep.equal({ strategy: 'without', paths: ['$.phone'] })
    expect(asked('prose')).to.deep.equal({ strategy: 'blank' })
  })
})

describe('a clock', () => {
  const looked = (one: Column, seen?: ColumnShape): readonly FoundClock[] => {
    const table = { ...tableOf({}), columns: [one] }
    return clocksOf(table, new Map(seen === undefined ? [] : [[one.name, seen]]))
  }
  /** Format, what it looks like and whether it sorts; nothing where it is none. */
  const said = (one: Column, seen?: ColumnShape): readonly unknown[] =>
    looked(one, seen).flatMap(({ format, looks, ordered }) => [format, looks, ordered])

  it('of a type of dates needs no sample', () => {
    for (const family of ['date', 'datetime', 'timestamp'] as const)
      expect(looked(column('created_at', family))).to.deep.equal([
        {
          column: 'created_at',
          role: 'start',
          format: 'auto',
          nevers: [],
          nullable: true,
          ordered: true,
          looks: null,
        },
      ])
  })

  it('is none that the server computes, of a type that nobody knows, or by a name of something else', () => {
    expect(said(column('created_at', 'datetime', { generated: true }))).to.deep.equal([])
    expect(said(column('created_at', 'other'), shape(10, { datetime: 10 }))).to.deep.equal([])
    expect(said(column('created_at', 'other'))).to.deep.equal([])
    for (const name of ['updated_at', 'expires_at', 'colour', 'login_count'])
      expect(said(column(name, 'datetime')), name).to.deep.equal([])
  })

  it('is none where three in ten are days of a birth', () => {
    expect(said(column('date', 'date'), shape(10, { 'long ago': 3 }))).to.deep.equal([])
    expect(said(column('date', 'date'), shape(10, { 'long ago': 2 }))).to.deep.equal(['auto', null, true])
  })

  it('without a value is one by a plain name only, and cannot be read yet', () => {
    const yet = [null, 'nothing yet', true]
    for (const family of ['integer', 'decimal', 'text', 'binary'] as const)
      expect(said(column('created_at', family)), family).to.deep.equal(yet)
    expect(said(column('created_at', 'integer'), shape(5, { never: 5 }))).to.deep.equal(yet)
    expect(said(column('lastLogin_date', 'text'))).to.deep.equal(yet)
    for (const name of ['last_seen', 'seen_format', 'seen_attribute', 'signup_update'])
      expect(said(column(name, 'text')), name).to.deep.equal([])
  })

  it('has the format that nineteen values in twenty show', () => {
    const read = (format: string) => [format, null, true]
    const unread = (looks: string) => [null, looks, true]
    const asked: readonly (readonly [
      ValueShape,
      {
        readonly text: readonly unknown[]
        readonly number: readonly unknown[]
        readonly binary: readonly unknown[]
      },
    ])[] = [
      ['datetime', { text: read('datetime'), number: [], binary: unread('bytes') }],
      ['date', { text: read('date'), number: [], binary: unread('bytes') }],
      ['14 digits', { text: read('14 digits'), number: read('14 digits'), binary: unread('bytes') }],
      ['iso in UTC', { text: read('iso text'), number: [], binary: [] }],
      ['iso with offset', { text: ['iso text', null, false], number: [], binary: [] }],
      ['written date', { text: unread('a written date'), number: [], binary: [] }],
      ['8 digits', { text: unread('a day as a number'), number: unread('a day as a number'), binary: [] }],
      ['epoch seconds', { text: unread('something else'), number: read('epoch seconds'), binary: [] }],
      [
        'epoch milliseconds',
        { text: unread('something else'), number: read('epoch milliseconds'), binary: [] },
      ],
      ['token', { text: [], number: [], binary: [] }],
    ]
    for (const [one, { text, number, binary }] of asked) {
      const families = { text, integer: number, decimal: number, binary } as const
      for (const [family, expected] of Object.entries(families)) {
        const clock = column('created_at', family as ColumnFamily)
        expect(said(clock, shape(20, { [one]: 19 })), `${one} as ${family}`).to.deep.equal(expected)
        expect(said(clock, shape(20, { [one]: 18 })), `${one} as ${family}`).to.deep.equal([])
        const never = shape(30, { [one]: 20, never: 10 }, { nevers: ['0'] })
        expect(looked(clock, never).map(({ nevers }) => nevers)).to.deep.equal(
          expected.length > 0 ? [['0']] : [],
        )
      }
    }
  })

  it('is taken of two shapes where both mean one thing', () => {
    const mixed = (...[one, other]: readonly [ValueShape, ValueShape]): readonly unknown[] =>
      said(column('created_at'), shape(20, { [one]: 10, [other]: 10 }))
    expect(mixed('iso in UTC', 'iso with offset')).to.deep.equal(['iso text', null, false])
    expect(mixed('epoch seconds', 'epoch milliseconds')).to.deep.equal([null, 'something else', true])
    expect(mixed('datetime', 'date')).to.deep.equal([])
    const bytes = shape(20, { datetime: 10, date: 10 })
    expect(said(column('created_at', 'binary'), bytes)).to.deep.equal([])
  })

  it('is chosen among those of its role that can be read, the best name first', () => {
    const table = tableOf({
      time: 'datetime',
      last_seen: 'varchar(20)',
      posted: 'datetime',
      created_at: 'varchar(20)',
      last_visit: 'datetime',
    })
    const written = shape(20, { 'written date': 20 })
    const clocks = clocksOf(
      table,
      new Map([
        ['last_seen', written],
        ['created_at', written],
      ]),
    )
    const names = clocks.map((one) => one.column)
    expect(names).to.deep.equal(['last_seen', 'last_visit', 'created_at', 'posted', 'time'])
    expect(readable(clocks, 'sign of life')?.column).to.equal('last_visit')
    expect(readable(clocks, 'start')?.column).to.equal('posted')
    expect(readable(clocks.slice(0, 1), 'sign of life')).to.equal(null)
    expect(readable(clocks, 'other')).to.equal(null)
  })
})
