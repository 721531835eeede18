import { expect } from 'chai'
import { mayBeAnAct, soundsLikeTime } from '../../plan/sign-names.ts'
import { columnsOf, countsSilence, trailsOf, unreadOf, type Trail } from '../../plan/signs-of-life.ts'
import { settleMap } from '../../plan/settled-map.ts'
import { waivedOf } from '../../plan/waived.ts'
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

/** No text that is as long as a time. */
const users: TableSpec = { ...shoppers, columns: { ...shoppers.columns, status: 'varchar(40)' } }

function trails(
  more: Readonly<Record<string, TableSpec>>,
  kinds: readonly Kind[] = [account],
  ruled: Partial<Policy> = {},
): readonly Trail[] {
  const schema = schemaOf({ users, ...more })
  const map = mapOf(kinds)
  const compiled = onlyPolicy(compile(schema, map, [policy('account', ruled)]))
  return trailsOf(settleMap(map, schema).map, compiled)
}

function lines(found: readonly Trail[]): readonly string[] {
  return found.map(
    ({ table, joins, link, signs }) =>
      `${table.name}.${[...new Set(signs.map(({ column }) => column))].join('+')} by ${joins.map((join) => join.columns.map(({ own }) => own).join('+')).join(' < ') || 'itself'} (${link})`,
  )
}

const detached = { but: { 'tickets.user_id': { act: 'detach' } } } as const
const tickets: TableSpec = {
  columns: { id: 'int', user_id: 'int null', opened_at: 'datetime', closed: 'tinyint' },
  keys: ['user_id -> users.id'],
}

