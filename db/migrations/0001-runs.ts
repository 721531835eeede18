/** Runs, slots, the lease, and what was approved. */
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
    name: 'oubli_run',
    columns: {
      id: idType,
      job: nameType,
      slot: orNull(nameType),
      as_of: instantType,
      tool_version: nameType,
      fingerprint: orNull(hashType),
      state: 'VARCHAR(16)',
      started_at: instantType,
      ended_at: orNull(instantType),
      why_stopped: orNull(longType),
    },
    primaryKey: ['id'],
    indexes: [['job', 'as_of'], ['as_of']],
  },
  {
    name: 'oubli_run_policy',
    columns: {
      run_id: idType,
      policy: nameType,
      terms_hash: hashType,
      mode: 'VARCHAR(16)',
      due: 'INT',
      done: 'INT',
      left_over: 'INT',
      warned: 'INT',
      by_else: 'INT',
      newly_due: 'INT',
      spared: longType,
    },
    primaryKey: ['run_id', 'policy'],
    indexes: [['policy']],
  },
  {
    name: 'oubli_slot',
    columns: { job: nameType, slot: nameType, run_id: orNull(idType), state: 'VARCHAR(16)' },
    primaryKey: ['job', 'slot'],
  },
  // Nothing but a takeover updates it: every destructive transaction reads it under a shared lock.
  {
    name: 'oubli_lease',
    columns: { name: nameType, owner: 'VARCHAR(200)', token: 'BIGINT' },
    primaryKey: ['name'],
  },
  {
    name: 'oubli_heartbeat',
    columns: { name: nameType, owner: 'VARCHAR(200)', expires_at: instantType },
    primaryKey: ['name'],
  },
  {
    name: 'oubli_cursor',
    columns: {
      run_id: idType,
      policy: nameType,
      seq: 'BIGINT',
      clock_text: orNull('VARCHAR(64)'),
      key_text: orNull(keyType),
    },
    primaryKey: ['run_id', 'policy'],
  },
  {
    name: 'oubli_terms',
    columns: {
      policy: nameType,
      terms_hash: hashType,
      terms: longType,
      observed_run: idType,
      observed_at: instantType,
      in_force_since: orNull(instantType),
    },
    primaryKey: ['policy', 'terms_hash'],
  },
  {
    name: 'oubli_approval',
    columns: {
      id: idType,
      fingerprint: hashType,
      approved_at: instantType,
      expires_at: instantType,
      approved_by: orNull('VARCHAR(200)'),
      counts: longType,
    },
    primaryKey: ['id'],
    indexes: [['fingerprint', 'approved_at']],
  },
]

export const runs: Migration = {
  name: '0001-runs',
  statements: (dialect) => tables.flatMap((table) => createTable(dialect, table)),
}
