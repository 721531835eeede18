/** A message goes with whoever wrote it or got it: what hangs on it, and the dates by which others stay. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind } from '../plan/site-builder.ts'
import { due, fresh, type Lab } from './lab.ts'
import { account, left, tell } from './shape.ts'

const link = (column: string) => ({ columns: { [column]: 'id' }, where: {} })
const sent = (more: Partial<Kind> = {}) =>
  kind('sent', 'messages', { of: 'account', link: link('from_id'), ...more })
const received = (more: Partial<Kind> = {}) =>
  kind('received', 'messages', { of: 'account', link: link('to_id'), ...more })
const file = (name: string, of: string) => kind(name, 'files', { of, link: link('message_id') })

/** Person 1 is due, person 2 is not; message 12 is from 1 to 2, message 21 from 2 to 1; each has a file. */
async function letters(
  database: Database,
  kinds: readonly Kind[],
  more: Partial<Policy> = {},
  own: Partial<Kind> = {},
): Promise<Lab> {
  return await tell(
    database,
    [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, partner_id INTEGER NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE INDEX users_partner ON users (partner_id)',
      'CREATE TABLE messages (id INTEGER NOT NULL PRIMARY KEY, from_id INTEGER NULL, to_id INTEGER NULL, body VARCHAR(20) NULL, CONSTRAINT tn_from FOREIGN KEY (from_id) REFERENCES users (id), CONSTRAINT tn_to FOREIGN KEY (to_id) REFERENCES users (id))',
      'CREATE INDEX messages_from ON messages (from_id)',
      'CREATE INDEX messages_to ON messages (to_id)',
      'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, message_id INTEGER NOT NULL)',
      'CREATE INDEX files_message ON files (message_id)',
    ],
    [account('users', own), ...kinds],
    {
      users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh, partner_id: 3 - id })),
      messages: [12, 21].map((id) => ({
        ...{ id, from_id: Math.floor(id / 10), to_id: id % 10, body: `text ${id}` },
      })),
      files: [12, 21].map((id) => ({ id: id * 10, message_id: id })),
    },
    more,
  )
}

const refusals = ({ compiled }: Lab) =>
  compiled.problems.filter(({ refuses }) => refuses).map(({ code }) => code)

/** Refused, or everything that hung on a message that went is gone. */
async function leavesNothingBehind(lab: Lab): Promise<void> {
  if (lab.compiled.plan.policies.length === 0) return
  expect(await lab.run()).to.include({ done: 1, setAside: 0 })
  const there = await left(lab, 'messages', 'id')
  expect(await left(lab, 'files', 'message_id')).to.deep.equal(there)
}

eachDatabase('a message that goes with who wrote it and with who got it', (open) => {
  it('leaves no file behind that is known by one of them only: refused', async () => {
    const lab = await letters(await open(), [sent(), received(), file('file', 'sent')])
    await leavesNothingBehind(lab)
    expect(refusals(lab)).to.deep.equal(['E_BELOW_ONE_NAME'])
  })

  it('takes its files along where they are known by both', async () => {
    const lab = await letters(await open(), [
      ...[sent(), received(), file('file', 'sent'), file('received_file', 'received')],
    ])
    await leavesNothingBehind(lab)
    expect(await left(lab, 'files', 'id')).to.deep.equal([])
  })

  it('is still found by the one when the other is forgotten first', async () => {
    const lost: Partial<Kind> = { personal: { from_id: { strategy: 'null' } } }
    const but = { received: { act: 'anonymise', under: null } } as const
    const lab = await letters(await open(), [sent(), received(lost)], { but })
    if (lab.compiled.plan.policies.length > 0) {
      await lab.run()
      await lab.database.run({ text: 'UPDATE users SET seen_at = ? WHERE id = 2', values: [due] })
      await lab.run()
      expect(await left(lab, 'messages', 'id')).to.deep.equal([])
    }
    expect(refusals(lab)).to.deep.equal(['E_FOUND_NO_MORE'])
    const whole = await letters(await open(), [sent(), received()], { but })
    await whole.run()
    await whole.database.run({ text: 'UPDATE users SET seen_at = ? WHERE id = 2', values: [due] })
    await whole.run()
    expect(await left(whole, 'messages', 'id')).to.deep.equal([])
  })
})

eachDatabase('a person who is active', (open) => {
  it('keeps the date that says so when somebody leaves who names them', async () => {
    const partner = kind('partner', 'users', {
      ...{ of: 'account', link: link('partner_id'), subject: true },
      personal: { seen_at: { strategy: 'null' } },
    })
    const but = { partner: { act: 'anonymise', under: null } } as const
    const dated = { events: { seen: event([at('seen_at')]) } }
    const lab = await letters(await open(), [sent(), received(), partner], { but }, dated)
    if (lab.compiled.plan.policies.length > 0) {
      await lab.run()
      const rows = await lab.rows('users')
      expect(rows.map((row) => [row['id'], row['seen_at']])).to.deep.equal([['2', fresh]])
    }
    expect(refusals(lab)).to.deep.equal(['E_OWN_CLOCK_STARVED'])
  })
})

eachDatabase('an answer that goes by another name than what it answers, and may not be without', (open) => {
  it('keeps no person back for ever: refused', async () => {
    const below = (name: string, of: string, column: string) =>
      kind(name, 'comments', { of, link: link(column) })
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT tn_post FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX posts_user ON posts (user_id)',
        'CREATE TABLE comments (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, post_id INTEGER NOT NULL, above INTEGER NOT NULL, CONSTRAINT tn_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT tn_on FOREIGN KEY (post_id) REFERENCES posts (id), CONSTRAINT tn_above FOREIGN KEY (above) REFERENCES comments (id))',
        'CREATE INDEX comments_user ON comments (user_id)',
        'CREATE INDEX comments_post ON comments (post_id)',
        'CREATE INDEX comments_above ON comments (above)',
      ],
      [
        ...[account('users'), kind('post', 'posts', { of: 'account' })],
        ...[below('comment', 'account', 'user_id'), below('below', 'post', 'post_id')],
      ],
      {
        users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
        posts: [1, 2].map((id) => ({ id, user_id: id })),
        // By 1 below the post of 2, an answer of 2 below the post of 1, and one of 1 to that.
        comments: [
          { id: 1, user_id: 1, post_id: 2, above: 1 },
          { id: 2, user_id: 2, post_id: 1, above: 1 },
          { id: 3, user_id: 1, post_id: 2, above: 2 },
        ],
      },
    )
    if (lab.compiled.plan.policies.length > 0) expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(refusals(lab)).to.deep.equal(['E_CYCLE'])
  })
})
