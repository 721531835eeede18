/** A change that the database would pass on to rows of another table, or refuse, never begins. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { due } from './lab.ts'
import { account, tell } from './shape.ts'

eachDatabase('a column that a foreign key leads to', (open) => {
  for (const rule of ['ON UPDATE CASCADE', 'ON UPDATE RESTRICT'])
    it(`is left as it is, and so are the rows that name it (${rule})`, async () => {
      const database = await open()
      const lab = await tell(
        database,
        [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, email VARCHAR(60) NOT NULL UNIQUE)',
          'CREATE INDEX users_seen ON users (seen_at)',
          `CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, mail VARCHAR(60) NOT NULL, CONSTRAINT by_mail FOREIGN KEY (mail) REFERENCES users (EMAIL) ${rule})`,
        ],
        [account('users', { personal: { email: { strategy: 'unique_address' } } })],
        {
          users: [{ id: 1, seen_at: due, email: 'ada@mail.example' }],
          orders: [{ id: 1, mail: 'ada@mail.example' }],
        },
        { then: 'anonymise' },
      )
      const refused = await Promise.resolve()
        .then(() => lab.run())
        .catch((error: unknown) => String(error))
      expect(refused).to.match(/E_REFERRED_COLUMN users/)
      expect(await lab.rows('orders')).to.deep.equal([{ id: '1', mail: 'ada@mail.example' }])
      expect((await lab.rows('users'))[0]).to.include({ email: 'ada@mail.example' })
    })
})
