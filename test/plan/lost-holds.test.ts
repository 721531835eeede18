/** Which kinds a hold may protect, and how holds that protect nobody are named. */
import { expect } from 'chai'
import { couldTouch, holdNames, kindsHeldBy, type LostHold, type SiteNow } from '../../plan/lost-holds.ts'
import { line, lines, order, run, toUser } from './departures.ts'
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

describe('the kinds whose holds keep rows', () => {
  const tables = { orders: toUser({ ship: 'text' }), order_lines: lines }
  const people = onlyPolicy(run(tables, [order, line]))

  it('are the row itself and all that leaves with it', () => {
    expect([...kindsHeldBy([people])].sort()).to.deep.equal(['account', 'line', 'order'])
    expect([...kindsHeldBy([])]).to.deep.equal([])
  })

  it('are all that the row hangs on as well, over all policies', () => {
    const sent = { ...lines, columns: { ...lines.columns, sent_at: 'datetime' }, indexes: ['sent_at'] }
    const dated = { ...line, events: { sent: event([at('sent_at')], { name: 'sent' }) } }
    const schema = schemaOf({ users, ...tables, order_lines: sent })
    const rows = compile(schema, mapOf([account, order, dated]), [policy('line', { countedFrom: 'sent' })])
    const own = onlyPolicy(rows)
    expect([...kindsHeldBy([own])].sort()).to.deep.equal(['account', 'line', 'order'])
    const alone = { owners: own.owners.slice(0, 1), below: [] }
    expect([...kindsHeldBy([alone])]).to.deep.equal(['line'])
    const below = { owners: [], below: people.below }
    expect([...kindsHeldBy([alone, below])].sort()).to.deep.equal(['line', 'order'])
  })
})

describe('policies that could touch rows of a kind that cannot be read', () => {
  const kinds = [
    ...[kind('client', 'clients'), kind('order', 'orders', { of: 'client' })],
    ...[kind('line', 'order_lines', { of: 'order' }), kind('visit', 'visits')],
    ...[kind('hen', 'hens', { of: 'egg' }), kind('egg', 'eggs', { of: 'hen' })],
  ]
  const tables = kinds.map(({ table }) => table)
  const but = (...missing: readonly string[]): SiteNow => ({
    dataMap: mapOf(kinds),
    settled: new Map(
      kinds.filter(({ name }) => !missing.includes(name)).map(({ name }) => [name, {}] as const),
    ),
    schema: new Map(tables.filter((table) => !missing.includes(table)).map((table) => [table, {}] as const)),
    acted: new Set(['visits', 'hits']),
  })
  type Asked = Parameters<typeof couldTouch>[1][number]
  const visits: Asked = {
    ...{ kind: 'visit', table: 'visits', owners: [], below: [], writes: ['visits', 'hits'], steps: [] },
  }
  const owner = (name: string) => ({ kind: name }) as Asked['owners'][number]
  const step = (table: string, act: 'erase' | 'detach') =>
    ({ table, then: { act } }) as unknown as Asked['steps'][number]
  const could = (site: SiteNow, more: Partial<Asked> = {}, name = 'line') =>
    couldTouch(site, [visits, { ...visits, ...more }], name)

  it('are those of its own tree: by their kind, what they hang on, what leaves with them, what they write', () => {
    const site = but('line')
    expect(could(site)).to.equal(false)
    expect(could(site, { kind: 'client' })).to.equal(true)
    expect(could(site, { owners: [owner('visit'), owner('order')] })).to.equal(true)
    expect(could(site, { below: [owner('line')] as unknown as Asked['below'] })).to.equal(true)
    expect(could(site, { writes: ['visits', 'clients'] })).to.equal(true)
    expect(couldTouch(site, [], 'line')).to.equal(false)
    expect(could(but('egg'), {}, 'egg'), 'hens of eggs of hens').to.equal(false)
    expect(could(but('hen'), { kind: 'hen' }, 'hen')).to.equal(true)
  })

  it('are all of them where nobody can say: a kind that is not in the data map, or whose top is missing', () => {
    expect(could(but(), {}, 'gone')).to.equal(true)
    expect(could(but(), {}, 'constructor')).to.equal(true)
    expect(could(but('line', 'client'))).to.equal(true)
    expect(could(but('line', 'order'))).to.equal(false)
  })

  it('are, where a table below the top is missing, those that take rows of a table for the first time', () => {
    const moved = but('line', 'order_lines')
    expect(could(moved)).to.equal(false)
    expect(could(moved, { table: 'articles' })).to.equal(true)
    expect(could(moved, { steps: [step('hits', 'erase')] })).to.equal(false)
    expect(could(moved, { steps: [step('hits', 'erase'), step('notes', 'erase')] })).to.equal(true)
    expect(could(moved, { steps: [step('notes', 'detach')] })).to.equal(false)
    expect(could(but('line', 'visits'), { table: 'articles' }), 'of another tree').to.equal(false)
    expect(could(but('line', 'orders'), { table: 'articles' }), 'half way up').to.equal(true)
  })
})

describe('the names of lost holds', () => {
  const lost = (count: number): readonly LostHold[] =>
    Array.from({ length: count }, (_, i) => ({ id: `h${i + 1}`, kind: 'order' }))

  it('are five, and a sign that there are more', () => {
    expect(holdNames(lost(1))).to.equal('h1 (order)')
    const five = 'h1 (order), h2 (order), h3 (order), h4 (order), h5 (order)'
    expect(holdNames(lost(5))).to.equal(five)
    expect(holdNames(lost(6))).to.equal(`${five}, …`)
    expect(holdNames([])).to.equal('')
  })
})
