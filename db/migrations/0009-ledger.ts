/**
 * What the ledger outside has to know. A tombstone gets its policy and act, one for each policy: somebody can be
 * anonymised under one and erased under the next. `exported` says what stands outside the database as well.
 */
import type { Dialect } from '../session.ts'
import { createTable, hashType, idType, instantType, keyType, nameType } from './own-table.ts'
import type { Migration } from './migration.ts'

const stateType = 'VARCHAR(16)'
/**
 * A version from before, that a timer still starts, does not name these columns. It must not look as if it had
 * erased whom it anonymised, or a replay would erase them.
 */
const unknown = "DEFAULT 'unknown'"

const tombstones = {
  name: 'oubli_tombstone',
  columns: {
    hash: hashType,
    policy: `${nameType} ${unknown}`,
    act: `${stateType} ${unknown}`,
    key_hash: hashType,
    kind: nameType,
    entry_id: idType,
    erased_at: instantType,
    exported: 'SMALLINT DEFAULT 0',
  },
  primaryKey: ['hash', 'policy'],
  indexes: [['key_hash'], ['exported', 'erased_at'], ['erased_at']],
}

/** Warnings that people answered: outside they are still told as accepted. */
const answers = {
  name: 'oubli_answer',
  columns: {
    outbox_id: idType,
    policy: nameType,
    kind: nameType,
    key_text: keyType,
    cycle: instantType,
    round: 'INT',
    step: 'INT',
    address_hash: hashType,
    terms_hash: hashType,
    announced: instantType,
    answered_at: instantType,
    exported: 'SMALLINT',
  },
  primaryKey: ['outbox_id'],
  indexes: [
    ['kind', 'key_text'],
    ['exported', 'announced'],
  ],
}

const actOf =
  `CASE WHEN e.leaf LIKE '%"kind":"subject.anonymised"%' THEN 'anonymised'` +
  ` WHEN e.leaf LIKE '%"kind":"subject.erased"%' THEN 'erased' ELSE 'unknown' END`

export const ledger: Migration = {
  name: '0009-ledger',
  statements: (dialect) => [
    ...(dialect.name === 'sqlite' ? embedded(dialect) : server),
    ...createTable(dialect, answers),
  ],
}

/** SQLite changes no primary key: the table is made anew. Both indexes of the old one go with it. */
function embedded(dialect: Dialect): readonly string[] {
  return [
    'ALTER TABLE oubli_tombstone RENAME TO oubli_tombstone_before',
    'DROP INDEX oubli_tombstone_key_hash',
    ...createTable(dialect, tombstones),
    'INSERT INTO oubli_tombstone (hash, policy, act, key_hash, kind, entry_id, erased_at, exported)' +
      ` SELECT t.hash, COALESCE(json_extract(e.leaf, '$.policy.id'), 'unknown'), ${actOf}, t.key_hash, t.kind, t.entry_id,` +
      ' t.erased_at, 0 FROM oubli_tombstone_before t LEFT JOIN oubli_entry e ON e.id = t.entry_id',
    'DROP TABLE oubli_tombstone_before',
    `ALTER TABLE oubli_warning ADD COLUMN exported ${stateType} NULL`,
    'CREATE INDEX oubli_warning_state_exported ON oubli_warning (state, exported)',
  ]
}

const server: readonly string[] = [
  `ALTER TABLE oubli_tombstone ADD COLUMN policy ${nameType} NOT NULL ${unknown} AFTER hash,` +
    ` ADD COLUMN act ${stateType} NOT NULL ${unknown} AFTER policy,` +
    ' ADD COLUMN exported SMALLINT NOT NULL DEFAULT 0, DROP PRIMARY KEY, ADD PRIMARY KEY (hash, policy),' +
    ' ADD INDEX oubli_tombstone_exported_erased_at (exported, erased_at), ADD INDEX oubli_tombstone_erased_at (erased_at)',
  // By the key, because the sessions of this program refuse an update without one.
  `UPDATE oubli_tombstone t SET act = COALESCE((SELECT ${actOf} FROM oubli_entry e WHERE e.id = t.entry_id), act),` +
    " policy = COALESCE((SELECT JSON_UNQUOTE(JSON_EXTRACT(e.leaf, '$.policy.id')) FROM oubli_entry e WHERE e.id = t.entry_id), policy)" +
    " WHERE t.hash >= '' AND t.policy = 'unknown'",
  `ALTER TABLE oubli_warning ADD COLUMN exported ${stateType} NULL,` +
    ' ADD INDEX oubli_warning_state_exported (state, exported)',
]
