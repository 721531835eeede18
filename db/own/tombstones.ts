/**
 * Keyed references of people who were erased: they recognise somebody whom a restored backup brought back. And of
 * those who were put back on purpose, or asked to stay, for the same night.
 */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Row, Session } from '../session.ts'
import { marks, text, textOrNull } from './row.ts'

export interface Tombstone {
  /** HMAC over kind, key and identity. */
  readonly hash: string
  /** Empty for `put back`; the id of the request for `kept`. */
  readonly policy: string
  /**
   * `anonymised`: the row stayed. `put back`: on purpose, and what was done to them before counts no more. `kept`: on
   * request. `unknown`: an earlier version wrote it, and only the entry says.
   */
  readonly act: 'erased' | 'anonymised' | 'put back' | 'kept' | 'unknown'
  /** HMAC over kind and key. */
  readonly keyHash: string
  readonly kind: string
  readonly entryId: string
  readonly erasedAt: string
}

/**
 * Keeps the first of several for one person under one policy. The people are locked, so nobody else writes
 * theirs meanwhile. `exported`: they stand outside the database already.
 */
export async function insertTombstones(
  tx: Session,
  tombstones: readonly Tombstone[],
  exported = false,
): Promise<void> {
  for (let from = 0; from < tombstones.length; from += 200) {
    const page = tombstones.slice(from, from + 200)
    const found = await findTombstones(
      tx,
      page.map(({ hash }) => hash),
    )
    const known = new Set(found.map(place))
    const fresh = page.filter((one) => !known.has(place(one)))
    if (fresh.length === 0) continue
    await tx.run({
      text: `INSERT INTO oubli_tombstone (${columns}, exported) VALUES ${fresh.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      values: fresh.flatMap((one) => [
        ...[one.hash, one.policy, one.act, one.keyHash, one.kind, one.entryId, one.erasedAt],
        exported ? 1 : 0,
      ]),
    })
  }
}

/**
 * Of people who live on: a second act takes the place of the first, or the ledger would not tell of it. A
 * first one that is not told outside yet is kept instead.
 */
export async function renewTombstones(tx: Session, tombstones: readonly Tombstone[]): Promise<void> {
  const ours = new Set(tombstones.map(place))
  for (let from = 0; from < tombstones.length; from += 200) {
    const hashes = tombstones.slice(from, from + 200).map(({ hash }) => hash)
    const old = (await findTombstones(tx, hashes)).filter((one) => ours.has(place(one)))
    for (const policy of new Set(old.map((one) => one.policy))) {
      const gone = old.filter((one) => one.policy === policy).map(({ hash }) => hash)
      await tx.run({
        text: `DELETE FROM oubli_tombstone WHERE policy = ? AND exported = 1 AND hash IN (${marks(gone)})`,
        values: [policy, ...gone],
      })
    }
  }
  await insertTombstones(tx, tombstones)
}

function place({ hash, policy }: Tombstone): string {
  return `${hash} ${policy}`
}

export async function findTombstones(
  session: Session,
  hashes: readonly string[],
): Promise<readonly Tombstone[]> {
  if (hashes.length === 0) return []
  const rows = await session.rows({
    text: `SELECT ${columns} FROM oubli_tombstone WHERE hash IN (${marks(hashes)})`,
    values: hashes,
  })
  return rows.map(tombstone)
}

/** Whatever says of one person that they went, or were put back, until a moment (inclusive, ISO 8601), or ever. */
export async function forgetDepartures(tx: Session, hash: string, until = '9999'): Promise<void> {
  await tx.run({
    text: "DELETE FROM oubli_tombstone WHERE hash = ? AND act <> 'kept' AND erased_at <= ?",
    values: [hash, until],
  })
}

/** The latest time that this was done to somebody with this key; null: none is known. */
export async function lastWithKey(
  session: Session,
  keyHash: string,
  acts: readonly Tombstone['act'][] = ['erased'],
): Promise<Tombstone | null> {
  const [row] = await session.rows({
    text: `SELECT ${columns} FROM oubli_tombstone WHERE key_hash = ? AND act IN (${marks(acts)}) ORDER BY erased_at DESC LIMIT 1`,
    values: [keyHash, ...acts],
  })
  return row === undefined ? null : tombstone(row)
}

/** Request to stay → the person who asked, as a tombstone; of people with these keys, at most 500. */
export async function keptHashes(
  session: Session,
  keyHashes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows({
    text: `SELECT hash, policy FROM oubli_tombstone WHERE key_hash IN (${marks(keyHashes)}) AND act = 'kept'`,
    values: keyHashes,
  })
  return new Map(rows.map((row) => [text(row, 'policy'), text(row, 'hash')]))
}

export interface TombstoneToTell extends Tombstone {
  /** What the entry says, where the act is unknown; null: it is known, or the text is gone. */
  readonly leaf: string | null
}

/** Those that do not stand outside yet, and whose entry has its place in the log; oldest first. */
export async function tombstonesToTell(session: Session, limit: number): Promise<readonly TombstoneToTell[]> {
  const rows = await session.rows({
    text:
      `SELECT ${columns.replace('entry_id', 't.entry_id')}, e.leaf FROM oubli_tombstone t` +
      ' JOIN oubli_seal s ON s.entry_id = t.entry_id' +
      " LEFT JOIN oubli_entry e ON e.id = t.entry_id AND t.act = 'unknown'" +
      ` WHERE t.exported = 0 ORDER BY t.erased_at LIMIT ${Math.floor(limit)}`,
    values: [],
  })
  return rows.map((row) => ({ ...tombstone(row), leaf: textOrNull(row, 'leaf') }))
}

/** What no ledger outside tells yet: who went, who was put back, who asked to stay. */
export async function untoldCount(session: Session): Promise<number> {
  return await countUntold(session, 'COUNT(*)', '')
}

/** Of it the people who went: a backup that is restored now brings them back unrecognised. */
export async function untoldPeople(session: Session): Promise<number> {
  return await countUntold(session, 'COUNT(DISTINCT key_hash)', " AND act NOT IN ('kept', 'put back')")
}

async function countUntold(session: Session, count: string, which: string): Promise<number> {
  const [row] = await session.rows({
    text: `SELECT ${count} AS people FROM oubli_tombstone WHERE exported = 0${which}`,
    values: [],
  })
  return row === undefined ? 0 : Number(text(row, 'people'))
}

/** At most 500. */
export async function setTombstonesTold(session: Session, told: readonly Tombstone[]): Promise<void> {
  for (const policy of new Set(told.map((one) => one.policy))) {
    const hashes = told.filter((one) => one.policy === policy).map(({ hash }) => hash)
    await session.run({
      text: `UPDATE oubli_tombstone SET exported = 1 WHERE policy = ? AND hash IN (${marks(hashes)})`,
      values: [policy, ...hashes],
    })
  }
}

/** Removes at most `limit` tombstones of people who were erased before a moment (exclusive); says how many. */
export async function dropTombstones(session: Session, before: string, limit: number): Promise<number> {
  const rows = await session.rows({
    text: `SELECT hash FROM oubli_tombstone WHERE erased_at < ? ORDER BY erased_at LIMIT ${Math.floor(limit)}`,
    values: [before],
  })
  if (rows.length === 0) return 0
  const hashes = rows.map((row) => text(row, 'hash'))
  return await session.run({
    text: `DELETE FROM oubli_tombstone WHERE hash IN (${marks(hashes)}) AND erased_at < ?`,
    values: [...hashes, before],
  })
}

const columns = 'hash, policy, act, key_hash, kind, entry_id, erased_at'

function tombstone(row: Row): Tombstone {
  return {
    hash: text(row, 'hash'),
    policy: text(row, 'policy'),
    act: text(row, 'act') as Tombstone['act'],
    keyHash: text(row, 'key_hash'),
    kind: text(row, 'kind'),
    entryId: text(row, 'entry_id'),
    erasedAt: text(row, 'erased_at'),
  }
}

/** People who were erased since that moment, under whichever policy. */
export async function countErasedSince(session: Session, since: Instant): Promise<number> {
  const [row] = await session.rows({
    text: "SELECT COUNT(DISTINCT key_hash) AS people FROM oubli_tombstone WHERE act = 'erased' AND erased_at >= ?",
    values: [isoInstant(since)],
  })
  return row === undefined ? 0 : Number(text(row, 'people'))
}
