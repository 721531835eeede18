/** Columns of dates without an hour, on a site west of the zone in which it stores its times. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, insert } from './lab.ts'

eachDatabase('a date without an hour', (open) => {
  it('belongs to its own day and year, also west of where times are stored', async () => {
    const table = (name: string): readonly string[] => [
      `CREATE TABLE ${name} (id INTEGER NOT NULL PRIMARY KEY, issued_on DATE NOT NULL)`,
      `CREATE INDEX ${name}_issued ON ${name} (issued_on)`,
    ]
    const lab = await createLab(await open(), {
      tables: [...table('visits'), ...table('invoices')],
      kinds: [
        kind('visit', 'visits', { events: { seen: event([at('issued_on')]) } }),
        kind('invoice', 'invoices', {
          events: { seen: event([at('issued_on')], { roundedTo: 'end of fiscal year' }) },
        }),
      ],
      policies: [policy('visit', { id: 'visits' }), policy('invoice', { id: 'invoices' })],
      map: { zone: 'America/Martinique', storedIn: 'UTC' },
    })
    // The runs are of 1 June 2026, in the morning of the site.
    await insert(
      lab.database,
      'visits',
      ['2023-05-30', '2023-05-31', '2023-06-01'].map((issued_on, id) => ({ id, issued_on })),
    )
    await insert(
      lab.database,
      'invoices',
      ['2022-12-31', '2023-01-01'].map((issued_on, id) => ({ id, issued_on })),
    )
    const left = async (id: string): Promise<readonly unknown[]> => {
      await lab.run(id)
      return (await lab.rows(id)).map((row) => row['issued_on'])
    }
    expect(await left('visits')).to.deep.equal(['2023-06-01'])
    expect(await left('invoices')).to.deep.equal(['2023-01-01'])
  })
})
