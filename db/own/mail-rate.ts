/**
 * When the next mail may leave, for every process on every host together: one row that says which instant
 * is still free. The time is the server's own, also where a sandbox shifts the clock of decisions: a relay
 * counts real minutes.
 */
import type { Database, Session } from '../session.ts'
import { text } from './row.ts'

const name = 'smtp'

export interface MailRate {
  /** The first instant that nobody has taken. Microseconds since 1970; 0: never used. */
  readonly next: number
  /** The server's time, read while the row was locked. Microseconds since 1970. */
  readonly now: number
}

/** Makes the row when nobody ever used it. */
export async function knowMailRate(database: Database): Promise<void> {
  await database.run({
    text: database.dialect.insertIgnore('oubli_mail_rate', ['name', 'next_at']),
    values: [name, 0n],
  })
}

/** Locks the row until the transaction ends: of two processes, one reads what the other wrote. */
export async function lockMailRate(tx: Session, utcNow: string): Promise<MailRate> {
  await tx.run({ text: 'UPDATE oubli_mail_rate SET next_at = next_at WHERE name = ?', values: [name] })
  const [row] = await tx.rows({
    text: `SELECT next_at, ${utcNow} AS now FROM oubli_mail_rate WHERE name = ?`,
    values: [name],
  })
  if (row === undefined) throw new Error('the row of the mail rate is gone')
  return { next: Number(text(row, 'next_at')), now: microseconds(text(row, 'now')) }
}

export async function setMailRate(tx: Session, next: number): Promise<void> {
  await tx.run({
    text: 'UPDATE oubli_mail_rate SET next_at = ? WHERE name = ?',
    values: [BigInt(Math.round(next)), name],
  })
}

/** `YYYY-MM-DD HH:MM:SS.ffffff`. */
function microseconds(stamp: string): number {
  return Date.parse(`${stamp.slice(0, 23).replace(' ', 'T')}Z`) * 1000 + Number(stamp.slice(23, 26))
}
