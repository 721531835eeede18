/** Marks rows that stay although a policy is done with them, where the site has no column for it. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { marks, text } from './row.ts'

export async function markDone(
  tx: Session,
  policy: string,
  keyTexts: readonly string[],
  at: Instant,
): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += 300) {
    const page = keyTexts.slice(from, from + 300)
    await tx.run({
      text: `INSERT INTO oubli_done (policy, key_text, done_at) VALUES ${page.map(() => '(?, ?, ?)').join(', ')}`,
      values: page.flatMap((key) => [policy, key, isoInstant(at)]),
    })
  }
}

/** The marks of rows that are deleted: another row may be given the key, and the key itself can be personal. */
export async function forgetDone(
  tx: Session,
  policies: readonly string[],
  keyTexts: readonly string[],
): Promise<void> {
  for (const policy of policies)
    for (let from = 0; from < keyTexts.length; from += 500) {
      const page = keyTexts.slice(from, from + 500)
      await tx.run({
        text: `DELETE FROM oubli_done WHERE policy = ? AND key_text IN (${marks(page)})`,
        values: [policy, ...page],
      })
    }
}

/** Which of these rows the policy is done with. */
export async function doneKeys(
  session: Session,
  policy: string,
  keyTexts: readonly string[],
): Promise<ReadonlySet<string>> {
  const done = new Set<string>()
  for (let from = 0; from < keyTexts.length; from += 500) {
    const page = keyTexts.slice(from, from + 500)
    const rows = await session.rows({
      text: `SELECT key_text FROM oubli_done WHERE policy = ? AND key_text IN (${marks(page)})`,
      values: [policy, ...page],
    })
    for (const row of rows) done.add(text(row, 'key_text'))
  }
  return done
}
