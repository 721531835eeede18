/** Which kinds a hold may protect, and how holds that protect nobody are named. */
import { expect } from 'chai'
import { holdNames, kindsHeldBy, type LostHold } from '../../plan/lost-holds.ts'
import { line, lines, order, run, toUser } from './departures.ts'
import { account, at, compile, event, mapOf, onlyPolicy, policy, schemaOf, users } from './site-builder.ts'

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
