/**
 * Rows that could not be handled although they were due; a person looks at them. Those that somebody worked on
 * at each try stand here as `busy`, with the number of runs in a row; from the third on they are told.
 */
import { fittingKeyText } from '../../base/subject-ref.ts'
import type { Row, Session } from '../session.ts'
import { count, marks, text } from './row.ts'

export interface SetAside {
  readonly policy: string
  readonly kind: string
  readonly keyText: string
  readonly attempts: number
  /** Code of the database or of ours; never its message. */
  readonly code: string
  /** The last run that could not handle it. */
  readonly run: string
}

/** Runs in a row after which a busy row is told. */
export const oftenBusy = 3

/**
 * A key that is too long for its column is stored as a shorter text of its own: it must not stop a run, nor be taken
 * for another. Counts the runs; from 1 again when a row that was only busy fails, or the other way round.
 */
export async function setAside(
  session: Session,
  row: {
    readonly policy: string
    readonly kind: string
    readonly keyText: string
    readonly code: string
    readonly run: string
    readonly since: string
  },
): Promise<void> {
  const key = fittingKeyText(row.keyText)
  const again = await session.run({
    text:
      "UPDATE oubli_set_aside SET attempts = CASE WHEN (last_code = 'busy') = ? THEN attempts + 1 ELSE 1 END, " +
      'last_code = ?, run_id = ? WHERE policy = ? AND kind = ? AND key_text = ?',
    values: [row.code === 'busy' ? 1 : 0, row.code, row.run, row.policy, row.kind, key],
  })
  if (again > 0) return
  await session.run({
    text: 'INSERT INTO oubli_set_aside (policy, kind, key_text, attempts, last_code, since, run_id) VALUES (?, ?, ?, 1, ?, ?, ?)',
    values: [row.policy, row.kind, key, row.code, row.since, row.run],
  })
}

const told = {
  failed: "last_code <> 'busy'",
  busy: `last_code = 'busy' AND attempts >= ${oftenBusy}`,
} as const

/** Those that failed, or those that were busy too often: the first thousand, and how many there are. */
export async function listSetAside(
  session: Session,
  which: keyof typeof told,
): Promise<{ readonly rows: readonly SetAside[]; readonly count: number }> {
  const rows = await session.rows({
    text: `SELECT ${columns} FROM oubli_set_aside WHERE ${told[which]} ORDER BY policy, key_text LIMIT 1000`,
    values: [],
  })
  const [all] = await session.rows({
    text: `SELECT COUNT(*) AS found FROM oubli_set_aside WHERE ${told[which]}`,
    values: [],
  })
  return { rows: rows.map(setAsideRow), count: all === undefined ? 0 : count(all, 'found') }
}

/** Rows of a policy that were busy in this run, or (`earlier`) that it did not meet; the first 2,000. */
export async function listAside(
  session: Session,
  policy: string,
  run: string,
  which: 'busy now' | 'earlier',
): Promise<readonly SetAside[]> {
  const rows = await session.rows({
    text: `SELECT ${columns} FROM oubli_set_aside WHERE policy = ? AND run_id ${which === 'earlier' ? '<> ?' : "= ? AND last_code = 'busy'"} ORDER BY key_text LIMIT 2000`,
    values: [policy, run],
  })
  return rows.map(setAsideRow)
}

const columns = 'policy, kind, key_text, attempts, last_code, run_id'

function setAsideRow(row: Row): SetAside {
  return {
    policy: text(row, 'policy'),
    kind: text(row, 'kind'),
    keyText: text(row, 'key_text'),
    attempts: count(row, 'attempts'),
    code: text(row, 'last_code'),
    run: text(row, 'run_id'),
  }
}

/** They were done, or are not due any more, or nothing keeps them any more. */
export async function forgetAside(
  session: Session,
  policy: string,
  kind: string,
  keyTexts: readonly string[],
): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500).map(fittingKeyText)
    await session.run({
      text: `DELETE FROM oubli_set_aside WHERE policy = ? AND kind = ? AND key_text IN (${marks(page)})`,
      values: [policy, kind, ...page],
    })
  }
}

/** Policy → rows that are set aside, and since when (an ISO instant). */
export async function countSetAside(
  session: Session,
): Promise<ReadonlyMap<string, { readonly rows: number; readonly since: string }>> {
  const rows = await session.rows({
    text: 'SELECT policy, COUNT(*) AS found, MIN(since) AS since FROM oubli_set_aside GROUP BY policy',
    values: [],
  })
  return new Map(
    rows.map((row) => [text(row, 'policy'), { rows: count(row, 'found'), since: text(row, 'since') }]),
  )
}

/** What was done after all, or whose person is erased, is no longer set aside. */
export async function forgetSetAside(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500).map(fittingKeyText)
    await tx.run({
      text: `DELETE FROM oubli_set_aside WHERE kind = ? AND key_text IN (${marks(page)})`,
      values: [kind, ...page],
    })
  }
}
