import { expect } from 'chai'
import { schemasNamed, withoutStrangers } from '../../plan/other-schemas.ts'
import { account, kind, mapOf, schemaOf, users } from './site-builder.ts'

const bare = { columns: { id: 'int', email: 'varchar(190)' } }
const under = (to: string) => ({ columns: { id: 'int', up: 'int' }, keys: [`up -> ${to}.id`] })

describe('other schemas of the server', () => {
  const map = mapOf([account, kind('old', 'archive.invoices'), kind('older', 'archive.orders')], {
    outOfScope: { 'crm.towns': 'Places.', prices: 'Things.' },
  })

  it('are those that the data map names', () => {
    expect(schemasNamed(map)).to.deep.equal(['archive', 'crm'])
    expect(schemasNamed(mapOf([account]))).to.deep.equal([])
    const late = mapOf([kind('town', 'crm.towns'), kind('old', 'archive.invoices'), kind('way', 'crm.ways')])
    expect(schemasNamed(late), 'each once, by name').to.deep.equal(['archive', 'crm'])
  })

  it('count by what leads to the only table of the site', () => {
    const kept = withoutStrangers(map, schemaOf({ users, 'archive.calls': under('users') }))
    expect([...kept.keys()]).to.deep.equal(['users', 'archive.calls'])
  })

  it('count with the tables that are named, or that a foreign key ties to what counts', () => {
    const kept = withoutStrangers(
      map,
      schemaOf({
        'archive.comments': under('archive.notes'),
        'archive.notes': under('archive.lines'),
        'archive.lines': under('archive.invoices'),
        'archive.calls': under('users'),
        'archive.invoices': bare,
        'archive.people': bare,
        'archive.phones': under('archive.people'),
        'crm.towns': bare,
        'crm.people': bare,
        users,
        free: bare,
        // A table of the site that is called like this stays what it was.
        'odd.name': bare,
      }),
    )
    expect([...kept.keys()]).to.deep.equal([
      'archive.comments',
      'archive.notes',
      'archive.lines',
      'archive.calls',
      'archive.invoices',
      'crm.towns',
      'users',
      'free',
      'odd.name',
    ])
  })
})
