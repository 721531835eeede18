/** Tables about visitors and addresses that belong to no account. */
import type { ColumnTypes } from './column-types.ts'

export function trackingTables(t: ColumnTypes): readonly string[] {
  return [
    `CREATE TABLE prospects (
      id ${t.countedKey},
      email VARCHAR(190) NOT NULL UNIQUE,
      first_name VARCHAR(80) NULL,
      source VARCHAR(40) NOT NULL,
      collected_at ${t.dateTime} NOT NULL,
      last_contact_at ${t.dateTime} NULL
    )${t.tail}`,
    `CREATE TABLE cookies (
      id VARCHAR(36) NOT NULL PRIMARY KEY,
      purpose VARCHAR(20) NOT NULL,
      first_set_at ${t.dateTime} NOT NULL,
      last_seen_at ${t.dateTime} NOT NULL
    )${t.tail}`,
    `CREATE TABLE consents (
      id ${t.countedKey},
      visitor VARCHAR(36) NOT NULL,
      purpose VARCHAR(20) NOT NULL,
      status VARCHAR(12) NOT NULL,
      given_at ${t.dateTime} NOT NULL,
      proof VARCHAR(120) NOT NULL
    )${t.tail}`,
    `CREATE TABLE page_views (
      id ${t.countedKey},
      visited_at ${t.timestamp},
      ip VARCHAR(45) NULL,
      user_agent VARCHAR(255) NULL,
      path VARCHAR(200) NOT NULL,
      truncated_at ${t.dateTime} NULL
    )${t.tail}`,
  ]
}

export const trackingIndexes: readonly string[] = [
  'CREATE INDEX prospects_last_contact ON prospects (last_contact_at, collected_at)',
  'CREATE INDEX prospects_collected ON prospects (collected_at)',
  'CREATE INDEX cookies_first_set ON cookies (first_set_at)',
  'CREATE INDEX consents_given ON consents (given_at)',
  'CREATE INDEX consents_of_visitor ON consents (visitor)',
  'CREATE INDEX page_views_visited ON page_views (visited_at)',
  'CREATE INDEX page_views_to_truncate ON page_views (truncated_at, visited_at)',
]
