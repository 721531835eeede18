/** The files of a site that warns silent people once, a month before their account goes. */
import type { SiteFiles } from '../engine/installation.ts'

/** `port`: of the relay that takes the mails, on this host. */
export function warnedSite(port: number): SiteFiles {
  return {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, first_name VARCHAR(80) NULL, last_login_at DATETIME NULL, created_at DATETIME NOT NULL)',
      'CREATE INDEX users_login ON users (last_login_at)',
    ],
    dataMap: `
controller: { name: Petit Site SARL, contact: privacy@site.example, dpo: dpo@site.example }
site: { name: Petit Site, url: https://site.example }
zone: Europe/Paris
stored_in: UTC
launched_on: 2010-01-04
fiscal_year_ends: 12-31
kinds:
  account:
    table: users
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email, name: first_name }
    events:
      last_login: { latest_of: [last_login_at], never: [null], else: created_at, slides: by the person }
    personal: { email: unique_address, first_name: blank }
`,
    policies: {
      'inactive-accounts': `policy: inactive-accounts
promise: inactivity
status: enforce
data: account
keep_at_most: 3 years
counted_from: last_login
then: erase
warn:
  when: before the term
  days_before_erasure: [30]
  minimum_notice: 30 days
  template: inactivity-warning
  if_unreachable: { refusals: 2 on different days, wait: 90 days, finally: erase }
  no_address: a person decides
per_run: { people: 500, mails: 2000 }
stop_above: { percent: 100 }
purpose: customer account
legal_basis: contract
because: The small site promises this to its customers.
approved_by: DPO
approved_on: 2025-12-01
review_by: 2026-12-01
`,
    },
    mail: {
      transport: 'smtp',
      host: '127.0.0.1',
      port,
      tls: 'none-on-loopback',
      per_minute: 10_000,
      from: { name: 'Site', address: 'notices@site.example' },
      reply_to: 'privacy@site.example',
    },
  }
}