describe('the ways to signs of life', () => {
  it('lead over the data map, over live foreign keys and over names, the nearest way to each table', () => {
    const order = kind('order', 'orders', { of: 'account', link: { columns: { buyer: 'id' }, where: {} } })
    const found = trails(
      {
        orders: { columns: { id: 'int', buyer: 'int', placed_at: 'datetime' }, indexes: ['buyer'] },
        lines: {
          columns: { id: 'int', order_id: 'int null', packed_at: 'datetime' },
          keys: ['order_id -> orders.id'],
        },
        tickets,
        answers: {
          columns: { id: 'int', ticket_id: 'int', sent_on: 'date' },
          keys: ['ticket_id -> tickets.id'],
        },
        votes: { columns: { id: 'int', user_id: 'int', given_at: 'timestamp' } },
        products: { columns: { id: 'int', made_at: 'datetime' } },
      },
      [account, order],
      { but: { ...detached.but, 'lines.order_id': { act: 'detach' } } },
    ).filter(({ table }) => table.name !== 'users')
    expect(lines(found)).to.deep.equal([
      'orders.placed_at by buyer (data map)',
      'tickets.opened_at by user_id (foreign key)',
      'votes.given_at by user_id (name)',
      'lines.packed_at by buyer < order_id (foreign key)',
      'answers.sent_on by user_id < ticket_id (foreign key)',
    ])
  })

  it('go by every name that init takes for a link, and not to another table or to a clerk', () => {
    const names = [
      'userid',
      'id_user',
      'uid',
      'customer_id',
      'user_no',
      'account_id',
      'team_id',
      'updated_by',
    ]
    const tables = names.map((name): readonly [string, TableSpec] => [
      `log_${name}`,
      { columns: { id: 'int', [name]: 'int', given_at: 'datetime' } },
    ])
    const found = trails({ ...Object.fromEntries(tables), teams: { columns: { id: 'int' } } })
    expect(found.filter(({ link }) => link === 'name').map(({ table }) => table.name)).to.deep.equal(
      ['userid', 'id_user', 'uid', 'customer_id', 'user_no', 'account_id'].map((name) => `log_${name}`),
    )
  })

  it('go to each table that a column may mean, and by links of one word', () => {
    const lookup: TableSpec = {
      columns: { customer_id: 'int', spent: 'decimal' },
      primaryKey: ['customer_id'],
    }
    const orders: TableSpec = { columns: { id: 'int', customer_id: 'int', paid_on: 'date' } }
    expect(lines(trails({ lookup, orders })).filter((one) => one.startsWith('orders'))).to.deep.equal([
      'orders.paid_on by customer_id (name)',
    ])
    const clients: TableSpec = {
      columns: { idclient: 'int', email: 'varchar(120)', seen_at: 'datetime null' },
      primaryKey: ['idclient'],
      indexes: ['seen_at'],
    }
    const client = kind('client', 'clients', {
      ...{ subject: true, key: ['idclient'], events: { seen: event([at('seen_at')]) } },
    })
    const map = mapOf([client])
    const connexions: TableSpec = {
      columns: { idconnexion: 'int', idclient: 'int', quand: 'datetime' },
      primaryKey: ['idconnexion'],
    }
    const schema = schemaOf({ clients, connexions })
    const compiled = onlyPolicy(compile(schema, map, [policy('client')]))
    expect(lines(trailsOf(settleMap(map, schema).map, compiled))).to.deep.equal([
      'connexions.quand by idclient (name)',
    ])
  })

  it('reach the log of customers whose table has another name, beside a table of pairs', () => {
    const found = (keys: readonly string[]) => {
      const customer_entity: TableSpec = {
        columns: {
          ...{ entity_id: 'int', email: 'varchar(255)', password_hash: 'varchar(128)' },
          ...{ created_at: 'datetime' },
        },
        primaryKey: ['entity_id'],
        indexes: ['created_at'],
      }
      const salesrule_customer: TableSpec = {
        columns: { rule_customer_id: 'int', rule_id: 'int', customer_id: 'int null' },
        ...{ primaryKey: ['rule_customer_id'], keys },
      }
      const customer_log: TableSpec = {
        columns: { log_id: 'int', customer_id: 'int', last_login_at: 'datetime null' },
        primaryKey: ['log_id'],
      }
      const customer = kind('customer_entity', 'customer_entity', {
        ...{ subject: true, key: ['entity_id'], events: { seen: event([at('created_at')]) } },
      })
      const schema = schemaOf({ customer_entity, salesrule_customer, customer_log })
      const map = mapOf([customer])
      const but = keys.length === 0 ? {} : ({ 'salesrule_customer.customer_id': { act: 'detach' } } as const)
      const compiled = onlyPolicy(compile(schema, map, [policy('customer_entity', { but })]))
      return lines(trailsOf(settleMap(map, schema).map, compiled))
    }
    for (const keys of [['customer_id -> customer_entity.entity_id'], []])
      expect(found(keys), keys.join()).to.include('customer_log.last_login_at by customer_id (name)')
  })

  it('take both links of a table that no kind maps, and the declared one of a table that is mapped', () => {
    const letters: TableSpec = {
      columns: { id: 'int', sender: 'int null', receiver: 'int null', sent_at: 'datetime' },
      keys: ['sender -> users.id', 'receiver -> users.id'],
    }
    const both = {
      but: { 'letters.sender': { act: 'detach' }, 'letters.receiver': { act: 'detach' } },
    } as const
    expect(lines(trails({ letters }, [account], both))).to.deep.equal([
      'letters.sent_at by sender (foreign key)',
      'letters.sent_at by receiver (foreign key)',
    ])
    const letter = kind('letter', 'letters', {
      of: 'account',
      link: { columns: { sender: 'id' }, where: {} },
    })
    const one = { but: { 'letter.receiver': { act: 'detach' } } } as const
    expect(lines(trails({ letters }, [account, letter], one))).to.deep.equal([
      'letters.sent_at by sender (data map)',
    ])
  })

  it('do not follow a table to itself: an answer to my review is somebody else’s', () => {
    const reviews: TableSpec = {
      columns: { id: 'int', user_id: 'int', parent_id: 'int null', created_at: 'datetime' },
      keys: ['user_id -> users.id', 'parent_id -> reviews.id'],
    }
    const review = kind('review', 'reviews', { of: 'account' })
    expect(lines(trails({ reviews }, [account, review]))).to.deep.equal([
      'reviews.created_at by user_id (data map)',
    ])
  })

  it('are served by an index, or by a table that is small', () => {
    const votes = (more: Partial<TableSpec>): readonly boolean[] =>
      trails({
        votes: { columns: { id: 'int', user_id: 'int', given_at: 'datetime' }, ...more },
      }).map(({ served }) => served)
    expect(votes({})).to.deep.equal([false])
    expect(votes({ roughRows: null })).to.deep.equal([false])
    expect(votes({ roughRows: 10_000 })).to.deep.equal([true])
    expect(votes({ indexes: ['user_id'] })).to.deep.equal([true])
  })

  it('name every column that is read on them, for the grants', () => {
    const [trail] = trails({ tickets }, [account], detached)
    expect(trail === undefined ? [] : columnsOf(trail, 'users')).to.deep.equal([
      { table: 'users', columns: ['id'] },
      { table: 'tickets', columns: ['user_id'] },
      { table: 'tickets', columns: ['id', 'opened_at'] },
    ])
  })

  it('lead by a name to the column that it means, and to a key of one column where it means another table', () => {
    const people: TableSpec = { ...users, unique: ['email', 'id,email'] }
    const numbered = {
      ...people,
      columns: { ...users.columns, user_code: 'varchar(12)' },
      unique: ['user_code'],
    }
    const visits = (column: string, type = 'int'): TableSpec => ({
      columns: { id: 'int', [column]: type, seen_at: 'datetime' },
      indexes: [column],
    })
    const pairs = (found: readonly Trail[]) => found.map(({ joins }) => joins.map(({ columns }) => columns))
    expect(pairs(trails({ users: numbered, visits: visits('user_code', 'varchar(12)') }))).to.deep.equal([
      [[{ own: 'user_code', parent: 'user_code' }]],
    ])
    const told: TableSpec = { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> clients.id'] }
    const tables = {
      ...{ users: people, orders: told, bills: told, visits: visits('user_id') },
      clients: { columns: { id: 'int', label: 'varchar(9)' } },
    }
    expect(pairs(trails(tables))).to.deep.equal([[[{ own: 'user_id', parent: 'id' }]]])
    expect(pairs(trails(tables, [{ ...account, key: ['id', 'email'] }]))).to.deep.equal([])
  })
})

describe('a column that may show an act', () => {
  it('is no source of the clock, no mark of ours, and a time', () => {
    const own: TableSpec = {
      ...users,
      columns: {
        ...users.columns,
        last_order_at: 'datetime null',
        hidden_at: 'datetime null',
        visits: 'smallint',
        access: 'int',
        team_id: 'int',
        balance: 'decimal',
        remark: 'text',
        computed_at: 'datetime generated',
      },
    }
    const done = { ...account, done: { anonymise: 'hidden_at' } }
    const found = trails({ users: own }, [done])
    expect(lines(found)).to.deep.equal(['users.last_order_at+access+balance by itself (own row)'])
    expect(found[0]?.signs.map(({ format }) => format)).to.deep.equal([
      'datetime',
      'epoch seconds',
      'epoch milliseconds',
      '14 digits',
      'epoch seconds',
      'epoch milliseconds',
      '14 digits',
    ])
  })

  it('may be text that is called a time or is as long as one; what is not read is told', () => {
    const own: TableSpec = {
      ...users,
      columns: {
        ...users.columns,
        derniere_connexion: 'text',
        stamp10: 'varchar(10)',
        sealed: 'varchar(19)',
        phone: 'varchar(20)',
        motto: 'varchar(190)',
        deleted: 'int',
        seal: 'blob',
      },
    }
    const schema = schemaOf({ users: own })
    const map = mapOf([account])
    const compiled = onlyPolicy(compile(schema, map, [policy('account')]))
    const settled = settleMap(map, schema).map
    expect(lines(trailsOf(settled, compiled))).to.deep.equal([
      'users.derniere_connexion+stamp10+sealed by itself (own row)',
    ])
    expect(unreadOf(settled, compiled)).to.include.members(
      ['phone', 'motto', 'deleted', 'seal'].map((name) => `users.${name}`),
    )
    expect(unreadOf(settled, compiled)).not.to.include.members(['users.id'])
    expect(unreadOf(settled, compiled)).not.to.include.members(['users.seen_at'])
  })

  it('is read as the data map declares it, whoever declares it', () => {
    const shown = kind('visit', 'visits', {
      of: 'account',
      link: { columns: { who: 'id' }, where: {} },
      events: { shown: event([at('stamp', { format: 'epoch milliseconds', never: ['0'] })]) },
    })
    const [trail] = trails(
      { visits: { columns: { id: 'int', who: 'int', stamp: 'int' }, indexes: ['who'] } },
      [account, shown],
    )
    expect(trail?.signs).to.have.length(1)
    expect(trail?.signs[0]).to.include({ format: 'epoch milliseconds', zone: 'UTC' })
    expect(trail?.signs[0]?.never).to.deep.equal(['0'])
  })

  it('is known by its name, in English and French', () => {
    const acts = [
      'placed_at',
      'createdAt',
      'updated_at',
      'paid_on',
      'date_commande',
      'checked_in_at',
      'start',
    ]
    const none = [
      'expires_at',
      'deletedAt',
      'birth_date',
      'date_échéance',
      'synced_at',
      'banned_until',
      'due_on',
    ]
    expect(acts.filter((name) => !mayBeAnAct(name))).to.deep.equal([])
    expect(none.filter(mayBeAnAct)).to.deep.equal([])
    const times = [
      ...[
        'post_time',
        'dateAdd',
        'lastvisit',
        'created',
        'access',
        'lastaccess',
        'timeaccess',
        'last_active',
      ],
      ...['last_connection', 'derniere_connexion', 'lastlogon', 'currentlogin', 'lastpost', 'registered'],
    ]
    const others = ['motto', 'count', 'rating', 'seal']
    expect(times.filter((name) => !soundsLikeTime(name))).to.deep.equal([])
    expect(others.filter(soundsLikeTime)).to.deep.equal([])
  })
})

describe('a clock of silence', () => {
  const counts = (more: Partial<ReturnType<typeof event>>, kindMore: Partial<Kind> = {}): boolean =>
    countsSilence(
      onlyPolicy(
        compile(
          schemaOf({ users }),
          mapOf([{ ...account, ...kindMore, events: { seen: event([at('seen_at')], more) } }]),
        ),
      ),
    )

  it('slides, or has something to count from where it never moved', () => {
    expect(counts({})).to.equal(false)
    expect(counts({ slides: 'by the person' })).to.equal(true)
    expect(counts({ else: at('seen_at') })).to.equal(true)
    expect(counts({ slides: 'by the person' }, { subject: false })).to.equal(false)
  })

  it('knows its waivers by table and column', () => {
    const waived = {
      ...{ seen_at: 'a', 'orders.placed_at': 'b', 'seen_at $.stats.seen': 'c' },
      'orders.placed_at (id = paid. late)': 'd',
    }
    const schema = schemaOf({ users, orders: { columns: { id: 'int', placed_at: 'datetime' } } })
    const map = mapOf([{ ...account, events: { seen: event([at('seen_at')], { waived }) } }])
    expect([...waivedOf(onlyPolicy(compile(schema, map)))]).to.deep.equal([
      ['users.seen_at', 'a'],
      ['orders.placed_at', 'b'],
      ['users.seen_at $.stats.seen', 'c'],
      ['orders.placed_at (id = paid. late)', 'd'],
    ])
  })
})
