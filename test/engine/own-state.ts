/**
 * What stands in our own tables, without what is random (ids, keyed hashes, who held a lease) and without what
 * says only how many runs there were. Two sites with one past have the same.
 */
import { expect } from 'chai'
import type { Database, Row } from '../../db/session.ts'
import { dumpOf } from './lab.ts'
import { ownTables } from './site-files.ts'

type OwnTable = (typeof ownTables)[number]

/** `whole`: every row but for these columns. `of a run`: the rows of one run. `ours`: see below. */
type Rule =
  | { readonly rows: 'whole'; readonly but: readonly string[] }
  | { readonly rows: 'of a run'; readonly but: readonly string[] }
  | { readonly rows: 'ours' }

const whole = (...but: readonly string[]): Rule => ({ rows: 'whole', but })
/** What a run that goes on where another was killed finds due, and does, is what that one left. */
const ofRun = (...but: readonly string[]): Rule => ({ rows: 'of a run', but: ['run_id', ...but] })
const ours: Rule = { rows: 'ours' }

const rules: Readonly<Record<OwnTable, Rule>> = {
  oubli_answer: whole('outbox_id', 'address_hash'),
  oubli_approval: whole('id', 'approved_at', 'expires_at'),
  oubli_backlog: whole('approval_id', 'frozen_at'),
  oubli_beat: ours,
  oubli_checkpoint: ours,
  oubli_control: whole('asked_at'),
  oubli_cursor: ours,
  oubli_done: whole(),
  oubli_drop: whole('entry_id', 'run_id', 'leaf'),
  oubli_entry: ours,
  oubli_heartbeat: whole('owner', 'expires_at'),
  oubli_hold: whole('id'),
  oubli_kept: whole('id'),
  oubli_lease: whole('owner', 'token'),
  oubli_mail_rate: whole('next_at'),
  oubli_opening: whole('entry_id', 'key_hash', 'sealed'),
  oubli_outbox: whole('id', 'token', 'message_id', 'message', 'claim_token'),
  oubli_refusal: whole('address_hash'),
  oubli_run: ours,
  oubli_run_backlog: ofRun('approval_id', 'overdue', 'entering', 'entering_old', 'by_else_old'),
  oubli_run_policy: ofRun('due', 'done', 'newly_due'),
  oubli_run_result: ofRun('acts', 'asked'),
  oubli_seal: ours,
  oubli_selftest: whole('token'),
  oubli_set_aside: whole('run_id'),
  oubli_sink: whole('size', 'sent_at', 'tried_at'),
  oubli_slot: whole('run_id'),
  oubli_terms: whole('observed_run'),
  oubli_tombstone: whole('hash', 'key_hash', 'entry_id'),
  oubli_waiting: whole('entry_id', 'entry_ids'),
  oubli_warning: whole('address_hash', 'outbox_id'),
}

/** Of each: its database, and its runs before the one that is compared. */
export async function expectSameOwn(
  ...sites: readonly (readonly [database: Database, before: readonly string[]])[]
): Promise<void> {
  const [first, ...others] = await Promise.all(sites.map((one) => ownAfter(...one)))
  for (const other of others)
    for (const name of Object.keys(first ?? {})) expect(first?.[name], name).to.deep.equal(other[name])
}

/** After the one run that there is beside those `before`. */
async function ownAfter(
  database: Database,
  before: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const [run = '', ...more] = (await runIds(database)).filter((id) => !before.includes(id))
  if (run === '' || more.length > 0) throw new Error(`one run was expected, found ${more.length + 1}`)
  const state: Record<string, unknown> = {}
  const counts: Record<string, number> = {}
  for (const table of ownTables) {
    const rule = rules[table]
    const rows = await dumpOf(database, table)
    counts[table] = rows.length
    if (rule.rows === 'whole') state[table] = without(rows, rule.but)
    if (rule.rows === 'of a run')
      state[table] = without(rows.filter((row) => row['run_id'] === run).map(asAsked), rule.but)
  }
  const runs = await dumpOf(database, 'oubli_run')
  const cursors = await dumpOf(database, 'oubli_cursor')
  const checkpoints = await dumpOf(database, 'oubli_checkpoint')
  return {
    ...state,
    oubli_run: without(
      runs.filter(({ id }) => id === run),
      ['id', 'why_stopped'],
    ),
    'cursors of other runs': cursors.filter((row) => row['run_id'] !== run).length,
    'entries that are not sealed': (counts['oubli_entry'] ?? 0) - (counts['oubli_seal'] ?? 0),
    'entries beyond the newest checkpoint':
      (counts['oubli_seal'] ?? 0) - Math.max(...checkpoints.map(({ size }) => Number(size))),
    beats: counts['oubli_beat'],
  }
}

/** A run that did nothing asks nothing after it. */
function asAsked(row: Row): Row {
  return 'left_behind' in row ? { ...row, left_behind: row['left_behind'] ?? '0' } : row
}

function without(rows: readonly Row[], but: readonly string[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).filter(([name]) => !but.includes(name)))).sort()
}

/** Ids of all runs, whatever became of them. */
export async function runIds(database: Database): Promise<readonly string[]> {
  return (await dumpOf(database, 'oubli_run')).map(({ id }) => String(id))
}
