/** The number of which a share is taken: rows of the kind, not of a table that it shares. */
import { expect } from 'chai'
import { inspectSchema } from '../../../db/inspect.ts'
import { populationOf } from '../../../db/site/count-rows.ts'
import { eachDatabase } from '../../databases.ts'
import { insert } from '../../engine/lab.ts'

eachDatabase('rows of a kind', (open) => {
  it('are those with its constants, also of a table that is only estimated', async () => {
    const database = await open()
    await database.run({
      text: 'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, owner VARCHAR(9) NOT NULL)',
      values: [],
    })
    const rows = Array.from({ length: 30 }, (_, id) => ({ id, owner: id < 12 ? 'member' : 'ticket' }))
    await insert(database, 'files', rows)
    const table = (await inspectSchema(database)).get('files')!
    const constants = [{ column: 'owner', value: 'member' }]
    for (const roughRows of [table.roughRows, 5_000_000]) {
      const told = { ...table, roughRows }
      expect(await populationOf(database, database.dialect, told, constants)).to.equal(12)
    }
    expect(await populationOf(database, database.dialect, { ...table, roughRows: null }, [])).to.equal(30)
    expect(await populationOf(database, database.dialect, { ...table, roughRows: 5_000_000 }, [])).to.equal(
      5_000_000,
    )
  })
})
