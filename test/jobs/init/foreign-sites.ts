/** Three sites that nobody here designed: no keys declared, key-value rows, links by a word and keys of two columns. */
import type { Dialect, SqlValue } from '../../../db/session.ts'

export interface ForeignSite {
  readonly name: string
  tables(dialect: Dialect): readonly string[]
  /** Table → rows; `mark` stands in every text. */
  rows(mark: string): Readonly<Record<string, readonly Readonly<Record<string, SqlValue>>[]>>
}

const many = [...Array(14).keys()]
const seconds = (i: number): number => 1_500_000_000 + i * 2_000_000
const day = (i: number): string => `20${String(11 + i)}-03-0${String((i % 9) + 1)}`
const moment = (i: number): string => `${day(i)} 08:30:00`

/** A forum of 2009: French names, seconds since 1970, addresses, ages and postcodes as numbers, and no foreign key at all. */
const forum: ForeignSite = {
  name: 'a forum without foreign keys, with addresses as numbers',
  tables: ({ name }) => [
    'CREATE TABLE membres (membre_no INT NOT NULL PRIMARY KEY, pseudo VARCHAR(40) NOT NULL, mail VARCHAR(120) NOT NULL, ' +
      'mdp CHAR(60) NOT NULL, inscrit_le INT NOT NULL, derniere_connexion INT NOT NULL DEFAULT 0, ' +
      `ip ${name === 'sqlite' ? 'INTEGER' : 'INT UNSIGNED'} NOT NULL, ddn DATE NULL, annee_naissance SMALLINT NULL, ` +
      'age TINYINT NULL, code_postal CHAR(5) NOT NULL, cp INT NULL, parrain_no INT NULL)',
    'CREATE TABLE sujets (id INT NOT NULL PRIMARY KEY, membre_no INT NOT NULL, titre VARCHAR(120), ouvert INT NOT NULL)',
    'CREATE TABLE reponses (id INT NOT NULL PRIMARY KEY, id_sujet INT NOT NULL, membre_no INT NOT NULL, texte TEXT NOT NULL, ' +
      'posted INT NOT NULL, ip BIGINT NOT NULL)',
    'CREATE TABLE messages_prives (id INT NOT NULL PRIMARY KEY, id_sender INT NOT NULL, id_recipient INT NULL, ' +
      'contenu TEXT NOT NULL, sent DATETIME NOT NULL)',
    'CREATE TABLE visites (id INT NOT NULL PRIMARY KEY, at INT NOT NULL, remote_addr BIGINT NOT NULL, ua VARCHAR(200))',
    'CREATE TABLE rubriques (id INT NOT NULL PRIMARY KEY, titre VARCHAR(80), ordre INT)',
    'CREATE INDEX m_vu ON membres (derniere_connexion)',
    'CREATE INDEX m_inscrit ON membres (inscrit_le)',
    'CREATE INDEX s_membre ON sujets (membre_no)',
    'CREATE INDEX r_sujet ON reponses (id_sujet)',
    'CREATE INDEX r_membre ON reponses (membre_no)',
    'CREATE INDEX p_sender ON messages_prives (id_sender)',
    'CREATE INDEX v_at ON visites (at)',
  ],
  rows: (mark) => ({
    membres: many.map((i) => ({
      membre_no: i + 1,
      pseudo: `${mark}pseudo${String(i)}`,
      mail: `${mark}.${String(i)}@forum.example`,
      mdp: `$2y$10$${mark}${String(i)}`.padEnd(60, 'x'),
      inscrit_le: seconds(i),
      derniere_connexion: i % 4 === 0 ? 0 : seconds(i) + 9000,
      ip: 3_232_235_777 + i,
      ddn: i === 3 ? null : `19${String(60 + i)}-05-17`,
      annee_naissance: 1960 + i,
      age: i === 3 ? null : 30 + i,
      code_postal: `750${String(10 + i)}`,
      cp: i === 3 ? null : 75_010 + i,
      parrain_no: i === 0 ? null : 1,
    })),
    sujets: many.map((i) => ({ id: i + 1, membre_no: i + 1, titre: `${mark} sujet`, ouvert: seconds(i) })),
    reponses: many.map((i) => ({
      id: i + 1,
      id_sujet: i + 1,
      membre_no: 14 - i,
      texte: `${mark} je ne suis pas du tout de cet avis`,
      posted: seconds(i),
      ip: 3_232_235_777 + i,
    })),
    messages_prives: many.map((i) => ({
      id: i + 1,
      id_sender: i + 1,
      id_recipient: 14 - i,
      contenu: `${mark} voici mon adresse pour la rencontre de samedi`,
      sent: moment(i),
    })),
    visites: many.map((i) => ({
      id: i + 1,
      at: seconds(i),
      remote_addr: 3_232_235_777 + i,
      ua: `Mozilla/5.0 ${mark}`,
    })),
    rubriques: many.map((i) => ({ id: i + 1, titre: `${mark}rubrique${String(i)}`, ordre: i })),
  }),
}

