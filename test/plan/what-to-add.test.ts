/** What a gap and a refusal print for copying: every line, because somebody will paste it. */
import { expect } from 'chai'
import { findGaps } from '../../plan/coverage.ts'
import type { Policy } from '../../policies/policy.ts'
import { nullableToUser, run, toUser } from './departures.ts'
import { account, at, event, kind, mapOf, policy, schemaOf, users, type TableSpec } from './site-builder.ts'

function stubs(
  tables: Readonly<Record<string, TableSpec>>,
  kinds: Parameters<typeof mapOf>[0] = [],
  policies: readonly Policy[] = [policy('account')],
): readonly string[] {
  return findGaps(policies, mapOf([account, ...kinds]), schemaOf({ users, ...tables })).map(
    ({ stub }) => stub,
  )
}

describe('what a gap prints to add', () => {
  it('is the rule for a column, or the reason for none', () => {
    const notes: TableSpec = {
      columns: { id: 'int', user_id: 'int', phone: 'text' },
      keys: ['user_id -> users.id'],
    }
    expect(stubs({ notes }, [kind('note', 'notes', { of: 'account' })])).to.deep.equal([
      [
        'kinds:',
        '  note:',
        '    personal: { phone: blank }',
        '    # or, with the reason why it is not personal:',
        '    # exempt: { phone: … }',
      ].join('\n'),
    ])
  })

  it('is a kind for a table, with its key, its link and its personal columns', () => {
    const leads: TableSpec = {
      columns: { shop: 'int', nr: 'int', user_id: 'int', email: 'text', phone: 'text' },
      primaryKey: ['shop', 'nr'],
    }
    expect(stubs({ leads })).to.deep.equal([
      [
        'kinds:',
        '  leads:',
        '    table: leads',
        '    key: [shop, nr]',
        '    of: account',
        '    link: { user_id: id }',
        '    personal: { email: blank, phone: blank }',
        '# or, with the reason why it holds no personal data:',
        '# out_of_scope: { leads: … }',
      ].join('\n'),
    ])
  })

  it('links a table by all columns of its foreign key, to the people that it points at', () => {
    const staff = kind('clerk', 'clerks', { subject: true })
    const tables = {
      clerks: { columns: { site: 'int', id: 'int' }, primaryKey: ['site', 'id'] },
      products: { columns: { id: 'int' } },
      badges: {
        columns: { id: 'int', s: 'int', c: 'int', product: 'int' },
        keys: ['s+c -> clerks.site+id', 'product -> products.id'],
      },
    }
    const found = findGaps([policy('account')], mapOf([account, staff]), schemaOf({ users, ...tables }))
    expect(found.map(({ kind, column }) => [kind, column])).to.deep.equal([['foreign key', 's, c']])
    expect(found[0]?.stub).to.equal(
      [
        'kinds:',
        '  badges:',
        '    table: badges',
        '    key: [id]',
        '    of: clerk',
        '    link: { s: site, c: id }',
        '# or, with the reason why it holds no personal data:',
        '# out_of_scope: { badges: … }',
      ].join('\n'),
    )
  })

  it('is a kind below what people have by all columns of its key, unless one of them leads elsewhere', () => {
    const shop = kind('shop', 'shops', { of: 'account', key: ['country', 'nr'] })
    const tables = (keys: readonly string[]) => ({
      shops: {
        columns: { country: 'int', nr: 'int', label: 'varchar(9)', user_id: 'int' },
        primaryKey: ['country', 'nr'],
        keys: ['user_id -> users.id'],
      },
      countries: { columns: { id: 'int' } },
      returns: { columns: { id: 'int', country: 'int', nr: 'int', why: 'varchar(9)' }, keys },
    })
    expect(stubs(tables([]), [shop])[0]).to.include('    of: shop\n    link: { country: country, nr: nr }\n')
    expect(stubs(tables(['country -> countries.id']), [shop])).to.deep.equal([])
  })

  it('is a kind without a link where nothing points at anybody', () => {
    expect(stubs({ leads: { columns: { id: 'int', email: 'text' } } })).to.deep.equal([
      [
        'kinds:',
        '  leads:',
        '    table: leads',
        '    key: [id]',
        '    personal: { email: blank }',
        '# or, with the reason why it holds no personal data:',
        '# out_of_scope: { leads: … }',
      ].join('\n'),
    ])
  })

  it('is a kind of a name without a point for a table of another schema', () => {
    const [told] = stubs({ 'old.leads': { columns: { id: 'int', email: 'text' } } })
    expect(told?.split('\n').slice(1, 3)).to.deep.equal(['  old_leads:', '    table: old.leads'])
  })

  it('is a policy for data that none reaches', () => {
    const body = { body: { strategy: 'blank' } } as const
    const tables = { notes: { columns: { id: 'int', body: 'text', at: 'datetime' } } }
    const policyFor = (clock: string) =>
      [
        '# in a file of its own among the policies:',
        'policy: note',
        'data: note',
        'keep_at_most: …',
        `counted_from: ${clock}`,
        'then: erase',
      ].join('\n')
    const written = { written: event([at('at')], { name: 'written' }) }
    expect(stubs(tables, [kind('note', 'notes', { personal: body, events: written })])).to.deep.equal([
      policyFor('written'),
    ])
    expect(stubs(tables, [kind('note', 'notes', { personal: body })])).to.deep.equal([policyFor('…')])
  })
})

