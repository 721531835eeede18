/** Which children may be deleted by their link alone: those whose rows nothing else has to know before. */
import { expect } from 'chai'
import { clocksIn, directSteps } from '../../engine/direct-steps.ts'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import type { ClockSource, CompiledPolicy, Join, Step } from '../../plan/compiled.ts'
import {
  account,
  at,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  schemaOf,
  users,
} from '../plan/site-builder.ts'

const server = mysqlDialect('mariadb')

const seen = event([at('seen_at'), at('sessions.used_at'), at('visits.day')])
const child = (more: Readonly<Record<string, string>>) => ({
  columns: { id: 'int', user_id: 'int', ...more },
  keys: ['user_id -> users.id'],
  indexes: Object.keys(more),
})
/** People with two kinds of children; nothing else looks at either. */
const plain = onlyPolicy(
  compile(
    schemaOf({
      users: { ...users, indexes: ['seen_at', 'email'] },
      sessions: child({ used_at: 'datetime null' }),
      visits: child({ day: 'datetime null' }),
    }),
    mapOf([
      { ...account, events: { seen } },
      kind('session', 'sessions', { of: 'account' }),
      kind('visit', 'visits', { of: 'account' }),
    ]),
  ),
)
const session = stepOf('session')
const visit = stepOf('visit')
const way = session.join
const id = { name: 'id', family: 'integer' } as const
const clock = { column: 'used_at', ordered: true } as ClockSource['clock']
const further: Join = { ...way, table: 'pages', columns: [{ own: 'session_id', parent: 'id' }] }
const where = [{ column: 'about', value: 'User' }]
const link = (more: Partial<Join>): Partial<Step> => ({ join: { ...way, ...more } })
const below = (
  restricted: CompiledPolicy['restricted'],
  joins = [way],
  except: CompiledPolicy['except'] = [],
): CompiledPolicy['below'] => [{ kind: 'session', joins, key: [id], restricted, except }]
const clocks = (...sources: readonly (readonly Join[])[]): Partial<CompiledPolicy> => ({
  clock: { ...plain.clock, sources: sources.map((joins) => ({ joins, clock })) },
})

function stepOf(name: string): Step {
  const found = plain.steps.find((step) => step.name === name)
  if (found === undefined) throw new Error(`no step ${name}`)
  return found
}

const names = (policy: CompiledPolicy, dialect = server) => [...directSteps(dialect, policy)].sort()
const withSession = (change: Partial<Step>): CompiledPolicy => ({
  ...plain,
  steps: [{ ...session, ...change }, visit],
})

describe('which children go by their link', () => {
  it('those of people with a number as key', () => {
    expect(names(plain)).to.deep.equal(['session', 'visit'])
  })

  it('none where the server does not tell what it deleted, or a trigger takes further rows', () => {
    expect(names(plain, mysqlDialect('mysql'))).to.deep.equal([])
    expect(names({ ...plain, triggered: ['visits'] })).to.deep.equal([])
  })

  const others: Readonly<Record<string, Partial<Step>>> = {
    'only emptied': { then: { act: 'detach' } },
    'kept in an archive': { then: { act: 'archive', into: 'old', columns: [] } },
    'of other children': { from: 'visit' },
    'tied without a foreign key': link({ enforced: false }),
    'tied by a constant too': link({ where }),
    'tied by several columns': link({ columns: [...way.columns, { own: 'club', parent: 'club' }] }),
    'tied to another column': link({ columns: [{ own: 'mail', parent: 'email' }] }),
    'tied to each other': { selfReference: { column: 'answers', parent: 'id', nullable: true } },
    'in a ring': { nullFirst: ['best'] },
    'in the table of the people': { table: 'users' },
  }
  for (const [what, change] of Object.entries(others))
    it(`none that are ${what}`, () => {
      expect(names(withSession(change))).to.not.include('session')
      if (change.from === undefined) expect(names(withSession(change)), 'others').to.deep.equal(['visit'])
    })

  it('none that further rows hang on, and none whose table has rows by another way', () => {
    const page = { ...session, name: 'page', table: 'pages', from: 'session' }
    expect(names({ ...plain, steps: [page, session, visit] })).to.deep.equal(['visit'])
    expect(names({ ...plain, steps: [{ ...session, name: 'received' }, session, visit] })).to.deep.equal([
      'visit',
    ])
  })

  it('none of people with a text as key, or with several columns', () => {
    expect(names({ ...plain, key: [{ name: 'id', family: 'text' }] })).to.deep.equal([])
    expect(names({ ...plain, key: [id, { name: 'club', family: 'integer' }] })).to.deep.equal([])
    expect(names({ ...plain, key: [] })).to.deep.equal([])
  })

  const readers: Readonly<Record<string, Partial<CompiledPolicy>>> = {
    'a state': { states: [{ name: 'open', joins: [way], column: 'open', values: ['1'] }] },
    'a state further out': { states: [{ name: 'open', joins: [way, further], column: 'open', values: [] }] },
    'a restriction': { below: below([{ column: 'frozen', values: ['1'] }]) },
    'an exception': { below: below([], [way], [{ column: 'kept', values: ['1'] }]) },
    'a clock that is read again': { rereadLast: [{ joins: [way], clock }] },
    'a clock further out': clocks([way, further]),
    'a clock of some of the rows': clocks([{ ...way, where }]),
    'marks of ours': { marks: [{ table: 'sessions', policies: ['q'] }] },
  }
  for (const [what, change] of Object.entries(readers))
    it(`none whose rows ${what} reads`, () => {
      expect(names({ ...plain, ...change })).to.deep.equal(['visit'])
    })

  it('not held back by what reads nothing of theirs', () => {
    const both = ['session', 'visit']
    expect(names({ ...plain, below: below([]) })).to.deep.equal(both)
    expect(names({ ...plain, ...clocks([way], []) })).to.deep.equal(both)
    expect(names({ ...plain, marks: [{ table: 'sessions', policies: [] }] })).to.deep.equal(both)
  })

  it('tell the clocks that stand in their own rows', () => {
    const inRows = (policy: CompiledPolicy) => clocksIn(policy, session).map(({ joins }) => joins.length)
    expect(clocksIn(plain, session).map((source) => source.clock.column)).to.deep.equal(['used_at'])
    expect(inRows({ ...plain, ...clocks([], [way], [way, further], [visit.join]) })).to.deep.equal([1])
  })
})
