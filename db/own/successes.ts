/** Which runs a policy succeeded in, what held it up in the last one, and when it last had its turn. */
import type { HeldUp } from '../../plan/held-up.ts'
import type { Session } from '../session.ts'
import { text, textOrNull } from './row.ts'
import { oftenBusy } from './set-aside.ts'

const erasing = "(r.job = 'run' OR r.job LIKE '%purge%')"

const ofPolicies =
  ' FROM oubli_run_policy p JOIN oubli_run r ON r.id = p.run_id' +
  ' LEFT JOIN oubli_run_result s ON s.run_id = p.run_id AND s.policy = p.policy'

/** Nothing of it is left to look at. What nobody can handle of another policy is not its own. */
const clean =
  'COALESCE(s.left_behind, 0) = 0' +
  " AND (r.state = 'done' OR NOT EXISTS (SELECT 1 FROM oubli_set_aside a WHERE a.policy = p.policy" +
  ` AND a.since <= r.as_of AND (a.last_code <> 'busy' OR a.attempts >= ${oftenBusy})))`

/** A slice may end by number or by time; it must have begun. */
const didItsPart =
  "p.done >= p.due OR s.held_up = 'nothing'" +
  " OR (p.done > 0 AND s.held_up IN ('time', 'paused', 'throttled'))"

const begins = (words: readonly string[]): string =>
  words.map((word) => `r.why_stopped LIKE '${word}%'`).join(' OR ')

/**
 * Earlier versions kept no more than the sentence of the whole run, with its most serious reason. How it begins where
 * the run ended before its work did: what it did of a policy may be a part.
 */
const cutShort = begins([
  ...['interrupted by ', 'stopped by oubli stop'],
  'refused by a safety stop: too many entries wait to be sealed',
])

/** The same of one whose mails did not leave. */
const noMails = begins([
  ...['first mails pause: ', 'relay ', 'too many refusals ', 'the mail to our own mailbox '],
])

/** Of a run that another policy made fail: what is known of this one itself, and that its own work was not cut short. */
const didItsPartBeside =
  "s.held_up = 'nothing' OR (p.done > 0 AND s.held_up IN ('time', 'paused', 'throttled'))"

const didItsPartBefore =
  `p.done >= p.due OR (p.done > 0 AND NOT COALESCE(${cutShort}, 1 = 0))` +
  ` OR (r.state = 'done' AND NOT COALESCE(${begins(['the time of this run is used up'])}, 1 = 0))`

/**
 * Policy → the latest run in which it erased what it was to erase, as an ISO instant. A run that only warns is none,
 * nor one in which rows were due and it did nothing. `warning`: policies that first warn, and get nowhere while mails
 * do not leave; asked of runs of earlier versions alone.
 */
export async function lastSuccesses(
  session: Session,
  until: string,
  warning: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const mailsWait = `CASE WHEN s.mails_held IS NULL AND (${noMails}) THEN 1 ELSE 0 END`
  const rows = await session.rows({
    text:
      `SELECT p.policy, ${mailsWait} AS mails_wait, MAX(r.as_of) AS last${ofPolicies}` +
      ` WHERE p.mode = 'enforced' AND r.as_of <= ? AND ${erasing}` +
      ` AND (r.state IN ('done', 'partly', 'refused') OR (r.state = 'failed' AND (${didItsPartBeside})))` +
      ` AND ${clean} AND COALESCE(s.mails_held, 0) = 0` +
      ` AND ((s.held_up IS NOT NULL AND (${didItsPart})) OR (s.held_up IS NULL AND (${didItsPartBefore})))` +
      ' GROUP BY p.policy, mails_wait ORDER BY last',
    values: [until],
  })
  return new Map(
    rows
      .filter((row) => text(row, 'mails_wait') === '0' || !warning.has(text(row, 'policy')))
      .map((row) => [text(row, 'policy'), text(row, 'last')]),
  )
}

export interface LastTry {
  /** `as_of` of the run, an ISO instant. */
  readonly at: string
  readonly heldUp: HeldUp
}

/** Policy → the latest run that was to act by it. Left out: an earlier version ran it, and did not say. */
export async function lastTries(session: Session, until: string): Promise<ReadonlyMap<string, LastTry>> {
  const acting = `p.mode = 'enforced' AND r.as_of <= ? AND ${erasing}`
  const rows = await session.rows({
    text:
      `SELECT p.policy, r.as_of, s.held_up${ofPolicies}` +
      ` JOIN (SELECT p.policy, MAX(r.as_of) AS last${ofPolicies} WHERE ${acting} GROUP BY p.policy) l` +
      ` ON l.policy = p.policy AND l.last = r.as_of WHERE ${acting} ORDER BY r.started_at, r.id`,
    values: [until, until],
  })
  return new Map(
    rows.flatMap((row) => {
      const heldUp = textOrNull(row, 'held_up') as HeldUp | null
      return heldUp === null ? [] : [[text(row, 'policy'), { at: text(row, 'as_of'), heldUp }] as const]
    }),
  )
}

/** Policy → `as_of` of the latest run that recorded that its work began, as an ISO instant; see also `notedTurns`. */
export async function lastTurns(session: Session): Promise<ReadonlyMap<string, string>> {
  // Of earlier versions: what was done, or that nothing was due, shows that it had one.
  const hadTurn = 'COALESCE(s.had_turn, CASE WHEN p.done > 0 OR p.due = 0 THEN 1 ELSE 0 END) = 1'
  const rows = await session.rows({
    text:
      `SELECT p.policy, MAX(r.as_of) AS last${ofPolicies}` +
      ` WHERE p.mode = 'enforced' AND ${erasing} AND ${hadTurn} GROUP BY p.policy`,
    values: [],
  })
  return new Map(rows.map((row) => [text(row, 'policy'), text(row, 'last')]))
}
