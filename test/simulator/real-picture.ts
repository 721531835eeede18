/** The picture of a real database: the same that the invariants see of the modelled one. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCheckpoint } from '../../audit/checkpoint.ts'
import { unsignedTextOf } from '../../audit/note.ts'
import type { Row } from '../../db/session.ts'
import { keyFromText } from '../../base/subject-ref.ts'
import type { CheckpointSeen, Picture } from './picture.ts'
import type { RealSite } from './real-site.ts'

export async function realPicture(site: RealSite, version: number): Promise<Picture> {
  const rows = (text: string): Promise<readonly Row[]> => site.database.rows({ text, values: [] })
  const outbox = await rows('SELECT id, token, key_text, state, address, message FROM oubli_outbox')
  const warnings = await rows('SELECT * FROM oubli_warning ORDER BY queued_at, round, step')
  const holds = await rows('SELECT key_text FROM oubli_hold')
  const users = await rows(
    'SELECT u.id, COUNT(s.id) AS n FROM users u LEFT JOIN sessions s ON s.user_id = u.id AND s.id < 1000000 GROUP BY u.id',
  )
  const [orphans] = await rows(
    'SELECT COUNT(*) AS n FROM sessions WHERE user_id NOT IN (SELECT id FROM users)',
  )
  const entries = await rows('SELECT id, run_id, leaf FROM oubli_entry')
  const runs = await rows('SELECT id, as_of FROM oubli_run ORDER BY rowid')
  const [left] = await rows(
    "SELECT p.left_over FROM oubli_run_policy p JOIN oubli_run r ON r.id = p.run_id WHERE p.mode = 'enforced' ORDER BY r.as_of DESC LIMIT 1",
  )
  return {
    people: new Map(users.map((row) => [text(row, 'id'), Number(row['n'])])),
    orphans: Number(orphans?.['n'] ?? 0),
    mails: outbox.map((row) => ({
      ...{ id: text(row, 'id'), token: text(row, 'token'), key: keyOf(row), state: text(row, 'state') },
      address: row['address'] === null ? null : text(row, 'address'),
      message: row['message'] === null ? null : 'bytes',
    })),
    warnings: warnings.map((row) => warningOf(row)),
    entries: new Map(
      entries.map((row) => [text(row, 'id'), { run: text(row, 'run_id'), leaf: text(row, 'leaf') }]),
    ),
    entriesVersion: version,
    tombstones: new Map(
      (await rows('SELECT hash, entry_id FROM oubli_tombstone')).map((row) => [
        text(row, 'hash'),
        text(row, 'entry_id'),
      ]),
    ),
    seals: (await rows('SELECT entry_id FROM oubli_seal ORDER BY leaf_index')).map((row) =>
      text(row, 'entry_id'),
    ),
    checkpoints: await checkpointsIn(site.context.settings.evidence.folder),
    runs: () => new Map(runs.map((row) => [text(row, 'id'), Date.parse(text(row, 'as_of'))])),
    cursors: new Map(
      (await rows('SELECT run_id, seq FROM oubli_cursor')).map((row) => [
        text(row, 'run_id'),
        Number(row['seq']),
      ]),
    ),
    traces: tracesOf([...outbox, ...warnings, ...holds]),
    left: Number(left?.['left_over'] ?? 0),
    token: null,
    writtenUnder: null,
  }
}

function text(row: Row, column: string): string {
  return String(row[column])
}

function keyOf(row: Row): string {
  return keyFromText(text(row, 'key_text'))[0] ?? ''
}

function warningOf(row: Row): Picture['warnings'][number] {
  return {
    mail: text(row, 'outbox_id'),
    key: keyOf(row),
    cycle: Date.parse(text(row, 'cycle')),
    round: Number(row['round']),
    step: Number(row['step']),
    addressHash: text(row, 'address_hash'),
    terms: text(row, 'terms_hash'),
    announced: Date.parse(text(row, 'announced')),
    queuedAt: Date.parse(text(row, 'queued_at')),
    state: text(row, 'state'),
  }
}

function tracesOf(rows: readonly Row[]): ReadonlyMap<string, number> {
  const traces = new Map<string, number>()
  for (const row of rows) traces.set(keyOf(row), (traces.get(keyOf(row)) ?? 0) + 1)
  return traces
}

const known = new Map<string, CheckpointSeen>()

/** Each is read once: its name is its size, and its path belongs to one story. */
async function checkpointsIn(folder: string): Promise<readonly CheckpointSeen[]> {
  const inner = join(folder, 'checkpoints')
  const names = (await readdir(inner).catch(() => [])).sort()
  // An emptied folder begins another story.
  if (names.length === 0) known.clear()
  for (const name of names) {
    if (known.has(name)) continue
    const read = readCheckpoint(unsignedTextOf(await readFile(join(inner, name), 'utf8')) ?? '')
    if (read !== null) known.set(name, { size: read.size, root: Buffer.from(read.root).toString('base64') })
  }
  return names.flatMap((name) => known.get(name) ?? [])
}