/** A blog with a prefix: the last sign-in is a row of key and value. */
const blog: ForeignSite = {
  name: 'a blog with a prefix, and a clock in key-value rows',
  tables: ({ name }) => {
    const big = name === 'sqlite' ? 'INTEGER' : 'BIGINT UNSIGNED'
    return [
      `CREATE TABLE wp_users (ID ${big} NOT NULL PRIMARY KEY, user_login VARCHAR(60) NOT NULL, user_pass VARCHAR(255) NOT NULL, ` +
        'user_email VARCHAR(100) NOT NULL, user_url VARCHAR(100) NOT NULL, user_registered DATETIME NOT NULL, ' +
        'user_status INT NOT NULL, display_name VARCHAR(250) NOT NULL)',
      `CREATE TABLE wp_usermeta (umeta_id ${big} NOT NULL PRIMARY KEY, user_id ${big} NOT NULL, meta_key VARCHAR(190), meta_value TEXT)`,
      `CREATE TABLE wp_posts (ID ${big} NOT NULL PRIMARY KEY, post_author ${big} NOT NULL, post_date DATETIME NOT NULL, ` +
        'post_content TEXT NOT NULL, post_title TEXT NOT NULL, post_status VARCHAR(20) NOT NULL)',
      `CREATE TABLE wp_comments (comment_ID ${big} NOT NULL PRIMARY KEY, comment_post_ID ${big} NOT NULL, comment_author TEXT NOT NULL, ` +
        'comment_author_email VARCHAR(100) NOT NULL, comment_author_IP VARCHAR(100) NOT NULL, comment_date DATETIME NOT NULL, ' +
        `comment_content TEXT NOT NULL, comment_agent VARCHAR(255) NOT NULL, user_id ${big} NULL)`,
      `CREATE TABLE wp_options (option_id ${big} NOT NULL PRIMARY KEY, option_name VARCHAR(190) NOT NULL, option_value TEXT NOT NULL, user_id ${big} NOT NULL)`,
      `CREATE TABLE wp_terms (term_id ${big} NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL, slug VARCHAR(200) NOT NULL)`,
      `CREATE TABLE wp_newsletter (id ${big} NOT NULL PRIMARY KEY, email VARCHAR(100) NOT NULL UNIQUE, ` +
        'created BIGINT NOT NULL, profile TEXT NULL)',
      'CREATE INDEX u_registered ON wp_users (user_registered)',
      'CREATE INDEX um_user ON wp_usermeta (user_id)',
      'CREATE INDEX p_author ON wp_posts (post_author)',
      'CREATE INDEX p_date ON wp_posts (post_date)',
      'CREATE INDEX c_user ON wp_comments (user_id)',
      'CREATE INDEX c_date ON wp_comments (comment_date)',
      'CREATE INDEX n_created ON wp_newsletter (created)',
    ]
  },
  rows: (mark) => ({
    wp_users: many.map((i) => ({
      ID: i + 1,
      user_login: `${mark}login${String(i)}`,
      user_pass: `$P$B${mark}${String(i)}`,
      user_email: `${mark}.${String(i)}@blog.example`,
      user_url: '',
      user_registered: moment(i),
      user_status: 0,
      display_name: `${mark} Durand`,
    })),
    wp_usermeta: many.flatMap((i) => [
      { umeta_id: i * 4 + 1, user_id: i + 1, meta_key: 'last_login', meta_value: String(seconds(i)) },
      { umeta_id: i * 4 + 2, user_id: i + 1, meta_key: 'first_name', meta_value: mark },
      {
        umeta_id: i * 4 + 3,
        user_id: i + 1,
        meta_key: `${mark}_capabilities`,
        meta_value: `a:1:{s:4:"${mark}";b:1;}`,
      },
      {
        umeta_id: i * 4 + 4,
        user_id: i + 1,
        meta_key: 'description',
        meta_value: `${mark} writes about trees and rivers on Sundays`,
      },
    ]),
    wp_posts: many.map((i) => ({
      ID: i + 1,
      post_author: (i % 3) + 1,
      post_date: moment(i),
      post_content: `${mark} and much more about trees and about rivers`,
      post_title: `${mark} title`,
      post_status: 'publish',
    })),
    wp_comments: many.map((i) => ({
      comment_ID: i + 1,
      comment_post_ID: i + 1,
      comment_author: `${mark} Martin`,
      comment_author_email: `${mark}.c${String(i)}@mail.example`,
      comment_author_IP: `192.0.2.${String(i)}`,
      comment_date: moment(i),
      comment_content: `${mark} thank you for this text, it is fine`,
      comment_agent: `Mozilla/5.0 (${mark}) Firefox/140.0`,
      user_id: i % 2 === 0 ? i + 1 : null,
    })),
    wp_options: many.map((i) => ({
      option_id: i + 1,
      option_name: `${mark}_option_${String(i)}`,
      option_value: '1',
      user_id: 900_000 + i,
    })),
    wp_terms: many.map((i) => ({
      term_id: i + 1,
      name: `${mark}-term-${String(i)}`,
      slug: `${mark}-${String(i)}`,
    })),
    wp_newsletter: many.map((i) => ({
      id: i + 1,
      email: `${mark}.n${String(i)}@mail.example`,
      created: seconds(i) * 1000,
      profile: i === 5 ? null : JSON.stringify({ phone: mark, [mark]: 1 }),
    })),
  }),
}

