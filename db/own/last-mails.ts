/**
 * The statements of last mails: what a person is told after the erasure. Such a mail stands in the outbox under no
 * kind, and where the key of a person would stand is the hash of the terms: it belongs to nobody any more.
 */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Row, Session } from '../session.ts'
import { insertMail, type MailToQueue } from './outbox.ts'
import { count, marks, text } from './row.ts'

const noKind = ''
const campaign = 'then_tell'

export type LastMail = Omit<MailToQueue, 'campaign' | 'kind' | 'keyText'> & {
  readonly id: string
  readonly termsHash: string
}

/** One that has ended. */
export interface EndedLastMail {
  readonly id: string
  readonly policy: string
  readonly termsHash: string
}

export function isLastMail({ kind }: { readonly kind: string }): boolean {
  return kind === noKind
}

export async function insertLastMails(tx: Session, mails: readonly LastMail[]): Promise<void> {
  for (const { id, termsHash, ...mail } of mails)
    await insertMail(tx, id, { ...mail, campaign, kind: noKind, keyText: termsHash })
}

/** Removes them whole: address, bytes, and that there was one. */
export async function removeLastMails(tx: Session, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.run({
    text: `DELETE FROM oubli_outbox WHERE id IN (${marks(ids)}) AND kind = ?`,
    values: [...ids, noKind],
  })
}

/** Those whose time is over and that nobody is sending now, locked; at most `limit`. */
export async function lockOverdueLastMails(
  tx: Session,
  skipLocked: string,
  now: Instant,
  limit: number,
): Promise<readonly EndedLastMail[]> {
  const at = isoInstant(now)
  const rows = await tx.rows({
    text:
      'SELECT id, policy, key_text FROM oubli_outbox WHERE kind = ? AND give_up_at <= ? ' +
      `AND (state <> 'claimed' OR lease_until <= ?) ORDER BY id LIMIT ${Math.floor(limit)}${skipLocked}`,
    values: [noKind, at, at],
  })
  return rows.map(ended)
}

/** Whatever their time and state, locked; at most `limit`. */
export async function lockLastMails(
  tx: Session,
  skipLocked: string,
  limit: number,
): Promise<readonly EndedLastMail[]> {
  const rows = await tx.rows({
    text:
      'SELECT id, policy, key_text FROM oubli_outbox WHERE kind = ? ' +
      `ORDER BY id LIMIT ${Math.floor(limit)}${skipLocked}`,
    values: [noKind],
  })
  return rows.map(ended)
}

export async function countLastMails(session: Session): Promise<number> {
  const [row] = await session.rows({
    text: 'SELECT COUNT(*) AS n FROM oubli_outbox WHERE kind = ?',
    values: [noKind],
  })
  return row === undefined ? 0 : count(row, 'n')
}

function ended(row: Row): EndedLastMail {
  return { id: text(row, 'id'), policy: text(row, 'policy'), termsHash: text(row, 'key_text') }
}
