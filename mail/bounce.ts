/** What a report of another mail server changes: a warning that was accepted and came back after all. */
import type { Instant } from '../base/clock.ts'
import { holdOffRuns } from '../db/own/lease.ts'
import { mailOfToken, setBounced } from '../db/own/outbox-ends.ts'
import { setProven } from '../db/own/selftests.ts'
import { warningsBehind } from '../db/own/warnings.ts'
import type { Database } from '../db/session.ts'
import { speaksOfAddress } from './bounce-status.ts'
import type { Bounce } from './bounce-report.ts'
import { insist } from './insist.ts'
import { evidenceOf, failWarning, type RecordMail } from './settle.ts'

/**
 * `proven`: it is about a mail that was to come back. `early`: the mail is being sent and what the relay said is
 * not written yet; give the report again.
 */
export type BounceTaken = 'recorded' | 'proven' | 'early' | 'ignored'

/** `recipientHash`: of the address that it is about, as that of a warning; null: it names none that can be one. */
export type HashedBounce = Omit<Bounce, 'recipient'> & { readonly recipientHash: string | null }

/**
 * Takes an acceptance back. `failed` is the last word of a server, whatever the status: nothing more will come of the
 * mail. Only a status that speaks of the address, and of the one that the mail went to, also counts as a refusal of its
 * day: somebody may forward to a mailbox that is dead. After any other the person is warned anew, and left to a person
 * after a few times. `ignored` for everything else and for a token that is not ours. Reading the same report twice
 * changes nothing.
 * Throws what the database threw when nothing was written.
 *
 * It waits for the batch under way, because that one may have judged the person already: a report that is
 * recorded is seen by every erasure after it, and one that comes too late finds no mail and is ignored.
 */
export async function recordBounce(
  database: Database,
  bounce: HashedBounce,
  now: Instant,
  record: RecordMail,
): Promise<BounceTaken> {
  if (bounce.action !== 'failed') return 'ignored'
  const outcome = await insist(database, async (tx): Promise<BounceTaken> => {
    const mail = await mailOfToken(tx, bounce.token)
    if (mail === null) return (await setProven(tx, bounce.token, bounce.status, now)) ? 'proven' : 'ignored'
    // Before the mail, as a batch does: its fence first, then what it holds of the mails.
    await holdOffRuns(tx, 'run')
    if (!(await setBounced(tx, mail.id, bounce.status, now))) return mail.claimed ? 'early' : 'ignored'
    const behind = async () => (await warningsBehind(tx, [mail.id])).get(mail.id)
    const hers = bounce.recipientHash !== null && bounce.recipientHash === (await behind())?.addressHash
    const how = hers && speaksOfAddress(bounce.status) ? 'bounced' : 'undelivered'
    await failWarning(tx, database.dialect, mail.id, how, bounce.status, now)
    await record(tx, now, [
      { kind: 'warning.failed', policy: mail.policy, warning: evidenceOf(await behind()) },
    ])
    return 'recorded'
  })
  if (outcome.state === 'committed') return outcome.value
  throw outcome.error
}
