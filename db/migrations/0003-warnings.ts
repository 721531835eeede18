/** Warnings, the outbox, refusals, and the view that the site shows to the people concerned. */
import type { Dialect } from '../session.ts'
import { createTable, hashType, idType, instantType, keyType, nameType, orNull } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const tables: readonly OwnTable[] = [
  {
    name: 'oubli_warning',
    columns: {
      policy: nameType,
      kind: nameType,
      key_text: keyType,
      subject_id: keyType,
      cycle: instantType,
      round: 'INT',
      step: 'INT',
      address_hash: hashType,
      terms_hash: hashType,
      announced: instantType,
      outbox_id: idType,
      queued_at: instantType,
      state: 'VARCHAR(16)',
      accepted_at: orNull(instantType),
      failed_at: orNull(instantType),
    },
    primaryKey: ['policy', 'kind', 'key_text', 'cycle', 'round', 'step'],
    indexes: [['kind', 'key_text'], ['outbox_id']],
  },
  {
    name: 'oubli_outbox',
    columns: {
      id: idType,
      campaign: nameType,
      policy: nameType,
      kind: nameType,
      key_text: keyType,
      token: nameType,
      message_id: 'VARCHAR(255)',
      address: orNull('VARCHAR(320)'),
      message: orNull('LONGBLOB'),
      state: 'VARCHAR(16)',
      attempts: 'INT',
      not_before: instantType,
      give_up_at: instantType,
      claim_token: orNull(nameType),
      lease_until: orNull(instantType),
      transport_called_at: orNull(instantType),
      accepted_at: orNull(instantType),
      reply_code: orNull('VARCHAR(64)'),
      created_at: instantType,
      ended_at: orNull(instantType),
    },
    primaryKey: ['id'],
    unique: [['token']],
    indexes: [
      ['state', 'not_before'],
      ['kind', 'key_text'],
    ],
  },
  {
    name: 'oubli_refusal',
    columns: {
      policy: nameType,
      kind: nameType,
      key_text: keyType,
      address_hash: hashType,
      day: 'CHAR(10)',
      code: nameType,
    },
    primaryKey: ['policy', 'kind', 'key_text', 'address_hash', 'day'],
    indexes: [['kind', 'key_text']],
  },
]

/** One row for each person and policy: the newest warning that was accepted. All its instants are UTC. */
function pendingDeletions(dialect: Dialect): string {
  const verb = dialect.name === 'sqlite' ? 'CREATE VIEW IF NOT EXISTS' : 'CREATE OR REPLACE VIEW'
  const accepted = "'accepted'"
  return `${verb} oubli_pending_deletions AS
SELECT w.kind AS kind, w.subject_id AS subject_id, w.policy AS policy, w.announced AS announced,
  w.cycle AS silent_since, w.accepted_at AS accepted_at
FROM oubli_warning w
WHERE w.state = ${accepted} AND NOT EXISTS (
  SELECT 1 FROM oubli_warning later
  WHERE later.policy = w.policy AND later.kind = w.kind AND later.key_text = w.key_text
    AND later.state = ${accepted}
    AND (later.cycle > w.cycle OR (later.cycle = w.cycle AND (later.round > w.round
      OR (later.round = w.round AND later.step > w.step)))))`
}

export const warnings: Migration = {
  name: '0003-warnings',
  statements: (dialect) => [
    ...tables.flatMap((table) => createTable(dialect, table)),
    pendingDeletions(dialect),
  ],
}
