/** A shop that keeps the last sign-in inside JSON: in a text that nobody checks, and in a column of that type. */
import type { SqlValue } from '../../db/session.ts'
import type { SiteFiles } from '../engine/installation.ts'
import { smallMap, smallPolicy, type SmallRows } from './small-site.ts'

const old = '2015-03-01 08:00:00'
const at = (day: string): number => Date.parse(`${day}T08:00:00Z`) / 1000

/** `tied`: the devices have a foreign key, and a server deletes them by it without reading them before. */
export function jsonFiles(tied: boolean, path = '$.last_login'): SiteFiles {
  const key = tied ? ', CONSTRAINT d_client FOREIGN KEY (client_id) REFERENCES clients (id)' : ''
  return {
    tables: [
      'CREATE TABLE clients (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(100) NOT NULL, created_at DATETIME NOT NULL, settings TEXT NULL, prefs JSON NULL)',
      'CREATE INDEX c_created ON clients (created_at)',
      `CREATE TABLE devices (id INTEGER NOT NULL PRIMARY KEY, client_id INTEGER NOT NULL, data TEXT NULL${key})`,
      'CREATE INDEX devices_client ON devices (client_id)',
    ],
    dataMap: smallMap(`  client:
    category: prospect
    table: clients
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events:
      last_activity:
        latest_of:
          - created_at
          - { column: settings, path: ${path}, format: epoch seconds, never: [null, 0] }
          - { column: prefs, path: $.stats.seen, format: iso text }
          - { column: devices.data, path: $.seen, format: epoch milliseconds }
        else: created_at
        slides: by the person
    personal: { email: unique_address }
  device: { table: devices, key: id, of: client, link: { client_id: id }, personal: { data: blank } }
`),
    policies: {
      clients: smallPolicy(
        'clients',
        `data: client
keep_at_most: 3 years
counted_from: last_activity
then: erase
per_run: { people: 2000 }
stop_above: { percent: 100 }`,
      ),
    },
  }
}

interface Client {
  readonly settings?: SqlValue
  readonly prefs?: unknown
  readonly devices?: readonly SqlValue[]
  readonly due: boolean
}

const json = JSON.stringify
const [past, recent] = [at('2019-05-01'), at('2026-05-01')]

export const clients: Readonly<Record<number, Client>> = {
  1: { settings: json({ theme: 'dark', last_login: past }), due: true },
  2: { settings: json({ last_login: recent, theme: 'dark' }), due: false },
  3: { settings: json({ last_login: String(recent) }), due: false },
  // Nothing is known: counted from the day of creation.
  4: { settings: null, due: true },
  5: { settings: '{}', due: true },
  6: { settings: '[]', due: true },
  7: { settings: json({ last_login: null }), due: true },
  8: { settings: json({ last_login: 0 }), due: true },
  // No JSON, half of it, or something else there: spared.
  9: { settings: 'a:1:{s:10:"last_login";i:1556697600;}', due: false },
  10: { settings: `{"last_login": ${past}, "theme": "da`, due: false },
  11: { settings: '', due: false },
  12: { settings: json({ last_login: { at: past } }), due: false },
  13: { settings: json({ last_login: true }), due: false },
  14: { settings: json({ last_login: at('2031-01-01') }), due: false },
  // In the column of that type, and in another table.
  15: { prefs: { stats: { seen: '2026-05-01T08:00:00+02:00' } }, due: false },
  16: { prefs: { stats: { seen: '2019-05-01T08:00:00Z' } }, due: true },
  17: { devices: [json({ seen: past * 1000 }), json({ seen: recent * 1000 }), null], due: false },
  18: { devices: [json({ seen: past * 1000 })], due: true },
  19: { devices: [json({ seen: past * 1000 }), 'x'], due: false },
}

export const clientIds = Object.keys(clients).map(Number)
export const dueClients = clientIds.filter((id) => clients[id]?.due === true)

export const jsonRows: SmallRows = {
  clients: clientIds.map((id) => ({
    id,
    email: `a${id}@mail.example`,
    created_at: old,
    settings: clients[id]?.settings ?? null,
    prefs: clients[id]?.prefs === undefined ? null : json(clients[id].prefs),
  })),
  devices: clientIds.flatMap((client_id) =>
    (clients[client_id]?.devices ?? []).map((data, i) => ({ id: client_id * 10 + i, client_id, data })),
  ),
}
