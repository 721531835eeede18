/** What is proposed for schemas that nobody expected. */
import { expect } from 'chai'
import { draftOf } from '../../../plan/draft/build.ts'
import type { Draft } from '../../../plan/draft/draft.ts'
import { remarkText } from '../../../plan/draft/remarks.ts'
import { schemaOf, type TableSpec } from '../site-builder.ts'

function draft(tables: Readonly<Record<string, TableSpec>>): Draft {
  return draftOf({ schema: schemaOf(tables), samples: new Map(), linkSamples: () => null, known: null })
}

const people: TableSpec = {
  columns: {
    id: 'int',
    email: 'varchar(190)',
    password: 'varchar(80)',
    created_at: 'datetime',
    last_login_at: 'datetime null',
  },
  unique: ['email'],
}

const said = ({ kinds }: Draft, table: string): string =>
  kinds
    .filter((kind) => kind.table === table)
    .flatMap(({ remarks }) => remarks.map((one) => remarkText(one, 'en')))
    .join('\n')

describe('a proposal', () => {
  it('gives two long names two policies of at most forty signs', () => {
    const long = 'a_table_of_customers_with_a_very_long_name'
    const { policies } = draft({ [`${long}_north`]: people, [`${long}_south`]: people })
    const names = policies.map(({ name }) => name)
    expect(names).to.have.length(2)
    expect(new Set(names).size).to.equal(2)
    for (const name of names) expect(name).to.match(/^[a-z][a-z0-9-]{0,39}$/)
  })

  it('detaches no column whose name the file cannot carry, and says so', () => {
    const odd = 'by: user\nstatus: enforce'
    const notes = {
      columns: { id: 'int', [odd]: 'int null', user_id: 'int' },
      keys: ['user_id -> users.id'],
    }
    const schema = new Map(schemaOf({ users: people, notes }))
    const table = schema.get('notes')!
    const key = { ...table.foreignKeys[0]!, name: 'odd', columns: [odd] }
    schema.set('notes', { ...table, foreignKeys: [...table.foreignKeys, key] })
    const { policies } = draftOf({ schema, samples: new Map(), linkSamples: () => null, known: null })
    expect(policies.flatMap(({ detach }) => detach)).to.deep.equal([])
    expect(policies[0]?.remarks.map(({ code }) => code)).to.include('oddColumns')
  })

  it('says which signs of life it does not use', () => {
    const more = { last_seen: 'datetime null', last_visit: 'datetime null', last_activity: 'datetime null' }
    const columns = {
      ...people.columns,
      ...more,
      last_connexion: 'datetime null',
      last_signin_date: 'varchar(20)',
    }
    const sessions = {
      columns: { id: 'int', user_id: 'int', last_seen_at: 'datetime' },
      keys: ['user_id -> users.id'],
    }
    const found = draft({ users: { ...people, columns }, sessions })
    const sources = found.kinds.flatMap(({ events }) =>
      events.flatMap((one) => one.sources.map((of) => of.column)),
    )
    const text = said(found, 'users')
    for (const name of [
      ...Object.keys(more),
      'last_login_at',
      'last_connexion',
      'last_signin_date',
      'sessions.last_seen_at',
    ])
      if (!sources.includes(name)) expect(text).to.match(new RegExp(`(?:^|\\W)${name}\\W`, 'm'))
    expect(text.match(/not among the sources/g)).to.have.length(2)
    expect(text).to.contain('last_signin_date cannot be read')
  })
})
