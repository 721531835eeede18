/** The bounds of the ways to signs of life. */
import { expect } from 'chai'
import { settleMap } from '../../plan/settled-map.ts'
import { columnsOf, countsSilence, trailsOf, unreadOf, type Trail } from '../../plan/signs-of-life.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
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
  users as shoppers,
  type TableSpec,
} from './site-builder.ts'

const users: TableSpec = { ...shoppers, columns: { ...shoppers.columns, status: 'varchar(40)' } }

function site(
  tables: Readonly<Record<string, TableSpec>>,
  kinds: readonly Kind[],
  ruled: Partial<Policy> = {},
) {
  const schema = schemaOf({ users, ...tables })
  const map = mapOf(kinds)
  const compiled = onlyPolicy(compile(schema, map, [policy('account', ruled)]))
  return { settled: settleMap(map, schema).map, compiled }
}

function trails(...of: Parameters<typeof site>): readonly Trail[] {
  const { settled, compiled } = site(...of)
  return trailsOf(settled, compiled)
}

function lines(found: readonly Trail[]): readonly string[] {
  return found.map(({ table, joins, link, signs }) => {
    const names = [...new Set(signs.map(({ column }) => column))].join('+')
    return `${table.name}.${names} by ${joins.map(({ columns }) => columns.map(({ own }) => own).join('+')).join(' < ')} (${link})`
  })
}

const given = { id: 'int', given_at: 'datetime' }
const stamped: TableSpec = { ...users, columns: { ...users.columns, stamp: 'datetime' } }

