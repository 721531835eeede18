import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { due } from './lab.ts'
import { account, tell } from './shape.ts'

eachDatabase('personal columns', (open) => {
  it('every way to make a column forget, and a mark that it is done', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, email VARCHAR(60) NOT NULL UNIQUE, name VARCHAR(20) NOT NULL, phone VARCHAR(20) NULL, city VARCHAR(20) NOT NULL, born DATE NULL, ip VARCHAR(45) NULL, agent VARCHAR(200) NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      [
        account('users', {
          personal: {
            email: { strategy: 'unique_address' },
            name: { strategy: 'blank' },
            phone: { strategy: 'null' },
            city: { strategy: 'fixed', value: 'somewhere' },
            born: { strategy: 'year' },
            ip: { strategy: 'truncated_ip' },
            agent: { strategy: 'coarse_user_agent' },
          },
        }),
      ],
      {
        users: ['203.0.113.77', '2001:db8:85a3:8d3::1', '::ffff:203.0.113.77'].map((ip, id) => ({
          ...{ id, seen_at: due, email: `u${id}@mail.example`, name: 'Ada', phone: '1', city: 'Lyon' },
          ...{ born: '1984-02-29', ip, agent: 'Mozilla/5.0 (X11; Linux) Firefox/121.0' },
        })),
      },
      { then: 'anonymise' },
    )
    expect(await lab.run()).to.include({ done: 3, setAside: 0 })
    const rows = await lab.rows('users')
    expect(rows.map((row) => ({ ...row, email: null }))).to.deep.equal(
      ['203.0.113.0', '2001:db8:85a3::', '203.0.113.0'].map((ip, id) => ({
        ...{ id: String(id), seen_at: due, name: '', phone: null, city: 'somewhere' },
        ...{ email: null, born: '1984-01-01', ip, agent: 'Firefox / Linux' },
      })),
    )
    expect(new Set(rows.map((row) => row['email'])).size).to.equal(3)
    for (const row of rows) expect(row['email']).to.match(/^[0-9a-f]{24}@erased\.invalid$/)
    expect(await lab.run(), 'once is enough').to.include({ done: 0 })
    expect(await lab.rows('users')).to.deep.equal(rows)
  })
})
