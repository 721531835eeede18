/** How many mails left, wait and failed, and how many later ones were promised: counted for the warm-up. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { readWarningTaken } from './control.ts'
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
  readonly policy: string
  readonly mails: number
  /** The last answer to them; null: not tried yet, or they may not leave now. */
  readonly reply: string | null
  /** The oldest of them was queued then. */
  readonly since: Instant
}

export async function waitingByReply(session: Session): Promise<readonly WaitingMails[]> {
  const rows = await session.rows({
    text:
      'SELECT policy, reply_code, COUNT(*) AS mails, MIN(created_at) AS since FROM oubli_outbox ' +
      "WHERE state IN ('queued', 'claimed', 'deferred', 'unknown') GROUP BY policy, reply_code",
    values: [],
  })
  return rows.map((row) => ({
    policy: text(row, 'policy'),
    mails: count(row, 'mails'),
    reply: textOrNull(row, 'reply_code'),
    since: Date.parse(text(row, 'since')),
  }))
}

export interface Untaken {
  /** Tried, and waiting or just given up. */
  readonly mails: number
  /** An answer to one of them; null: none came. */
  readonly reply: string | null
  /** The first that was not taken was queued then. */
  readonly since: Instant
}

/**
 * Warnings queued since the last one that was taken, and tried in vain; null: there is none. `after`: since when one that
 * was given up still counts by itself, and `until` since when it does while another waits, which is young again.
 */
export async function untakenMails(
  session: Session,
  { after, until }: { readonly after: Instant; readonly until: Instant },
): Promise<Untaken | null> {
  const [last] = await session.rows({
    text: "SELECT MAX(accepted_at) AS at FROM oubli_outbox WHERE kind <> ''",
    values: [],
  })
  // Those of people who are erased are gone; their delivery was noted.
  const standing = (last === undefined ? null : textOrNull(last, 'at')) ?? ''
  const noted = (await readWarningTaken(session)) ?? ''
  const taken = noted > standing ? noted : standing
  const among = async (which: string, ended: readonly Instant[]): Promise<Untaken | null> => {
    const [row] = await session.rows({
      text: `SELECT COUNT(*) AS mails, MAX(reply_code) AS reply_code, MIN(created_at) AS since FROM oubli_outbox WHERE ${which} AND kind <> '' AND created_at > ?`,
      values: [...ended.map(isoInstant), taken],
    })
    const since = row === undefined ? null : textOrNull(row, 'since')
    if (row === undefined || since === null) return null
    return { mails: count(row, 'mails'), reply: textOrNull(row, 'reply_code'), since: Date.parse(since) }
  }
  const tried = '(reply_code IS NOT NULL OR transport_called_at IS NOT NULL)'
  const given = "state = 'abandoned' AND ended_at >= ?"
  const now =
    (await among(`state IN ('queued', 'claimed', 'deferred', 'unknown') AND ${tried}`, [])) ??
    (await among(given, [after]))
  if (now === null) return null
  const before = await among(given, [until])
  return { ...now, since: Math.min(now.since, before?.since ?? now.since) }
}

/**
 * Refused for good, at once or in a report. What another server gave up is said against no address, and comes again
 * with each round: a pause for it would never end.
 */
export async function failedSince(session: Session, since: Instant): Promise<number> {
  const [row] = await session.rows({
    text:
      "SELECT COUNT(*) AS mails FROM oubli_outbox WHERE state IN ('rejected', 'bounced') AND ended_at >= ? " +
      "AND (state = 'rejected' OR reply_code LIKE '5.%')",
    values: [isoInstant(since)],
  })
  return row === undefined ? 0 : count(row, 'mails')
}

export interface Announced {
  readonly policy: string
  /** What was said of the terms; who was told of others than those of today is told anew. */
  readonly termsHash: string
  readonly announced: Instant
  readonly people: number
}

const sameRow = ['policy', 'kind', 'key_text', 'cycle', 'round', 'step']
  .map((column) => `said.${column} = w.${column}`)
  .join(' AND ')

/**
 * The newest round of a person alone: a day that an earlier one named is not that of the erasure any more, nor is that of
 * a round of which another server gave a mail up. The terms are
 * read row by row, by key, because the index that finds the first mails does not hold them: asked for outright, a server
 * would rather read the whole table.
 */
export const announcedText =
  `SELECT w.policy, (SELECT said.terms_hash FROM oubli_warning said WHERE ${sameRow}) AS terms, w.announced, ` +
  'COUNT(*) AS people FROM oubli_warning w ' +
  "WHERE w.step = 0 AND w.state IN ('open', 'unknown', 'accepted') AND NOT EXISTS (" +
  'SELECT 1 FROM oubli_warning later WHERE later.policy = w.policy AND later.kind = w.kind ' +
  'AND later.key_text = w.key_text ' +
  'AND (later.cycle > w.cycle OR (later.cycle = w.cycle AND (later.round > w.round ' +
  "OR (later.round = w.round AND later.state = 'undelivered'))))) " +
  'GROUP BY w.policy, terms, w.announced'

/** People whose first mail stands or is on its way, by the day that it names. */
export async function announcedDays(session: Session): Promise<readonly Announced[]> {
  const rows = await session.rows({ text: announcedText, values: [] })
  return rows.map((row) => ({
    policy: text(row, 'policy'),
    termsHash: text(row, 'terms'),
    announced: Date.parse(text(row, 'announced')),
    people: count(row, 'people'),
  }))
}
