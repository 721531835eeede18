/** People with a profile, sessions, events and orders; a fifth of them is due. */
import type { Sql } from './sql.ts'

/** Of each, for one person. */
const each = { sessions: 5, events: 10, orders: 3 }

const tables = ['people', 'profiles', 'sessions', 'events', 'orders'] as const

/** Every fifth person is due. */
export async function createPeople(sql: Sql, people: number): Promise<void> {
  const ofPerson = `1 + (seq * 7919) % ${people}`
  await sql.run(`CREATE TABLE people (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      email VARCHAR(190) NOT NULL, name VARCHAR(120), phone VARCHAR(32), collected_at DATETIME NOT NULL,
      UNIQUE KEY emails (email), KEY collected (collected_at)) ENGINE = InnoDB;
    CREATE TABLE profiles (person_id BIGINT UNSIGNED NOT NULL PRIMARY KEY, bio VARCHAR(400), address VARCHAR(255),
      birth DATE, CONSTRAINT profile_of FOREIGN KEY (person_id) REFERENCES people (id)) ENGINE = InnoDB;
    CREATE TABLE sessions (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, person_id BIGINT UNSIGNED NOT NULL,
      token CHAR(40), ip VARCHAR(45), agent VARCHAR(160), created_at DATETIME, KEY of_person (person_id),
      CONSTRAINT session_of FOREIGN KEY (person_id) REFERENCES people (id)) ENGINE = InnoDB;
    CREATE TABLE events (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, person_id BIGINT UNSIGNED NOT NULL,
      type VARCHAR(20), payload VARCHAR(200), created_at DATETIME, KEY of_person (person_id),
      CONSTRAINT event_of FOREIGN KEY (person_id) REFERENCES people (id)) ENGINE = InnoDB;
    CREATE TABLE orders (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, person_id BIGINT UNSIGNED NULL,
      ship_name VARCHAR(120), ship_address VARCHAR(255), email VARCHAR(190), total DECIMAL(10,2), created_at DATETIME,
      KEY of_person (person_id), CONSTRAINT order_of FOREIGN KEY (person_id) REFERENCES people (id)) ENGINE = InnoDB;
    CREATE TABLE erased (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, subject CHAR(64),
      at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), KEY subjects (subject));
    INSERT INTO people SELECT seq, CONCAT('user', seq, '@example', seq % 97, '.org'),
      CONCAT('First', seq % 1000, ' Last', seq), CONCAT('+336', LPAD(seq, 8, '0')),
      UTC_TIMESTAMP() - INTERVAL IF(seq % 5 = 0, 60, 12) MONTH + INTERVAL seq MINUTE FROM seq_1_to_${people};
    INSERT INTO profiles SELECT seq, REPEAT('lorem ipsum ', 12), CONCAT(seq % 200, ' rue de la Paix, 75002 Paris'),
      '1980-01-01' + INTERVAL seq % 9000 DAY FROM seq_1_to_${people};
    INSERT INTO sessions SELECT seq, ${ofPerson}, SHA1(seq), INET_NTOA((seq * 2654435761) % 4294967296),
      'Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0',
      '2020-01-01' + INTERVAL seq MINUTE FROM seq_1_to_${people * each.sessions};
    INSERT INTO events SELECT seq, ${ofPerson}, ELT(1 + seq % 3, 'view', 'click', 'login'), REPEAT('payload ', 10),
      '2020-01-01' + INTERVAL seq MINUTE FROM seq_1_to_${people * each.events};
    INSERT INTO orders SELECT seq, ${ofPerson}, CONCAT('First Last', seq),
      CONCAT(seq % 200, ' rue de la Paix, 75002 Paris'), CONCAT('user', seq, '@example.org'), seq % 500 + 0.99,
      '2020-01-01' + INTERVAL seq MINUTE FROM seq_1_to_${people * each.orders};
    ${tables.map((name) => copyOf(name)).join(';\n')};
    ANALYZE TABLE ${tables.join(', ')}`)
}

/** What is due, as it was; without keys but the first. */
function copyOf(name: (typeof tables)[number]): string {
  const whose = name === 'people' ? 'id' : 'person_id'
  const key = name === 'profiles' ? 'person_id' : 'id'
  return `CREATE TABLE kept_${name} (PRIMARY KEY (${key})) SELECT * FROM ${name} WHERE ${whose} % 5 = 0`
}

/** Everybody and everything that is gone comes back, as if nobody had been erased before; orders get their names back. */
export async function restorePeople(sql: Sql): Promise<void> {
  await sql.run('TRUNCATE oubli_tombstone')
  for (const name of ['people', 'profiles', 'sessions', 'events'] as const) {
    const key = name === 'profiles' ? 'person_id' : 'id'
    await sql.run(
      `INSERT INTO ${name} SELECT k.* FROM kept_${name} k LEFT JOIN ${name} t ON t.${key} = k.${key} WHERE t.${key} IS NULL`,
    )
  }
  await sql.run(`UPDATE kept_orders k STRAIGHT_JOIN orders o ON o.id = k.id
    SET o.person_id = k.person_id, o.ship_name = k.ship_name, o.ship_address = k.ship_address, o.email = k.email
    WHERE o.person_id IS NULL`)
}

export const peopleKinds = `  person:
    category: prospect
    table: people
    key: id
    identity: [id, collected_at]
    subject: true
    contact: { email: email, name: name }
    events:
      collected: { column: collected_at }
    personal: { email: unique_address, name: blank, phone: null }
  profile:
    table: profiles
    key: person_id
    of: person
    personal: { bio: blank, address: blank, birth: null }
  session:
    table: sessions
    key: id
    of: person
    personal: { token: blank, ip: truncated_ip, agent: coarse_user_agent }
  event:
    table: events
    key: id
    of: person
    personal: { payload: blank }
  order:
    table: orders
    key: id
    of: person
    personal: { person_id: null, ship_name: null, ship_address: null, email: null }
    exempt: { total: A sum without a name., created_at: The day of a sum without a name. }
`

export const peoplePolicy = `promise: prospects
data: person
keep_at_most: 3 years
counted_from: collected
then: erase
but: { order: anonymise }
per_run: { people: 1000000 }
`
