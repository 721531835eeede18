/** Marks rows that stay although a policy is done with them, where the site has no column for it. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Key } from '../../base/subject-ref.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Dialect, Session } from '../session.ts'
import { clockText, markedKey } from '../site/done-marks.ts'
import { matchKeys } from '../site/match.ts'
import { marks, text, textOrNull } from './row.ts'

/**
 * With the clock as it stands now, behind the act, which may have moved it. A row that is marked already is marked
 * anew. Says for how many rows a mark was written.
 *
 * Read first and written then, in two statements: one that inserts what it selects would lock the rows of the clock's
 * other tables, and wait for them. The site may hold one of those and wait for the person whom we hold. What a plain
 * reading misses is met by the last reading of the batch; a text that is older than the row is judged again.
 */
export async function markDone(
  tx: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  keys: readonly Key[],
  at: Instant,
): Promise<number> {
  const [key, clock] = [markedKey(dialect, policy), clockText(dialect, policy)]
  let marked = 0
  for (let from = 0; from < keys.length; from += 300) {
    const where = matchKeys(dialect, policy.key, keys.slice(from, from + 300))
    const rows = await tx.rows({
      text:
        `SELECT ${key.text} AS oubli_key, ${clock?.text ?? 'NULL'} AS oubli_clock` +
        ` FROM ${dialect.quote(policy.table)} WHERE ${where.text}`,
      values: [...key.values, ...(clock?.values ?? []), ...where.values],
    })
    if (rows.length === 0) continue
    const written = await tx.run({
      text: `REPLACE INTO oubli_done (policy, key_text, done_at, clock) VALUES ${rows.map(() => '(?, ?, ?, ?)').join(', ')}`,
      values: rows.flatMap((row) => [
        ...[policy.policy.id, text(row, 'oubli_key'), isoInstant(at), textOrNull(row, 'oubli_clock')],
      ]),
    })
    // A mark that is exchanged counts twice on a server.
    marked += Math.min(written, rows.length)
  }
  return marked
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
