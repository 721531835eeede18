/** Which columns of a table may show an act, and the whole of how each is read. */
import { expect } from 'chai'
import type { FoundLink } from '../../plan/draft/found-link.ts'
import { settleMap } from '../../plan/settled-map.ts'
import { signColumnsOn } from '../../plan/sign-columns.ts'
import type { Event, Kind } from '../../policies/data-map.ts'
import { account, at, event, kind, mapOf, schemaOf, users } from './site-builder.ts'

function signsOn(
  columns: Readonly<Record<string, string>>,
  {
    kinds = [account],
    links = [] as readonly FoundLink[],
  }: { kinds?: readonly Kind[]; links?: readonly FoundLink[] } = {},
) {
  const schema = schemaOf({ users, notes: { columns: { id: 'int', ...columns } } })
  return signColumnsOn(settleMap(mapOf(kinds), schema).map, schema.get('notes')!, [], links)
}

function read(found: ReturnType<typeof signsOn>): readonly string[] {
  return found.signs.map(({ column, format }) => `${column} as ${format}`)
}

const numbers = ['epoch seconds', 'epoch milliseconds', '14 digits']
const texts = ['iso text', 'datetime', 'date', '14 digits']

describe('a sign of life', () => {
  it('is read in every way that its type may mean, each in its zone', () => {
    const whole = (columns: Readonly<Record<string, string>>) => signsOn(columns).signs
    const as = (column: string, family: string) => ({ column, family, never: [null], ordered: true })
    expect(whole({ sent_at: 'timestamp' })).to.deep.equal([
      { ...as('sent_at', 'timestamp'), format: 'timestamp', zone: 'UTC' },
    ])
    expect(whole({ sent_at: 'datetime' })).to.deep.equal([
      { ...as('sent_at', 'datetime'), format: 'datetime', zone: 'Europe/Berlin' },
    ])
    expect(whole({ sent_on: 'date' })).to.deep.equal([
      { ...as('sent_on', 'date'), format: 'date', zone: 'Europe/Paris' },
    ])
    expect(whole({ sent: 'int' })).to.deep.equal([
      { ...as('sent', 'integer'), format: 'epoch seconds', zone: 'UTC' },
      { ...as('sent', 'integer'), format: 'epoch milliseconds', zone: 'UTC' },
      { ...as('sent', 'integer'), format: '14 digits', zone: 'Europe/Berlin' },
    ])
    expect(read(signsOn({ sent_at: 'text' }))).to.deep.equal(
      [...texts, ...numbers.slice(0, 2)].map((format) => `sent_at as ${format}`),
    )
  })

  it('is a text as long as a time, whatever it is called; what is not read is told', () => {
    const lengths = [5, 9, 10, 11, 13, 14, 15, 18, 19, 32, 33]
    const found = signsOn(
      Object.fromEntries(lengths.map((length) => [`m${length}_ref`, `varchar(${length})`])),
    )
    const known = [10, 14, 19, 32]
    expect([...new Set(found.signs.map(({ column }) => column))]).to.deep.equal(
      known.map((length) => `m${length}_ref`),
    )
    expect(found.unread).to.deep.equal(
      lengths.filter((length) => !known.includes(length)).map((length) => `m${length}_ref`),
    )
  })

  it('is no mark of ours and no link, on its own table alone', () => {
    const marked = { ...account, done: { anonymise: 'seen_at' } }
    const links = [{ table: 'others', columns: { seen_at: 'id' } } as unknown as FoundLink]
    expect(read(signsOn({ seen_at: 'datetime' }, { kinds: [marked], links }))).to.deep.equal([
      'seen_at as datetime',
    ])
    const own = [{ table: 'notes', columns: { sent_at: 'id' } } as unknown as FoundLink]
    expect(signsOn({ sent_at: 'datetime' }, { links: own })).to.deep.equal({ signs: [], unread: [] })
  })
})

describe('a sign of life that the data map declares', () => {
  const millis = { format: 'epoch milliseconds' } as const
  const declared = (seen: Event, table = 'notes', columns = { stamp: 'int' }) =>
    read(signsOn(columns, { kinds: [account, kind('note', table, { events: { seen } })] }))
  const all = numbers.map((format) => `stamp as ${format}`)

  it('is read as it says, also where it counts for another, or is called like a link', () => {
    expect(declared(event([at('stamp', millis)]))).to.deep.equal(['stamp as epoch milliseconds'])
    const otherwise = event([at('sent_at')], { else: at('stamp', millis) })
    expect(declared(otherwise)).to.deep.equal(['stamp as epoch milliseconds'])
    const named = event([at('visit_no', millis)])
    expect(declared(named, 'notes', { visit_no: 'int' } as never)).to.deep.equal([
      'visit_no as epoch milliseconds',
    ])
  })

  it('is read in every way where that speaks of another table, of some rows, or of a place in JSON', () => {
    expect(declared(event([at('stamp', millis)]), 'users')).to.deep.equal(all)
    expect(declared(event([at('stamp', { ...millis, where: { key: 'seen' } })]))).to.deep.equal(all)
    expect(declared(event([at('stamp', { ...millis, path: '$.seen' })]))).to.deep.equal(all)
  })
})
