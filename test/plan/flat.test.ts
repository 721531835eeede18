/** Which tables go by one condition: one thing that the condition cannot say is enough to read every row. */
import { expect } from 'chai'
import type { CompiledPolicy, Owner, Step } from '../../plan/compiled.ts'
import type { Warn } from '../../policies/policy.ts'
import { flatBounds, isFlat } from '../../plan/flat.ts'
import type { ColumnFamily } from '../../plan/site-schema.ts'
import {
  account,
  at,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
} from './site-builder.ts'

const logs = {
  columns: {
    id: 'int',
    user_id: 'int null',
    seen_at: 'datetime null',
    ip: 'varchar(45) null',
    gone_at: 'datetime null',
  },
  keys: ['user_id -> users.id'],
  indexes: ['seen_at'],
}
const log = kind('log', 'logs', {
  of: 'account',
  link: { columns: { user_id: 'id' }, where: {} },
  events: { seen: event([at('seen_at')]) },
  personal: { ip: { strategy: 'null' } },
  done: { anonymise: 'gone_at' },
})
const flat = onlyPolicy(compile(schemaOf({ users, logs }), mapOf([account, log]), [policy('log')]))
const [own, above] = flat.owners as readonly [Owner, Owner]
const [hop] = above.hops as readonly [Owner['hops'][number]]
const [source] = flat.clock.sources as readonly [CompiledPolicy['clock']['sources'][number]]
const join = { table: 'users', columns: [{ own: 'user_id', parent: 'id' }], where: [], enforced: true }
const test = { column: 'ip', values: ['x'] }
const id = { name: 'id', family: 'integer' } as const

const clocked = (more: Partial<typeof source.clock>): CompiledPolicy => ({
  ...flat,
  clock: { ...flat.clock, sources: [{ ...source, clock: { ...source.clock, ...more } }] },
})
const owned = (...owners: readonly Owner[]): CompiledPolicy => ({ ...flat, owners })
const linked = (more: Partial<typeof hop>, of: Partial<Owner> = {}): CompiledPolicy =>
  owned(own, { ...above, ...of, hops: [{ ...hop, ...more }] })
const acting = (act: Partial<CompiledPolicy['act']>): CompiledPolicy => ({
  ...flat,
  act: { ...flat.act, ...act },
})

