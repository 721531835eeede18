/** The receipt that names its person: found by kind and key, as long as the policy keeps what opens it. */
import { openSealed } from '../audit/sealed-opening.ts'
import { isoInstant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { keyTombstoneOf, type SubjectRef } from '../base/subject-ref.ts'
import { dropOpening, latestOpening } from '../db/own/openings.ts'
import { lastWithKey } from '../db/own/tombstones.ts'
import type { JobContext } from './context.ts'
import { refuseOlder } from './older.ts'
import { receiptOf } from './receipt.ts'

type Person = Pick<SubjectRef, 'kind' | 'key'>

export interface PersonReceipt {
  readonly entry: string
  readonly receipt: string
}

/**
 * Of the latest erasure of somebody with this key. Giving it out removes nothing: a mail can get lost. Throws
 * `E_NOT_ERASED`, `E_RECEIPT_OVER`, or what `receiptOf` throws.
 */
export async function personReceipt(ctx: JobContext, person: Person): Promise<PersonReceipt> {
  const { secret } = ctx.ports
  const found = await latestOpening(ctx.database, keyTombstoneOf(secret, person), isoInstant(await ctx.now()))
  if (found === null) throw await nothingKept(ctx, person)
  const opening = openSealed(secret, found.entryId, person, found.sealed)
  if (opening === null)
    throw new OubliError(
      'evidence',
      'E_EVIDENCE_CHANGED',
      `the evidence was changed: what opens the entry ${found.entryId} is not what was kept for this person`,
      `\`oubli audit receipt ${found.entryId}\` still proves the entry, without the person.`,
    )
  return { entry: found.entryId, receipt: await receiptOf(ctx, found.entryId, opening) }
}

/** The person has it: from now on nothing here opens the entry. Gives the entry; only what can be given out can be delivered. */
export async function receiptDelivered(ctx: JobContext, person: Person): Promise<string> {
  await refuseOlder(ctx)
  const { entry } = await personReceipt(ctx, person)
  await dropOpening(ctx.database, entry)
  return entry
}

async function nothingKept(ctx: JobContext, person: Person): Promise<OubliError> {
  const stone = await lastWithKey(ctx.database, keyTombstoneOf(ctx.ports.secret, person), [
    'erased',
    'anonymised',
  ])
  if (stone === null)
    return new OubliError(
      'settings',
      'E_NOT_ERASED',
      `nobody is known as erased who was a ${person.kind} with this key`,
      'Write kind and key as the site had them; a composite key is value,value in the order of the data map. `oubli explain KIND KEY` speaks of who is still there.',
    )
  return new OubliError(
    'settings',
    'E_RECEIPT_OVER',
    `the ${person.kind} with this key was ${stone.act} on ${stone.erasedAt.slice(0, 10)} under the policy "${stone.policy}", and nothing opens the entry any more: the receipt was delivered, its time is over, or the policy gives none`,
    `\`oubli audit receipt ${stone.entryId}\` still proves the entry, without the person. How long a receipt is given stands in the policy, under "receipts".`,
  )
}
