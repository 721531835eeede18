/** Entries that wait, a page at a time, and their places in the log. */
import { entryFrom } from '../audit/entry-text.ts'
import { OubliError } from '../base/errors.ts'
import { point } from '../base/point.ts'
import { DatabaseError } from '../db/database-error.ts'
import { forgetPlaced, insertSeals, overtaken, waitingEntries, type WaitingEntry } from '../db/own/entries.ts'
import type { JobContext } from './context.ts'

/** Entries read or sealed at a time. */
export const pageSize = 1024

/** What is signed can never be taken back: a text that no entry could have is not. */
export async function nextPage(
  ctx: JobContext,
  after: WaitingEntry | null,
): Promise<readonly WaitingEntry[]> {
  const page = await waitingEntries(ctx.database, after, pageSize)
  for (const { id, leaf } of page)
    if (entryFrom(leaf)?.id !== id)
      throw changed(
        `the waiting entry ${named(id)} ${leaf === '' ? 'is missing' : 'does not look as it should'}`,
      )
  return page
}

export async function givePlaces(
  ctx: JobContext,
  page: readonly WaitingEntry[],
  from: number,
): Promise<void> {
  const seals = page.map((entry, i) => ({ leafIndex: from + i, entryId: entry.id }))
  const outcome = await ctx.database.transaction((tx) => insertSeals(tx, seals), {
    beforeCommit: () => point('seals inserted'),
  })
  if (outcome.state === 'committed') return
  if (!isDuplicate(outcome.error)) throw outcome.error
  await forgetPlaced(ctx.database)
  throw overtaken()
}

/** An id that is none could hold anything. */
function named(id: string): string {
  return /^[0-9a-f]{32}$/.test(id) ? id : 'of a wrong id'
}

function isDuplicate(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'duplicate'
}

export function changed(what: string): OubliError {
  return new OubliError(
    'evidence',
    'E_EVIDENCE_CHANGED',
    `the evidence was changed: ${what}`,
    'Nothing is signed until a person has looked: `oubli audit verify` says where. After a restored backup see docs/restore.md.',
  )
}
