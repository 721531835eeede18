/** Evidence, tombstones, holds, and what is kept about single rows. */
import {
  createTable,
  hashType,
  idType,
  instantType,
  keyType,
  longType,
  nameType,
  orNull,
} from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const tables: readonly OwnTable[] = [
  {
    name: 'oubli_entry',
    columns: { id: idType, run_id: idType, created_at: instantType, leaf: longType },
    primaryKey: ['id'],
    indexes: [['run_id']],
  },
  {
    name: 'oubli_seal',
    columns: { leaf_index: 'BIGINT', entry_id: idType },
    primaryKey: ['leaf_index'],
    unique: [['entry_id']],
  },
  {
    name: 'oubli_tombstone',
    columns: { hash: hashType, key_hash: hashType, kind: nameType, entry_id: idType, erased_at: instantType },
    primaryKey: ['hash'],
    indexes: [['key_hash']],
  },
  {
    name: 'oubli_hold',
    columns: {
      id: idType,
      kind: nameType,
      key_text: keyType,
      matter: longType,
      because: longType,
      set_by: 'VARCHAR(200)',
      set_at: instantType,
      review_by: instantType,
      released_at: orNull(instantType),
      released_by: orNull('VARCHAR(200)'),
    },
    primaryKey: ['id'],
    indexes: [['kind', 'key_text']],
  },
  {
    name: 'oubli_done',
    columns: { policy: nameType, key_text: keyType, done_at: instantType },
    primaryKey: ['policy', 'key_text'],
  },
  {
    name: 'oubli_set_aside',
    columns: {
      policy: nameType,
      kind: nameType,
      key_text: keyType,
      attempts: 'INT',
      last_code: nameType,
      since: instantType,
      run_id: idType,
    },
    primaryKey: ['policy', 'kind', 'key_text'],
    indexes: [['kind', 'key_text']],
  },
]

export const evidence: Migration = {
  name: '0002-evidence',
  statements: (dialect) => tables.flatMap((table) => createTable(dialect, table)),
}
