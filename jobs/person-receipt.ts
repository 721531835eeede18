/**
 * The receipt that names its person, as long as what opens it is kept: found by kind and key, or by the id of a
 * request to stay.
 */
import { openSealed } from '../audit/sealed-opening.ts'
import { isoInstant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { keyFromText, keyTombstoneOf, type SubjectRef } from '../base/subject-ref.ts'
import type { Opening } from '../audit/receipt.ts'
import { findEntry } from '../db/own/entries.ts'
import { keptById } from '../db/own/kept.ts'
import { dropOpening, latestOpening, openingOf } from '../db/own/openings.ts'
import { lastWithKey } from '../db/own/tombstones.ts'
import { civilDate } from '../plan/civil.ts'
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
  const opening = opened(ctx, found.entryId, person, found.sealed)
  return { entry: found.entryId, receipt: await receiptOf(ctx, found.entryId, opening) }
}

/** By the id of anything that has a receipt; that of a request to stay names who asked, while they are here. */
export async function receiptById(ctx: JobContext, id: string): Promise<string> {
  const kept = await keptById(ctx.database, id)
  const entry = kept === null ? null : await findEntry(ctx.database, id)
  if (kept === null || entry === null) return await receiptOf(ctx, id)
  const sealed = await openingOf(ctx.database, entry, isoInstant(await ctx.now()))
  const person = { kind: kept.kind, key: keyFromText(kept.keyText) }
  return await receiptOf(ctx, id, sealed === null ? null : opened(ctx, entry, person, sealed))
}

function opened({ ports }: JobContext, entry: string, person: Person, sealed: string): Opening {
  const opening = openSealed(ports.secret, entry, person, sealed)
  if (opening !== null) return opening
  throw new OubliError(
    'evidence',
    'E_EVIDENCE_CHANGED',
    `the evidence was changed: what opens the entry ${entry} is not what was kept for this person`,
    `\`oubli audit receipt ${entry}\` still proves the entry, without the person.`,
  )
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
    `the ${person.kind} with this key ${stone.act === 'erased' ? 'left (erased or archived)' : 'was anonymised'} on ${civilDate(Date.parse(stone.erasedAt), ctx.settings.schedule.zone)} under the policy "${stone.policy}", and nothing opens the entry any more: the receipt was delivered, its time is over, or the policy gives none`,
    `\`oubli audit receipt ${stone.entryId}\` still proves the entry, without the person. How long a receipt is given stands in the policy, under "receipts".`,
  )
}
