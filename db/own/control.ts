/** What operators ask of a run at work: to pause, to go on, to stop; and what runs note for those after them. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Database, Session } from '../session.ts'
import { text, textOrNull } from './row.ts'

export interface Asked {
  readonly at: string
  /** As typed by the operator; null when nobody was named. */
  readonly by: string | null
}

export interface Control {
  /** Until somebody resumes. */
  readonly pause: Asked | null
  /** For one run, by the owner of its lease; later ones do not mind. */
  readonly stop: (Asked & { readonly run: string }) | null
}

export async function readControl(session: Session): Promise<Control> {
  const rows = await session.rows({
    text: "SELECT name, value, asked_at, asked_by FROM oubli_control WHERE value <> ''",
    values: [],
  })
  const asked = new Map(
    rows.map((row) => [
      text(row, 'name'),
      { run: text(row, 'value'), at: text(row, 'asked_at'), by: textOrNull(row, 'asked_by') },
    ]),
  )
  const pause = asked.get('pause')
  return {
    pause: pause === undefined ? null : { at: pause.at, by: pause.by },
    stop: asked.get('stop') ?? null,
  }
}

/** What was found when everybody in the tables of people was last looked at. */
export interface Seen {
  /** Names how the tables were; at most 48 characters. */
  readonly state: string
  /** Erased, and here all the same. */
  readonly people: number
}

/** Null: nobody looked yet. */
export async function readSeen(session: Session): Promise<Seen | null> {
  const [row] = await session.rows({
    text: "SELECT value FROM oubli_control WHERE name = 'people seen'",
    values: [],
  })
  const [state = '', people = '0'] = row === undefined ? [] : text(row, 'value').split(' ')
  return row === undefined ? null : { state, people: Number(people) }
}

export async function noteSeen(database: Database, { state, people }: Seen, at: Instant): Promise<void> {
  await ask(database, 'people seen', `${state} ${people}`, at, null)
}

/** Before the work of a policy begins, so that it has had its turn whatever becomes of the process. */
export async function noteTurn(database: Database, policy: string, at: Instant): Promise<void> {
  await ask(database, `${turnName}${policy}`, 'taken', at, null)
}

/** Policy → when it last took its turn, as an ISO instant. */
export async function notedTurns(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows({
    text: 'SELECT name, asked_at FROM oubli_control WHERE name LIKE ?',
    values: [`${turnName}%`],
  })
  return new Map(rows.map((row) => [text(row, 'name').slice(turnName.length), text(row, 'asked_at')]))
}

const turnName = 'turn of '

/** The folder in which a mail that came back was last put away. */
export interface BounceFolder {
  /** Names its path; 31 characters. */
  readonly name: string
  /** The mark that lies in it; null: an earlier version left none, or none could be written. */
  readonly mark: string | null
}

/** Null: none yet. */
export async function readBounceFolder(session: Session): Promise<BounceFolder | null> {
  const [row] = await session.rows({
    text: "SELECT value FROM oubli_control WHERE name = 'bounce folder'",
    values: [],
  })
  if (row === undefined) return null
  const [name = '', mark] = text(row, 'value').split(' ')
  return { name: name.slice(0, 31), mark: mark ?? null }
}

export async function noteBounceFolder(
  database: Database,
  { name, mark }: BounceFolder,
  at: Instant,
): Promise<void> {
  await ask(database, 'bounce folder', mark === null ? name : `${name} ${mark}`, at, null)
}

/** Up to which mail, by its id, those were looked at that nobody warned any more; null: at none yet. */
export async function readSwept(session: Session): Promise<string | null> {
  const [row] = await session.rows({
    text: "SELECT value FROM oubli_control WHERE name = 'mails swept'",
    values: [],
  })
  return row === undefined ? null : text(row, 'value')
}

export async function noteSwept(database: Database, id: string, at: Instant): Promise<void> {
  await ask(database, 'mails swept', id, at, null)
}

const warningTaken = 'warning taken'

/** When the last warning was accepted, as a delivery noted it at its end; its mail may be gone with its person. */
export async function readWarningTaken(session: Session): Promise<string | null> {
  const [row] = await session.rows({
    text: 'SELECT value FROM oubli_control WHERE name = ?',
    values: [warningTaken],
  })
  return row === undefined ? null : text(row, 'value')
}

export async function noteWarningTaken(database: Database, at: Instant): Promise<void> {
  await ask(database, warningTaken, isoInstant(at), at, null)
}

/** `value`: `on`, or the owner of the lease who shall stop; empty takes it back. */
export async function ask(
  database: Database,
  name:
    | 'pause'
    | 'stop'
    | 'people seen'
    | 'bounce folder'
    | 'mails swept'
    | typeof warningTaken
    | `${typeof turnName}${string}`,
  value: string,
  at: Instant,
  by: string | null,
): Promise<void> {
  const values = [name, value, isoInstant(at), by]
  const text = database.dialect.insertIgnore('oubli_control', ['name', 'value', 'asked_at', 'asked_by'])
  if ((await database.run({ text, values })) === 1) return
  await database.run({
    text: 'UPDATE oubli_control SET value = ?, asked_at = ?, asked_by = ? WHERE name = ?',
    values: [value, isoInstant(at), by, name],
  })
}
