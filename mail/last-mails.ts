/**
 * Last mails: what a person is told after the erasure. They are queued in the transaction that erases the person,
 * and go whole at any end: sent, refused, or too late. Only then is the address gone as well.
 */
import type { Instant } from '../base/clock.ts'
import type { ClaimedMail } from '../db/own/outbox.ts'
import {
  isLastMail,
  lockLastMails,
  lockOverdueLastMails,
  removeLastMails,
  type EndedLastMail,
} from '../db/own/last-mails.ts'
import type { Database, Session } from '../db/session.ts'
import { committed } from './insist.ts'
import type { LastMailEvidence, RecordMail } from './settle.ts'

export { countLastMails, isLastMail } from '../db/own/last-mails.ts'

const page = 500

/**
 * Removes those whose time is over, also while no relay can be reached, and says how many. One that is on the wire
 * is left to whoever sends it; its lease ends within minutes.
 */
export async function expireLastMails(database: Database, now: Instant, record: RecordMail): Promise<number> {
  const { skipLocked } = database.dialect
  return await abandon(database, now, record, (tx) => lockOverdueLastMails(tx, skipLocked, now, page))
}

/** After a restored backup: nobody knows which of them were sent since, and nobody is told twice. */
export async function forgetLastMails(database: Database, now: Instant, record: RecordMail): Promise<number> {
  return await abandon(database, now, record, (tx) => lockLastMails(tx, database.dialect.skipLocked, page))
}

/** `next`: at most a page of them, locked. Gives their number. */
async function abandon(
  database: Database,
  now: Instant,
  record: RecordMail,
  next: (tx: Session) => Promise<readonly EndedLastMail[]>,
): Promise<number> {
  let removed = 0
  for (;;) {
    const gone = await committed(database, async (tx) => {
      const mails = await next(tx)
      if (mails.length === 0) return 0
      await removeLastMails(
        tx,
        mails.map(({ id }) => id),
      )
      await record(tx, now, lastMailEvidence(mails, 'abandoned'))
      return mails.length
    })
    removed += gone
    if (gone < page) return removed
  }
}

/** The last ones among mails that end, removed; gives what the evidence says of them. */
export async function endLastMails(
  tx: Session,
  mails: readonly ClaimedMail[],
  how: LastMailEvidence['how'],
): Promise<readonly LastMailEvidence[]> {
  const last = mails
    .filter(isLastMail)
    .map(({ id, policy, keyText }): EndedLastMail => ({ id, policy, termsHash: keyText }))
  await removeLastMails(
    tx,
    last.map(({ id }) => id),
  )
  return lastMailEvidence(last, how)
}

/** One line for each policy and its terms: nothing that stands for a single person. */
function lastMailEvidence(
  mails: readonly EndedLastMail[],
  how: LastMailEvidence['how'],
): readonly LastMailEvidence[] {
  const counts = new Map<string, LastMailEvidence>()
  for (const { policy, termsHash } of mails) {
    const place = `${policy} ${termsHash}`
    const count = (counts.get(place)?.count ?? 0) + 1
    counts.set(place, { kind: 'telling.ended', policy, termsHash, how, count })
  }
  return [...counts.values()]
}
