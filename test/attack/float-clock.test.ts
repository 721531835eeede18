/** A FLOAT does not show the number that it sorts by. */
import { expect } from 'chai'
import { inspectSchema } from '../../db/inspect.ts'
import { eachDatabase } from '../databases.ts'
import { at, codes, compile, event, kind, mapOf } from '../plan/site-builder.ts'

eachDatabase('a clock in a FLOAT', (open) => {
  it('is refused, because paging by it would skip rows or never end', async () => {
    const database = await open()
    for (const [table, type] of [
      ['rough', 'FLOAT'],
      ['fine', 'DECIMAL(12,0)'],
    ] as const) {
      await database.run({
        text: `CREATE TABLE ${table} (id INTEGER NOT NULL PRIMARY KEY, seen_at ${type} NULL)`,
        values: [],
      })
      await database.run({ text: `CREATE INDEX ${table}_seen ON ${table} (seen_at)`, values: [] })
    }
    const schema = await inspectSchema(database)
    const told = (table: string) => {
      const seen = event([at('seen_at', { format: 'epoch seconds' })])
      return codes(compile(schema, mapOf([kind('account', table, { subject: true, events: { seen } })])))
    }
    expect(told('rough')).to.include('E_CLOCK_TYPE')
    expect(told('fine')).not.to.include('E_CLOCK_TYPE')
  })
})
