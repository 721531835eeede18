/** Table oubli_meta: single values of this installation. */
import type { Session } from '../session.ts'
import { text } from './row.ts'

export async function getMeta(session: Session, name: string): Promise<string | null> {
  const [row] = await session.rows({ text: 'SELECT value FROM oubli_meta WHERE name = ?', values: [name] })
  return row === undefined ? null : text(row, 'value')
}

export async function setMeta(session: Session, name: string, value: string): Promise<void> {
  const update = { text: 'UPDATE oubli_meta SET value = ? WHERE name = ?', values: [value, name] }
  if ((await session.run(update)) === 1) return
  await session.run({ text: 'INSERT INTO oubli_meta (name, value) VALUES (?, ?)', values: [name, value] })
}
