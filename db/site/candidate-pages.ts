/**
 * The whole scan of one pass, page by page: no row is left out and none comes twice, and each page costs what it
 * holds. A page ends between two clocks, because rows of one clock stand in no order that could be gone on from;
 * only where more of them than a page have the same clock are these paged by their key.
 */
import { keyText } from '../../base/subject-ref.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Dialect, Session } from '../session.ts'
import { readCandidates, type Candidate, type Scan, type Start } from './candidates.ts'

export async function* candidatePages(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  scan: Omit<Scan, 'start'>,
): AsyncGenerator<readonly Candidate[]> {
  let start: Start | null = null
  // A server can hold two clocks to be equal that are written differently: then some rows are met again.
  let seen: ReadonlySet<string> = new Set()
  const isNew = ({ key }: Candidate): boolean => !seen.has(keyText(key))
  for (;;) {
    const rows = await readCandidates(session, dialect, policy, { ...scan, start })
    const last = rows.at(-1)
    const isLast = last === undefined || rows.length < scan.limit
    if (start?.by === 'key') {
      yield rows.filter(isNew)
      start = isLast
        ? { by: 'clock', clock: start.clock, inclusive: false }
        : { by: 'key', clock: start.clock, key: last.key }
      continue
    }
    if (isLast) {
      yield rows.filter(isNew)
      return
    }
    const clock = last.clock ?? ''
    const page = rows.filter((row) => row.clock !== last.clock && isNew(row))
    if (page.length === 0) {
      start = { by: 'key', clock, key: null }
      continue
    }
    yield page
    seen = new Set([...(rows.every(isNew) ? [] : seen), ...page.map(({ key }) => keyText(key))])
    start = { by: 'clock', clock, inclusive: true }
  }
}
