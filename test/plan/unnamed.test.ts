/** Tables whose kinds take the rows of some words alone. */
import { expect } from 'chai'
import { wordedTables } from '../../plan/unnamed.ts'
import type { Kind } from '../../policies/data-map.ts'
import { account, kind, mapOf, schemaOf, users, type TableSpec } from './site-builder.ts'

const files: TableSpec = {
  columns: { id: 'int', owner_type: 'varchar(20)', owner_id: 'int', sort: 'int', name: 'text' },
}
const schema = schemaOf({ users, files, tickets: { columns: { id: 'int', user_id: 'int' } } })

function file(name: string, of: string, where: Readonly<Record<string, string>>, more: Partial<Kind> = {}) {
  return kind(name, 'files', { of, link: { columns: { owner_id: 'id' }, where }, ...more })
}

function words(...kinds: readonly Kind[]) {
  const ticket = kind('ticket', 'tickets', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } })
  return wordedTables(mapOf([account, ticket, ...kinds]), schema).map(({ table, ...rest }) => {
    expect(table.name).to.equal('files')
    return [rest.column, rest.words, rest.kinds]
  })
}

describe('words that tell the rows of a table apart', () => {
  const owned = file('file', 'account', { owner_type: 'User' })
  const shown = file('shown', 'ticket', { owner_type: 'Ticket' })

  it('are those of all its kinds', () => {
    expect(words(owned, shown)).to.deep.equal([['owner_type', ['User', 'Ticket'], ['file', 'shown']]])
    expect(words(owned, file('same', 'ticket', { owner_type: 'User' }))).to.deep.equal([
      ['owner_type', ['User'], ['file', 'same']],
    ])
  })

  it('are numbers as the column holds them', () => {
    expect(words(file('file', 'account', { sort: '007' }))).to.deep.equal([['sort', ['7'], ['file']]])
  })

  it('are of every column that all of them have', () => {
    const both = file('both', 'account', { owner_type: 'User', sort: '1' })
    expect(words(both).map(([column]) => column)).to.deep.equal(['owner_type', 'sort'])
    expect(words(both, shown).map(([column]) => column)).to.deep.equal(['owner_type'])
  })

  it('are none where a kind takes the whole table, or a column is not there', () => {
    expect(words(owned, file('all', 'account', {}))).to.deep.equal([])
    expect(words(owned, kind('loose', 'files'))).to.deep.equal([])
    expect(words(file('file', 'account', { gone: 'User' }))).to.deep.equal([])
    expect(wordedTables(mapOf([account, owned]), schemaOf({ users }))).to.deep.equal([])
  })

  it('say nothing of people where no kind hangs on one', () => {
    const product = kind('product', 'products')
    expect(words(product, file('picture', 'product', { owner_type: 'Product' }))).to.deep.equal([])
    expect(words(product, owned, file('picture', 'product', { owner_type: 'Product' }))).to.have.length(1)
    expect(words(file('round', 'round', { owner_type: 'Product' })), 'a ring').to.deep.equal([])
  })

  it('are no question once a kind says why the other rows may stay', () => {
    expect(words(owned, { ...shown, exempt: { owner_type: 'pictures of products' } })).to.deep.equal([])
    expect(words(owned, { ...shown, exempt: { name: 'no names' } })).to.have.length(1)
  })
})
