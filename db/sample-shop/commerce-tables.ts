/** Tables about trade: what was bought, invoiced and said about it. */
import type { ColumnTypes } from './column-types.ts'

export function commerceTables(t: ColumnTypes): readonly string[] {
  return [
    `CREATE TABLE products (
      id ${t.countedKey},
      name VARCHAR(120) NOT NULL,
      price ${t.money} NOT NULL
    )${t.tail}`,
    `CREATE TABLE orders (
      id ${t.countedKey},
      user_id ${t.number} NULL,
      buyer VARCHAR(12) NOT NULL DEFAULT 'consumer',
      status VARCHAR(12) NOT NULL,
      placed_at ${t.dateTime} NOT NULL,
      delivered_at ${t.dateTime} NULL,
      total ${t.money} NOT NULL,
      ship_name VARCHAR(160) NOT NULL,
      ship_address VARCHAR(200) NOT NULL,
      ship_postcode VARCHAR(12) NOT NULL,
      anonymised_at ${t.dateTime} NULL,
      CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
    )${t.tail}`,
    `CREATE TABLE order_lines (
      id ${t.countedKey},
      order_id ${t.number} NOT NULL,
      product VARCHAR(120) NOT NULL,
      quantity ${t.smallNumber} NOT NULL,
      price ${t.money} NOT NULL,
      CONSTRAINT order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
    )${t.tail}`,
    `CREATE TABLE invoices (
      id ${t.countedKey},
      number VARCHAR(20) NOT NULL UNIQUE,
      user_id ${t.number} NOT NULL,
      order_id ${t.number} NULL,
      issued_on ${t.date} NOT NULL,
      total ${t.money} NOT NULL,
      billing_name VARCHAR(160) NOT NULL,
      billing_address VARCHAR(200) NOT NULL,
      CONSTRAINT invoices_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
      CONSTRAINT invoices_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
    )${t.tail}`,
    // The intermediate archive. No foreign key: an invoice outlives the account by years.
    `CREATE TABLE invoice_archive (
      id ${t.countedKey},
      number VARCHAR(20) NOT NULL UNIQUE,
      issued_on ${t.date} NOT NULL,
      total ${t.money} NOT NULL,
      billing_name VARCHAR(160) NOT NULL,
      billing_address VARCHAR(200) NOT NULL,
      former_user_id ${t.number} NULL
    )${t.tail}`,
    `CREATE TABLE reviews (
      id ${t.countedKey},
      user_id ${t.number} NULL,
      product VARCHAR(120) NOT NULL,
      rating ${t.smallNumber} NOT NULL,
      body ${t.prose} NOT NULL,
      author_name VARCHAR(80) NOT NULL,
      parent_id ${t.number} NULL,
      created_at ${t.dateTime} NOT NULL,
      CONSTRAINT reviews_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
      CONSTRAINT reviews_parent FOREIGN KEY (parent_id) REFERENCES reviews (id) ON DELETE RESTRICT
    )${t.tail}`,
  ]
}

export const commerceIndexes: readonly string[] = [
  'CREATE INDEX orders_of_user ON orders (user_id, status)',
  'CREATE INDEX orders_delivered ON orders (delivered_at, placed_at)',
  'CREATE INDEX orders_placed ON orders (placed_at)',
  'CREATE INDEX orders_to_anonymise ON orders (anonymised_at, delivered_at, placed_at)',
  'CREATE INDEX order_lines_of_order ON order_lines (order_id)',
  'CREATE INDEX invoices_of_user ON invoices (user_id)',
  'CREATE INDEX invoices_of_order ON invoices (order_id)',
  'CREATE INDEX invoices_issued ON invoices (issued_on)',
  'CREATE INDEX invoice_archive_issued ON invoice_archive (issued_on)',
  'CREATE INDEX invoice_archive_former_user ON invoice_archive (former_user_id)',
  'CREATE INDEX reviews_of_user ON reviews (user_id)',
  'CREATE INDEX reviews_of_parent ON reviews (parent_id)',
]
