/** A site whose clock misses what its people do: newer rows of every sort, reached in every way. */
import type { SqlValue } from '../../db/session.ts'
import type { SiteFiles } from '../engine/installation.ts'
import { smallMap, smallPolicy, type SmallRows } from './small-site.ts'

const old = '2020-01-01 08:00:00'

/**
 * `waived`: lines under the event. Nobody can be erased while an unknown table has a foreign key to people, so the
 * tickets are a kind then, one that hangs on nobody; people who are anonymised stay, and so the tickets are unknown.
 */
export function clockFiles(waived: readonly string[] = [], then: 'erase' | 'anonymise' = 'erase'): SiteFiles {
  return {
    tables: [
      'CREATE TABLE members (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, created_at DATETIME NOT NULL, last_seen_at DATETIME NULL, last_purchase_at DATETIME NULL, born_on DATE NULL)',
      'CREATE INDEX members_seen ON members (last_seen_at, created_at)',
      'CREATE INDEX members_created ON members (created_at)',
      'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, member_id INTEGER NOT NULL, placed_at DATETIME NOT NULL, expires_at DATETIME NULL, CONSTRAINT o_member FOREIGN KEY (member_id) REFERENCES members (id))',
      'CREATE INDEX orders_member ON orders (member_id)',
      'CREATE TABLE order_notes (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, written_at DATETIME NOT NULL, CONSTRAINT n_order FOREIGN KEY (order_id) REFERENCES orders (id))',
      'CREATE INDEX notes_order ON order_notes (order_id)',
      // No kind of the data map, or one that says nothing of people.
      'CREATE TABLE tickets (id INTEGER NOT NULL PRIMARY KEY, opener INTEGER NULL, opened_at DATETIME NOT NULL, CONSTRAINT t_member FOREIGN KEY (opener) REFERENCES members (id))',
      'CREATE INDEX tickets_opener ON tickets (opener)',
      'CREATE TABLE ticket_answers (id INTEGER NOT NULL PRIMARY KEY, ticket_id INTEGER NOT NULL, sent_on DATE NOT NULL, CONSTRAINT a_ticket FOREIGN KEY (ticket_id) REFERENCES tickets (id))',
      'CREATE INDEX answers_ticket ON ticket_answers (ticket_id)',
      // No foreign key.
      'CREATE TABLE app_logins (id INTEGER NOT NULL PRIMARY KEY, who INTEGER NOT NULL, seen_at BIGINT NOT NULL)',
      'CREATE INDEX app_logins_who ON app_logins (who)',
      'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, owner_type VARCHAR(10) NOT NULL, owner_id INTEGER NOT NULL, uploaded_at DATETIME NOT NULL)',
      'CREATE INDEX files_owner ON files (owner_type, owner_id)',
      'CREATE TABLE votes (id INTEGER NOT NULL PRIMARY KEY, member_id INTEGER NOT NULL, given_at DATETIME NOT NULL)',
    ],
    dataMap: smallMap(`  member:
    category: prospect
    table: members
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events:
      last_seen:
        column: last_seen_at
        never: [null]
        else: created_at
        slides: by the person
${waived.length === 0 ? '' : `        waived:\n${waived.map((line) => `          ${line}\n`).join('')}`}
    personal: { email: unique_address, born_on: null }
${then === 'erase' ? '  ticket: { table: tickets, key: id }' : ''}
  order: { table: orders, key: id, of: member }
  order_note: { table: order_notes, key: id, of: order }
  app_login: { table: app_logins, key: id, of: member, link: { who: id } }
  file: { table: files, key: id, of: member, link: { columns: { owner_id: id }, where: { owner_type: member } } }
`),
    policies: {
      members: smallPolicy(
        'members',
        `data: member
keep_at_most: 3 years
counted_from: last_seen
then: ${then}
${then === 'erase' ? 'but: { ticket.opener: detach }' : ''}
per_run: { people: 2000 }
stop_above: { percent: 100, percent_by_else: 100 }`,
      ),
    },
  }
}

function member(
  id: number,
  more: Readonly<Record<string, SqlValue>> = {},
): Readonly<Record<string, SqlValue>> {
  return { id, email: `m${id}@mail.example`, created_at: old, last_seen_at: old, ...more }
}

function order(
  id: number,
  placed: string,
  more: Readonly<Record<string, SqlValue>> = {},
): Readonly<Record<string, SqlValue>> {
  return { id, member_id: id, placed_at: placed, ...more }
}

/** Each silent person but 8, 12, 14 and 15 left one sign of life somewhere. */
export const clockRows: SmallRows = {
  members: [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => member(id)),
    member(10, { last_seen_at: '2026-05-30 08:00:00' }),
    member(11, { last_seen_at: null }),
    member(12),
    member(13, { last_purchase_at: '2025-02-03 08:00:00', born_on: '2024-01-01' }),
    member(14),
    // Cannot be true, so the row is spared whatever else it says.
    member(15, { last_seen_at: '1999-01-01 00:00:00' }),
  ],
  orders: [
    order(1, '2024-05-10 08:00:00'),
    order(2, '2025-03-10 08:00:00'),
    order(3, old),
    order(10, '2026-05-30 08:00:00'),
    order(11, '2024-06-10 08:00:00'),
    // Three weeks after the bound: who signs in once and orders later is not a contradiction yet.
    order(12, '2023-06-20 08:00:00'),
    // No act of a person, and one that lies in the future.
    order(14, old, { expires_at: '2025-01-01 08:00:00' }),
    order(15, '2025-03-10 08:00:00'),
    { id: 16, member_id: 14, placed_at: '2031-01-01 08:00:00' },
  ],
  order_notes: [{ id: 1, order_id: 3, written_at: '2025-12-31 23:30:00' }],
  tickets: [
    { id: 4, opener: 4, opened_at: '2024-08-10 08:00:00' },
    { id: 5, opener: 5, opened_at: old },
    { id: 8, opener: null, opened_at: '2026-01-01 08:00:00' },
  ],
  ticket_answers: [{ id: 1, ticket_id: 5, sent_on: '2025-12-24' }],
  app_logins: [
    { id: 1, who: 6, seen_at: Date.parse('2026-02-01T10:00:00Z') / 1000 },
    { id: 2, who: 7, seen_at: Date.parse('2026-02-01T10:00:00Z') },
    { id: 3, who: 8, seen_at: 1234 },
  ],
  files: [
    { id: 1, owner_type: 'member', owner_id: 7, uploaded_at: '2024-09-10 08:00:00' },
    { id: 2, owner_type: 'ticket', owner_id: 8, uploaded_at: '2025-09-10 08:00:00' },
  ],
  votes: [{ id: 1, member_id: 9, given_at: '2025-07-10 08:00:00' }],
}

/** `table.column` → people by year. A note at half past eleven in the evening of UTC is of the next year in Paris. */
export const plantedSigns: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'members.last_purchase_at': { '2025': 1 },
  'orders.placed_at': { '2024': 2, '2025': 1 },
  'order_notes.written_at': { '2026': 1 },
  'tickets.opened_at': { '2024': 1 },
  'ticket_answers.sent_on': { '2025': 1 },
  'app_logins.seen_at': { '2026': 2 },
  'files.uploaded_at': { '2024': 1 },
  'votes.given_at': { '2025': 1 },
}
