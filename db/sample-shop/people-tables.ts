/** Tables about people: accounts and what hangs on them. */
import type { ColumnTypes } from './column-types.ts'

export function peopleTables(t: ColumnTypes): readonly string[] {
  return [
    `CREATE TABLE users (
      id ${t.countedKey},
      email VARCHAR(190) NOT NULL UNIQUE,
      first_name VARCHAR(80) NOT NULL,
      last_name VARCHAR(80) NOT NULL,
      birth_date ${t.date} NULL,
      phone VARCHAR(30) NULL,
      locale VARCHAR(10) NOT NULL,
      role VARCHAR(12) NOT NULL DEFAULT 'customer',
      status VARCHAR(12) NOT NULL DEFAULT 'active',
      restricted ${t.smallNumber} NOT NULL DEFAULT 0,
      restricted_at ${t.dateTime} NULL,
      created_at ${t.dateTime} NOT NULL,
      last_login_at ${t.dateTime} NULL,
      deletion_requested_at ${t.dateTime} NULL,
      terminated_at ${t.dateTime} NULL,
      referred_by ${t.number} NULL,
      CONSTRAINT users_referred_by FOREIGN KEY (referred_by) REFERENCES users (id) ON DELETE RESTRICT
    )${t.tail}`,
    `CREATE TABLE profiles (
      user_id ${t.number} NOT NULL PRIMARY KEY,
      bio ${t.prose} NULL,
      city VARCHAR(80) NULL,
      avatar VARCHAR(120) NULL,
      CONSTRAINT profiles_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )${t.tail}`,
    `CREATE TABLE sessions (
      id ${t.countedKey},
      user_id ${t.number} NOT NULL,
      started_at ${t.dateTime} NOT NULL,
      ip VARCHAR(45) NULL,
      user_agent VARCHAR(255) NULL,
      truncated_at ${t.dateTime} NULL,
      CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
    )${t.tail}`,
    // Written by another program years later: nobody declared the foreign key, and the clock counts seconds.
    `CREATE TABLE device_logins (
      id ${t.countedKey},
      user_id ${t.number} NOT NULL,
      seen_at ${t.epochSeconds} NOT NULL,
      device VARCHAR(80) NULL
    )${t.tail}`,
    `CREATE TABLE tickets (
      id ${t.countedKey},
      user_id ${t.number} NOT NULL,
      subject VARCHAR(160) NOT NULL,
      opened_at ${t.dateTime} NOT NULL,
      closed_at ${t.dateTime} NULL,
      CONSTRAINT tickets_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
    )${t.tail}`,
    `CREATE TABLE ticket_messages (
      id ${t.countedKey},
      ticket_id ${t.number} NOT NULL,
      body ${t.prose} NOT NULL,
      sent_at ${t.dateTime} NOT NULL,
      CONSTRAINT ticket_messages_ticket FOREIGN KEY (ticket_id) REFERENCES tickets (id) ON DELETE RESTRICT
    )${t.tail}`,
    // A file of a person or of a ticket; no foreign key can say which.
    `CREATE TABLE attachments (
      id ${t.countedKey},
      owner_type VARCHAR(12) NOT NULL,
      owner_id ${t.number} NOT NULL,
      file_name VARCHAR(160) NOT NULL
    )${t.tail}`,
  ]
}

export const peopleIndexes: readonly string[] = [
  'CREATE INDEX users_last_login ON users (last_login_at, created_at)',
  'CREATE INDEX users_created ON users (created_at)',
  'CREATE INDEX users_deletion_requested ON users (deletion_requested_at)',
  'CREATE INDEX users_terminated ON users (terminated_at)',
  'CREATE INDEX users_role ON users (role)',
  'CREATE INDEX users_referrer ON users (referred_by)',
  'CREATE INDEX sessions_of_user ON sessions (user_id, started_at)',
  'CREATE INDEX sessions_started ON sessions (started_at)',
  'CREATE INDEX sessions_to_truncate ON sessions (truncated_at, started_at)',
  'CREATE INDEX device_logins_of_user ON device_logins (user_id, seen_at)',
  'CREATE INDEX tickets_of_user ON tickets (user_id)',
  'CREATE INDEX ticket_messages_of_ticket ON ticket_messages (ticket_id)',
  'CREATE INDEX attachments_of_owner ON attachments (owner_type, owner_id)',
]
