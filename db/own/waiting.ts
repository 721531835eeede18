/**
 * Which entries wait for their place in the log. A note is written with them and goes when they get it, never a
 * high-water mark: an entry with a lower id or an earlier time can be committed after one with a higher. One note
 * names up to 16 entries of a transaction: one for each cost a run and its sealing more than the places do.
 */
import { OubliError } from '../../base/errors.ts'
import type { Session } from '../session.ts'
import { count, marks, text } from './row.ts'

/** With an empty text when it is gone. */
export interface WaitingEntry {
  readonly id: string
  readonly createdAt: string
  readonly leaf: string
}

export interface WaitingNote {
  readonly id: string
  readonly createdAt: string
}

/** Both by time and id. */
export interface WaitingPage {
  readonly entries: readonly WaitingEntry[]
  readonly notes: readonly WaitingNote[]
}

const namedAtMost = 16
const idLength = 32

export async function insertNotes(
  tx: Session,
  entries: readonly Pick<WaitingEntry, 'id' | 'createdAt'>[],
): Promise<void> {
  const notes = notesOf(entries)
  for (let from = 0; from < notes.length; from += 200) {
    const page = notes.slice(from, from + 200)
    await tx.run({
      text: `INSERT INTO oubli_waiting (entry_id, created_at, entry_ids) VALUES ${page.map(() => '(?, ?, ?)').join(', ')}`,
      values: page.flatMap(({ id, createdAt, named }) => [id, createdAt, named]),
    })
  }
}

function notesOf(
  entries: readonly Pick<WaitingEntry, 'id' | 'createdAt'>[],
): readonly (WaitingNote & { readonly named: string | null })[] {
  const byTime = new Map<string, string[]>()
  for (const { id, createdAt } of entries) {
    const ids = byTime.get(createdAt)
    if (ids === undefined) byTime.set(createdAt, [id])
    else ids.push(id)
  }
  return [...byTime].flatMap(([createdAt, ids]) =>
    Array.from({ length: Math.ceil(ids.length / namedAtMost) }, (_, nr) => {
      const [first = '', ...others] = ids.slice(nr * namedAtMost, (nr + 1) * namedAtMost)
      return others.length === 0
        ? { id: first, createdAt, named: null }
        : { id: halvesExchanged(first), createdAt, named: [first, ...others].join('') }
    }),
  )
}

/**
 * The id of a note of several is that of no entry. A version from before, which knows only notes of one and is
 * started by a timer once more, misses the text of such an entry and seals nothing, where it would else seal one
 * of several and take the note away.
 */
function halvesExchanged(id: string): string {
  return id.slice(idLength / 2) + id.slice(0, idLength / 2)
}

const numbers = Array.from({ length: namedAtMost }, (_, nr) => `SELECT ${nr}${nr === 0 ? ' AS nr' : ''}`)

/** Every entry that these notes name, with the note. A note that names nothing shows as an entry that is none. */
export function namedBy(notes = 'oubli_waiting'): string {
  return (
    'SELECT n.entry_id AS note, n.created_at,' +
    ` SUBSTR(COALESCE(n.entry_ids, n.entry_id), 1 + ${idLength} * k.nr, ${idLength}) AS entry_id` +
    ` FROM ${notes} n JOIN (${numbers.join(' UNION ALL ')}) k ON k.nr = 0 OR ${idLength} * k.nr < LENGTH(n.entry_ids)`
  )
}

/** The entries that the next notes behind `after` name. */
export async function waitingEntries(
  session: Session,
  after: WaitingNote | null,
  notes: number,
): Promise<WaitingPage> {
  // Behind the last page, not from the start: the server steps over rows that were removed just now one by one.
  const from = after === null ? '' : ' WHERE created_at > ? OR (created_at = ? AND entry_id > ?)'
  const page = `(SELECT entry_id, created_at, entry_ids FROM oubli_waiting${from} ORDER BY created_at, entry_id LIMIT ${Math.floor(notes)})`
  const rows = await session.rows({
    text: `SELECT w.note, w.created_at, w.entry_id, COALESCE(e.leaf, '') AS leaf FROM (${namedBy(page)}) w LEFT JOIN oubli_entry e ON e.id = w.entry_id`,
    values: after === null ? [] : [after.createdAt, after.createdAt, after.id],
  })
  const byId = new Map<string, WaitingEntry>()
  const byNote = new Map<string, WaitingNote>()
  for (const row of rows) {
    const [id, note, createdAt] = [text(row, 'entry_id'), text(row, 'note'), text(row, 'created_at')]
    byId.set(id, { id, createdAt, leaf: text(row, 'leaf') })
    byNote.set(note, { id: note, createdAt })
  }
  return { entries: [...byId.values()].sort(inOrder), notes: [...byNote.values()].sort(inOrder) }
}

function inOrder(one: WaitingNote, other: WaitingNote): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? -1 : 1
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

/** Throws a `busy` error when one of them is gone: somebody else has given its entries their places. */
export async function removeNotes(tx: Session, notes: readonly WaitingNote[]): Promise<void> {
  const ids = notes.map(({ id }) => id)
  const removed = await tx.run({
    text: `DELETE FROM oubli_waiting WHERE entry_id IN (${marks(ids)})`,
    values: ids,
  })
  if (removed !== ids.length) throw overtaken()
}

export function overtaken(): OubliError {
  return new OubliError(
    'busy',
    'E_SEALED_MEANWHILE',
    'an entry was sealed by somebody else',
    'Nothing was changed; the next run seals what waits.',
  )
}

/** Entries that are noted and have their place: a version from before the notes sealed them, or a replay did. */
export async function forgetPlaced(tx: Session): Promise<void> {
  const places = `(${namedBy()}) w JOIN oubli_seal s ON s.entry_id = w.entry_id`
  const found = await tx.rows({ text: `SELECT DISTINCT w.note, w.created_at FROM ${places}`, values: [] })
  const notes = found.map((row) => ({ id: text(row, 'note'), createdAt: text(row, 'created_at') }))
  for (let from = 0; from < notes.length; from += 200) {
    const page = notes.slice(from, from + 200)
    const without = await tx.rows({
      text: `SELECT w.entry_id, w.created_at FROM (${namedBy()}) w LEFT JOIN oubli_seal s ON s.entry_id = w.entry_id WHERE w.note IN (${marks(page)}) AND s.entry_id IS NULL`,
      values: page.map(({ id }) => id),
    })
    await removeNotes(tx, page)
    await insertNotes(
      tx,
      without.map((row) => ({ id: text(row, 'entry_id'), createdAt: text(row, 'created_at') })),
    )
  }
}

/** How many entries wait; costs as much as they are many. */
export async function waitingCount(session: Session): Promise<number> {
  const [row] = await session.rows({
    text: `SELECT COALESCE(SUM(CASE WHEN entry_ids IS NULL THEN ${idLength} ELSE LENGTH(entry_ids) END), 0) AS length FROM oubli_waiting`,
    values: [],
  })
  return row === undefined ? 0 : count(row, 'length') / idLength
}
