/** The site as another process on the same SQLite file: it writes, and holds the file for some time each time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'

const [file = '', times = '1', holds = '0', rests = '0'] = process.argv.slice(2)
const database = await openDatabase({ client: 'sqlite', file })
const ends: string[] = []
for (let i = 0; i < Number(times); i += 1) {
  const { state } = await database.transaction(async (tx) => {
    await tx.run({ text: 'INSERT INTO carts (id) VALUES (?)', values: [i] })
    if (i === 0) process.stdout.write('locked\n')
    await sleep(Number(holds))
  })
  ends.push(state)
  await sleep(Number(rests))
}
await database.close()
process.stdout.write(`${JSON.stringify(ends)}\n`)
