/** Holds on people. */
import type { Session, Statement } from '../session.ts'
import { marks, text, textOrNull } from './row.ts'

export interface Hold {
  readonly id: string
  readonly kind: string
  readonly keyText: string
  readonly matter: string
  readonly because: string
  readonly setBy: string
  readonly setAt: string
  readonly reviewBy: string
  readonly releasedAt: string | null
}

export async function addHold(tx: Session, hold: Omit<Hold, 'releasedAt'>): Promise<void> {
  await tx.run({
    text: 'INSERT INTO oubli_hold (id, kind, key_text, matter, because, set_by, set_at, review_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      hold.id,
      hold.kind,
      hold.keyText,
      hold.matter,
      hold.because,
      hold.setBy,
      hold.setAt,
      hold.reviewBy,
    ],
  })
}

export async function releaseHold(tx: Session, id: string, by: string, at: string): Promise<boolean> {
  const released = await tx.run({
    text: 'UPDATE oubli_hold SET released_at = ?, released_by = ? WHERE id = ? AND released_at IS NULL',
    values: [at, by, id],
  })
  return released === 1
}

export async function listHolds(session: Session, activeOnly: boolean): Promise<readonly Hold[]> {
  const rows = await session.rows({
    text: `SELECT id, kind, key_text, matter, because, set_by, set_at, review_by, released_at FROM oubli_hold${activeOnly ? ' WHERE released_at IS NULL' : ''} ORDER BY set_at, id`,
    values: [],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    kind: text(row, 'kind'),
    keyText: text(row, 'key_text'),
    matter: text(row, 'matter'),
    because: text(row, 'because'),
    setBy: text(row, 'set_by'),
    setAt: text(row, 'set_at'),
    reviewBy: text(row, 'review_by'),
    releasedAt: textOrNull(row, 'released_at'),
  }))
}

const pageSize = 500

/** What the active holds of a kind name, without their words. By pages, so that the server needs no look at the others. */
export async function namedByHolds(
  session: Session,
  kind: string,
): Promise<readonly Pick<Hold, 'id' | 'keyText'>[]> {
  const found: Pick<Hold, 'id' | 'keyText'>[] = []
  for (;;) {
    const rows = await session.rows({
      text: `SELECT id, key_text FROM oubli_hold WHERE released_at IS NULL AND kind = ? AND id > ? ORDER BY id LIMIT ${pageSize}`,
      values: [kind, found.at(-1)?.id ?? ''],
    })
    found.push(...rows.map((row) => ({ id: text(row, 'id'), keyText: text(row, 'key_text') })))
    if (rows.length < pageSize) return found
  }
}

/** Kinds that have an active hold at all: most sites have none, and nothing more is asked then. */
export async function heldKinds(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.rows({
    text: 'SELECT DISTINCT kind FROM oubli_hold WHERE released_at IS NULL',
    values: [],
  })
  return new Set(rows.map((row) => text(row, 'kind')))
}

/** Every key of a kind (as key text) that an active hold covers. */
export async function keysUnderHold(session: Session, kind: string): Promise<readonly string[]> {
  const rows = await session.rows({
    text: 'SELECT DISTINCT key_text FROM oubli_hold WHERE kind = ? AND released_at IS NULL ORDER BY key_text',
    values: [kind],
  })
  return rows.map((row) => text(row, 'key_text'))
}

/** Which of these keys (as key text) an active hold covers. */
export async function heldKeys(
  session: Session,
  kind: string,
  keyTexts: readonly string[],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>()
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    const rows = await session.rows({
      text: `SELECT key_text FROM oubli_hold WHERE kind = ? AND key_text IN (${marks(page)}) AND released_at IS NULL`,
      values: [kind, ...page],
    })
    for (const row of rows) held.add(text(row, 'key_text'))
  }
  return held
}

/** Released holds go with the people: whose case it was, and why. An active one would have spared them. */
export async function forgetHolds(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    await tx.run({
      text: `DELETE FROM oubli_hold WHERE kind = ? AND key_text IN (${marks(page)}) AND released_at IS NOT NULL`,
      values: [kind, ...page],
    })
  }
}

/** Keys (as key text) of a kind with released holds, in their order, after `after` (exclusive; null: from the first). */
export async function keysReleased(
  session: Session,
  kind: string,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await session.rows({
    text:
      'SELECT DISTINCT key_text FROM oubli_hold WHERE kind = ? AND key_text > ? AND released_at IS NOT NULL ' +
      `ORDER BY key_text LIMIT ${Math.floor(limit)}`,
    values: [kind, after ?? ''],
  })
  return rows.map((row) => text(row, 'key_text'))
}

/**
 * One number for the holds on these kinds: it changes whenever one is set or released, as long as none is
 * forgotten, which only the run itself does. Null without kinds.
 */
export function holdsSignature(kinds: readonly string[]): Statement | null {
  if (kinds.length === 0) return null
  return {
    text: `SELECT COUNT(*) * 1000000000 + COALESCE(SUM(CASE WHEN released_at IS NULL THEN 1 ELSE 0 END), 0) FROM oubli_hold WHERE kind IN (${marks(kinds)})`,
    values: [...kinds],
  }
}
