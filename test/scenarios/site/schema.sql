-- The tables of a small site, in words that SQLite, MariaDB and MySQL all understand.
CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  email VARCHAR(190) NULL,
  first_name VARCHAR(80) NOT NULL,
  last_name VARCHAR(80) NOT NULL,
  phone VARCHAR(30) NULL,
  locale VARCHAR(10) NOT NULL DEFAULT 'fr',
  role VARCHAR(12) NOT NULL DEFAULT 'customer',
  restricted SMALLINT NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  last_login_at DATETIME NULL
);
CREATE INDEX users_last_login ON users (last_login_at, created_at);
CREATE INDEX users_role ON users (role);

CREATE TABLE sessions (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL,
  started_at DATETIME NOT NULL,
  ip VARCHAR(45) NULL,
  CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX sessions_of_user ON sessions (user_id, started_at);

-- Written by another program: nobody declared the foreign key.
CREATE TABLE logins (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  device VARCHAR(80) NULL
);
CREATE INDEX logins_of_user ON logins (user_id, at);

CREATE TABLE orders (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NULL,
  status VARCHAR(12) NOT NULL,
  placed_at DATETIME NOT NULL,
  delivered_at DATETIME NULL,
  total INTEGER NOT NULL,
  ship_name VARCHAR(160) NOT NULL,
  anonymised_at DATETIME NULL,
  CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX orders_of_user ON orders (user_id, status);
CREATE INDEX orders_to_anonymise ON orders (anonymised_at, delivered_at, placed_at);
CREATE INDEX orders_delivered ON orders (delivered_at, placed_at);
CREATE INDEX orders_placed ON orders (placed_at);

CREATE TABLE order_lines (
  id INTEGER NOT NULL PRIMARY KEY,
  order_id INTEGER NOT NULL,
  product VARCHAR(120) NOT NULL,
  quantity SMALLINT NOT NULL,
  CONSTRAINT order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
);
CREATE INDEX order_lines_of_order ON order_lines (order_id);

CREATE TABLE invoices (
  id INTEGER NOT NULL PRIMARY KEY,
  number VARCHAR(20) NOT NULL,
  user_id INTEGER NOT NULL,
  issued_on DATE NOT NULL,
  total INTEGER NOT NULL,
  billing_name VARCHAR(160) NOT NULL,
  CONSTRAINT invoices_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX invoices_of_user ON invoices (user_id);
CREATE INDEX invoices_issued ON invoices (issued_on);

-- No foreign key: an archived invoice outlives the account by years.
CREATE TABLE invoice_archive (
  number VARCHAR(20) NOT NULL PRIMARY KEY,
  issued_on DATE NOT NULL,
  total INTEGER NOT NULL,
  billing_name VARCHAR(160) NOT NULL,
  former_user_id INTEGER NULL
);
CREATE INDEX invoice_archive_issued ON invoice_archive (issued_on);

CREATE TABLE reviews (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NULL,
  rating SMALLINT NOT NULL,
  body VARCHAR(400) NOT NULL,
  author_name VARCHAR(80) NOT NULL,
  parent_id INTEGER NULL,
  CONSTRAINT reviews_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
  CONSTRAINT reviews_parent FOREIGN KEY (parent_id) REFERENCES reviews (id) ON DELETE RESTRICT
);
CREATE INDEX reviews_of_user ON reviews (user_id);
CREATE INDEX reviews_of_parent ON reviews (parent_id);

CREATE TABLE prospects (
  id INTEGER NOT NULL PRIMARY KEY,
  email VARCHAR(190) NOT NULL,
  first_name VARCHAR(80) NULL,
  collected_at DATETIME NOT NULL,
  last_contact_at DATETIME NULL
);
CREATE INDEX prospects_last_contact ON prospects (last_contact_at, collected_at);
CREATE INDEX prospects_collected ON prospects (collected_at);

CREATE TABLE page_views (
  id INTEGER NOT NULL PRIMARY KEY,
  path VARCHAR(200) NOT NULL,
  ip VARCHAR(45) NULL,
  visited_at DATETIME NOT NULL
);
CREATE INDEX page_views_visited ON page_views (visited_at);
