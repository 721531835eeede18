/** How many mails left, wait and failed, and how many later ones were promised: counted for the warm-up. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { count, text, textOrNull } from './row.ts'

/** Accepted mails by UTC day, `YYYY-MM-DD`; days without any are not in it. Mails of erased people are gone. */
export async function leftByDay(session: Session, since: Instant): Promise<ReadonlyMap<string, number>> {
  const rows = await session.rows({
    text:
      'SELECT SUBSTR(accepted_at, 1, 10) AS day, COUNT(*) AS mails FROM oubli_outbox ' +
      'WHERE accepted_at >= ? GROUP BY SUBSTR(accepted_at, 1, 10)',
    values: [isoInstant(since)],
  })
  return new Map(rows.map((row) => [text(row, 'day'), count(row, 'mails')]))
}

export interface WaitingMails {
  readonly mails: number
  /** The last answer to them; null: not tried yet, or they may not leave now. */
  readonly reply: string | null
  /** The oldest of them was queued then. */
  readonly since: Instant
}

export async function waitingByReply(session: Session): Promise<readonly WaitingMails[]> {
  const rows = await session.rows({
    text:
      'SELECT reply_code, COUNT(*) AS mails, MIN(created_at) AS since FROM oubli_outbox ' +
      "WHERE state IN ('queued', 'claimed', 'deferred', 'unknown') GROUP BY reply_code",
    values: [],
  })
  return rows.map((row) => ({
    mails: count(row, 'mails'),
    reply: textOrNull(row, 'reply_code'),
    since: Date.parse(text(row, 'since')),
  }))
}

/** Refused for good, or come back. */
export async function failedSince(session: Session, since: Instant): Promise<number> {
  const [row] = await session.rows({
    text: "SELECT COUNT(*) AS mails FROM oubli_outbox WHERE state IN ('rejected', 'bounced') AND ended_at >= ?",
    values: [isoInstant(since)],
  })
  return row === undefined ? 0 : count(row, 'mails')
}

export interface Announced {
  readonly policy: string
  readonly announced: Instant
  readonly people: number
}

/** People whose first mail stands or is on its way, by the day that it names. */
export async function announcedDays(session: Session): Promise<readonly Announced[]> {
  const rows = await session.rows({
    text:
      'SELECT policy, announced, COUNT(*) AS people FROM oubli_warning ' +
      "WHERE step = 0 AND state IN ('open', 'unknown', 'accepted') GROUP BY policy, announced",
    values: [],
  })
  return rows.map((row) => ({
    policy: text(row, 'policy'),
    announced: Date.parse(text(row, 'announced')),
    people: count(row, 'people'),
  }))
}
