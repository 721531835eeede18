/** Mails that have no warning behind them any more: of people who came back, or whose notice was over. */
import type { Session } from '../session.ts'
import { text } from './row.ts'

export interface LeftMail {
  readonly id: string
  readonly kind: string
  readonly keyText: string
}

/** The next of all mails, by id, and whether a warning stands behind each. Mails after an erasure are nobody's. */
export async function mailsFrom(
  session: Session,
  after: string,
  limit: number,
): Promise<readonly (LeftMail & { readonly warned: boolean })[]> {
  const rows = await session.rows({
    text:
      'SELECT o.id, o.kind, o.key_text, CASE WHEN EXISTS (SELECT 1 FROM oubli_warning w WHERE w.kind = o.kind ' +
      `AND w.key_text = o.key_text) THEN 1 ELSE 0 END AS warned FROM oubli_outbox o WHERE o.id > ? AND o.kind <> '' ORDER BY o.id LIMIT ${Math.floor(limit)}`,
    values: [after],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    kind: text(row, 'kind'),
    keyText: text(row, 'key_text'),
    warned: text(row, 'warned') === '1',
  }))
}
