/** Two more sites: one that keeps sign-ins and telephone numbers inside JSON, one where many foreign keys lead to people. */
import type { SqlValue } from '../../../db/session.ts'
import type { ForeignSite } from './foreign-sites.ts'

const jsonTables = [
  'CREATE TABLE accounts (id INT NOT NULL PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(100) NOT NULL, ' +
    'created_at DATETIME NOT NULL, settings TEXT NULL, prefs JSON NULL, contact_data TEXT NULL, half TEXT NULL, deep TEXT NULL, listed TEXT NULL)',
  'CREATE TABLE devices (id INT NOT NULL PRIMARY KEY, account_id INT NOT NULL, data TEXT NULL)',
  'CREATE INDEX a_created ON accounts (created_at)',
  'CREATE INDEX d_account ON devices (account_id)',
]

const ids = Array.from({ length: 8 }, (_, i) => i + 1)
const json = JSON.stringify
/** The even ones were there yesterday, as far as JSON says. */
const seen = (id: number): number => (id % 2 === 0 ? Math.floor(Date.now() / 1000) - 86_400 : 1_400_000_000)

function account(id: number, mark: string): Readonly<Record<string, SqlValue>> {
  const folded = { settings: { theme: mark }, profile: { phone: mark, tags: [mark] }, lastName: mark }
  return {
    ...{
      id,
      email: `${mark}.${id}@mail.example`,
      password: `$2y$10$${mark}`,
      created_at: '2012-03-01 08:00:00',
    },
    // Longer than what is looked at of other texts.
    settings: json({ last_login: id === 7 ? 0 : seen(id), theme: mark, text: mark.repeat(60) }),
    prefs: json(folded),
    contact_data: json({ contact: { phone: mark, email: `${mark}@mail.example` } }),
    half: id === 3 ? `{"phone": "${mark}", "theme": "da` : json({ phone: mark, theme: mark }),
    listed: json({ phone: mark, theme: mark, friends: [{ email: mark }] }),
    deep: json({ [mark]: { lastSeen: seen(id) }, list: [{ phone: mark }] }),
  }
}

/** Sign-ins and telephone numbers inside JSON. */
export const jsonSite: ForeignSite = {
  name: 'JSON',
  tables: () => jsonTables,
  rows: (mark) => ({
    accounts: ids.map((id) => account(id, mark)),
    devices: ids.map((id) => ({
      ...{ id, account_id: id },
      data: id === 1 ? null : json({ lastSeen: '2014-05-01T08:00:00Z', os: mark }),
    })),
  }),
}

const declaredTables = [
  'CREATE TABLE companies (id INT NOT NULL PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, phone VARCHAR(30), ' +
    'created_at DATETIME NOT NULL)',
  'CREATE TABLE users (id INT NOT NULL PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, password VARCHAR(60) NOT NULL, ' +
    'created_at DATETIME NOT NULL, last_login DATETIME NULL, company_id INT NULL, ' +
    'FOREIGN KEY (company_id) REFERENCES companies (id))',
  'CREATE TABLE addresses (id INT NOT NULL PRIMARY KEY, user_id INT NOT NULL, street VARCHAR(80), ' +
    'FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE TABLE messages (id INT NOT NULL PRIMARY KEY, sender_id INT NOT NULL, recipient_id INT NULL, body TEXT, ' +
    'FOREIGN KEY (sender_id) REFERENCES users (id), FOREIGN KEY (recipient_id) REFERENCES users (id))',
  'CREATE TABLE products (id INT NOT NULL PRIMARY KEY, name VARCHAR(80), updated_by INT NULL, ' +
    'FOREIGN KEY (updated_by) REFERENCES users (id))',
  'CREATE TABLE product_photos (id INT NOT NULL PRIMARY KEY, product_id INT NOT NULL, file_name VARCHAR(80), ' +
    'FOREIGN KEY (product_id) REFERENCES products (id))',
  'CREATE INDEX u_login ON users (last_login)',
  'CREATE INDEX u_created ON users (created_at)',
  'CREATE INDEX u_company ON users (company_id)',
  'CREATE INDEX c_created ON companies (created_at)',
  'CREATE INDEX a_user ON addresses (user_id)',
  'CREATE INDEX m_sender ON messages (sender_id)',
  'CREATE INDEX m_recipient ON messages (recipient_id)',
  'CREATE INDEX p_updated ON products (updated_by)',
]

/** Who worked on a row, a second person, a way back, a person who belongs to another. */
export const declaredSite: ForeignSite = {
  name: 'many declared foreign keys',
  tables: () => declaredTables,
  rows: () => ({ companies: [{ id: 1, email: 'a@b.example', created_at: '2020-01-01 00:00:00' }] }),
}
