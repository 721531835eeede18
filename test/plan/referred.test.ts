/** Columns that a foreign key leads to: nothing may be written there but what the key keeps. */
import { expect } from 'chai'
import type { Kind, Strategy } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import {
  account,
  codes,
  compile,
  kind,
  mapOf,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

const byMail: TableSpec = { columns: { id: 'int', mail: 'varchar(190)' }, keys: ['mail -> users.email'] }

describe('a column that a foreign key leads to', () => {
  function compiled(
    more: Readonly<Record<string, TableSpec>>,
    kinds: readonly Kind[],
    policies: readonly Policy[],
  ): readonly string[] {
    const done = compile(schemaOf({ users, ...more }), mapOf(kinds), policies)
    expect(done.plan.policies).to.have.length(codes(done).some((code) => code.startsWith('E_')) ? 0 : 1)
    return codes(done)
  }
  const anonymise = policy('account', { then: 'anonymise' })

  for (const [what, strategy] of [
    ['unique_address', { strategy: 'unique_address' }],
    ['generalised', { strategy: 'generalised', kept: 2 }],
    ['null', { strategy: 'null' }],
  ] satisfies readonly (readonly [string, Strategy])[])
    it(`is not changed by ${what}, and by none of the fields of a policy`, () => {
      const free = { ...users, columns: { ...users.columns, email: 'varchar(190) null' }, unique: [] }
      const changed = { ...account, personal: { email: strategy } }
      for (const then of ['anonymise', 'truncate fields'] as const)
        expect(
          compiled(
            { users: free, orders: byMail },
            [changed],
            [policy('account', { then, fields: ['email'] })],
          ),
        ).to.deep.equal(['E_REFERRED_COLUMN'])
    })

  it('names the key, and the rows that it would change', () => {
    const { problems } = compile(schemaOf({ users, orders: byMail }), mapOf([account]), [anonymise])
    expect(problems.map(({ table, column, params }) => ({ table, column, ...params }))).to.deep.equal([
      { table: 'users', column: 'email', key: 'orders_mail', from: 'orders (mail)' },
    ])
  })

  it('may stay, be left alone by the policy, and leave with its row; a map alone is only warned of', () => {
    const kept = {
      ...account,
      personal: { email: { strategy: 'keep', because: 'x' }, status: { strategy: 'blank' } },
    }
    expect(compiled({ orders: byMail }, [kept as Kind], [anonymise])).to.deep.equal([])
    const both = { ...account, personal: { ...account.personal, status: { strategy: 'blank' } } } as const
    const some = policy('account', { then: 'truncate fields', fields: ['status'] })
    expect(compiled({ orders: byMail }, [both], [some])).to.deep.equal(['W_REFERRED_COLUMN'])
    const order = kind('order', 'orders', { of: 'account', link: { columns: { mail: 'email' }, where: {} } })
    expect(compiled({ orders: byMail }, [account, order], [policy('account')])).to.deep.equal([
      'W_REFERRED_COLUMN',
    ])
  })

  it('is also one of the same table, one of several columns, and one that is written in other case', () => {
    const itself = { ...users, keys: ['status -> users.email'] }
    const pair = { columns: { id: 'int', a: 'int', b: 'varchar(190)' }, keys: ['a+b -> users.id+email'] }
    const loud = { ...byMail, keys: ['mail -> users.EMAIL'] }
    for (const more of [{ users: itself }, { orders: pair }, { orders: loud }])
      expect(compiled(more, [account], [anonymise])).to.deep.equal(['E_REFERRED_COLUMN'])
  })

  it('is neither withdrawn nor a mark of what is done', () => {
    const withdraw = policy('account', { then: 'withdraw consent' })
    const withdrawn = { ...account, withdrawn: { email: '' } }
    expect(compiled({ users: { ...users, unique: [] }, orders: byMail }, [withdrawn], [withdraw])).to.include(
      'E_REFERRED_COLUMN',
    )
    const marked = { ...account, personal: { status: { strategy: 'blank' } }, done: { anonymise: 'seen_at' } }
    const days = { columns: { id: 'int', day: 'datetime null' }, keys: ['day -> users.seen_at'] }
    expect(compiled({ days }, [marked as Kind], [anonymise])).to.deep.equal(['E_REFERRED_COLUMN'])
  })

  describe('below a person', () => {
    const orders: TableSpec = {
      columns: { id: 'int', user_id: 'int null', no: 'varchar(20)' },
      keys: ['user_id -> users.id'],
      unique: ['no'],
    }
    const parcels: TableSpec = { columns: { id: 'int', no: 'varchar(20)' }, keys: ['no -> orders.no'] }
    const order = kind('order', 'orders', { of: 'account', personal: { no: { strategy: 'unique_address' } } })
    const but = (act: 'anonymise' | 'detach'): Policy =>
      policy('account', { but: { order: { act } } } as Partial<Policy>)

    it('is not changed in a row that stays', () => {
      const wide = { ...orders, columns: { ...orders.columns, no: 'varchar(60)' } }
      expect(compiled({ orders: wide }, [account, order], [but('anonymise')])).to.deep.equal([])
      expect(compiled({ orders: wide, parcels }, [account, order], [but('anonymise')])).to.deep.equal([
        'E_REFERRED_COLUMN',
      ])
    })

    it('is not emptied as the link of a row that stays, nor to open a ring', () => {
      const tied = { ...parcels, columns: { id: 'int', owner: 'int' }, keys: ['owner -> orders.user_id'] }
      const bare = { ...order, personal: {} }
      expect(compiled({ orders }, [account, bare], [but('detach')])).to.deep.equal([])
      expect(compiled({ orders, parcels: tied }, [account, bare], [but('detach')])).to.deep.equal([
        'E_REFERRED_COLUMN',
      ])
      const ring = { ...users, columns: { ...users.columns, last: 'int null' }, keys: ['last -> orders.id'] }
      const marks = { columns: { id: 'int', last: 'int' }, keys: ['last -> users.last'] }
      const leaving = { ...orders, columns: { ...orders.columns, user_id: 'int' } }
      expect(compiled({ users: ring, orders: leaving }, [account, bare], [policy('account')])).to.deep.equal(
        [],
      )
      const mark = kind('mark', 'marks', { of: 'account', link: { columns: { last: 'id' }, where: {} } })
      expect(
        compiled({ users: ring, orders: leaving, marks }, [account, bare, mark], [policy('account')]),
      ).to.include('E_REFERRED_COLUMN')
    })
  })
})
