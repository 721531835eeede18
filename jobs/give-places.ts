/** Entries that wait, a page at a time, and their places in the log. */
import { entryCheck } from '../audit/entry-check.ts'
import { OubliError } from '../base/errors.ts'
import { point } from '../base/point.ts'
import { DatabaseError } from '../db/database-error.ts'
import { insertSeals } from '../db/own/entries.ts'
import { forgetPlaced, overtaken, removeNotes, waitingEntries, type WaitingPage } from '../db/own/waiting.ts'
import type { Session } from '../db/session.ts'
import type { JobContext } from './context.ts'

/** Some so many entries are taken up at a time. With four times as many, each text outlives two collections of garbage. */
const entriesAtOnce = 512
const notesAtFirst = 32

/**
 * Reads the entries that wait, each page from behind the one before. What is signed can never be taken back: a text
 * that no entry could have is not.
 */
export function waitingPages(ctx: JobContext): (before: WaitingPage | null) => Promise<WaitingPage> {
  const isEntry = entryCheck()
  return async (before) => {
    const page = await waitingEntries(ctx.database, before?.notes.at(-1) ?? null, notesBehind(before))
    for (const { id, leaf } of page.entries)
      if (!isEntry(leaf, id))
        throw changed(
          `the waiting entry ${named(id)} ${leaf === '' ? 'is missing' : 'does not look as it should'}`,
        )
    return page
  }
}

/** As many as make up a page, if they name as many entries each as those before. */
function notesBehind(before: WaitingPage | null): number {
  return before === null
    ? notesAtFirst
    : Math.ceil((entriesAtOnce * before.notes.length) / before.entries.length)
}

export async function givePlaces(
  ctx: JobContext,
  { entries, notes }: WaitingPage,
  from: number,
): Promise<void> {
  const seals = entries.map((entry, i) => ({ leafIndex: from + i, entryId: entry.id }))
  const places = async (tx: Session): Promise<void> => {
    await insertSeals(tx, seals)
    await removeNotes(tx, notes)
  }
  const outcome = await ctx.database.transaction(places, { beforeCommit: () => point('seals inserted') })
  if (outcome.state === 'committed') return
  if (!isDuplicate(outcome.error)) throw outcome.error
  const cleared = await ctx.database.transaction(forgetPlaced)
  if (cleared.state !== 'committed') throw cleared.error
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
