/** Rows of words that nobody named, counted up to a bound. */
import { expect } from 'chai'
import { inspectSchema } from '../../../db/inspect.ts'
import { countOtherWords } from '../../../db/site/other-words.ts'
import { eachDatabase } from '../../databases.ts'
import { insert, sql } from '../../engine/lab.ts'

eachDatabase('rows of a word that nobody named', (open) => {
  it('are counted, those without one as well, up to a bound', async () => {
    const database = await open()
    await sql(
      database,
      'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, type VARCHAR(20) NULL, sort INTEGER NOT NULL)',
    )
    await insert(
      database,
      'files',
      [null, 'User', 'Ticket', 'Candidate', '', 'User', null].map((type, id) => ({ id, type, sort: id % 3 })),
    )
    for (const indexed of [false, true]) {
      if (indexed) await sql(database, 'CREATE INDEX files_type ON files (type)')
      const table = (await inspectSchema(database)).get('files')
      if (table === undefined) throw new Error('the table was made')
      const count = (column: string, words: readonly string[], most = 100) =>
        countOtherWords(database, database.dialect, { table, column, words }, most)
      expect(await count('type', ['User', 'Ticket'])).to.equal(4)
      expect(await count('type', ['User'])).to.equal(5)
      expect(await count('type', ['User', 'Ticket'], 3)).to.equal(3)
      expect(await count('sort', ['0', '1', '2'])).to.equal(0)
      expect(await count('sort', ['1'])).to.equal(5)
    }
  })
})
