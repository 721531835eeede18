import { expect } from 'chai'
import { readLoad } from '../../db/load.ts'
import { readServerFacts } from '../../db/server-facts.ts'
import type { Database, Row } from '../../db/session.ts'
import { eachServer } from '../databases.ts'

/** The server as it is, but for its word on `read_only`. */
function saying(database: Database, word: string): Database {
  return {
    ...database,
    rows: async (statement) => {
      const rows = await database.rows(statement)
      if (!statement.text.includes('@@global.read_only')) return rows
      return rows.map((row): Row => ({ ...row, found: word, read_only: word }))
    },
  }
}

eachServer('what a server says of being read-only', (open) => {
  it('is the same to doctor and to a run, in numbers and in the words of newer MariaDB', async () => {
    const database = await open()
    const told = async (word: string): Promise<readonly boolean[]> => {
      const one = saying(database, word)
      return [(await readServerFacts(one)).readOnly, (await readLoad(one)).readOnly]
    }
    for (const word of ['0', 'OFF']) expect(await told(word), word).to.deep.equal([false, false])
    for (const word of ['1', 'ON', 'NO_LOCK', 'NO_LOCK_NO_ADMIN'])
      expect(await told(word), word).to.deep.equal([true, true])
  })
})
