import { expect } from 'chai'
import type { Policy } from '../../policies/policy.ts'
import { findGaps } from '../../plan/coverage.ts'
import { looksPersonal } from '../../plan/personal-words.ts'
import { account, kind, mapOf, policy, schemaOf, users, type TableSpec } from './site-builder.ts'

function gaps(
  tables: Readonly<Record<string, TableSpec>>,
  kinds: Parameters<typeof mapOf>[0] = [],
  more: Parameters<typeof mapOf>[1] = {},
  policies: readonly Policy[] = [policy('account')],
) {
  const found = findGaps(policies, mapOf([account, ...kinds], more), schemaOf({ users, ...tables }))
  return found.map((gap) => `${gap.kind}: ${gap.table}${gap.column === null ? '' : `.${gap.column}`}`)
}

describe('gaps', () => {
  it('knows personal names in both languages, and lets things be', () => {
    const type: Readonly<Record<string, string>> = {
      birth_date: 'date',
      dateNaissance: 'date',
      last_login_at: 'datetime',
    }
    const column = (name: string) =>
      schemaOf({ t: { columns: { [name]: type[name] ?? 'text' } } }).get('t')!.columns[0]!
    const personal = [
      'email',
      'contactEmail',
      'first_name',
      'nom',
      'prénom',
      'adresse_livraison',
      'ip',
      'ipAddress',
      'user_agent',
      'ville',
      'code_postal',
      'birth_date',
      'dateNaissance',
      'comments',
      'iban',
      'phone',
    ]
    for (const name of personal) expect(looksPersonal(column(name)), name).to.equal(true)
    for (const name of [
      'id',
      'status',
      'recipe',
      'shipped',
      'total',
      'file_name',
      'nominal',
      'capacity',
      'last_login_at',
    ])
      expect(looksPersonal(column(name)), name).to.equal(false)
  })

  it('are columns of a kind that nothing rules', () => {
    const notes: TableSpec = {
      columns: { id: 'int', user_id: 'int', body: 'text', phone: 'text', city: 'text' },
      keys: ['user_id -> users.id'],
    }
    const note = kind('note', 'notes', {
      of: 'account',
      personal: { body: { strategy: 'blank' } },
      exempt: { city: 'x' },
    })
    expect(gaps({ notes }, [note])).to.deep.equal(['column: notes.phone'])
    const second = kind('other', 'notes', { of: 'account', personal: { phone: { strategy: 'blank' } } })
    expect(gaps({ notes }, [note, second]), 'one of two kinds on a table is enough').to.deep.equal([])
  })

  it('are tables that look personal or point at people, and are neither a kind nor out of scope', () => {
    const leads: TableSpec = { columns: { id: 'int', email: 'text' } }
    const marks: TableSpec = { columns: { id: 'int', user_id: 'int' } }
    const prices: TableSpec = { columns: { id: 'int', amount: 'decimal', product_id: 'int' } }
    expect(gaps({ leads, marks, prices })).to.deep.equal(['table: leads.email', 'table: marks.user_id'])
    expect(gaps({ leads, marks, prices }, [], { outOfScope: { leads: 'x', marks: 'x' } })).to.deep.equal([])
  })

  it('are tables that point at people in any form that init would propose, or by the name of the kind', () => {
    const of = (column: string, type = 'int') => gaps({ marks: { columns: { id: 'int', [column]: type } } })
    const names = ['id_user', 'userId', 'user_uuid', 'userid', 'user_no', 'author', 'id_account', 'accountId']
    for (const name of names) expect(of(name), name).to.deep.equal([`table: marks.${name}`])
    expect(of('user_id', 'varchar(36)'), 'an untidy id').to.deep.equal(['table: marks.user_id'])
    for (const name of ['updated_by', 'product_id', 'paid', 'userland_id'])
      expect(of(name), name).to.deep.equal([])
    expect(of('account_code', 'varchar(9)'), 'a code of something else').to.deep.equal([])
  })

  it('are live foreign keys to people, even from a table out of scope', () => {
    const badges: TableSpec = { columns: { id: 'int', owner: 'int' }, keys: ['owner -> users.id'] }
    expect(gaps({ badges }, [], { outOfScope: { badges: 'x' } })).to.deep.equal(['foreign key: badges.owner'])
    const found = findGaps([policy('account')], mapOf([account]), schemaOf({ users, badges }))
    expect(found[0]?.stub).to.contain('of: account').and.to.contain('link: { owner: id }')
  })

  it('are kinds with personal columns that no policy reaches', () => {
    const notes: TableSpec = {
      columns: { id: 'int', user_id: 'int', body: 'text' },
      keys: ['user_id -> users.id'],
    }
    const note = kind('note', 'notes', { of: 'account', personal: { body: { strategy: 'blank' } } })
    expect(gaps({ notes }, [note])).to.deep.equal([])
    const kept = [policy('account', { but: { note: { act: 'keep', because: 'x' } } })]
    expect(gaps({ notes }, [note], {}, kept)).to.deep.equal(['data without policy: notes'])
    expect(gaps({ notes }, [note], {}, [...kept, policy('note')])).to.deep.equal([])
    const anonymised = [policy('account', { then: 'anonymise' })]
    expect(gaps({ notes }, [note], {}, anonymised), 'it stays with the row').to.deep.equal([
      'data without policy: notes',
    ])
    expect(gaps({ notes }, [note], {}, [])).to.deep.equal([
      'data without policy: users',
      'data without policy: notes',
    ])
  })

  it('are kinds that hang on a row which only becomes anonymous', () => {
    const orders: TableSpec = { columns: { id: 'int', user_id: 'int null' }, keys: ['user_id -> users.id'] }
    const notes: TableSpec = {
      columns: { id: 'int', order_id: 'int', body: 'text' },
      keys: ['order_id -> orders.id'],
    }
    const kinds = [
      kind('order', 'orders', { of: 'account' }),
      kind('note', 'notes', { of: 'order', personal: { body: { strategy: 'blank' } } }),
    ]
    const anonymised = policy('account', { but: { order: { act: 'anonymise', under: null } } })
    expect(gaps({ orders, notes }, kinds, {}, [anonymised])).to.deep.equal(['data without policy: notes'])
    const ruled = { ...anonymised, but: { ...anonymised.but, note: { act: 'erase' } as const } }
    expect(gaps({ orders, notes }, kinds, {}, [ruled])).to.deep.equal([])
  })
})
