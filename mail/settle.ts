/** What happens to a mail, its warning and the evidence when the outcome of a call is known, in one transaction. */
import { point } from '../base/point.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import type { ClaimedMail } from '../db/own/outbox.ts'
import { endMails, putBack, putBackUncalled, type Unsettled } from '../db/own/outbox-ends.ts'
import { deleteRefusals, insertRefusal } from '../db/own/refusals.ts'
import {
  setWarningFailed,
  setWarningsAccepted,
  setWarningsUnknown,
  warningsBehind,
  type WarningBehind,
} from '../db/own/warnings.ts'
import type { Database, Dialect, Outcome, Session } from '../db/session.ts'
import { insist } from './insist.ts'
import { endLastMails, isLastMail } from './last-mails.ts'

/** For the evidence: that a warning of a policy was accepted or failed. */
export interface WarningMailEvidence {
  readonly kind: 'warning.accepted' | 'warning.failed'
  readonly policy: string
  /** Null: the person was erased or came back meanwhile, so no warning stands behind the mail. */
  readonly warning: WarningEvidence | null
}

/** For the evidence: that so many mails after an erasure have come to their end. */
export interface LastMailEvidence {
  readonly kind: 'telling.ended'
  readonly policy: string
  readonly termsHash: string
  readonly how: 'accepted' | 'refused' | 'abandoned'
  readonly count: number
}

export type MailEvidence = WarningMailEvidence | LastMailEvidence

export interface WarningEvidence {
  /** Whom it is about; the entry commits to it and does not tell it. */
  readonly kind: string
  readonly keyText: string
  readonly termsHash: string
  readonly round: number
  readonly step: number
  readonly announced: Instant
  readonly state: 'accepted' | 'refused' | 'bounced' | 'undelivered' | 'abandoned'
}

/** Writes the evidence in the transaction that changes the mails. */
export type RecordMail = (tx: Session, at: Instant, evidence: readonly MailEvidence[]) => Promise<void>

export interface Ending {
  readonly result: 'accepted' | 'rejected' | 'abandoned'
  readonly code: string | null
  /** Of a refusal: it counts against the address. One that does not is a mail that was given up. */
  readonly ofAddress?: boolean
}

/** Same address, refused for the same person, on one day: one refusal. The day is that of UTC. */
export function refusalDay(at: Instant): string {
  return isoInstant(at).slice(0, 10)
}

/**
 * Ends a mail: address and bytes go, the warning follows, evidence is written. False when the claim was lost
 * (lease, cancellation, erasure of the person) or when the database did not say that it is done; the mail
 * then turns unknown with its lease and is sent again. Throws what the database threw where an acceptance was
 * certainly not written: a relay that takes mails which nobody can write down would be given them for days.
 */
export async function endMail(
  database: Database,
  mail: ClaimedMail,
  ending: Ending,
  now: Instant,
  record: RecordMail,
  from: Unsettled = 'claimed',
): Promise<boolean> {
  const outcome = await endTogether(database, [mail], ending, now, record, from)
  if (outcome?.state === 'rolled back' && ending.result === 'accepted') throw outcome.error
  return outcome?.state === 'committed'
}

/**
 * The same for several mails of one claim that were accepted, in one transaction: all of them or none.
 * False: at least one could not be ended this way, and each is to be ended by itself.
 */
export async function acceptTogether(
  database: Database,
  mails: readonly ClaimedMail[],
  code: string | null,
  now: Instant,
  record: RecordMail,
): Promise<boolean> {
  const outcome = await endTogether(database, mails, { result: 'accepted', code }, now, record, 'claimed')
  return outcome?.state === 'committed'
}

