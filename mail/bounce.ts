/** Reports of other mail servers (RFC 3461, RFC 3464): a warning that was accepted and came back after all. */
import type { Instant } from '../base/clock.ts'
import { holdOffRuns } from '../db/own/lease.ts'
import { mailOfToken, setBounced } from '../db/own/outbox-ends.ts'
import { setProven } from '../db/own/selftests.ts'
import { warningsBehind } from '../db/own/warnings.ts'
import type { Database } from '../db/session.ts'
import { tokenHeader, tokenPattern } from './compose.ts'
import { allParts, contentType, decodedBody, parameter, readFields, readPart, type Part } from './mime.ts'
import { insist } from './insist.ts'
import { evidenceOf, failWarning, type RecordMail } from './settle.ts'

export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export interface Bounce {
  /** Of the mail that the report is about. Whoever has no token of ours cannot forge one. */
  readonly token: string
  readonly action: BounceAction
  /** Enhanced status code, `5.1.1`. */
  readonly status: string
}

/** Characters of the part with the status. A report on one mail needs less than a thousand. */
const largestStatus = 65_536

const actions: readonly string[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded']

/**
 * Reads a delivery status notification. Null for anything else: an out-of-office reply, a report without a
 * token of ours, a mail that only looks like a report.
 */
export function readBounce(bytes: Uint8Array): Bounce | null {
  const report = readPart(bytes)
  if (contentType(report) !== 'multipart/report') return null
  if (parameter(report, 'report-type')?.toLowerCase() !== 'delivery-status') return null
  const parts = allParts(report)
  const status = parts.find((part) =>
    ['message/delivery-status', 'message/global-delivery-status'].includes(contentType(part)),
  )
  if (status === undefined) return null
  const blocks = Buffer.from(decodedBody({ ...status, body: status.body.slice(0, largestStatus) }))
    .toString('latin1')
    .split(/\n(?:[ \t]*\n)+/)
    .map((block) => readFields(block.trim()))
  const token = asToken(blocks[0]?.get('original-envelope-id')) ?? returnedToken(parts)
  const recipient = blocks.slice(1).find((block) => block.has('action'))
  const action = recipient?.get('action')?.toLowerCase() ?? ''
  const code = /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(recipient?.get('status') ?? '')?.[1]
  if (token === null || code === undefined || !actions.includes(action)) return null
  return { token, action: action as BounceAction, status: code }
}

/** The token in the head of the returned mail, which is a part of its own or the whole of it. */
function returnedToken(parts: readonly Part[]): string | null {
  for (const part of parts) {
    if (!/^(?:message\/(?:rfc822|global)|text\/rfc822-headers)/.test(contentType(part))) continue
    const body = Buffer.from(decodedBody(part)).toString('latin1')
    const head = readFields(body.split('\n\n')[0] ?? '')
    const id = /^<([0-9a-f]{32})@/.exec(head.get('message-id') ?? '')?.[1]
    const token = asToken(head.get(tokenHeader.toLowerCase())) ?? asToken(id)
    if (token !== null) return token
  }
  return null
}

function asToken(value: string | undefined): string | null {
  return value !== undefined && tokenPattern.test(value) ? value : null
}

/**
 * `proven`: it is about a mail that was to come back. `early`: the mail is being sent and what the relay said is
 * not written yet; give the report again.
 */
export type BounceTaken = 'recorded' | 'proven' | 'early' | 'ignored'

/**
 * Takes an acceptance back. `failed` is the last word of a server, whatever the status: nothing more will come of the
 * mail. A permanent failure (5.x.x) also counts as a refusal of its day; a server that tried for days and gave up
 * (4.x.x) says nothing of the address, nor does one that wants no mail of ours (5.7.x: a block list, a policy), so that
 * the person is warned anew, and left to a person after a few times. `ignored` for everything else and for a token that is not ours. Reading the same report twice changes nothing.
 * Throws what the database threw when nothing was written.
 *
 * It waits for the batch under way, because that one may have judged the person already: a report that is
 * recorded is seen by every erasure after it, and one that comes too late finds no mail and is ignored.
 */
export async function recordBounce(
  database: Database,
  bounce: Bounce,
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
    const how = /^5\.(?!7\.)/.test(bounce.status) ? 'bounced' : 'undelivered'
    await failWarning(tx, database.dialect, mail.id, how, bounce.status, now)
    const behind = (await warningsBehind(tx, [mail.id])).get(mail.id)
    await record(tx, now, [{ kind: 'warning.failed', policy: mail.policy, warning: evidenceOf(behind) }])
    return 'recorded'
  })
  if (outcome.state === 'committed') return outcome.value
  throw outcome.error
}
