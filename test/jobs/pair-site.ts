/** A blog whose last sign-ins stand in rows of key and value, beside everything else that it knows of its people. */
import type { SqlValue } from '../../db/session.ts'
import type { SiteFiles } from '../engine/installation.ts'
import { smallMap, smallPolicy, type SmallRows } from './small-site.ts'

const old = '2015-03-01 08:00:00'
const seconds = (day: string): string => String(Date.parse(`${day}T08:00:00Z`) / 1000)

/** `tied`: the rows of key and value have a foreign key, and go before their person. */
export function pairFiles(tied: boolean, word = 'last_login'): SiteFiles {
  const key = tied ? ', CONSTRAINT m_user FOREIGN KEY (user_id) REFERENCES wp_users (ID)' : ''
  return {
    tables: [
      'CREATE TABLE wp_users (ID INTEGER NOT NULL PRIMARY KEY, user_email VARCHAR(100) NOT NULL, user_registered DATETIME NOT NULL)',
      'CREATE INDEX u_registered ON wp_users (user_registered)',
      `CREATE TABLE wp_usermeta (umeta_id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, meta_key VARCHAR(190), meta_value TEXT${key})`,
      'CREATE INDEX um_user ON wp_usermeta (user_id)',
    ],
    dataMap: smallMap(`  user:
    category: prospect
    table: wp_users
    key: ID
    identity: [ID, user_registered]
    subject: true
    contact: { email: user_email }
    events:
      last_activity:
        latest_of:
          - user_registered
          - { column: wp_usermeta.meta_value, where: { meta_key: ${word} }, format: epoch seconds, never: [null, "0"] }
        else: user_registered
        slides: by the person
    personal: { user_email: unique_address }
  user_meta: { table: wp_usermeta, key: umeta_id, of: user, link: { user_id: ID }, personal: { meta_value: blank } }
`),
    policies: {
      users: smallPolicy(
        'users',
        `data: user
keep_at_most: 3 years
counted_from: last_activity
then: erase
per_run: { people: 2000 }
stop_above: { percent: 100 }`,
      ),
    },
  }
}

/** What stands in the rows `last_login` of each person, and whether that person is due. */
export const logins: Readonly<
  Record<number, { readonly values: readonly SqlValue[]; readonly due: boolean }>
> = {
  1: { values: [seconds('2019-05-01')], due: true },
  2: { values: [seconds('2026-05-01')], due: false },
  // No row at all, NULL, and the zero that stands for never: counted from the registration.
  3: { values: [], due: true },
  4: { values: [null], due: true },
  5: { values: ['0'], due: true },
  // Of 2001 and of 2026: as texts, the first comes last. The one of 2001 cannot be true besides.
  6: { values: ['999999999', seconds('2026-05-01')], due: false },
  7: { values: ['1300000000', '1400000000'], due: true },
  8: { values: [seconds('2019-05-01'), seconds('2026-05-01')], due: false },
  // What cannot be read spares, also between two values that can.
  9: { values: ['yesterday'], due: false },
  10: { values: ['1400000000', '15x', '1600000000'], due: false },
  11: { values: [''], due: false },
  12: { values: [seconds('2031-01-01')], due: false },
  // A word that begins alike is another word.
  13: { values: [seconds('2019-05-01')], due: true },
}

export const people = Object.keys(logins).map(Number)
export const duePeople = people.filter((id) => logins[id]?.due === true)

export const pairRows: SmallRows = {
  wp_users: people.map((ID) => ({ ID, user_email: `a${ID}@mail.example`, user_registered: old })),
  wp_usermeta: people
    .flatMap((user_id) => [
      { user_id, meta_key: 'first_name', meta_value: 'Ada' },
      ...(logins[user_id]?.values ?? []).map((meta_value) => ({
        user_id,
        meta_key: 'last_login',
        meta_value,
      })),
      { user_id, meta_key: 'last_login_ip', meta_value: seconds('2026-05-20') },
    ])
    .map((row, i) => ({ umeta_id: i + 1, ...row })),
}