/** Null: a claim was lost, and nothing was written. */
async function endTogether(
  database: Database,
  mails: readonly ClaimedMail[],
  { result, code, ofAddress = false }: Ending,
  now: Instant,
  record: RecordMail,
  from: Unsettled,
): Promise<Outcome<void> | null> {
  const ids = mails.map((mail) => mail.id)
  const claim = mails[0]?.claim ?? ''
  const how = result === 'rejected' && !ofAddress ? 'undelivered' : result
  // Losing what the relay said would send the mail twice; that an answer to COMMIT is lost, the lease repairs.
  const ended = insist(database, async (tx) => {
    const matched = await endMails(tx, { ids, claim, from }, { state: result, code, at: now })
    if (matched !== ids.length) throw claimLost
    if (how === 'accepted') await setWarningsAccepted(tx, ids, now)
    else for (const id of ids) await failWarning(tx, database.dialect, id, how, code, now)
    const behind = await warningsBehind(tx, ids)
    // An acceptance clears earlier refusals: the latest answer of the other side counts.
    if (result === 'accepted')
      for (const one of behind.values()) if (one.refusedBefore) await deleteRefusals(tx, one)
    const kind = result === 'accepted' ? 'warning.accepted' : 'warning.failed'
    const warnings = mails.filter((mail) => !isLastMail(mail))
    await record(tx, now, [
      ...warnings.map(({ id, policy }) => ({ kind, policy, warning: evidenceOf(behind.get(id)) }) as const),
      ...(await endLastMails(tx, mails, result === 'rejected' ? 'refused' : result)),
    ])
    await point('mail ended')
  })
  try {
    return await ended
  } catch (error) {
    if (error === claimLost) return null
    throw error
  }
}

/** Ends the transaction in which it is thrown without a trace. */
const claimLost = new Error('the claim of a mail was lost')

/** What the evidence says of the warning behind a mail that has ended. */
export function evidenceOf(warning: WarningBehind | undefined): WarningEvidence | null {
  if (warning === undefined) return null
  const { kind, keyText, termsHash, round, step, announced, state } = warning
  return { kind, keyText, termsHash, round, step, announced, state: state as WarningEvidence['state'] }
}

/** Puts a mail back. `unknown` keeps the mark of the call: it may have been accepted. */
export async function postpone(
  database: Database,
  mail: ClaimedMail,
  result: 'deferred' | 'unknown',
  code: string | null,
  notBefore: Instant,
  keepClaim = false,
): Promise<boolean> {
  const outcome = await insist(database, async (tx) => {
    const mails = { ids: [mail.id], claim: mail.claim, keepClaim }
    const done = (await putBack(tx, mails, { state: result, code, notBefore })) === 1
    if (done && result === 'unknown') await setWarningsUnknown(tx, [mail.id])
    await point('mail postponed')
    return done
  })
  return outcome.state === 'committed' && outcome.value
}

/** Mails of one claim that may not leave now: they wait, and what may be in the world already stays unknown. */
export async function holdBack(
  database: Database,
  mails: readonly ClaimedMail[],
  notBefore: Instant,
): Promise<void> {
  const claim = mails[0]?.claim
  if (claim === undefined) return
  const ids = mails.map((mail) => mail.id)
  await insist(database, (tx) => putBackUncalled(tx, { ids, claim }, notBefore))
}

const failedState = {
  rejected: 'refused',
  bounced: 'bounced',
  undelivered: 'undelivered',
  abandoned: 'abandoned',
} as const

/** A refused or bounced mail is also one refusal on its day; one that was given up, or refused for what we are, says nothing of the address. */
export async function failWarning(
  tx: Session,
  dialect: Dialect,
  outboxId: string,
  how: keyof typeof failedState,
  code: string | null,
  now: Instant,
): Promise<void> {
  const warning = (await warningsBehind(tx, [outboxId])).get(outboxId)
  if (warning === undefined) return
  await setWarningFailed(tx, outboxId, failedState[how], now)
  if (how === 'rejected' || how === 'bounced')
    await insertRefusal(tx, dialect, warning, refusalDay(now), code ?? '')
}
