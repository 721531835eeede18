/**
 * What stands in our own tables, without what is random (ids, keyed hashes, who held a lease) and without what
 * says only how many runs there were. Two sites with one past have the same.
 */
import { expect } from 'chai'
import type { Database, Row } from '../../db/session.ts'
import { dumpOf } from './lab.ts'
import { ownTables } from './site-files.ts'

type OwnTable = (typeof ownTables)[number]

/** Columns that may rightly differ between the two, each with why. */
export type But = Readonly<Record<string, string>>

/** `whole`: every row but for these columns. `of a run`: the rows of one run. `ours`: see `ownAfter`. */
type Rule =
  | { readonly rows: 'whole'; readonly but: But }
  | { readonly rows: 'of a run'; readonly but: But }
  | { readonly rows: 'ours'; readonly why: string }

const random = 'drawn at random'
const keyed = 'keyed with the secret of each site'
const names = 'names a row by its random id'
const machine = 'by the clock of the machine, which goes on between the two'
const rest = 'the run that goes on finds what the killed one left'

const whole = (but: But = {}): Rule => ({ rows: 'whole', but })
const ofRun = (but: But): Rule => ({ rows: 'of a run', but: { run_id: names, ...but } })
const ours = (why: string): Rule => ({ rows: 'ours', why })

const rules: Readonly<Record<OwnTable, Rule>> = {
  oubli_answer: whole({ outbox_id: names, address_hash: keyed }),
  oubli_approval: whole({
    id: random,
    approved_at: 'of two in one instant the second gets the next free one',
    expires_at: 'seven days after it',
  }),
  oubli_backlog: whole({ approval_id: names, frozen_at: 'the instant of the approval' }),
  oubli_beat: ours('written twice a second, for as long as a run takes: that there is one is compared'),
  oubli_checkpoint: ours('signed with a key of each site: that the newest covers every entry is compared'),
  oubli_control: whole({ asked_at: 'a turn is taken by the killed run and again by the one that goes on' }),
  oubli_cursor: ours('of one run, by its id: that no other has one is compared'),
  oubli_done: whole(),
  oubli_drop: whole({ entry_id: random, run_id: names, leaf: 'names entry and run' }),
  oubli_entry: ours('leaves are compared by `changesOf`, and here that every one is sealed'),
  oubli_heartbeat: whole({ owner: random, expires_at: machine }),
  oubli_hold: whole({ id: random }),
  oubli_kept: whole({ id: random }),
  oubli_lease: whole({ owner: random, token: 'counts the holders, and the killed one was one more' }),
  oubli_mail_rate: whole({ next_at: machine }),
  oubli_opening: whole({ entry_id: names, key_hash: keyed, sealed: 'sealed under a random nonce' }),
  oubli_outbox: whole({
    id: random,
    token: random,
    message_id: 'has the token in it',
    message: 'has the token in it',
    claim_token: random,
  }),
  oubli_refusal: whole({ address_hash: keyed }),
  oubli_run: ours('the killed run has a row more: that of the run that goes on is compared'),
  oubli_run_backlog: ofRun({
    approval_id: names,
    overdue: rest,
    entering: rest,
    entering_old: rest,
    by_else_old: rest,
  }),
  oubli_run_policy: ofRun({ due: rest, done: rest, newly_due: rest }),
  oubli_run_result: ofRun({ acts: rest, asked: rest }),
  oubli_seal: ours('the place of a leaf is that of its random id: that each has one is compared'),
  oubli_selftest: whole({ token: random }),
  oubli_set_aside: whole({ run_id: names }),
  oubli_sink: whole({
    size: 'each run that ends adds leaves, and there was one more',
    sent_at: machine,
    tried_at: machine,
  }),
  oubli_slot: whole({ run_id: names }),
  oubli_terms: whole({ observed_run: names }),
  oubli_tombstone: whole({ hash: keyed, key_hash: keyed, entry_id: names }),
  oubli_waiting: whole({ entry_id: names }),
  oubli_warning: whole({ address_hash: keyed, outbox_id: names }),
}

/** Of a site: its database, and its runs before the one that is compared. */
export type SiteAfter = readonly [database: Database, before: readonly string[]]

/** `more`: what may rightly differ as well where these two were disturbed. */
export async function expectSameOwn(
  one: SiteAfter,
  other: SiteAfter,
  more: Partial<Readonly<Record<OwnTable, But>>> = {},
): Promise<void> {
  const [first, second] = await Promise.all([one, other].map((site) => ownAfter(site, more)))
  for (const name of Object.keys(first ?? {})) expect(first?.[name], name).to.deep.equal(second?.[name])
}

/** After the one run that there is beside those `before`. */
async function ownAfter(
  [database, before]: SiteAfter,
  more: Partial<Readonly<Record<OwnTable, But>>>,
): Promise<Readonly<Record<string, unknown>>> {
  const [run = '', ...others] = (await runIds(database)).filter((id) => !before.includes(id))
  if (run === '' || others.length > 0) throw new Error(`one run was expected, found ${others.length + 1}`)
  const state: Record<string, unknown> = {}
  const counts: Record<string, number> = {}
  for (const table of ownTables) {
    const rule = rules[table]
    const rows = await dumpOf(database, table)
    counts[table] = rows.length
    if (rule.rows === 'ours') continue
    const but = Object.keys({ ...rule.but, ...more[table] })
    if (rule.rows === 'whole') state[table] = without(rows, but)
    else state[table] = without(rows.filter((row) => row['run_id'] === run).map(asAsked), but)
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
