/** A row that can be reached by two ways leaves once, and with the right person. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { createLab, due, fresh, insert, type Lab } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

const link = (column: string) => ({ of: 'account', link: { columns: { [column]: 'id' }, where: {} } })

/** Messages have a sender and a recipient; both are kinds of the same table. */
async function post(lab: Lab, people: Record<number, string>, messages: readonly [number, number][]) {
  const users = Object.entries(people).map(([id, seen_at]) => ({ id: Number(id), seen_at }))
  await insert(lab.database, 'users', users)
  await insert(
    lab.database,
    'messages',
    messages.map(([sender, recipient], i) => ({ id: i + 1, sender, recipient, body: 'x' })),
  )
}

const tables = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
  'CREATE INDEX users_seen ON users (seen_at)',
  'CREATE TABLE messages (id INTEGER NOT NULL PRIMARY KEY, sender INTEGER NULL, recipient INTEGER NULL, body VARCHAR(20) NULL, CONSTRAINT m_from FOREIGN KEY (sender) REFERENCES users (id), CONSTRAINT m_to FOREIGN KEY (recipient) REFERENCES users (id))',
  'CREATE INDEX messages_from ON messages (sender)',
  'CREATE INDEX messages_to ON messages (recipient)',
]

eachDatabase('a row reached twice', (open) => {
  const play = async (but: object, people: Record<number, string>, messages: readonly [number, number][]) => {
    const kinds = [
      kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } }),
      kind('sent', 'messages', { ...link('sender'), personal: { body: { strategy: 'null' } } }),
      kind('received', 'messages', { ...link('recipient'), personal: { body: { strategy: 'null' } } }),
    ]
    const lab = await createLab(await open(), {
      tables,
      kinds,
      policies: [policy('account', { but } as object)],
    })
    await post(lab, people, messages)
    const outcome = await lab.run()
    const left = async (table: string) => (await lab.rows(table)).map((row) => Number(row['id']))
    return { outcome, users: await left('users'), messages: await left('messages'), lab }
  }

  it('erases somebody who wrote to themselves', async () => {
    const { outcome, users, messages } = await play({}, { 1: due, 2: fresh }, [
      [1, 1],
      [2, 2],
    ])
    expect(outcome).to.include({ done: 1, setAside: 0 })
    expect([users, messages]).to.deep.equal([[2], [2]])
  })

  it('erases two people of one batch who wrote to each other', async () => {
    const { outcome, users, messages } = await play({}, { 1: due, 2: due, 3: fresh }, [
      [1, 2],
      [2, 1],
      [3, 1],
    ])
    expect(outcome).to.include({ done: 2, setAside: 0 })
    expect([users, messages]).to.deep.equal([[3], []])
  })

  it('erases what one way erases though the other only empties it', async () => {
    for (const but of [
      { received: { act: 'anonymise' } },
      { sent: { act: 'anonymise' } },
      { sent: { act: 'detach' } },
    ]) {
      const { outcome, users, messages } = await play(but, { 1: due, 2: fresh }, [
        [1, 1],
        [2, 2],
      ])
      expect(outcome, JSON.stringify(but)).to.include({ done: 1, setAside: 0 })
      expect([users, messages]).to.deep.equal([[2], [2]])
    }
  })
})
