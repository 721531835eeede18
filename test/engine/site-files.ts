/** The files of a site with one kind of people that is erased without a warning, and one flat kind. */
import type { SiteFiles } from './installation.ts'

const head = `
controller: { name: Petit Site SARL, contact: privacy@site.example, dpo: dpo@site.example }
site: { name: Petit Site, url: https://site.example }
zone: Europe/Paris
stored_in: UTC
launched_on: 2010-01-04
fiscal_year_ends: 12-31
`

const foot = `
stop_above: { percent: 100 }
purpose: newsletter
legal_basis: consent
because: The small site promises this.
approved_by: DPO
approved_on: 2025-12-01
review_by: 2026-12-01
`

export const siteFiles: SiteFiles = {
  tables: [
    'CREATE TABLE prospects (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, first_name VARCHAR(80) NULL, collected_at DATETIME NOT NULL)',
    'CREATE INDEX prospects_collected ON prospects (collected_at)',
    'CREATE TABLE clicks (id INTEGER NOT NULL PRIMARY KEY, prospect_id INTEGER NOT NULL, ip VARCHAR(45) NULL, CONSTRAINT c_prospect FOREIGN KEY (prospect_id) REFERENCES prospects (id))',
    'CREATE INDEX clicks_prospect ON clicks (prospect_id)',
    'CREATE TABLE receipts (id INTEGER NOT NULL PRIMARY KEY, prospect_id INTEGER NULL, number VARCHAR(40) NOT NULL, issued_on DATE NOT NULL, holder VARCHAR(80) NOT NULL, CONSTRAINT r_prospect FOREIGN KEY (prospect_id) REFERENCES prospects (id))',
    'CREATE INDEX receipts_prospect ON receipts (prospect_id)',
    'CREATE TABLE old_receipts (number VARCHAR(40) NOT NULL PRIMARY KEY, issued_on DATE NOT NULL, holder VARCHAR(80) NOT NULL)',
    'CREATE INDEX old_receipts_issued ON old_receipts (issued_on)',
    'CREATE TABLE page_views (id INTEGER NOT NULL PRIMARY KEY, ip VARCHAR(45) NULL, visited_at DATETIME NOT NULL)',
    'CREATE INDEX page_views_visited ON page_views (visited_at)',
  ],
  dataMap: `${head}
kinds:
  prospect:
    table: prospects
    key: id
    identity: [id, collected_at]
    subject: true
    contact: { email: email, name: first_name }
    events:
      collected: { column: collected_at }
    personal: { email: unique_address, first_name: null }
  click:
    table: clicks
    key: id
    of: prospect
    personal: { ip: truncated_ip }
  receipt:
    table: receipts
    key: id
    of: prospect
    personal: { holder: blank }
    exempt: { number: A running number. }
    archive:
      into: old_receipt
      columns: { number: number, issued_on: issued_on, holder: holder }
  old_receipt:
    category: invoice
    table: old_receipts
    key: number
    events:
      fiscal_close: { column: issued_on, rounded_to: end of fiscal year }
    personal: { holder: blank }
  page_view:
    category: app_log
    table: page_views
    key: id
    events:
      visited: { column: visited_at }
    personal: { ip: truncated_ip }
`,
  policies: {
    prospects: `policy: prospects
promise: prospects
status: enforce
data: prospect
keep_at_most: 3 years
counted_from: collected
then: erase
but: { receipt: { archive: old-receipts } }
per_run: { people: 2000 }
${foot}`,
    'old-receipts': `policy: old-receipts
promise: invoices
status: enforce
data: old_receipt
keep_at_most: 10 years
counted_from: fiscal_close
then: erase
per_run: { rows: 2000 }
${foot}`,
    'page-views': `policy: page-views
promise: technical-data
status: enforce
data: page_view
keep_at_most: 12 months
counted_from: visited
then: erase
per_run: { rows: 100000 }
${foot}`,
  },
}

/** The same, and who was erased can have a receipt. */
export const filesWithReceipts: SiteFiles = {
  ...siteFiles,
  policies: {
    ...siteFiles.policies,
    prospects: siteFiles.policies['prospects']!.replace('then: erase', 'then: erase\nreceipts: 60 days'),
  },
}

export const siteTables = ['prospects', 'clicks', 'receipts', 'old_receipts', 'page_views'] as const
export const ownTables = [
  'oubli_answer',
  'oubli_approval',
  'oubli_backlog',
  'oubli_beat',
  'oubli_checkpoint',
  'oubli_control',
  'oubli_cursor',
  'oubli_done',
  'oubli_drop',
  'oubli_entry',
  'oubli_heartbeat',
  'oubli_hold',
  'oubli_kept',
  'oubli_lease',
  'oubli_mail_rate',
  'oubli_opening',
  'oubli_outbox',
  'oubli_refusal',
  'oubli_run',
  'oubli_run_backlog',
  'oubli_run_policy',
  'oubli_run_result',
  'oubli_seal',
  'oubli_selftest',
  'oubli_set_aside',
  'oubli_sink',
  'oubli_slot',
  'oubli_terms',
  'oubli_tombstone',
  'oubli_waiting',
  'oubli_warning',
] as const
