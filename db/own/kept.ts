/** Requests to stay: marks that count as a sign of life, once for each silence. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { marks, text } from './row.ts'

export interface KeptRow {
  readonly id: string
  readonly kind: string
  readonly keyText: string
  readonly because: string
  readonly askedBy: string
  readonly keptAt: Instant
}

export async function insertKept(tx: Session, kept: KeptRow): Promise<void> {
  await tx.run({
    text: 'INSERT INTO oubli_kept (id, kind, key_text, because, asked_by, kept_at) VALUES (?, ?, ?, ?, ?, ?)',
    values: [kept.id, kept.kind, kept.keyText, kept.because, kept.askedBy, isoInstant(kept.keptAt)],
  })
}

/** By key text, oldest first. */
export async function readKept(
  session: Session,
  kind: string,
  keyTexts: readonly string[],
): Promise<ReadonlyMap<string, readonly Instant[]>> {
  const found = new Map<string, Instant[]>()
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    const rows = await session.rows({
      text: `SELECT key_text, kept_at FROM oubli_kept WHERE kind = ? AND key_text IN (${marks(page)}) ORDER BY key_text, kept_at`,
      values: [kind, ...page],
    })
    for (const row of rows) {
      const key = text(row, 'key_text')
      found.set(key, [...(found.get(key) ?? []), Date.parse(text(row, 'kept_at'))])
    }
  }
  return found
}

/** Whose request it is; null: there is none with this id any more. */
export async function keptById(
  session: Session,
  id: string,
): Promise<Pick<KeptRow, 'kind' | 'keyText'> | null> {
  const [row] = await session.rows({
    text: 'SELECT kind, key_text FROM oubli_kept WHERE id = ?',
    values: [id],
  })
  return row === undefined ? null : { kind: text(row, 'kind'), keyText: text(row, 'key_text') }
}

/** Ids of all requests that are here. */
export async function keptIds(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.rows({ text: 'SELECT id FROM oubli_kept', values: [] })
  return new Set(rows.map((row) => text(row, 'id')))
}

/** Of one kind, in the order of their ids, after `after` (exclusive; null: from the first). */
export async function keptOfKind(
  session: Session,
  kind: string,
  after: string | null,
  limit: number,
): Promise<readonly Pick<KeptRow, 'id' | 'keyText'>[]> {
  const rows = await session.rows({
    text: `SELECT id, key_text FROM oubli_kept WHERE kind = ? AND id > ? ORDER BY id LIMIT ${Math.floor(limit)}`,
    values: [kind, after ?? ''],
  })
  return rows.map((row) => ({ id: text(row, 'id'), keyText: text(row, 'key_text') }))
}

/** Removes these requests; at most 500. */
export async function dropKept(session: Session, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await session.run({ text: `DELETE FROM oubli_kept WHERE id IN (${marks(ids)})`, values: ids })
}

/** Requests of people who are erased go with them. Says how many there were. */
export async function forgetKept(tx: Session, kind: string, keyTexts: readonly string[]): Promise<number> {
  let gone = 0
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    gone += await tx.run({
      text: `DELETE FROM oubli_kept WHERE kind = ? AND key_text IN (${marks(page)})`,
      values: [kind, ...page],
    })
  }
  return gone
}

/** Ids of all requests of these people. */
export async function keptOf(
  session: Session,
  kind: string,
  keyTexts: readonly string[],
): Promise<readonly string[]> {
  const ids: string[] = []
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    const rows = await session.rows({
      text: `SELECT id FROM oubli_kept WHERE kind = ? AND key_text IN (${marks(page)}) ORDER BY id`,
      values: [kind, ...page],
    })
    ids.push(...rows.map((row) => text(row, 'id')))
  }
  return ids
}

/**
 * Takes away why, and who asked, where nobody is there any more whom it concerns. The mark stays, because another
 * policy may still count from it; without words the view does not show it.
 */
export async function forgetKeptWords(tx: Session, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 500) {
    const page = ids.slice(from, from + 500)
    const rows = await tx.rows({
      text: `SELECT id, kind, key_text, kept_at FROM oubli_kept WHERE id IN (${marks(page)}) AND (because <> '' OR asked_by <> '')`,
      values: page,
    })
    const worded = rows.map((row): KeptRow => ({
      ...{ id: text(row, 'id'), kind: text(row, 'kind'), keyText: text(row, 'key_text') },
      ...{ because: '', askedBy: '', keptAt: Date.parse(text(row, 'kept_at')) },
    }))
    // Written anew: our account has no right to change a request.
    await dropKept(
      tx,
      worded.map(({ id }) => id),
    )
    for (const one of worded) await insertKept(tx, one)
  }
}
