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

/** Ids of all requests that are here. */
export async function keptIds(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.rows({ text: 'SELECT id FROM oubli_kept', values: [] })
  return new Set(rows.map((row) => text(row, 'id')))
}

/** Requests of people who are erased go with them. */
export async function forgetKept(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    await tx.run({
      text: `DELETE FROM oubli_kept WHERE kind = ? AND key_text IN (${marks(page)})`,
      values: [kind, ...page],
    })
  }
}