/** A customer base for several shops: two columns are a key, keys are texts, and notes belong to whatever a word says. */
const base: ForeignSite = {
  name: 'a customer base with keys of two columns and notes that belong to anything',
  tables: ({ name }) => [
    'CREATE TABLE tenants (code CHAR(4) NOT NULL PRIMARY KEY, label VARCHAR(60) NOT NULL)',
    'CREATE TABLE customers (tenant CHAR(4) NOT NULL, customer_no VARCHAR(12) NOT NULL, email VARCHAR(120) NULL, ' +
      'full_name VARCHAR(120) NOT NULL, phone VARCHAR(30) NULL, created_at VARCHAR(30) NOT NULL, ' +
      'last_seen CHAR(14) NULL, PRIMARY KEY (tenant, customer_no))',
    'CREATE TABLE contracts (tenant CHAR(4) NOT NULL, contract_no VARCHAR(12) NOT NULL, customer_no VARCHAR(12) NOT NULL, ' +
      'signed_on DATE NOT NULL, iban VARCHAR(34) NULL, updated_by VARCHAR(12) NULL, PRIMARY KEY (tenant, contract_no))',
    'CREATE TABLE notes (id INT NOT NULL PRIMARY KEY, tenant CHAR(4) NOT NULL, subject_type VARCHAR(40) NOT NULL, ' +
      'subject_id VARCHAR(12) NOT NULL, body TEXT NOT NULL, created_at DATETIME NOT NULL)',
    'CREATE TABLE device_tokens (token CHAR(64) NOT NULL PRIMARY KEY, tenant CHAR(4) NOT NULL, customer_no VARCHAR(12) NOT NULL, ' +
      'ip VARBINARY(16) NOT NULL, seen_at BIGINT NOT NULL)',
    'CREATE TABLE subscribers (email VARCHAR(120) NOT NULL PRIMARY KEY, locale VARCHAR(5) NOT NULL, created_at DATETIME NOT NULL)',
    `CREATE TABLE old_log (actor_email VARCHAR(120), remote_addr VARCHAR(45), at DATETIME)${name === 'sqlite' ? '' : ' ENGINE=MyISAM'}`,
    'CREATE TABLE tariffs (id INT NOT NULL PRIMARY KEY, name VARCHAR(60) NOT NULL, price DECIMAL(10,2) NOT NULL)',
    'CREATE INDEX c_seen ON customers (last_seen)',
    'CREATE INDEX c_created ON customers (created_at)',
    'CREATE INDEX k_customer ON contracts (tenant, customer_no)',
    'CREATE INDEX n_subject ON notes (subject_type, tenant, subject_id)',
    'CREATE INDEX d_customer ON device_tokens (tenant, customer_no)',
    'CREATE INDEX s_created ON subscribers (created_at)',
  ],
  rows: (mark) => ({
    tenants: [{ code: 'FR01', label: mark }],
    customers: many.map((i) => ({
      tenant: 'FR01',
      customer_no: `C-${String(i)}`,
      email: i === 2 ? null : `${mark}.${String(i)}@customer.example`,
      full_name: `${mark} Petit`,
      phone: `+33 1 99 00 12 3${String(i % 10)}`,
      created_at: `${day(i)}T08:30:00Z`,
      last_seen: i === 4 ? null : moment(i).replace(/\D/g, ''),
    })),
    contracts: many.map((i) => ({
      tenant: 'FR01',
      contract_no: `K-${String(i)}`,
      customer_no: `C-${String(i)}`,
      signed_on: day(i),
      iban: 'FR7630006000011234567890189',
      updated_by: null,
    })),
    notes: many.map((i) => ({
      id: i + 1,
      tenant: 'FR01',
      subject_type: i % 3 === 0 ? 'Customer' : i % 3 === 1 ? 'contract' : mark,
      subject_id: i % 3 === 0 ? `C-${String(i)}` : `K-${String(i)}`,
      body: `${mark} called and asked to be called back on Monday`,
      created_at: moment(i),
    })),
    device_tokens: many.map((i) => ({
      token: `${mark}${String(i)}`.padStart(64, '0'),
      tenant: 'FR01',
      customer_no: `C-${String(i)}`,
      ip: Buffer.from([192, 0, 2, i]),
      seen_at: seconds(i) * 1000,
    })),
    subscribers: many.map((i) => ({
      email: `${mark}.s${String(i)}@mail.example`,
      locale: 'fr',
      created_at: moment(i),
    })),
    old_log: many.map((i) => ({
      actor_email: `${mark}@log.example`,
      remote_addr: '192.0.2.9',
      at: moment(i),
    })),
    tariffs: many.map((i) => ({ id: i + 1, name: `${mark}${String(i)}`, price: '9.90' })),
  }),
}

export const foreignSites = { forum, blog, base } as const