describe('data is reached', () => {
  const body = { body: { strategy: 'blank' } } as const
  const notes: TableSpec = {
    columns: { id: 'int', user_id: 'int', body: 'text' },
    keys: ['user_id -> users.id'],
  }
  const note = kind('note', 'notes', { of: 'account', personal: body })
  const gaps = (policies: readonly Policy[], kinds = [note]) => stubs({ notes }, kinds, policies).length

  it('by another kind on its table whose rows end, not by one that only changes', () => {
    const other = kind('other', 'notes')
    const [people, its] = [
      policy('account', { but: { note: { act: 'keep', because: 'x' } } }),
      policy('other'),
    ]
    expect(gaps([people, its], [note, other])).to.equal(0)
    expect(gaps([people, { ...its, then: 'archive' }], [note, other])).to.equal(0)
    expect(gaps([people, { ...its, then: 'anonymise' }], [note, other])).to.equal(1)
    const elsewhere = kind('elsewhere', 'users')
    expect(gaps([people, policy('elsewhere')], [note, elsewhere]), 'a kind of another table').to.equal(1)
  })

  it('with its people when they are archived, unless it is detached from them', () => {
    expect(gaps([policy('account', { then: 'archive' })])).to.equal(0)
    expect(gaps([policy('account', { but: { note: { act: 'detach' } } })])).to.equal(1)
  })

  it('although a kind in between becomes anonymous, when it is ruled itself', () => {
    const anonymous = { act: 'anonymise', under: null } as const
    expect(gaps([policy('account', { but: { note: anonymous } })])).to.equal(0)
  })

  it('where a kind only keeps its columns: there is nothing to reach', () => {
    const kept = kind('note', 'notes', {
      of: 'account',
      personal: { body: { strategy: 'keep', because: 'x' } },
    })
    const people = [policy('account', { but: { note: { act: 'keep', because: 'x' } } })]
    expect(gaps(people, [kept])).to.equal(0)
    const both = kind('note', 'notes', {
      of: 'account',
      personal: { user_id: { strategy: 'keep', because: 'x' }, ...body },
    })
    expect(gaps(people, [both])).to.equal(1)
  })
})

describe('what a foreign key that nobody ruled prints to add', () => {
  const stub = (...of: Parameters<typeof run>) => run(...of).problems[0]?.params.stub

  it('is to detach it, or a kind', () => {
    expect(stub({ badges: nullableToUser() }, [])).to.equal(
      [
        '# in the policy:',
        'but:',
        '  badges.user_id: detach',
        '# or in data-map.yml:',
        'kinds:',
        '  badges:',
        '    table: badges',
        '    key: [id]',
        '    of: account',
        '    link: { user_id: id }',
      ].join('\n'),
    )
  })

  it('is a kind alone where NULL is forbidden or the server would delete the rows unseen', () => {
    const text = (key: string, link: string) =>
      [
        '# in data-map.yml:',
        'kinds:',
        '  badges:',
        '    table: badges',
        `    key: [${key}]`,
        '    of: account',
        `    link: { ${link} }`,
      ].join('\n')
    expect(stub({ badges: { ...toUser(), primaryKey: ['id', 'user_id'] } }, [])).to.equal(
      text('id, user_id', 'user_id: id'),
    )
    expect(stub({ badges: nullableToUser({}, ' cascade') }, [])).to.equal(text('id', 'user_id: id'))
    const half: TableSpec = {
      columns: { id: 'int', u: 'int null', v: 'int' },
      keys: ['u+v -> users.id+seen_at'],
    }
    expect(stub({ badges: half }, []), 'one of two columns may not be NULL').to.equal(
      text('id', 'u: id, v: seen_at'),
    )
  })

  it('names the columns of a key of several', () => {
    const badges: TableSpec = {
      columns: { id: 'int', u: 'int', v: 'int' },
      keys: ['u+v -> users.id+seen_at'],
    }
    expect(run({ badges }, []).problems[0]?.column).to.equal('u, v')
    const cascading = { badges: { ...badges, keys: ['u+v -> users.id+seen_at cascade'] } }
    const detach = { 'badges.u': { act: 'detach' } } as const
    expect(run(cascading, [], detach).problems[0]).to.include({ code: 'E_CASCADE_OUTSIDE', column: 'u, v' })
    expect(run({ badges }, [], detach).problems[0]).to.include({ code: 'E_DETACH_NOT_NULL', column: 'u, v' })
  })
})
