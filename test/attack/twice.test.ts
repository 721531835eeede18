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
  const site = async (but: object, made = tables): Promise<Lab> => {
    const kinds = [
      kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } }),
      kind('sent', 'messages', { ...link('sender'), personal: { body: { strategy: 'null' } } }),
      kind('received', 'messages', { ...link('recipient'), personal: { body: { strategy: 'null' } } }),
    ]
    const policies = [policy('account', { but } as object)]
    return await createLab(await open(), { tables: made, kinds, policies })
  }

  const play = async (but: object, people: Record<number, string>, messages: readonly [number, number][]) => {
    const lab = await site(but)
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

  for (const [back, but, kept] of [
    [1, {}, []],
    [2, {}, []],
    [1, { received: { act: 'detach' } }, [['1', '1', null]]],
    [1, { received: { act: 'anonymise' } }, [['1', '1', null]]],
    [2, { sent: { act: 'detach' } }, [['1', null, '2']]],
    [2, { sent: { act: 'anonymise' } }, [['1', null, '2']]],
  ] as const)
    it(`goes with the one of a batch who goes, where ${back} comes back and ${JSON.stringify(but)}`, async () => {
      const lab = await site(
        but,
        tables.map((text) => text.replaceAll('users (id)', '$& ON DELETE CASCADE')),
      )
      await post(lab, { 1: due, 2: due, 3: fresh }, [[1, 2]])
      // Both are found due before the turn.
      const turn = async (): Promise<null> => {
        await lab.database.run({ text: 'UPDATE users SET seen_at = ? WHERE id = ?', values: [fresh, back] })
        return null
      }
      lab.pace = { ...lab.pace, turn }
      const outcome = await lab.run()
      expect(outcome).to.include({ done: 1, setAside: 0 })
      expect((await lab.rows('users')).map(({ id }) => Number(id))).to.deep.equal([back, 3])
      const found = (await lab.rows('messages')).map(({ id, sender, recipient }) => [id, sender, recipient])
      expect(found).to.deep.equal(kept)
      expect(outcome.tables['messages'], 'the evidence has it').to.be.an('object')
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
