/** Mails that were sent so that they come back, and which of them did. They name nobody. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { text, textOrNull } from './row.ts'

export interface SelftestRow {
  readonly sentAt: Instant
  /** Null: it has not come back. */
  readonly provenAt: Instant | null
}

/** `route`: by which relay it leaves, and where bounces go. */
export async function insertSelftest(
  session: Session,
  test: { readonly token: string; readonly route: string; readonly sentAt: Instant },
): Promise<void> {
  await session.run({
    text: 'INSERT INTO oubli_selftest (token, route, sent_at) VALUES (?, ?, ?)',
    values: [test.token, test.route, isoInstant(test.sentAt)],
  })
}

/** False: there is none with this token, or it came back before. */
export async function setProven(tx: Session, token: string, code: string, at: Instant): Promise<boolean> {
  const matched = await tx.run({
    text: 'UPDATE oubli_selftest SET proven_at = ?, code = ? WHERE token = ? AND proven_at IS NULL',
    values: [isoInstant(at), code, token],
  })
  return matched > 0
}

/** The one of this route that came back last; where none did, the one that was sent last; null: none. */
export async function latestSelftest(session: Session, route: string): Promise<SelftestRow | null> {
  const [row] = await session.rows({
    text:
      'SELECT sent_at, proven_at FROM oubli_selftest WHERE route = ? ' +
      'ORDER BY proven_at IS NULL, proven_at DESC, sent_at DESC LIMIT 1',
    values: [route],
  })
  if (row === undefined) return null
  const proven = textOrNull(row, 'proven_at')
  return {
    sentAt: Date.parse(text(row, 'sent_at')),
    provenAt: proven === null ? null : Date.parse(proven),
  }
}