describe('a table that goes by one condition', () => {
  it('has one clock of its own, and rows of nobody in particular on which nothing hangs', () => {
    expect(isFlat(flat)).to.equal(true)
    expect(isFlat({ ...flat, only: [{ column: 'ip', test: 'is one of', values: ['x'] }] })).to.equal(true)
    expect(isFlat({ ...flat, marks: [{ table: 'logs', policies: [] }] }), 'no marks').to.equal(true)
  })

  const step: Step = {
    ...{ name: 'x', kind: 'x', table: 'x', key: [id], from: null, join, selfReference: null, nullFirst: [] },
    then: { act: 'erase' },
  }
  const state = { name: 's', joins: [], ...test }
  const warn: Warn = {
    when: 'at the term',
    daysBefore: [30],
    minimumNoticeDays: 30,
    template: 'inactivity-warning',
    ifUnreachable: 'a person decides',
    noAddress: 'a person decides',
  }
  const others: Readonly<Record<string, CompiledPolicy>> = {
    'people whom it concerns': { ...flat, subject: true },
    'a day that was announced': { ...flat, announced: true },
    'a warning': { ...flat, policy: { ...flat.policy, warn } },
    'a second clock': { ...flat, clock: { ...flat.clock, sources: [source, source] } },
    'a clock in another table': {
      ...flat,
      clock: { ...flat.clock, sources: [{ ...source, joins: [join] }] },
    },
    'a date for those without a clock': { ...flat, clock: { ...flat.clock, else: source.clock } },
    'rows that leave with its rows': { ...flat, steps: [step] },
    'rows below that a hold may cover': {
      ...flat,
      below: [{ kind: 'x', joins: [join], key: [id], restricted: [], except: [] }],
    },
    'a state that keeps': { ...flat, states: [state] },
    'a clock that is read again at the end': { ...flat, rereadLast: [source] },
    'an exception': { ...flat, except: [test] },
    'a restriction': { ...flat, restricted: [test] },
    'a canary': { ...flat, canary: [test] },
    'marks of ours on its rows': { ...flat, marks: [{ table: 'logs', policies: ['q'] }] },
    'marks of ours on some of its rows': {
      ...flat,
      marks: [
        { table: 'x', policies: [] },
        { table: 'logs', policies: ['q'] },
      ],
    },
  }
  for (const [what, one] of Object.entries(others))
    it(`does not have ${what}`, () => {
      expect(isFlat(one)).to.equal(false)
    })

  it('has a clock that sorts by time in the column that holds it', () => {
    expect(isFlat(clocked({ ordered: false }))).to.equal(false)
    const families: readonly ColumnFamily[] = ['integer', 'decimal', 'text', 'datetime', 'date', 'timestamp']
    const fits = {
      datetime: 'datetime',
      timestamp: 'timestamp',
      date: 'date',
      'epoch seconds': 'integer',
      'epoch milliseconds': 'integer',
      '14 digits': null,
      'iso text': null,
    } as const
    for (const [format, family] of Object.entries(fits))
      expect(
        families.filter((each) => isFlat(clocked({ format: format as keyof typeof fits, family: each }))),
        format,
      ).to.deep.equal(family === null ? [] : [family])
  })

  it('has keys of its own that read back as they stand, since holds name them', () => {
    const keyed = (...list: readonly ColumnFamily[]) =>
      isFlat(owned({ ...own, key: list.map((family, i) => ({ name: `k${i}`, family })) }))
    for (const family of ['integer', 'datetime', 'date', 'timestamp', 'text'] as const)
      expect(keyed(family), family).to.equal(true)
    for (const family of ['decimal', 'binary', 'other'] as const)
      expect(keyed(family), family).to.equal(false)
    expect(keyed('text', 'integer')).to.equal(true)
    expect(keyed('text', 'decimal')).to.equal(false)
    expect(isFlat(owned({ ...own, restricted: [test] }))).to.equal(false)
    expect(isFlat(owned({ ...own, except: [test] })), 'excepted under another name').to.equal(false)
  })

  it('names whom its rows belong to by one number in the row, and nothing above', () => {
    expect(isFlat(owned(own, above))).to.equal(true)
    const pair = { own: 'user_id', parent: 'id' }
    expect(isFlat(owned(own, { ...above, restricted: [test] })), 'restricted').to.equal(false)
    expect(isFlat(owned(own, { ...above, hops: [hop, hop] })), 'two hops').to.equal(false)
    expect(isFlat(linked({ where: [{ column: 'ip', value: 'x' }] })), 'constants').to.equal(false)
    expect(isFlat(linked({ columns: [pair, { own: 'ip', parent: 'id' }] })), 'two columns').to.equal(false)
    expect(isFlat(linked({ columns: [{ ...pair, parent: 'email' }] })), 'no key').to.equal(false)
    expect(isFlat(linked({}, { key: [id, { name: 'nr', family: 'integer' }] })), 'two keys').to.equal(false)
    for (const family of ['text', 'decimal'] as const)
      expect(isFlat(linked({}, { key: [{ name: 'id', family }] })), family).to.equal(false)
    expect(isFlat(owned({ ...above, restricted: [test] }, own)), 'one of several').to.equal(false)
  })

  it('marks in the row itself what was done, where the row stays', () => {
    const marked = { column: 'gone_at', family: 'datetime' } as const
    for (const act of ['anonymise', 'truncate fields', 'withdraw consent'] as const) {
      expect(isFlat(acting({ act, done: marked })), act).to.equal(true)
      expect(isFlat(acting({ act, done: 'own' })), act).to.equal(false)
      expect(isFlat(acting({ act, done: null })), act).to.equal(false)
    }
    expect(isFlat(acting({ act: 'archive', done: marked }))).to.equal(false)
  })

  it('takes nothing from before the first day that can be true', () => {
    expect(flatBounds(flat, '2023-06-01 00:00:00')).to.deep.equal({
      // Midnight in Paris and in Berlin is the same.
      from: '2010-01-01 00:00:00',
      to: '2023-06-01 00:00:00',
    })
  })
})
