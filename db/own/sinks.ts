/** What the places off the host were given: the last checkpoint that each took, and why it took no newer one. */
import type { Session } from '../session.ts'
import { text, textOrNull } from './row.ts'

export interface SinkRow {
  readonly name: string
  /** Entries under the last checkpoint that it took; null: none yet. */
  readonly size: number | null
  readonly sentAt: string | null
  readonly triedAt: string
  /** Why the last try failed; null: it did not. */
  readonly code: string | null
}

export async function readSinks(session: Session): Promise<readonly SinkRow[]> {
  const rows = await session.rows({
    text: 'SELECT name, size, sent_at, tried_at, code FROM oubli_sink ORDER BY name',
    values: [],
  })
  return rows.map((row) => ({
    name: text(row, 'name'),
    size: row['size'] === null ? null : Number(row['size']),
    sentAt: textOrNull(row, 'sent_at'),
    triedAt: text(row, 'tried_at'),
    code: textOrNull(row, 'code'),
  }))
}

/** `size`: what it took now; null: nothing, and `code` says why. */
export async function recordSink(
  session: Session,
  tried: {
    readonly name: string
    readonly size: number | null
    readonly at: string
    readonly code: string | null
  },
): Promise<void> {
  const { name, at, code } = tried
  const size = tried.size === null ? null : BigInt(tried.size)
  const sentAt = size === null ? null : at
  const known = await session.run({
    text: 'UPDATE oubli_sink SET size = COALESCE(?, size), sent_at = COALESCE(?, sent_at), tried_at = ?, code = ? WHERE name = ?',
    values: [size, sentAt, at, code, name],
  })
  if (known > 0) return
  await session.run({
    text: 'INSERT INTO oubli_sink (name, size, sent_at, tried_at, code) VALUES (?, ?, ?, ?, ?)',
    values: [name, size, sentAt, at, code],
  })
}