describe('a way to signs of life', () => {
  it('lies four tables away at most', () => {
    const tables: Record<string, TableSpec> = {}
    const but: Record<string, { readonly act: 'detach' }> = {}
    for (const i of [1, 2, 3, 4, 5]) {
      const above = i === 1 ? 'users' : `t${i - 1}`
      tables[`t${i}`] = { columns: { ...given, up: 'int null' }, keys: [`up -> ${above}.id`] }
      if (i === 1) but['t1.up'] = { act: 'detach' }
    }
    expect(trails(tables, [account], { but }).map(({ table }) => table.name)).to.deep.equal([
      't1',
      't2',
      't3',
      't4',
    ])
  })

  it('follows the kinds that hang on the people, and not one that stands alone or on their own table', () => {
    const kinds = [
      account,
      kind('product', 'products'),
      kind('invited', 'users', { of: 'account', link: { columns: { referred_by: 'id' }, where: {} } }),
    ]
    const but = { invited: { act: 'keep', because: 'x' } } as const
    expect(lines(trails({ users: stamped, products: { columns: given } }, kinds, { but }))).to.deep.equal([
      'users.stamp by  (own row)',
    ])
  })

  it('knows whether a key enforces it, what it compares, and whether an index finds it', () => {
    const visit = kind('visit', 'visits', {
      of: 'account',
      link: { columns: { who: 'id' }, where: { type: 'user' } },
    })
    const order = kind('order', 'orders', { of: 'account' })
    const found = trails(
      {
        visits: { columns: { ...given, who: 'int', type: 'varchar(8)' }, indexes: ['type,who'] },
        orders: { columns: { ...given, user_id: 'int' }, keys: ['user_id -> users.id'] },
        lines: { columns: { ...given, order_id: 'int null' }, keys: ['order_id -> orders.id'] },
        votes: { columns: { ...given, user_id: 'int' } },
      },
      [account, visit, order],
      { but: { 'lines.order_id': { act: 'detach' } } },
    )
    const where = [{ column: 'type', value: 'user' }]
    const byUser = [{ own: 'user_id', parent: 'id' }]
    const plain = { where: [], numbers: ['user_id'] }
    const orders = { table: 'orders', columns: byUser, enforced: true, ...plain }
    const whose = { columns: [{ own: 'who', parent: 'id' }], numbers: ['who'] }
    const ordered = { columns: [{ own: 'order_id', parent: 'id' }], numbers: ['order_id'] }
    expect(found.map(({ joins, served }) => ({ joins, served }))).to.deep.equal([
      { joins: [{ table: 'visits', where, enforced: false, ...whose }], served: true },
      { joins: [orders], served: true },
      { joins: [{ table: 'votes', columns: byUser, enforced: false, ...plain }], served: false },
      { joins: [orders, { table: 'lines', where: [], enforced: true, ...ordered }], served: true },
    ])
    const reads = (i: number) => columnsOf(found[i]!, 'users')
    expect(reads(0)).to.deep.equal([
      { table: 'users', columns: ['id'] },
      { table: 'visits', columns: ['who', 'type'] },
      { table: 'visits', columns: ['id', 'given_at'] },
    ])
    expect(reads(3).map(({ table }) => table)).to.deep.equal(['users', 'orders', 'orders', 'lines', 'lines'])
  })

  it('is served where every link on it is, and at once on the own row', () => {
    const votes: TableSpec = { columns: { ...given, user_id: 'int' } }
    const kinds = [
      account,
      kind('vote', 'votes', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
    ]
    const marks: TableSpec = { columns: { ...given, vote_id: 'int null' }, keys: ['vote_id -> votes.id'] }
    const tables = { users: stamped, votes: { ...votes, roughRows: 20_000 }, marks }
    const { settled } = site({ users: stamped, votes: { ...votes, indexes: ['user_id'] }, marks }, kinds, {
      but: { 'marks.vote_id': { act: 'detach' } },
    })
    const { compiled } = site({}, [account])
    const found = trailsOf({ ...settled, schema: schemaOf(tables) }, compiled)
    expect(found.map(({ table, served }) => [table.name, served])).to.deep.equal([
      ['users', true],
      ['votes', false],
      ['marks', false],
    ])
  })

  it('is told by the name of who was there last, and not by that of who worked on the row', () => {
    const columns = { ...given, last_user_id: 'int', last_editor_id: 'int', updated_by: 'int' }
    expect(lines(trails({ devices: { columns } }, [account]))).to.deep.equal([
      'devices.given_at by last_user_id (name)',
    ])
  })

  it('leads nowhere for a kind that is not in the map', () => {
    const { settled, compiled } = site({}, [account])
    expect(trailsOf(settled, { ...compiled, kind: 'nobody' })).to.deep.equal([])
  })
})

describe('a way by the name of the kind', () => {
  const nomad = (spec: Partial<TableSpec>, more: Partial<Kind>, logs: Readonly<Record<string, string>>) => {
    const tables = { users: { ...users, ...spec }, logs: { columns: { ...given, ...logs } } }
    const schema = schemaOf(tables)
    const map = mapOf([{ ...account, name: 'nomad', ...more }])
    const compiled = onlyPolicy(compile(schema, map, [policy('nomad')]))
    return lines(trailsOf(settleMap(map, schema).map, compiled)).filter((line) => line.startsWith('logs'))
  }

  it('is one column of the family of the key', () => {
    expect(nomad({}, {}, { nomad_id: 'int' })).to.deep.equal(['logs.given_at by nomad_id (name)'])
    expect(nomad({}, {}, { nomad_id: 'varchar(9)' })).to.deep.equal([])
    expect(nomad({}, {}, { other_id: 'int' })).to.deep.equal([])
    const pair = { primaryKey: ['id', 'email'] }
    expect(nomad(pair, { key: ['id', 'email'], personal: {} }, { nomad_id: 'int' })).to.deep.equal([])
  })

  it('stands beside one by the name of the table, and is not told twice', () => {
    expect(nomad({}, {}, { user_id: 'int', nomad_id: 'int' })).to.deep.equal([
      'logs.given_at by user_id (name)',
      'logs.given_at by nomad_id (name)',
    ])
    const columns = { ...users.columns, site: 'int', nomad_id: 'int' }
    const spec = { columns, primaryKey: ['site', 'nomad_id'], unique: ['id'] }
    expect(nomad(spec, {}, { site: 'int', nomad_id: 'int' })).to.deep.equal([
      'logs.given_at by site+nomad_id (name)',
    ])
  })
})

describe('a column that the clock reads', () => {
  const visits: TableSpec = {
    columns: { id: 'int', who: 'int', type: 'varchar(8)', stamp: 'datetime' },
    indexes: ['type,who', 'who'],
  }
  const visit = kind('visit', 'visits', {
    of: 'account',
    link: { columns: { who: 'id' }, where: { type: 'user' } },
  })
  const counted = (...more: Parameters<typeof at>) => ({
    ...account,
    events: { seen: event([at('seen_at'), at(...more)]) },
  })

  const loose = kind('visit', 'visits', { of: 'account', link: { columns: { who: 'id' }, where: {} } })

  it('is no sign on its own table, and one of that name elsewhere is', () => {
    for (const linked of [visit, loose])
      expect(lines(trails({ users: stamped, visits }, [counted('visits.stamp'), linked]))).to.deep.equal([
        'users.stamp by  (own row)',
      ])
  })

  it('is asked where the clock reads a part: some of the rows, or a place in JSON', () => {
    const where = { type: 'login' }
    const found = trails({ visits }, [counted('visits.stamp', { where }), loose])
    expect(lines(found)).to.deep.equal(['visits.stamp by who (data map)'])
    const columns = { ...users.columns, prefs: 'json' }
    const { settled, compiled } = site({ users: { ...users, columns } }, [
      counted('prefs', { path: '$.seen', format: 'iso text' }),
    ])
    expect(unreadOf(settled, compiled)).to.include('users.prefs')
  })
})

describe('a clock of silence', () => {
  it('warns before it ends, or looks at several columns', () => {
    const { compiled } = site({}, [account])
    expect(countsSilence(compiled)).to.equal(false)
    const warn = {} as NonNullable<Policy['warn']>
    expect(countsSilence({ ...compiled, policy: { ...compiled.policy, warn } })).to.equal(true)
    const two = { ...compiled.clock, sources: [...compiled.clock.sources, ...compiled.clock.sources] }
    expect(countsSilence({ ...compiled, clock: two })).to.equal(true)
  })
})
