/** The newest evidence of one kind, sealed or not. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Row, Session } from '../session.ts'
import { sealedSize, type EntryRow } from './entries.ts'
import { text } from './row.ts'
import { namedBy } from './waiting.ts'

export type RecentEntry = Pick<EntryRow, 'createdAt' | 'leaf'>

/** Places that are looked at together, from the end of the log backwards. */
const page = 1000
/** An entry of a long run can stand behind one of a later moment: so much further back is looked. Milliseconds. */
const longestRun = 86_400_000

/** From a moment on (inclusive), in no order. Costs as much as was done since, not as the log is long. */
export async function entriesSince(
  session: Session,
  kind: string,
  since: Instant,
): Promise<readonly RecentEntry[]> {
  const from = isoInstant(since)
  const like = `%"kind":"${kind}"%`
  const found = await session.rows({
    text: `SELECT e.id, e.created_at, e.leaf FROM (${namedBy()}) w JOIN oubli_entry e ON e.id = w.entry_id WHERE e.leaf LIKE ?`,
    values: [like],
  })
  const all: Row[] = [...found]
  for (let to = await sealedSize(session); to > 0; to -= page) {
    const place =
      'FROM oubli_seal s JOIN oubli_entry e ON e.id = s.entry_id WHERE s.leaf_index >= ? AND s.leaf_index < ?'
    const between = [BigInt(Math.max(0, to - page)), BigInt(to)]
    all.push(
      ...(await session.rows({
        text: `SELECT e.id, e.created_at, e.leaf ${place} AND e.leaf LIKE ?`,
        values: [...between, like],
      })),
    )
    const [oldest] = await session.rows({ text: `SELECT MAX(e.created_at) AS at ${place}`, values: between })
    if (oldest?.['at'] == null || text(oldest, 'at') < isoInstant(since - longestRun)) break
  }
  // One can be noted and have its place, for a while.
  return [...new Map(all.map((row) => [text(row, 'id'), row])).values()]
    .map((row) => ({ createdAt: text(row, 'created_at'), leaf: text(row, 'leaf') }))
    .filter(({ createdAt }) => createdAt >= from)
}
